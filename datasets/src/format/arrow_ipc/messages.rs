//! Where the messages of an IPC file or stream lie: footer, blocks and every message's framing and metadata are
//! walked when the file is opened, with checked arithmetic against its real size.
//! Source: apache/arrow, docs/source/format/Columnar.rst, "Serialization and Interprocess Communication".

use std::ops::Range;

use arrow_ipc as fb;
use flatbuffers::VerifierOptions;

use super::layout::Parts;
use super::schema::{IpcColumn, columns};
use crate::fault::{Fault, within};
use crate::limits::Limits;

const MAGIC: &[u8; 6] = b"ARROW1";
const CONTINUATION: [u8; 4] = [0xff; 4];
/// More rows than any file holds; columns of nulls could claim any number.
const MOST_ROWS: u64 = 1 << 40;

/// A record batch or dictionary batch.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its metadata, a flatbuffer.
    pub(super) metadata: Range<usize>,
    /// Its buffers.
    pub(super) body: Range<usize>,
    /// Rows of the batch, values of the dictionary.
    pub(super) row_count: u64,
    /// Which dictionary, for dictionaries.
    pub(super) dictionary: Option<DictionaryPlace>,
}

/// What a dictionary batch says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct DictionaryPlace {
    pub(super) id: i64,
    /// Whether it adds to what there was, or replaces it.
    pub(super) delta: bool,
}

/// An indexed file.
#[derive(Debug)]
pub(super) struct Messages {
    pub(super) columns: Vec<IpcColumn>,
    pub(super) stream: bool,
    /// Whether unions have validity, as before version 5.
    pub(super) union_validity: bool,
    /// In the order in which they take effect: a dictionary holds for the batches behind it.
    pub(super) places: Vec<Place>,
}

/// Limits for the verification of flatbuffers.
pub(super) fn verifier() -> VerifierOptions {
    VerifierOptions { max_depth: 128, max_tables: 1_000_000, ..VerifierOptions::default() }
}

fn damaged(what: impl std::fmt::Display) -> Fault {
    Fault::Malformed(format!("{what}; the file is cut short or damaged"))
}

/// Indexes the messages of `file`.
pub(super) fn index(file: &[u8], limits: &Limits) -> Result<Messages, Fault> {
    if file.starts_with(MAGIC) {
        return index_file(file, limits);
    }
    if file.starts_with(b"FEA1") {
        return Err(Fault::unsupported(
            "Feather version 1 is not read; write it as Arrow IPC (Feather version 2)",
        ));
    }
    index_stream(file, limits)
}

/// A message's metadata behind its framing at `at`: its place and where its body starts. `None`: the end.
fn framed(file: &[u8], at: usize) -> Result<Option<Range<usize>>, Fault> {
    let word = |at: usize| file.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied();
    let first = word(at).ok_or_else(|| damaged(format!("no message at byte {at}")))?;
    // Before 0.15 there was no continuation marker.
    let (length, start) = if first == CONTINUATION {
        (word(at + 4).ok_or_else(|| damaged(format!("no message length at byte {at}")))?, at + 8)
    } else {
        (first, at + 4)
    };
    let length = i32::from_le_bytes(length);
    if length == 0 {
        return Ok(None);
    }
    usize::try_from(length)
        .ok()
        .and_then(|length| Some(start..start.checked_add(length)?))
        .filter(|metadata| metadata.end <= file.len())
        .map(Some)
        .ok_or_else(|| damaged(format!("the message at byte {at} claims {length} bytes of metadata")))
}

/// Reads and checks a message's metadata.
pub(super) fn message(metadata: &[u8]) -> Result<fb::Message<'_>, Fault> {
    fb::root_as_message_with_opts(&verifier(), metadata)
        .map_err(|error| damaged(format!("a message's metadata is not valid: {}", brief(&error))))
}

/// The first line of a flatbuffer error; the rest is a trace.
pub(super) fn brief(error: &flatbuffers::InvalidFlatbuffer) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_end_matches(['.', ':', ' ']).to_string()
}

