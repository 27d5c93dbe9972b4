//! The directory of a zip archive, as far as npz files need it: strict, in place, and without trust in any number.
//! Everything lies in the map, so that entries are only checked, never read.
//!
//! Format: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central header), 4.3.14 to 4.3.16 (ends),
//! 4.5.3 (zip64). Refused are what attacks are made of (D. Fifield, "A better zip bomb", 2019): entries that share
//! bytes, names that leave the directory, names that occur twice.

use std::ops::Range;

/// How an entry is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// As it is.
    Stored,
    /// Deflate.
    Deflated,
    /// A method by its number.
    Other(u16),
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Name, `.npy` included.
    pub(super) name: String,
    pub(super) method: Method,
    /// Where its bytes are in the archive.
    pub(super) data: Range<usize>,
    /// Bytes when unpacked, as claimed.
    pub(super) size_bytes: u64,
    /// CRC-32 of the unpacked bytes.
    pub(super) crc32: u32,
}

const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const END64: &[u8; 4] = b"PK\x06\x06";
const END64_BYTES: usize = 56;
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const CENTRAL_BYTES: usize = 46;
const LOCAL: &[u8; 4] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
/// Bit 0: encrypted; bit 6: strongly so; bit 13: the directory itself is.
const FLAGS_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// The entries of `archive`, in its order; directories are left out.
pub(super) fn read(archive: &[u8]) -> Result<Vec<Entry>, String> {
    let (directory, count) = find(archive)?;
    let directory_start = directory.start;
    let mut rest = &archive[directory];
    // A header takes 46 bytes, so that `count` is bounded by bytes that are there.
    if count > (rest.len() / CENTRAL_BYTES) as u64 {
        return Err(format!("the zip directory claims {count} entries in {} bytes", rest.len()));
    }
    let (mut entries, mut taken) = (Vec::with_capacity(count as usize), Vec::with_capacity(count as usize));
    for _ in 0..count {
        let (entry, whole, length) = central(archive, directory_start, rest)?;
        rest = &rest[length..];
        taken.push(whole);
        if !entry.name.ends_with('/') {
            check_name(&entry.name)?;
            entries.push(entry);
        }
    }
    taken.sort_by_key(|range| range.start);
    if taken.windows(2).any(|pair| pair[0].end > pair[1].start) {
        return Err("entries of the zip archive overlap".into());
    }
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("the zip archive holds {:?} twice", pair[0])),
        None => Ok(entries),
    }
}

/// Where the directory is and how many entries it claims.
fn find(archive: &[u8]) -> Result<(Range<usize>, u64), String> {
    // The end record is the last of the file, but for a comment of at most 64 KiB.
    let lowest = archive.len().saturating_sub(END_BYTES + usize::from(u16::MAX));
    let last = archive.len().checked_sub(END_BYTES).ok_or("the file is too short for a zip archive")?;
    let end = (lowest..=last)
        .rev()
        .find(|&at| {
            archive[at..].starts_with(END)
                && at + END_BYTES + usize::from(u16_at(archive, at + 20)) == archive.len()
        })
        .ok_or("the zip archive is cut off: its directory is missing")?;
    let (mut count, mut size, mut start) = (
        u64::from(u16_at(archive, end + 10)),
        u64::from(u32_at(archive, end + 12)),
        u64::from(u32_at(archive, end + 16)),
    );
    let mut disks = [u64::from(u16_at(archive, end + 4)), u64::from(u16_at(archive, end + 6))];
    let mut directory_end = end;
    let locator = end.checked_sub(LOCATOR_BYTES).filter(|&at| archive[at..].starts_with(LOCATOR));
    if let Some(locator) = locator {
        let end64 = usize::try_from(u64_at(archive, locator + 8)).ok();
        let end64 = end64
            .filter(|&at| at.checked_add(END64_BYTES).is_some_and(|past| past <= locator))
            .filter(|&at| archive[at..].starts_with(END64))
            .ok_or("the zip64 end record is not where the archive says")?;
        count = u64_at(archive, end64 + 32);
        size = u64_at(archive, end64 + 40);
        start = u64_at(archive, end64 + 48);
        disks = [u64::from(u32_at(archive, end64 + 16)), u64::from(u32_at(archive, end64 + 20))];
        directory_end = end64;
    }
    if disks != [0, 0] {
        return Err("the zip archive is one of several volumes".into());
    }
    match start.checked_add(size) {
        Some(past) if past <= directory_end as u64 => Ok((start as usize..past as usize, count)),
        _ => Err("the zip directory does not lie inside the file".into()),
    }
}

