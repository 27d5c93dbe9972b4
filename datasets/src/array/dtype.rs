//! NumPy's element types: what a `descr` such as `'<f8'` or `[('t', '<M8[us]'), ('x', '>f4')]` says.

use std::fmt;

use super::element::{Element, Stored};
use super::literal::{self, Literal};
use crate::schema::{DataType, TimeUnit};

/// Element type of an array, byte order included: one value, or a structure of named fields.
///
/// ```
/// use arrcalc_datasets::Dtype;
/// assert_eq!(Dtype::parse("'>i4'").unwrap().item_bytes(), 4);
/// assert_eq!(Dtype::parse("[('t', '<M8[us]'), ('x', '<f4')]").unwrap().item_bytes(), 12);
/// assert!(Dtype::parse("'O'").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dtype {
    pub(super) kind: Kind,
    item_bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Element),
    /// Fields by name and byte offset, nested structures flattened to `outer.inner`.
    Structure(Vec<(String, usize, Element)>),
}

/// Why a type is not read: the error to show has the file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DtypeError(pub(crate) String);

impl fmt::Display for DtypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DtypeError {}

/// Longest element: longer than any real one, and short enough that sums of a few lengths cannot overflow.
const ITEM_BYTES_MAX: usize = 1 << 30;
/// Fields of a structure, nested ones counted.
const FIELDS_MAX: usize = 100_000;

impl Dtype {
    /// The type that a Python literal such as `'<f8'` (with its quotes) or a list of fields describes: what NumPy's
    /// `repr(np.lib.format.dtype_to_descr(dtype))` gives.
    ///
    /// # Errors
    /// A sentence where the text is not such a literal, or the type has Python objects in it. Types that have
    /// bytes of a known length but are not computed with (complex, longdouble, void) are no error here.
    pub fn parse(descr: &str) -> Result<Self, DtypeError> {
        Self::from_literal(&literal::parse(descr).map_err(DtypeError)?)
    }

    /// The type of a string such as `<f8` (without quotes): NumPy's `dtype.str`.
    ///
    /// # Errors
    /// As [`Dtype::parse`].
    pub fn from_type_string(text: &str) -> Result<Self, DtypeError> {
        Ok(Self::scalar(element(text)?))
    }

    /// The type of raw files: `data_type` in its usual width, booleans as bytes, dates as 4-byte days, other
    /// temporal types as 8-byte ticks.
    ///
    /// # Errors
    /// For types without a fixed width.
    pub fn from_data_type(data_type: &DataType, big_endian: bool) -> Result<Self, DtypeError> {
        let stored = match data_type {
            DataType::Bool => Stored::Bool,
            DataType::Int8 => Stored::Int8,
            DataType::Int16 => Stored::Int16,
            DataType::Int32 | DataType::Date => Stored::Int32,
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                Stored::Int64
            }
            DataType::UInt8 => Stored::UInt8,
            DataType::UInt16 => Stored::UInt16,
            DataType::UInt32 => Stored::UInt32,
            DataType::UInt64 => Stored::UInt64,
            DataType::Float16 => Stored::Float16,
            DataType::Float32 => Stored::Float32,
            DataType::Float64 => Stored::Float64,
            other => return Err(DtypeError(format!("type {other} has no fixed width"))),
        };
        Ok(Self::scalar(Element {
            data_type: data_type.clone(),
            stored,
            item_bytes: stored.native_bytes(),
            big_endian,
        }))
    }

    pub(crate) fn scalar(element: Element) -> Self {
        Self { item_bytes: element.item_bytes, kind: Kind::Scalar(element) }
    }

    /// Bytes of one element, padding included.
    pub fn item_bytes(&self) -> usize {
        self.item_bytes
    }

    /// Whether elements have fields.
    pub(crate) fn is_structure(&self) -> bool {
        matches!(self.kind, Kind::Structure(_))
    }

    pub(crate) fn from_literal(descr: &Literal) -> Result<Self, DtypeError> {
        let dtype = match descr {
            Literal::Text(text) => Self::scalar(element(text)?),
            Literal::List(fields) => structure(fields, 0)?,
            _ => return Err(DtypeError("descr is neither a string nor a list of fields".into())),
        };
        // Elements of no bytes would let an empty file claim any number of rows.
        if dtype.item_bytes == 0 {
            Err(DtypeError("elements of 0 bytes are not read".into()))
        } else {
            Ok(dtype)
        }
    }
}

