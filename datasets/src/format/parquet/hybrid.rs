//! Runs of equal values mixed with bit-packed values: how Parquet stores definition levels and the codes of
//! dictionaries. The reader keeps its place, so that a run of a billion rows is expanded a chunk at a time.
//! Source: apache/parquet-format, Encodings.md, "RLE/bit-packing hybrid".

use super::unpack::{BLOCK, unpack};
use crate::fault::Fault;

/// Where a reader stands in `page[at..end]`; the page is lent to each call.
#[derive(Clone, Debug)]
pub(super) struct Hybrid {
    at: usize,
    end: usize,
    width: u8,
    run: Run,
}

#[derive(Clone, Debug)]
enum Run {
    /// `left` more times `value`.
    Equal { value: u32, left: usize },
    /// `left` more packed values, the next one at bit `bit` of the page.
    Packed { bit: usize, left: usize },
}

fn ends() -> Fault {
    Fault::malformed("a page's levels or codes end too early; the file is damaged")
}

impl Hybrid {
    /// Reads `page[at..end]` as values of `width` bits, 0..=32.
    pub(super) fn new(at: usize, end: usize, width: u8) -> Self {
        Self { at, end, width, run: Run::Equal { value: 0, left: 0 } }
    }

    /// Makes sure that the current run is not used up.
    fn advance(&mut self, page: &[u8]) -> Result<(), Fault> {
        while matches!(self.run, Run::Equal { left: 0, .. } | Run::Packed { left: 0, .. }) {
            let (head, bytes) = varint(&page[self.at..self.end]).ok_or_else(ends)?;
            self.at += bytes;
            let count = (head >> 1) as usize;
            self.run = if head & 1 == 1 {
                // Groups of eight; the last run of a page may be cut where its values end.
                let bit = self.at * 8;
                let available = (self.end - self.at) * 8;
                let width = usize::from(self.width);
                let left = count.saturating_mul(8).min(available.checked_div(width).unwrap_or(usize::MAX));
                if left == 0 && count > 0 {
                    return Err(ends());
                }
                self.at = self.end.min(self.at.saturating_add(count.saturating_mul(width)));
                Run::Packed { bit, left }
            } else {
                let bytes = usize::from(self.width.div_ceil(8));
                let stored = page[self.at..self.end].get(..bytes).ok_or_else(ends)?;
                let value = stored.iter().rev().fold(0u32, |value, &byte| value << 8 | u32::from(byte));
                self.at += bytes;
                if self.width < 32 && value >> self.width != 0 {
                    return Err(Fault::malformed(
                        "a level or code is wider than announced; the file is damaged",
                    ));
                }
                Run::Equal { value, left: count }
            };
        }
        Ok(())
    }

    /// The value of the current run and how often it still comes, where it is a run of equal values.
    pub(super) fn peek_equal(&mut self, page: &[u8]) -> Result<Option<(u32, usize)>, Fault> {
        self.advance(page)?;
        Ok(match self.run {
            Run::Equal { value, left } => Some((value, left)),
            Run::Packed { .. } => None,
        })
    }

    /// Steps over `count` values of the run that [`Hybrid::peek_equal`] showed.
    pub(super) fn skip_equal(&mut self, count: usize) {
        if let Run::Equal { left, .. } = &mut self.run {
            *left = left.saturating_sub(count);
        }
    }

    /// The next values.
    pub(super) fn read(&mut self, page: &[u8], mut values: &mut [u32]) -> Result<(), Fault> {
        while !values.is_empty() {
            self.advance(page)?;
            let taken = match &mut self.run {
                Run::Equal { value, left } => {
                    let count = values.len().min(*left);
                    values[..count].fill(*value);
                    *left -= count;
                    count
                }
                Run::Packed { bit, left } => {
                    let count = values.len().min(*left);
                    read_packed(page, self.end, *bit, self.width, &mut values[..count]);
                    *bit += count * usize::from(self.width);
                    *left -= count;
                    count
                }
            };
            values = &mut values[taken..];
        }
        Ok(())
    }