/// The entry whose header `rest` begins with, the bytes that it takes in the archive, and the header's length.
fn central(
    archive: &[u8],
    directory_start: usize,
    rest: &[u8],
) -> Result<(Entry, Range<usize>, usize), String> {
    let cut = || "the zip directory is malformed".to_string();
    if rest.len() < CENTRAL_BYTES || !rest.starts_with(CENTRAL) {
        return Err(cut());
    }
    let lengths = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
    let name = rest.get(CENTRAL_BYTES..CENTRAL_BYTES + lengths[0]).ok_or_else(cut)?;
    let extra =
        rest.get(CENTRAL_BYTES + lengths[0]..CENTRAL_BYTES + lengths[0] + lengths[1]).ok_or_else(cut)?;
    let length = CENTRAL_BYTES + lengths.iter().sum::<usize>();
    if length > rest.len() {
        return Err(cut());
    }
    let name = String::from_utf8_lossy(name).into_owned();
    if u16_at(rest, 8) & FLAGS_ENCRYPTED != 0 {
        return Err(format!("{name:?} in the zip archive is encrypted"));
    }
    let [mut packed, mut size, mut start] = [20, 24, 42].map(|at| u64::from(u32_at(rest, at)));
    // Of the three, those that do not fit 32 bits follow in this order.
    let mut wide = zip64(extra);
    for field in [&mut size, &mut packed, &mut start] {
        if *field == u64::from(u32::MAX) {
            let (value, left) = wide.split_first_chunk::<8>().ok_or_else(cut)?;
            (*field, wide) = (u64::from_le_bytes(*value), left);
        }
    }
    let method = match u16_at(rest, 10) {
        0 => Method::Stored,
        8 => Method::Deflated,
        other => Method::Other(other),
    };
    let outside = || format!("{name:?} does not lie inside the zip archive");
    let local = usize::try_from(start).map_err(|_| outside())?;
    let header = archive[..directory_start].get(local..).filter(|header| header.len() >= LOCAL_BYTES);
    let header = header.filter(|header| header.starts_with(LOCAL)).ok_or_else(outside)?;
    // Only the lengths of the local header matter here: its extra field pads the data, its name is a copy.
    let data_start = local + LOCAL_BYTES + usize::from(u16_at(header, 26)) + usize::from(u16_at(header, 28));
    let data_end = usize::try_from(packed).ok().and_then(|packed| data_start.checked_add(packed));
    let data_end = data_end.filter(|&end| end <= directory_start).ok_or_else(outside)?;
    if method == Method::Stored && packed != size {
        return Err(format!("{name:?} is stored as it is, yet in {packed} bytes instead of {size}"));
    }
    let entry = Entry { name, method, data: data_start..data_end, size_bytes: size, crc32: u32_at(rest, 16) };
    Ok((entry, local..data_end, length))
}

/// What the zip64 part of an extra field holds.
fn zip64(mut extra: &[u8]) -> &[u8] {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(value) = extra.get(4..4 + length) else { break };
        if id == 1 {
            return value;
        }
        extra = &extra[4 + length..];
    }
    &[]
}

/// Nothing is ever unpacked under such a name; an archive that has one was not made by NumPy.
fn check_name(name: &str) -> Result<(), String> {
    let is_bad = name.is_empty()
        || name.starts_with('/')
        || name.contains(['\\', '\0'])
        || name.split('/').any(|part| part == "..")
        || name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if is_bad {
        Err(format!("the zip archive holds the name {name:?}, which leads out of it"))
    } else {
        Ok(())
    }
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}