fn structure(fields: &[Literal], depth: usize) -> Result<Dtype, DtypeError> {
    let malformed =
        || DtypeError("descr holds a field that is not (name, type) or (name, type, shape)".into());
    if depth > 16 {
        return Err(DtypeError("structures are nested deeper than 16 levels".into()));
    }
    let (mut flat, mut offset) = (Vec::new(), 0usize);
    for field in fields {
        let Literal::Tuple(parts) = field else { return Err(malformed()) };
        let (name, descr, shape) = match parts.as_slice() {
            [name, descr] => (name, descr, None),
            [name, descr, shape] => (name, descr, Some(shape)),
            _ => return Err(malformed()),
        };
        let name = match name {
            Literal::Text(name) => name,
            // A title and a name.
            Literal::Tuple(pair) => match pair.as_slice() {
                [_, Literal::Text(name)] => name,
                _ => return Err(malformed()),
            },
            _ => return Err(malformed()),
        };
        let item = match descr {
            Literal::Text(text) => Dtype::scalar(element(text)?),
            Literal::List(inner) => structure(inner, depth + 1)?,
            _ => return Err(malformed()),
        };
        let mut item_bytes = item.item_bytes;
        if let Some(shape) = shape {
            let count = field_count(shape).ok_or_else(malformed)?;
            item_bytes = item_bytes
                .checked_mul(count)
                .filter(|&bytes| bytes <= ITEM_BYTES_MAX)
                .ok_or_else(too_long)?;
            let type_name = match &item.kind {
                Kind::Scalar(element) => element.data_type.to_string(),
                Kind::Structure(_) => "struct".into(),
            };
            flat.push((
                name.clone(),
                offset,
                unreadable(&format!("array of {count} {type_name}"), item_bytes),
            ));
        } else {
            match item.kind {
                // NumPy writes padding as void fields without a name.
                Kind::Scalar(element) if name.is_empty() && element.stored == Stored::Unreadable => {}
                Kind::Scalar(element) => flat.push((name.clone(), offset, element)),
                Kind::Structure(inner) => flat.extend(
                    inner
                        .into_iter()
                        .map(|(below, at, element)| (format!("{name}.{below}"), offset + at, element)),
                ),
            }
        }
        offset =
            offset.checked_add(item_bytes).filter(|&bytes| bytes <= ITEM_BYTES_MAX).ok_or_else(too_long)?;
        if flat.len() > FIELDS_MAX {
            return Err(DtypeError(format!("a structure has more than {FIELDS_MAX} fields")));
        }
    }
    Ok(Dtype { kind: Kind::Structure(flat), item_bytes: offset })
}

fn too_long() -> DtypeError {
    DtypeError(format!("an element is longer than {ITEM_BYTES_MAX} bytes"))
}

/// Elements of a field's own shape: an integer or a tuple of them.
fn field_count(shape: &Literal) -> Option<usize> {
    match shape {
        Literal::Integer(count) => usize::try_from(*count).ok(),
        Literal::Tuple(dims) => dims.iter().try_fold(1usize, |count, dim| match dim {
            Literal::Integer(dim) => count.checked_mul(usize::try_from(*dim).ok()?),
            _ => None,
        }),
        _ => None,
    }
}

fn unreadable(name: &str, item_bytes: usize) -> Element {
    Element {
        data_type: DataType::Unsupported(name.into()),
        stored: Stored::Unreadable,
        item_bytes,
        big_endian: false,
    }
}