    /// Appends the next `count` one-bit values to `bits`.
    pub(super) fn read_bits(&mut self, page: &[u8], count: usize, bits: &mut BitVec) -> Result<(), Fault> {
        let mut count = count;
        while count > 0 {
            self.advance(page)?;
            let taken = match &mut self.run {
                Run::Equal { value, left } => {
                    let taken = count.min(*left);
                    bits.push_equal(*value & 1 == 1, taken);
                    *left -= taken;
                    taken
                }
                Run::Packed { bit, left } => {
                    let taken = count.min(*left);
                    bits.push_bits(page, *bit, taken);
                    *bit += taken;
                    *left -= taken;
                    taken
                }
            };
            count -= taken;
        }
        Ok(())
    }
}

/// Unpacks values from bit `bit` of `page[..end]`, where they are known to lie.
fn read_packed(page: &[u8], end: usize, bit: usize, width: u8, values: &mut [u32]) {
    let width_bits = usize::from(width);
    if width == 0 {
        values.fill(0);
        return;
    }
    let single = |bit: usize| {
        let byte = bit / 8;
        let mut word = [0u8; 8];
        let available = (end - byte).min(8);
        word[..available].copy_from_slice(&page[byte..byte + available]);
        let mask = u64::MAX >> (64 - width);
        (u64::from_le_bytes(word) >> (bit % 8) & mask) as u32
    };
    // Up to 7 values bring us to a byte, blocks of 32 go fast, the rest again one by one.
    let head = (0..8).find(|i| (bit + i * width_bits).is_multiple_of(8)).unwrap_or(0).min(values.len());
    let (first, rest) = values.split_at_mut(head);
    let mut at = bit;
    for value in first {
        *value = single(at);
        at += width_bits;
    }
    let (blocks, last) = rest.as_chunks_mut::<BLOCK>();
    for block in blocks {
        unpack(&page[at / 8..], width, block);
        at += BLOCK * width_bits;
    }
    for value in last {
        *value = single(at);
        at += width_bits;
    }
}

fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, &byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Growing bits, lowest first, in whole words.
#[derive(Clone, Debug, Default)]
pub(super) struct BitVec {
    words: Vec<u64>,
    len: usize,
    ones: usize,
}

impl BitVec {
    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.len = 0;
        self.ones = 0;
    }

    /// Number of set bits.
    pub(super) fn ones(&self) -> usize {
        self.ones
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bits as bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.words)
    }

    /// Up to 64 bits from bit `start`, zero beyond the end.
    pub(super) fn word(&self, start: usize) -> u64 {
        let (word, shift) = (start / 64, start % 64);
        let low = self.words.get(word).copied().unwrap_or(0) >> shift;
        let high =
            if shift == 0 { 0 } else { self.words.get(word + 1).copied().unwrap_or(0) << (64 - shift) };
        low | high
    }

    /// Appends the low `count` bits of `word`, 64 at most.
    fn push_word(&mut self, word: u64, count: usize) {
        let word = if count < 64 { word & ((1 << count) - 1) } else { word };
        if count == 0 {
            return;
        }
        let shift = self.len % 64;
        self.ones += word.count_ones() as usize;
        match self.words.last_mut() {
            Some(last) if shift > 0 => {
                *last |= word << shift;
                if shift + count > 64 {
                    self.words.push(word >> (64 - shift));
                }
            }
            _ => self.words.push(word),
        }
        self.len += count;
    }

    pub(super) fn push_equal(&mut self, bit: bool, count: usize) {
        let word = if bit { u64::MAX } else { 0 };
        let mut count = count;
        while count > 0 {
            // First to the end of a word, then whole words.
            let step = count.min(64 - self.len % 64);
            self.push_word(word, step);
            count -= step;
        }
    }

    fn push_bits(&mut self, page: &[u8], bit: usize, count: usize) {
        let mut done = 0;
        while done < count {
            let byte = (bit + done) / 8;
            let shift = (bit + done) % 8;
            let mut word = [0u8; 8];
            let available = (page.len() - byte).min(8);
            word[..available].copy_from_slice(&page[byte..byte + available]);
            let step = (count - done).min(64 - shift);
            self.push_word(u64::from_le_bytes(word) >> shift, step);
            done += step;
        }
    }
}
