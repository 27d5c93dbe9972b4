//! Archives: NumPy's own, ones packed by the `zip` crate, and ones that are traps.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use arrcalc_datasets::{Dataset, Error};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::fixtures::{check, fixtures};
use super::rows::{WHOLE, fields, npy, read, unhex};

/// An archive of `members`.
pub(crate) fn pack(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn floats(values: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy("'<f8'", "False", &format!("({},)", values.len()), &bytes)
}

fn open_bytes(directory: &Path, bytes: &[u8]) -> Result<Dataset<'static>, Error> {
    let path = directory.join("a.npz");
    fs::write(&path, bytes).unwrap();
    Dataset::open(path)
}

#[test]
fn archives_of_numpy_are_tables_of_their_members_with_one_axis() {
    let directory = tempfile::tempdir().unwrap();
    for archive in fixtures()["npz"].as_array().unwrap() {
        let path = directory.path().join("a.npz");
        fs::write(&path, unhex(archive["npz"].as_str().unwrap())).unwrap();
        let dataset = Dataset::open(&path).unwrap();
        check(&dataset, &archive["columns"], "table");
        let notes = dataset.facts().remove(0).notes.join("; ");
        assert_eq!(notes, "members that are not 1-D left out: matrix (3, 2), scalar ()");
        for (name, columns) in archive["members"].as_object().unwrap() {
            for name in [name.clone(), format!("{name}.npy")] {
                let dataset = Dataset::open(format!("{}:{name}", path.display())).unwrap();
                check(&dataset, columns, &name);
            }
        }
        let sliced = Dataset::open(format!("{}:price[::-2]", path.display())).unwrap();
        assert_eq!(read(&sliced, WHOLE).unwrap()[0].len(), 3);
    }
}

#[test]
fn stored_members_are_mapped_wherever_they_lie_and_deflated_ones_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    let values: Vec<f64> = (0..5000).map(|i| f64::from(i) / 7.0).collect();
    let expected = [values.iter().map(|value| format!("f:{:016x}", value.to_bits())).collect::<Vec<_>>()];
    for name in ["a.npy", "ab.npy", "abc.npy", "abcdefgh.npy"] {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let dataset = open_bytes(directory.path(), &pack(&[(name, &floats(&values))], method)).unwrap();
            assert_eq!(read(&dataset, WHOLE).unwrap(), expected);
            assert_eq!(fields(&dataset), [format!("{}: float64", name.trim_end_matches(".npy"))]);
        }
    }
    // A byte of the deflated data that only the checksum can tell.
    let mut broken = 0;
    let packed = pack(&[("a.npy", &floats(&values))], CompressionMethod::Deflated);
    for at in (200..packed.len() - 200).step_by(97) {
        let mut bytes = packed.clone();
        bytes[at] ^= 0x10;
        let outcome = open_bytes(directory.path(), &bytes).and_then(|dataset| read(&dataset, WHOLE));
        assert!(matches!(outcome, Err(Error::Malformed { .. })), "byte {at}");
        broken += 1;
    }
    assert!(broken > 20);
}

#[test]
fn a_single_member_is_the_archive_whatever_its_shape() {
    let directory = tempfile::tempdir().unwrap();
    let matrix = npy("'<i2'", "False", "(2, 2)", &[1, 0, 2, 0, 3, 0, 4, 0]);
    let dataset =
        open_bytes(directory.path(), &pack(&[("m.npy", &matrix)], CompressionMethod::Stored)).unwrap();
    assert_eq!(fields(&dataset), ["c0: int16", "c1: int16"]);
    let structure = npy("[('x', '|u1'), ('y', '|u1')]", "False", "(2,)", &[1, 2, 3, 4]);
    let both = pack(&[("s.npy", &structure), ("z.npy", &floats(&[0.5, 1.5]))], CompressionMethod::Stored);
    let dataset = open_bytes(directory.path(), &both).unwrap();
    assert_eq!(fields(&dataset), ["s.x: uint8", "s.y: uint8", "z: float64"]);
}

#[test]
fn members_that_make_no_table_are_an_error_that_lists_them() {
    let directory = tempfile::tempdir().unwrap();
    let uneven = [("a.npy", floats(&[1.0])), ("b.npy", floats(&[1.0, 2.0]))];
    let uneven: Vec<(&str, &[u8])> = uneven.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    let path = directory.path().join("a.npz");
    let error = open_bytes(directory.path(), &pack(&uneven, CompressionMethod::Stored)).unwrap_err();
    assert!(matches!(error, Error::Request { .. }) && error.to_string().contains("a: 1, b: 2"), "{error}");
    let missing = Dataset::open(format!("{}:c", path.display())).unwrap_err();
    assert!(missing.to_string().contains("a (1,), b (2,)"), "{missing}");
    let empty = open_bytes(directory.path(), &pack(&[], CompressionMethod::Stored)).unwrap_err();
    assert!(empty.to_string().contains("no .npy member"), "{empty}");
    let object = npy("'|O'", "False", "(1,)", b"pickle");
    let both = pack(&[("o.npy", &object), ("a.npy", &floats(&[1.0]))], CompressionMethod::Stored);
    let dataset = open_bytes(directory.path(), &both).unwrap();
    assert_eq!(fields(&dataset), ["a: float64"]);
    let error = Dataset::open(format!("{}:o", path.display())).unwrap_err();
    assert!(
        matches!(error, Error::Unsupported { .. }) && error.to_string().contains("a.npz:o: object arrays"),
        "{error}"
    );
}

