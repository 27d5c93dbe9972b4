//! NumPy's strings of fixed length: `S` (bytes, read as UTF-8) and `U` (UCS-4), zeros at the end left out.

use super::decode::{Elements, Fault, Scratch};
use super::element::Stored;

/// Decodes rows `first..first + count` into offsets and UTF-8.
pub(super) fn decode(
    elements: &Elements,
    bytes: &[u8],
    first: usize,
    count: usize,
    scratch: &mut Scratch,
) -> Result<(), Fault> {
    let element = &elements.element;
    let (offsets, text) = (&mut scratch.offsets, &mut scratch.text);
    offsets.clear();
    offsets.push(0);
    text.clear();
    let mut fault = None;
    let mut row = first;
    elements.strided.for_each_run(first, count, |run| {
        for index in 0..run.len {
            if fault.is_some() {
                return;
            }
            let at = run.start.wrapping_add_signed(run.stride_bytes.wrapping_mul(index as isize));
            let item = &bytes[at..at + element.item_bytes];
            let done = match element.stored {
                Stored::Ucs4 => push_ucs4(item, element.big_endian, text),
                _ => push_utf8(item, text),
            };
            match done {
                Ok(()) => offsets.push(text.len() as i64),
                Err(reason) => fault = Some(Fault { row, reason }),
            }
            row += 1;
        }
    });
    fault.map_or(Ok(()), Err)
}

fn push_utf8(item: &[u8], text: &mut Vec<u8>) -> Result<(), String> {
    let end = item.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    match str::from_utf8(&item[..end]) {
        Ok(valid) => {
            text.extend_from_slice(valid.as_bytes());
            Ok(())
        }
        Err(error) => Err(format!("byte {} of the string is not UTF-8", error.valid_up_to())),
    }
}

fn push_ucs4(item: &[u8], big_endian: bool, text: &mut Vec<u8>) -> Result<(), String> {
    let (codes, _) = item.as_chunks::<4>();
    let end = codes.iter().rposition(|code| *code != [0; 4]).map_or(0, |last| last + 1);
    for code in &codes[..end] {
        let code = if big_endian { u32::from_be_bytes(*code) } else { u32::from_le_bytes(*code) };
        let Some(letter) = char::from_u32(code) else {
            return Err(format!("{code:#x} is no code point of Unicode"));
        };
        text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(())
}
