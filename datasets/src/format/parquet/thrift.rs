//! Thrift's compact protocol, as much of it as footers and page headers need, over untrusted bytes: nothing is
//! allocated, depth is bounded, and a list's claimed length must fit the bytes that are left.
//! Source: apache/thrift, doc/specs/thrift-compact-protocol.md.

use std::ops::Range;

use crate::fault::Fault;

/// Structures deeper than this are refused; Parquet's own go to 9.
const DEPTH: usize = 64;

/// Wire types.
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
pub(super) const I32: u8 = 5;
pub(super) const I64: u8 = 6;
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Reads values in sequence.
#[derive(Clone, Debug)]
pub(super) struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

fn ends() -> Fault {
    Fault::malformed("a structure of the metadata runs past its end; the file is damaged")
}

impl<'a> Compact<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = *self.bytes.get(self.at).ok_or_else(ends)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Fault::malformed("a number of the metadata is too long; the file is damaged"))
    }

    fn zigzag(&mut self) -> Result<i64, Fault> {
        let raw = self.varint()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// An integer of at most 32 bits.
    pub(super) fn i32(&mut self) -> Result<i32, Fault> {
        i32::try_from(self.zigzag()?).map_err(|_| {
            Fault::malformed("a number of the metadata does not fit 32 bits; the file is damaged")
        })
    }

    /// An integer of at most 64 bits.
    pub(super) fn i64(&mut self) -> Result<i64, Fault> {
        self.zigzag()
    }

    /// A truth value as an element of a list: a byte, of which writers had more than one false.
    pub(super) fn flag(&mut self) -> Result<bool, Fault> {
        Ok(self.byte()? == TRUE)
    }

    fn advance(&mut self, count: u64) -> Result<(), Fault> {
        let left = (self.bytes.len() - self.at) as u64;
        if count > left {
            return Err(ends());
        }
        self.at += count as usize;
        Ok(())
    }

    /// The next field of a structure as (type, id); `None` at its end. `last` is the previous field's id.
    pub(super) fn field(&mut self, last: &mut i64) -> Result<Option<(u8, i64)>, Fault> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let id = match i64::from(head >> 4) {
            0 => self.zigzag()?,
            delta => last.saturating_add(delta),
        };
        *last = id;
        Ok(Some((head & 0x0f, id)))
    }

    /// A list's element type and length. Every element takes a byte at least.
    pub(super) fn list(&mut self) -> Result<(u8, usize), Fault> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        if count > (self.bytes.len() - self.at) as u64 {
            return Err(ends());
        }
        Ok((head & 0x0f, count as usize))
    }

    /// Where the bytes of a string lie.
    pub(super) fn binary(&mut self) -> Result<Range<usize>, Fault> {
        let length = self.varint()?;
        let start = self.at;
        self.advance(length)?;
        Ok(start..self.at)
    }

    /// Walks over a value of wire type `wire` inside a structure.
    pub(super) fn skip(&mut self, wire: u8) -> Result<(), Fault> {
        self.skip_value(wire, false, DEPTH)
    }

    /// Walks over an element of a list; unlike a field, a boolean takes a byte there.
    pub(super) fn skip_element(&mut self, wire: u8) -> Result<(), Fault> {
        self.skip_value(wire, true, DEPTH)
    }

    fn skip_value(&mut self, wire: u8, element: bool, depth: usize) -> Result<(), Fault> {
        let depth =
            depth.checked_sub(1).ok_or_else(|| Fault::malformed("the metadata is nested too deep"))?;
        match wire {
            TRUE | FALSE if element => self.advance(1),
            TRUE | FALSE => Ok(()),
            3 => self.advance(1),
            4..=6 => self.varint().map(drop),
            7 => self.advance(8),
            8 => {
                let length = self.varint()?;
                self.advance(length)
            }
            9 | 10 => {
                let (wire, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_value(wire, true, depth))
            }
            11 => {
                let count = self.varint()?;
                if count > (self.bytes.len() - self.at) as u64 {
                    return Err(ends());
                }
                if count == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                (0..count).try_for_each(|_| {
                    self.skip_value(kinds >> 4, true, depth)?;
                    self.skip_value(kinds & 0x0f, true, depth)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some((wire, _)) = self.field(&mut last)? {
                    self.skip_value(wire, false, depth)?;
                }
                Ok(())
            }
            13 => self.advance(16),
            _ => Err(Fault::malformed(format!("the metadata holds a value of unknown type {wire}"))),
        }
    }
}