fn version(version: fb::MetadataVersion) -> Result<fb::MetadataVersion, Fault> {
    match version {
        fb::MetadataVersion::V4 | fb::MetadataVersion::V5 => Ok(version),
        other => Err(Fault::unsupported(format!(
            "metadata version {} is not read, only V4 and V5; write it with a newer Arrow",
            other.variant_name().unwrap_or("unknown")
        ))),
    }
}

fn index_file(file: &[u8], limits: &Limits) -> Result<Messages, Fault> {
    let tail = file.strip_suffix(MAGIC).and_then(|body| body.split_last_chunk::<4>());
    let (body, length) = tail.ok_or_else(|| damaged("it does not end with ARROW1"))?;
    // The leading magic is padded to eight bytes.
    let footer = usize::try_from(i32::from_le_bytes(*length))
        .ok()
        .and_then(|length| body.len().checked_sub(length))
        .filter(|&start| start >= 8)
        .ok_or_else(|| damaged(format!("its footer claims {} bytes", i32::from_le_bytes(*length))))?;
    let messages_end = footer;
    within("the footer", (body.len() - footer) as u64 * 32, limits.memory_bytes)?;
    let footer = fb::root_as_footer_with_opts(&verifier(), &body[footer..])
        .map_err(|error| damaged(format!("its footer is not valid: {}", brief(&error))))?;
    // Before 0.15 footers named no version; what counts is the messages'.
    let union_validity = footer.version() != fb::MetadataVersion::V5;
    let schema = footer.schema().ok_or_else(|| damaged("its footer has no schema"))?;
    let mut index =
        Messages { columns: columns(schema, limits)?, stream: false, union_validity, places: Vec::new() };
    let dictionaries = footer.dictionaries().iter().flatten().map(|block| (*block, true)).collect::<Vec<_>>();
    let batches = footer.recordBatches().iter().flatten().map(|block| (*block, false)).collect::<Vec<_>>();
    for (block, is_dictionary) in dictionaries.into_iter().chain(batches) {
        let number = |value: i64| usize::try_from(value).ok();
        let (start, end) = number(block.offset())
            .zip(number(i64::from(block.metaDataLength())))
            .zip(number(block.bodyLength()))
            .and_then(|((offset, metadata), body)| {
                let body_start = offset.checked_add(metadata)?;
                Some((offset..body_start, body_start.checked_add(body)?))
            })
            .filter(|(block, end)| block.start >= 8 && *end <= messages_end)
            .ok_or_else(|| damaged("a block of its footer lies outside the file"))?;
        let metadata = framed(&file[..messages_end], start.start)?
            .ok_or_else(|| damaged("a block of its footer holds no message"))?;
        if metadata.end != start.end {
            return Err(damaged("a block's metadata is not as long as its footer says"));
        }
        let place = index.place(file, metadata, Some(end), messages_end)?;
        match place {
            Some(place) if place.dictionary.is_some() == is_dictionary => index.places.push(place),
            _ => return Err(damaged("a block of its footer holds another kind of message")),
        }
    }
    index.finish()
}

fn index_stream(file: &[u8], limits: &Limits) -> Result<Messages, Fault> {
    let metadata =
        framed(file, 0)?.ok_or_else(|| Fault::malformed("it is an empty stream without a schema"))?;
    let message = message(&file[metadata.clone()])?;
    let union_validity = version(message.version())? == fb::MetadataVersion::V4;
    let schema = message
        .header_as_schema()
        .ok_or_else(|| Fault::malformed("it does not start with a schema: not an Arrow stream"))?;
    let mut index =
        Messages { columns: columns(schema, limits)?, stream: true, union_validity, places: Vec::new() };
    let body = usize::try_from(message.bodyLength()).ok().and_then(|body| metadata.end.checked_add(body));
    let mut at = body.filter(|&end| end <= file.len()).ok_or_else(|| damaged("the schema has a body"))?;
    // The end is marked by a length of zero, or by nothing.
    while at < file.len() {
        let Some(metadata) = framed(file, at)? else { break };
        match index.place(file, metadata, None, file.len())? {
            Some(place) => {
                at = place.body.end;
                index.places.push(place);
            }
            None => return Err(damaged("a message is neither a dictionary nor a record batch")),
        }
    }
    index.finish()
}