#[test]
fn names_that_lead_out_of_the_archive_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["../a.npy", "x/../../a.npy", "/a.npy", "c:a.npy", "a\\b.npy"] {
        // Names are patched in: writers refuse some of them.
        let plain = "x".repeat(name.len());
        let mut bytes = pack(&[(&plain, &floats(&[1.0]))], CompressionMethod::Stored);
        while let Some(at) = bytes.windows(plain.len()).position(|window| window == plain.as_bytes()) {
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
        let error = open_bytes(directory.path(), &bytes).unwrap_err();
        assert!(error.to_string().contains("leads out of it"), "{name}: {error}");
    }
}

#[test]
fn archives_that_are_traps_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |bytes: &[u8], what: &str| {
        let error = open_bytes(directory.path(), bytes).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }) && error.to_string().contains(what), "{error}");
    };
    let good = pack(&[("aa.npy", &floats(&[1.0])), ("bb.npy", &floats(&[2.0]))], CompressionMethod::Stored);
    let find = |bytes: &[u8], what: &[u8], from: usize| {
        from + bytes[from..].windows(what.len()).position(|window| window == what).unwrap()
    };
    let central = find(&good, b"PK\x01\x02", 0);
    let second = find(&good, b"PK\x01\x02", central + 4);
    let end = find(&good, b"PK\x05\x06", 0);

    let mut overlap = good.clone();
    let start: [u8; 4] = good[central + 42..central + 46].try_into().unwrap();
    overlap[second + 42..second + 46].copy_from_slice(&start);
    refused(&overlap, "overlap");

    let mut twice = good.clone();
    twice[second + 46..second + 48].copy_from_slice(b"aa");
    refused(&twice, "twice");

    let mut encrypted = good.clone();
    encrypted[central + 8] |= 1;
    refused(&encrypted, "encrypted");

    let mut far = good.clone();
    far[central + 42..central + 46].copy_from_slice(&[0xf0, 0xff, 0xff, 0x7f]);
    refused(&far, "does not lie inside");

    let mut many = good.clone();
    many[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    refused(&many, "entries in");

    let mut long = good.clone();
    long[end + 12..end + 16].copy_from_slice(&[0xff; 4]);
    refused(&long, "does not lie inside the file");

    refused(&good[..good.len() - 1], "cut off");
    refused(&good[..20], "too short");

    // 10 bytes that are said to become 4 GiB.
    let bomb = pack(&[("a.npy", &floats(&[0.0; 100]))], CompressionMethod::Deflated);
    let central = find(&bomb, b"PK\x01\x02", 0);
    let mut bomb_claimed = bomb.clone();
    bomb_claimed[central + 24..central + 28].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    refused(&bomb_claimed, "deflate cannot do");
    // One byte less, one byte more than there is.
    for delta in [-1i32, 1] {
        let mut claimed = bomb.clone();
        let size = u32::from_le_bytes(bomb[central + 24..central + 28].try_into().unwrap());
        claimed[central + 24..central + 28].copy_from_slice(&size.wrapping_add_signed(delta).to_le_bytes());
        refused(&claimed, "bytes");
    }
}

#[test]
fn an_archive_of_zip64_form_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // NumPy always writes the large form of local headers.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    writer.start_file("a.npy", options).unwrap();
    writer.write_all(&floats(&[1.0, 2.0])).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(open_bytes(directory.path(), &bytes).unwrap().row_count(), 2);

    // Its end record in the zip64 form: count, size and start in the wide record, all ones in the short one.
    let end = bytes.len() - 22;
    let (count, size, start) =
        (&bytes[end + 10..end + 12], &bytes[end + 12..end + 16], &bytes[end + 16..end + 20]);
    let mut wide = bytes[..end].to_vec();
    wide.extend_from_slice(b"PK\x06\x06");
    wide.extend_from_slice(&44u64.to_le_bytes());
    wide.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let wider = |bytes: &[u8]| {
        let mut wide = [0u8; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        wide
    };
    for field in [count, count, size, start] {
        wide.extend_from_slice(&wider(field));
    }
    wide.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    wide.extend_from_slice(&(end as u64).to_le_bytes());
    wide.extend_from_slice(&1u32.to_le_bytes());
    wide.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    wide.extend_from_slice(&[0xff; 12]);
    wide.extend_from_slice(&[0, 0]);
    assert_eq!(open_bytes(directory.path(), &wide).unwrap().row_count(), 2);
}
