//! One batch's nodes and buffers, taken in order, decompressed one by one.

use std::io::Read;

use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_ipc as fb;
use bytes::Bytes;

use super::layout::Parts;
use super::messages::{Place, message};
use crate::fault::{Fault, within};

/// More bytes than this from one compressed byte no codec makes: zstd repeats a byte 128 KiB long in 4.
const HIGHEST_RATIO: u64 = 1 << 16;

/// Walks over the nodes and buffers of one batch.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    batch: fb::RecordBatch<'a>,
    body: Bytes,
    next: Parts,
    /// Bytes that may still be allocated for decompressed buffers.
    memory_left: u64,
    memory_bytes: u64,
}

/// Length and nulls of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) len: usize,
    pub(super) nulls: usize,
}

fn missing() -> Fault {
    Fault::malformed("a batch has fewer buffers than its schema; the file is damaged")
}

impl<'a> Cursor<'a> {
    /// Starts at the batch's first column.
    pub(super) fn new(file: &'a Bytes, place: &Place, memory_bytes: u64) -> Result<Self, Fault> {
        let message = message(&file[place.metadata.clone()])?;
        let batch = match place.dictionary {
            Some(_) => message.header_as_dictionary_batch().and_then(|header| header.data()),
            None => message.header_as_record_batch(),
        };
        let batch = batch.ok_or_else(missing)?;
        let body = file.slice(place.body.clone());
        Ok(Self { batch, body, next: Parts::default(), memory_left: memory_bytes, memory_bytes })
    }

    /// Bytes that may still be allocated.
    pub(super) fn memory_left(&self) -> u64 {
        self.memory_left
    }

