//! Columns of types that are only shown: nothing of them is lent, but their nulls are counted, and what their
//! buffers say must hold together all the same.

use arrow_buffer::{ArrowNativeType, ScalarBuffer};
use arrow_schema::DataType as Arrow;

use super::batch::{Counts, Cursor};
use super::dictionaries::Dictionaries;
use super::layout::{Layout, Node};
use crate::fault::Fault;

fn damaged(what: &str) -> Fault {
    Fault::Malformed(format!("{what}; the file is damaged"))
}

/// Checks the next column of `cursor` and returns its length and nulls.
pub(super) fn column(
    cursor: &mut Cursor<'_>,
    node: &Node,
    dictionaries: &Dictionaries<'_>,
    union_validity: bool,
) -> Result<Counts, Fault> {
    let counts = cursor.node()?;
    if let Some(codes) = &node.dictionary {
        let valid = cursor.validity(counts)?;
        let length = dictionary(codes.id, node, dictionaries, union_validity)?;
        let valid = |row: usize| valid.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        check_codes(cursor, &codes.codes, counts.len, length, valid)?;
        return Ok(counts);
    }
    let child = |cursor: &mut Cursor<'_>, at: usize| match node.children.get(at) {
        Some(child) => column(cursor, child, dictionaries, union_validity),
        None => Err(damaged("a nested column without its child")),
    };
    let len = counts.len;
    match &node.layout {
        Layout::Null => return Ok(Counts { len, nulls: len }),
        Layout::Bits => {
            cursor.validity(counts)?;
            cursor.bits(len)?;
        }
        Layout::Fixed(width) => {
            cursor.validity(counts)?;
            cursor.sized(len, *width)?;
        }
        Layout::Bytes { large, utf8 } => {
            cursor.validity(counts)?;
            let ends = if *large { offsets::<i64>(cursor, len)? } else { offsets::<i32>(cursor, len)? };
            let data = cursor.buffer()?;
            let used = data.get(ends.0..ends.1).ok_or_else(|| damaged("offsets outside the data"))?;
            if *utf8 && std::str::from_utf8(used).is_err() {
                return Err(damaged("text is not UTF-8"));
            }
        }
        Layout::Views { .. } => {
            let valid = cursor.validity(counts)?;
            let views = cursor.values::<u128>(len)?;
            let data = (0..cursor.variadic()?).map(|_| cursor.buffer()).collect::<Result<Vec<_>, _>>()?;
            for (row, &view) in views.iter().enumerate() {
                // Length, prefix, buffer, offset: 32 bits each. Up to 12 bytes stand in the view itself.
                let part = |at: u32| (view >> (32 * at)) as u32 as usize;
                let inside = part(0) <= 12
                    || valid.as_ref().is_some_and(|nulls| nulls.is_null(row))
                    || data.get(part(2)).is_some_and(|data| part(3) + part(0) <= data.len());
                if !inside {
                    return Err(damaged("a view points outside its buffers"));
                }
            }
        }
        Layout::List { large } => {
            cursor.validity(counts)?;
            let ends = if *large { offsets::<i64>(cursor, len)? } else { offsets::<i32>(cursor, len)? };
            if ends.1 > child(cursor, 0)?.len {
                return Err(damaged("a list ends behind its items"));
            }
        }
        Layout::Map => {
            cursor.validity(counts)?;
            let ends = offsets::<i32>(cursor, len)?;
            let entries = map_entries(cursor, node, dictionaries, union_validity)?;
            if ends.1 > entries {
                return Err(damaged("a map ends behind its entries"));
            }
        }
        Layout::ListViews { large } => {
            cursor.validity(counts)?;
            let furthest =
                if *large { list_views::<i64>(cursor, len)? } else { list_views::<i32>(cursor, len)? };
            if furthest > child(cursor, 0)?.len {
                return Err(damaged("a list ends behind its items"));
            }
        }
        Layout::FixedList(size) => {
            cursor.validity(counts)?;
            let items = child(cursor, 0)?.len;
            if len.checked_mul(*size).is_none_or(|needed| needed > items) {
                return Err(damaged("a fixed-size list has too few items"));
            }
        }
        Layout::Struct => {
            cursor.validity(counts)?;
            for at in 0..node.children.len() {
                if child(cursor, at)?.len < len {
                    return Err(damaged("a struct has too short a field"));
                }
            }
        }
        Layout::Union { dense, ids } => {
            union(cursor, counts, *dense, ids, union_validity, child)?;
            return Ok(Counts { len, nulls: 0 });
        }
        Layout::Runs => {
            runs(cursor, node, len)?;
            // Nulls of runs are those of their values; only flat runs are counted, and those are lent.
            child(cursor, 1)?;
        }
    }
    Ok(counts)
}

