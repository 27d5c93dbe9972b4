//! `-`: standard input, kept in a temporary file, because statistics take several passes.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;

/// First bytes of the formats that have them, and the extension that stands for the format.
const MAGIC: [(&[u8], &str); 7] = [
    (b"\x93NUMPY", "npy"),
    (b"PK\x03\x04", "npz"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrows"),
    (b"\x1f\x8b", "csv.gz"),
    (b"\x28\xb5\x2f\xfd", "csv.zst"),
];

/// Copies standard input to a temporary file that is removed at the end, and answers its path.
pub(crate) fn spool(interrupt: &Interrupt) -> Result<PathBuf> {
    interrupt.while_waiting(|| copy(interrupt)).map_err(Failure::Stdin)
}

fn copy(interrupt: &Interrupt) -> io::Result<PathBuf> {
    let mut input = io::stdin().lock();
    let mut buffer = vec![0; 256 << 10];
    let mut filled = 0;
    // The first bytes tell the format; a pipe may give fewer than asked for.
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    let head = &buffer[..filled];
    let extension = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map_or("csv", |(_, name)| name);
    let path = env::temp_dir().join(format!("arrcalc-stdin-{}.{extension}", std::process::id()));
    // `create_new` follows no link that somebody left under this name.
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    interrupt.remove_at_end(path.clone());
    file.write_all(head)?;
    io::copy(&mut input, &mut file)?;
    Ok(path)
}