/// The element that a type string such as `<f8`, `|b1`, `<U12` or `>M8[25s]` stands for.
fn element(text: &str) -> Result<Element, DtypeError> {
    let unknown = || DtypeError(format!("{text:?} is not an element type that arrcalc reads"));
    let (order, rest) = match text.as_bytes().first() {
        Some(order @ (b'<' | b'>' | b'|' | b'=')) => (*order, &text[1..]),
        Some(_) => (b'=', text),
        None => return Err(unknown()),
    };
    let big_endian = order == b'>' || (cfg!(target_endian = "big") && order != b'<');
    let (kind, width) = rest.split_at_checked(1).ok_or_else(unknown)?;
    if kind == "O" {
        return Err(DtypeError("object arrays hold pickled Python objects, which are never loaded".into()));
    }
    let (digits, unit) = match width.split_once('[') {
        Some((digits, unit)) => (digits, Some(unit.strip_suffix(']').ok_or_else(unknown)?)),
        None => (width, None),
    };
    if digits.is_empty() && matches!(kind, "?" | "b" | "B") {
        return element(match kind {
            "?" => "|b1",
            "b" => "|i1",
            _ => "|u1",
        });
    }
    if digits.is_empty() || digits.len() > 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unknown());
    }
    let count: usize = digits.parse().map_err(|_| unknown())?;
    let plain =
        |data_type: DataType, stored: Stored| Element { data_type, stored, item_bytes: count, big_endian };
    if unit.is_some() && !matches!(kind, "M" | "m") {
        return Err(unknown());
    }
    Ok(match (kind, count) {
        ("b", 1) => plain(DataType::Bool, Stored::Bool),
        ("i", 1) => plain(DataType::Int8, Stored::Int8),
        ("i", 2) => plain(DataType::Int16, Stored::Int16),
        ("i", 4) => plain(DataType::Int32, Stored::Int32),
        ("i", 8) => plain(DataType::Int64, Stored::Int64),
        ("u", 1) => plain(DataType::UInt8, Stored::UInt8),
        ("u", 2) => plain(DataType::UInt16, Stored::UInt16),
        ("u", 4) => plain(DataType::UInt32, Stored::UInt32),
        ("u", 8) => plain(DataType::UInt64, Stored::UInt64),
        ("f", 2) => plain(DataType::Float16, Stored::Float16),
        ("f", 4) => plain(DataType::Float32, Stored::Float32),
        ("f", 8) => plain(DataType::Float64, Stored::Float64),
        ("f", 12 | 16) => unreadable("longdouble", count),
        ("c", 8) => unreadable("complex64", count),
        ("c", 16) => unreadable("complex128", count),
        ("c", 24 | 32) => unreadable("clongdouble", count),
        ("V", 0..=ITEM_BYTES_MAX) => unreadable(&format!("void[{count}]"), count),
        ("S" | "a", 0..=ITEM_BYTES_MAX) => plain(DataType::String, Stored::Utf8),
        ("U", 0..=ITEM_BYTES_MAX) => {
            let item_bytes =
                count.checked_mul(4).filter(|&bytes| bytes <= ITEM_BYTES_MAX).ok_or_else(too_long)?;
            Element { item_bytes, ..plain(DataType::String, Stored::Ucs4) }
        }
        ("S" | "a" | "V" | "U", _) => return Err(too_long()),
        ("M" | "m", 8) => temporal(kind == "M", unit, big_endian).ok_or_else(unknown)?,
        _ => return Err(unknown()),
    })
}

/// `datetime64` and `timedelta64` with a unit such as `us`, `25s` or none. Units coarser than a second are
/// converted, exactly; finer ones than a nanosecond, calendar lengths and no unit at all are unsupported.
fn temporal(is_date: bool, unit: Option<&str>, big_endian: bool) -> Option<Element> {
    let name = if is_date { "datetime64" } else { "timedelta64" };
    let element = |data_type, stored| Element { data_type, stored, item_bytes: 8, big_endian };
    let Some(unit) = unit else { return Some(unreadable(name, 8)) };
    let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
    let number: i64 = if digits == 0 { 1 } else { unit[..digits].parse().ok().filter(|&n| n > 0)? };
    let ticks = |unit: TimeUnit, per: i64| {
        let data_type = if is_date { DataType::Timestamp(unit, None) } else { DataType::Duration(unit) };
        Some(element(data_type, Stored::Ticks { factor: number.checked_mul(per)? }))
    };
    let days = |per: i64| Some(element(DataType::Date, Stored::Days { factor: number.checked_mul(per)? }));
    match (&unit[digits..], is_date) {
        ("ns", _) => ticks(TimeUnit::Nanosecond, 1),
        ("us" | "μs", _) => ticks(TimeUnit::Microsecond, 1),
        ("ms", _) => ticks(TimeUnit::Millisecond, 1),
        ("s", _) => ticks(TimeUnit::Second, 1),
        ("m", _) => ticks(TimeUnit::Second, 60),
        ("h", _) => ticks(TimeUnit::Second, 3_600),
        ("D", false) => ticks(TimeUnit::Second, 86_400),
        ("W", false) => ticks(TimeUnit::Second, 604_800),
        ("D", true) => days(1),
        ("W", true) => days(7),
        ("M", true) => Some(element(DataType::Date, Stored::Months { factor: number })),
        ("Y", true) => Some(element(DataType::Date, Stored::Months { factor: number.checked_mul(12)? })),
        ("M" | "Y", false) | ("ps" | "fs" | "as" | "generic", _) => {
            Some(unreadable(&format!("{name}[{unit}]"), 8))
        }
        _ => None,
    }
}
