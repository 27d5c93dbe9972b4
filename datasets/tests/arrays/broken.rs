//! Headers that lie, and thousands of random damages: an error or rows, never a panic, never memory for a claim.

use std::fs;
use std::path::Path;

use arrcalc_datasets::{Dataset, Error, OpenOptions, Sequential};
use zip::CompressionMethod;

use super::npz::{floats, pack};
use super::rows::{WHOLE, npy, read};

/// The most bytes that `run` held at once on this thread, beyond what it found.
pub(crate) fn peak_bytes<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let mut value = None;
    let info = allocation_counter::measure(|| value = Some(run()));
    (value.expect("`run` was run"), info.bytes_max)
}

fn open(directory: &Path, bytes: &[u8]) -> Result<Dataset<'static>, Error> {
    let path = directory.join("x.npy");
    fs::write(&path, bytes).unwrap();
    Dataset::open(path)
}

#[test]
fn headers_that_lie_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let data = [0u8; 16];
    for (descr, order, shape, what) in [
        ("'<f8'", "False", "(3,)", "cut off"),
        ("'<f8'", "False", "(1,)", "more than one array"),
        ("'<f8'", "False", "(2, -1)", "shape holds"),
        ("'<f8'", "False", "(-1,)", "shape holds"),
        ("'<f8'", "False", "(True,)", "shape holds"),
        ("'<f8'", "False", "(2.0,)", "expected"),
        ("'<f8'", "False", "[2]", "shape is no tuple"),
        ("'<f8'", "False", "2", "shape is no tuple"),
        ("'<f8'", "0", "(2,)", "neither True nor False"),
        ("'<f8'", "None", "(2,)", "neither True nor False"),
        ("'<f8'", "False", "(18446744073709551616,)", "shape holds"),
        ("'<f8'", "False", "(4294967296, 4294967296, 2)", "addresses"),
        ("'<f8'", "False", "(0, 9223372036854775807, 9)", "addresses"),
        (
            "'<f8'",
            "False",
            "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, \
          1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2)",
            "axes",
        ),
        ("'<f8'", "False", "(2,), 'shape': (2,)", "other keys"),
        ("'|O'", "False", "(2,)", "never loaded"),
        ("'<f7'", "False", "(2,)", "not an element type"),
        ("'|S0'", "False", "(99999999999,)", "0 bytes"),
        ("[]", "False", "(99999999999,)", "0 bytes"),
        ("[('a', 'V0')]", "False", "(99999999999,)", "0 bytes"),
    ] {
        let (outcome, peak) = peak_bytes(|| open(directory.path(), &npy(descr, order, shape, &data)));
        let error = outcome.expect_err(shape).to_string();
        assert!(
            error.contains(what) && error.contains("x.npy: ") && !error.contains('\n'),
            "{shape}: {error}"
        );
        assert!(peak < 1 << 20, "{shape} allocated {peak} bytes");
    }
}

#[test]
fn a_header_longer_than_the_limit_is_refused_before_it_is_parsed() {
    let directory = tempfile::tempdir().unwrap();
    let header =
        format!("{{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }}{}\n", " ".repeat(100_000));
    let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
    bytes.extend_from_slice(&u32::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    let (outcome, peak) = peak_bytes(|| open(directory.path(), &bytes));
    assert!(outcome.unwrap_err().to_string().contains("at most 65536"));
    assert!(peak < 1 << 16);
    let mut options = OpenOptions::default();
    options.limits.header_bytes = 1 << 20;
    let path = directory.path().join("x.npy");
    assert_eq!(Dataset::open_with(&[&path], &options, &Sequential).unwrap().row_count(), 0);
}

#[test]
fn an_empty_array_of_any_shape_lends_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for shape in ["(0,)", "(0, 7)", "(7, 0)", "(0, 4294967296)", "(4294967296, 0)", "(3, 0, 5)"] {
        let dataset = open(directory.path(), &npy("'<f8'", "True", shape, &[])).unwrap();
        assert_eq!(dataset.row_count(), 0, "{shape}");
        assert!(read(&dataset, WHOLE).unwrap().iter().all(Vec::is_empty), "{shape}");
    }
}

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

#[test]
fn thousands_of_damaged_files_give_errors_or_rows() {
    const CASES: usize = 6_000;
    let seed = 20_261_122;
    println!("seed {seed}, {CASES} cases");
    let mut random = Random(seed);
    let directory = tempfile::tempdir().unwrap();
    let text: Vec<u8> = "größe日本abc".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let members =
        [("a.npy", floats(&[1.0, 2.0, 3.0])), ("b.npy", npy("'<M8[h]'", "False", "(3,)", &[9; 24]))];
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    let seeds = [
        floats(&[1.0, -0.0, f64::NAN]),
        npy("'<U10'", "False", "(1,)", &text),
        npy("[('a', '>i2'), ('b', '|S3'), ('c', '<M8[D]')]", "False", "(2,)", &[65; 26]),
        npy("'>f4'", "True", "(2, 3, 2)", &[1; 48]),
        pack(&members, CompressionMethod::Stored),
        pack(&members, CompressionMethod::Deflated),
    ];
    let letters = b"0123456789(),[]{}'\" <>|=-:TrueFalsSUVMmifucObdescrhap_\x00\xff\x7f\n";
    let (mut opened, mut refused) = (0, 0);
    for case in 0..CASES {
        let mut bytes = seeds[case % seeds.len()].clone();
        for _ in 0..=random.below(3) {
            // A third of the damages is done to the data, and spaces of headers are mostly spared.
            let from = if random.below(3) == 0 { bytes.len() * 9 / 10 } else { 0 };
            let mut at = from + random.below(bytes.len() - from);
            while bytes[at] == b' ' && random.below(10) > 0 {
                at = random.below(bytes.len());
            }
            match random.below(8).saturating_sub(2) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = letters[random.below(letters.len())],
                2 => bytes[at] = random.below(256) as u8,
                3 => bytes.truncate(at.max(1)),
                4 => bytes.insert(at, letters[random.below(letters.len())]),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(0x93);
            }
        }
        let is_npz = case % seeds.len() >= 4;
        let path = directory.path().join(if is_npz { "x.npz" } else { "x.npy" });
        // A new file each: file systems flush one that is cut and written again.
        let _ = fs::remove_file(&path);
        fs::write(&path, &bytes).unwrap();
        let (outcome, peak) = peak_bytes(|| Dataset::open(&path).and_then(|dataset| read(&dataset, WHOLE)));
        // What a chunk decodes into and what streams are read by are constants.
        assert!(peak <= 1 << 20, "case {case} allocated {peak} bytes");
        match outcome {
            Ok(_) => opened += 1,
            Err(error) => {
                let line = error.to_string();
                assert!(!line.contains('\n') && line.contains("/x.np"), "case {case}: {line:?}");
                assert!(!line.contains("a decoder gave up"), "case {case}: {line}");
                refused += 1;
            }
        }
    }
    println!("{opened} opened, {refused} refused");
    assert!(opened > CASES / 50 && refused > CASES / 5, "damages are neither all harmless nor all fatal");
}