/// First and last of `len + 1` offsets, which must not go backwards.
fn offsets<O: ArrowNativeType + PartialOrd>(
    cursor: &mut Cursor<'_>,
    len: usize,
) -> Result<(usize, usize), Fault> {
    if len == 0 {
        cursor.skip_buffer();
        return Ok((0, 0));
    }
    let offsets: ScalarBuffer<O> = cursor.values(len + 1)?;
    let ends = offsets[0].to_usize().zip(offsets[len].to_usize());
    ends.filter(|_| offsets.is_sorted()).ok_or_else(|| damaged("offsets that go backwards"))
}

/// The furthest item that any row of a list view uses.
fn list_views<O: ArrowNativeType>(cursor: &mut Cursor<'_>, len: usize) -> Result<usize, Fault> {
    let starts: ScalarBuffer<O> = cursor.values(len)?;
    let sizes: ScalarBuffer<O> = cursor.values(len)?;
    let mut furthest = 0;
    for (start, size) in starts.iter().zip(sizes.iter()) {
        let end = start.to_usize().zip(size.to_usize()).and_then(|(start, size)| start.checked_add(size));
        furthest = furthest.max(end.ok_or_else(|| damaged("a list of negative size"))?);
    }
    Ok(furthest)
}

/// A map's entries: a struct without nulls whose keys are not null.
fn map_entries(
    cursor: &mut Cursor<'_>,
    node: &Node,
    dictionaries: &Dictionaries<'_>,
    union_validity: bool,
) -> Result<usize, Fault> {
    let Some(Node { children, .. }) = node.children.first() else {
        return Err(damaged("a map without entries"));
    };
    let [keys, values] = &children[..] else { return Err(damaged("a map without keys and values")) };
    let entries = cursor.node()?;
    cursor.validity(entries)?;
    let keys = column(cursor, keys, dictionaries, union_validity)?;
    let values = column(cursor, values, dictionaries, union_validity)?;
    if entries.nulls > 0 || keys.nulls > 0 {
        return Err(damaged("a map has null keys"));
    }
    if keys.len < entries.len || values.len < entries.len {
        return Err(damaged("a map has too few keys or values"));
    }
    Ok(entries.len)
}