    /// Whether buffers are compressed.
    pub(super) fn compression(&self) -> Option<fb::BodyCompression<'a>> {
        self.batch.compression()
    }

    /// Steps over a column that takes `parts`.
    pub(super) fn skip(&mut self, parts: Parts) -> Result<(), Fault> {
        let counts = self.batch.variadicBufferCounts();
        for entry in self.next.variadic..self.next.variadic + parts.variadic {
            let count = counts.filter(|counts| entry < counts.len()).ok_or_else(missing)?.get(entry);
            self.next.buffers += usize::try_from(count).map_err(|_| missing())?;
        }
        self.next = self.next.plus(parts);
        Ok(())
    }

    /// The next node.
    pub(super) fn node(&mut self) -> Result<Counts, Fault> {
        let node = self.peek_node()?;
        self.next.nodes += 1;
        Ok(node)
    }

    /// The next node, which stays the next.
    pub(super) fn peek_node(&self) -> Result<Counts, Fault> {
        let nodes = self.batch.nodes().filter(|nodes| self.next.nodes < nodes.len()).ok_or_else(missing)?;
        let node = nodes.get(self.next.nodes);
        let count = |value: i64| usize::try_from(value).map_err(|_| missing());
        Ok(Counts { len: count(node.length())?, nulls: count(node.null_count())? })
    }

    /// How many buffers the next view column points into.
    pub(super) fn variadic(&mut self) -> Result<usize, Fault> {
        let counts = self.batch.variadicBufferCounts();
        let counts = counts.filter(|counts| self.next.variadic < counts.len()).ok_or_else(missing)?;
        let count = counts.get(self.next.variadic);
        self.next.variadic += 1;
        usize::try_from(count).map_err(|_| missing())
    }

    /// Steps over a buffer.
    pub(super) fn skip_buffer(&mut self) {
        self.next.buffers += 1;
    }

    /// The next buffer, decompressed.
    pub(super) fn buffer(&mut self) -> Result<Buffer, Fault> {
        let buffers = self.batch.buffers().filter(|buffers| self.next.buffers < buffers.len());
        let place = buffers.ok_or_else(missing)?.get(self.next.buffers);
        self.next.buffers += 1;
        let length = usize::try_from(place.length()).map_err(|_| missing())?;
        if length == 0 {
            return Ok(Buffer::from(Vec::<u8>::new()));
        }
        let start = usize::try_from(place.offset()).map_err(|_| missing())?;
        let end = start.checked_add(length).filter(|&end| end <= self.body.len()).ok_or_else(missing)?;
        match self.batch.compression() {
            None => Ok(Buffer::from(self.body.slice(start..end))),
            Some(compression) => self.decompress(start..end, compression.codec()),
        }
    }

    /// A compressed buffer: its decompressed length, -1 for "stored as it is", then the bytes.
    fn decompress(
        &mut self,
        place: std::ops::Range<usize>,
        codec: fb::CompressionType,
    ) -> Result<Buffer, Fault> {
        let stored = self.body.slice(place);
        let Some((claimed, compressed)) = stored.split_first_chunk::<8>() else {
            return Err(Fault::malformed("a compressed buffer is too short; the file is damaged"));
        };
        let claimed = i64::from_le_bytes(*claimed);
        if claimed == -1 {
            return Ok(Buffer::from(stored.slice(8..)));
        }
        let claimed = u64::try_from(claimed)
            .ok()
            .filter(|&claimed| claimed <= (compressed.len() as u64).saturating_mul(HIGHEST_RATIO))
            .ok_or_else(|| {
                Fault::malformed(format!("a compressed buffer claims {claimed} bytes; the file is damaged"))
            })?;
        if claimed > self.memory_left {
            let needed = (self.memory_bytes - self.memory_left).saturating_add(claimed);
            within("decompressing a batch", needed, self.memory_bytes)?;
        }
        self.memory_left -= claimed;
        // Sixteen bytes at a time, so that any type finds itself aligned.
        let mut words = vec![0u128; (claimed as usize).div_ceil(16)];
        let bytes = &mut bytemuck::cast_slice_mut(&mut words)[..claimed as usize];
        let written = match codec {
            fb::CompressionType::ZSTD => zstd::bulk::decompress_to_buffer(compressed, bytes).ok(),
            fb::CompressionType::LZ4_FRAME => fill(lz4_flex::frame::FrameDecoder::new(compressed), bytes),
            other => return Err(Fault::unsupported(format!("compression {other:?} is not read"))),
        };
        if written != Some(claimed as usize) {
            return Err(Fault::malformed("a compressed buffer cannot be decompressed; the file is damaged"));
        }
        Ok(Buffer::from_vec(words).slice_with_length(0, claimed as usize))
    }

    /// The validity of a node, which is the next buffer.
    pub(super) fn validity(&mut self, counts: Counts) -> Result<Option<NullBuffer>, Fault> {
        if counts.nulls == 0 {
            self.skip_buffer();
            return Ok(None);
        }
        let bits = self.bits(counts.len)?;
        let nulls = NullBuffer::new(bits);
        if nulls.null_count() != counts.nulls {
            return Err(Fault::malformed(format!(
                "it has {} nulls where its batch says {}; the file is damaged",
                nulls.null_count(),
                counts.nulls
            )));
        }
        Ok(Some(nulls))
    }

    /// The next buffer as `len` bits.
    pub(super) fn bits(&mut self, len: usize) -> Result<BooleanBuffer, Fault> {
        let buffer = self.buffer()?;
        if buffer.len() < len.div_ceil(8) {
            return Err(too_short(len, buffer.len()));
        }
        Ok(BooleanBuffer::new(buffer, 0, len))
    }

    /// The next buffer as `len` values, copied where it is not aligned for them.
    pub(super) fn values<T: ArrowNativeType>(&mut self, len: usize) -> Result<ScalarBuffer<T>, Fault> {
        let buffer = self.sized(len, size_of::<T>())?;
        Ok(if buffer.as_ptr().align_offset(align_of::<T>()) == 0 {
            ScalarBuffer::new(buffer, 0, len)
        } else {
            ScalarBuffer::new(Buffer::from_slice_ref(buffer.as_slice()), 0, len)
        })
    }

    /// The next buffer, which holds `len` values of `width` bytes.
    pub(super) fn sized(&mut self, len: usize, width: usize) -> Result<Buffer, Fault> {
        let buffer = self.buffer()?;
        match len.checked_mul(width) {
            Some(bytes) if bytes <= buffer.len() => Ok(buffer),
            _ => Err(too_short(len, buffer.len())),
        }
    }
}

fn too_short(len: usize, bytes: usize) -> Fault {
    Fault::malformed(format!(
        "a buffer of {bytes} bytes is too short for its {len} values; the file is damaged"
    ))
}

/// Fills `bytes`; one more if the stream is longer.
fn fill(mut reader: impl Read, bytes: &mut [u8]) -> Option<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match reader.read(&mut bytes[filled..]).ok()? {
            0 => return Some(filled),
            count => filled += count,
        }
    }
    Some(filled + reader.read(&mut [0u8]).ok()?)
}