impl Messages {
    /// Checks a message and says where it lies; `None` if it is neither dictionary nor record batch. `end` is where
    /// a footer says that its body ends, `limit` where it must end at the latest.
    fn place(
        &self,
        file: &[u8],
        metadata: Range<usize>,
        end: Option<usize>,
        limit: usize,
    ) -> Result<Option<Place>, Fault> {
        let message = message(&file[metadata.clone()])?;
        version(message.version())?;
        let body_end = usize::try_from(message.bodyLength())
            .ok()
            .and_then(|body| metadata.end.checked_add(body))
            .filter(|&body_end| body_end <= limit && end.is_none_or(|end| end == body_end))
            .ok_or_else(|| damaged(format!("a message claims a body of {} bytes", message.bodyLength())))?;
        let body = metadata.end..body_end;
        let (batch, dictionary, parts) = match message.header_type() {
            fb::MessageHeader::RecordBatch => {
                let parts = self.columns.iter().map(|column| column.node.parts(self.union_validity));
                (message.header_as_record_batch(), None, Some(parts.fold(Parts::default(), Parts::plus)))
            }
            fb::MessageHeader::DictionaryBatch => {
                let header = message.header_as_dictionary_batch();
                let header = header.ok_or_else(|| damaged("a dictionary has no header"))?;
                let place = DictionaryPlace { id: header.id(), delta: header.isDelta() };
                (header.data(), Some(place), None)
            }
            _ => return Ok(None),
        };
        let batch = batch.ok_or_else(|| damaged("a batch has no header"))?;
        let row_count = check_batch(&batch, parts, body.len())?;
        Ok(Some(Place { metadata, body, row_count, dictionary }))
    }

    /// Last checks over all messages.
    fn finish(self) -> Result<Self, Fault> {
        let rows = self.batches().try_fold(0u64, |rows, place| rows.checked_add(place.row_count));
        if rows.is_none_or(|rows| rows > MOST_ROWS) {
            return Err(damaged("its batches claim more rows than a file can hold"));
        }
        Ok(self)
    }

    /// The record batches.
    pub(super) fn batches(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.dictionary.is_none())
    }
}

/// Checks a batch's lists: lengths not negative, buffers inside the body, enough of everything. Returns its rows.
fn check_batch(batch: &fb::RecordBatch<'_>, parts: Option<Parts>, body_bytes: usize) -> Result<u64, Fault> {
    let rows = u64::try_from(batch.length())
        .ok()
        .filter(|&rows| rows <= MOST_ROWS)
        .ok_or_else(|| damaged(format!("a batch claims {} rows", batch.length())))?;
    for node in batch.nodes().iter().flatten() {
        if node.length() < 0 || node.null_count() < 0 || node.null_count() > node.length() {
            return Err(damaged(format!(
                "a batch has {} nulls of {} rows",
                node.null_count(),
                node.length()
            )));
        }
    }
    for buffer in batch.buffers().iter().flatten() {
        let end = buffer.offset().checked_add(buffer.length());
        let inside = buffer.offset() >= 0
            && buffer.length() >= 0
            && end.and_then(|end| usize::try_from(end).ok()).is_some_and(|end| end <= body_bytes);
        // An empty buffer may say any place.
        if !inside && buffer.length() != 0 {
            return Err(damaged("a buffer lies outside its batch"));
        }
    }
    let variadic = batch.variadicBufferCounts();
    let counts = variadic
        .iter()
        .flatten()
        .try_fold(0usize, |sum, count| usize::try_from(count).ok().and_then(|count| sum.checked_add(count)));
    let counts = counts.ok_or_else(|| damaged("a batch has an impossible number of buffers"))?;
    if let Some(parts) = parts {
        let found = (
            batch.nodes().map_or(0, |nodes| nodes.len()),
            batch.buffers().map_or(0, |buffers| buffers.len()),
            variadic.map_or(0, |counts| counts.len()),
        );
        if found.0 < parts.nodes || found.2 < parts.variadic || found.1 < parts.buffers.saturating_add(counts)
        {
            return Err(damaged("a batch has fewer columns or buffers than its schema"));
        }
    }
    Ok(rows)
}
