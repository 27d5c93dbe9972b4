//! One scalar of an array: what its bytes are and what they mean.

use half::f16;

use crate::schema::DataType;

/// A scalar's storage and meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// What it means.
    pub(crate) data_type: DataType,
    /// How its bytes become a value.
    pub(crate) stored: Stored,
    /// Bytes of one element.
    pub(crate) item_bytes: usize,
    /// Most significant byte first.
    pub(crate) big_endian: bool,
}

/// How bytes become values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// One byte, true unless 0.
    Bool,
    /// Two's complement and IEEE 754, as they are.
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float16,
    Float32,
    Float64,
    /// NumPy's datetime64 or timedelta64 of `factor` ticks each; NaT is null.
    Ticks {
        factor: i64,
    },
    /// datetime64 of `factor` days each, to 32-bit days.
    Days {
        factor: i64,
    },
    /// datetime64 of `factor` months each, to the 32-bit day of the month's first.
    Months {
        factor: i64,
    },
    /// UTF-8 in a fixed number of bytes, zeros at the end left out.
    Utf8,
    /// Code points of 4 bytes, zeros at the end left out.
    Ucs4,
    /// Shown by `info`, refused by reads.
    Unreadable,
}

impl Stored {
    /// Bytes of one decoded value; text: its offset.
    pub(crate) fn native_bytes(self) -> usize {
        match self {
            Stored::Bool | Stored::Int8 | Stored::UInt8 => 1,
            Stored::Int16 | Stored::UInt16 | Stored::Float16 => 2,
            Stored::Int32
            | Stored::UInt32
            | Stored::Float32
            | Stored::Days { .. }
            | Stored::Months { .. } => 4,
            _ => 8,
        }
    }
}

impl Element {
    /// Whether a read must reverse bytes.
    pub(crate) fn is_swapped(&self) -> bool {
        self.item_bytes > 1 && self.big_endian != cfg!(target_endian = "big")
    }

    /// Bytes that one row takes decoded, at most.
    pub(crate) fn decoded_bytes(&self) -> usize {
        match self.stored {
            // An offset, and no code point takes more bytes in UTF-8 than in UCS-4.
            Stored::Utf8 | Stored::Ucs4 => 8 + self.item_bytes,
            other => other.native_bytes(),
        }
    }
}

/// A type that kernels read, and how its bytes are reversed.
pub(crate) trait Native: bytemuck::Pod {
    /// The value of the reversed bytes.
    fn swap_bytes(self) -> Self;
}

macro_rules! native {
    ($($t:ty),*) => {$(
        impl Native for $t {
            #[inline(always)]
            fn swap_bytes(self) -> Self {
                Self::from_ne_bytes({
                    let mut bytes = self.to_ne_bytes();
                    bytes.reverse();
                    bytes
                })
            }
        }
    )*};
}

native!(i8, i16, i32, i64, u8, u16, u32, u64, f16, f32, f64);