fn union(
    cursor: &mut Cursor<'_>,
    counts: Counts,
    dense: bool,
    ids: &[i8],
    union_validity: bool,
    child: impl Fn(&mut Cursor<'_>, usize) -> Result<Counts, Fault>,
) -> Result<(), Fault> {
    if union_validity {
        cursor.validity(counts)?;
    }
    let types: ScalarBuffer<i8> = cursor.values(counts.len)?;
    let places: Option<ScalarBuffer<i32>> = if dense { Some(cursor.values(counts.len)?) } else { None };
    let mut lengths = [None; 128];
    for (at, &id) in ids.iter().enumerate() {
        lengths[usize::try_from(id).map_err(|_| damaged("a negative union type id"))?] =
            Some(child(cursor, at)?.len);
    }
    for (row, &id) in types.iter().enumerate() {
        let length = usize::try_from(id).ok().and_then(|id| lengths[id]);
        let length = length.ok_or_else(|| damaged("a union type id that its type does not have"))?;
        let place = match &places {
            Some(places) => usize::try_from(places[row]).map_err(|_| damaged("a negative union offset"))?,
            None => row,
        };
        if place >= length {
            return Err(damaged("a union points behind its values"));
        }
    }
    Ok(())
}

fn runs(cursor: &mut Cursor<'_>, node: &Node, len: usize) -> Result<(), Fault> {
    let Some(Node { layout: Layout::Fixed(width), .. }) = node.children.first() else {
        return Err(damaged("runs without ends"));
    };
    let ends = cursor.node()?;
    if ends.nulls > 0 {
        return Err(damaged("run ends are null"));
    }
    cursor.skip_buffer();
    let ends: Vec<i64> = match width {
        2 => cursor.values::<i16>(ends.len)?.iter().map(|&end| i64::from(end)).collect(),
        4 => cursor.values::<i32>(ends.len)?.iter().map(|&end| i64::from(end)).collect(),
        _ => cursor.values::<i64>(ends.len)?.to_vec(),
    };
    let rising = ends.first().is_none_or(|&end| end > 0) && ends.windows(2).all(|pair| pair[0] < pair[1]);
    let covered =
        len == 0 || ends.last().and_then(|&end| usize::try_from(end).ok()).is_some_and(|end| end >= len);
    if rising && covered { Ok(()) } else { Err(damaged("run ends do not rise to the number of rows")) }
}

/// Checks a dictionary's values and returns how many there are.
fn dictionary(
    id: i64,
    node: &Node,
    dictionaries: &Dictionaries<'_>,
    union_validity: bool,
) -> Result<usize, Fault> {
    let depth = dictionaries.depth.checked_sub(1);
    let depth = depth.ok_or_else(|| damaged("dictionaries refer to each other in a circle"))?;
    let inner = Dictionaries { depth, ..*dictionaries };
    let mut length = 0;
    for at in dictionaries.messages(id)? {
        let mut cursor = Cursor::new(dictionaries.file, &dictionaries.places[at], dictionaries.memory_bytes)?;
        length += column(&mut cursor, &node.values(), &inner, union_validity)?.len;
    }
    Ok(length)
}

fn check_codes(
    cursor: &mut Cursor<'_>,
    codes: &Arrow,
    len: usize,
    dictionary_len: usize,
    valid: impl Fn(usize) -> bool,
) -> Result<(), Fault> {
    fn inside<T: ArrowNativeType>(
        cursor: &mut Cursor<'_>,
        len: usize,
        dictionary_len: usize,
        valid: impl Fn(usize) -> bool,
    ) -> Result<bool, Fault> {
        let codes: ScalarBuffer<T> = cursor.values(len)?;
        let inside = |code: &T| code.to_usize().is_some_and(|code| code < dictionary_len);
        Ok(codes.iter().enumerate().all(|(row, code)| inside(code) || !valid(row)))
    }
    let inside = match codes {
        Arrow::Int8 => inside::<i8>(cursor, len, dictionary_len, valid),
        Arrow::Int16 => inside::<i16>(cursor, len, dictionary_len, valid),
        Arrow::Int32 => inside::<i32>(cursor, len, dictionary_len, valid),
        Arrow::Int64 => inside::<i64>(cursor, len, dictionary_len, valid),
        Arrow::UInt8 => inside::<u8>(cursor, len, dictionary_len, valid),
        Arrow::UInt16 => inside::<u16>(cursor, len, dictionary_len, valid),
        Arrow::UInt32 => inside::<u32>(cursor, len, dictionary_len, valid),
        _ => inside::<u64>(cursor, len, dictionary_len, valid),
    }?;
    if inside { Ok(()) } else { Err(damaged("a code behind its dictionary's end")) }
}
