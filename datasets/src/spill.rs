//! Pieces of work that does not fit memory, on disk: appended by many threads, read back piece by piece, in a file
//! without a name, so that nothing is left whatever happens.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::fs::{FallocateFlags, fallocate};

use crate::error::{Error, Result};
use crate::spool::nameless;

/// Where a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub len: u64,
}

/// Bytes that an owner of pieces has to itself when it begins one: what it appends a little at a time lies side by side,
/// is read at once, and is given back as whole blocks of the file system. What is not filled is a hole in the file.
const REGION_BYTES: u64 = 1 << 20;
/// Regions begin at multiples of this, as blocks of file systems do.
const BLOCK_BYTES: u64 = 4096;

/// A temporary file of pieces.
#[derive(Debug)]
pub struct Spill {
    file: File,
    /// For errors: the file has no name of its own.
    directory: PathBuf,
    /// Where the next region begins.
    end: AtomicU64,
    /// Bytes appended.
    written: AtomicU64,
    limit_bytes: u64,
}

impl Spill {
    /// An empty one in `directory`, which may grow to `limit_bytes`.
    ///
    /// # Errors
    /// [`Error::Io`] where the directory cannot be written to.
    pub fn create(directory: &Path, limit_bytes: u64) -> Result<Self> {
        let file = nameless(directory).map_err(|source| Error::Io {
            path: directory.to_path_buf(),
            action: "cannot make a temporary file in",
            source,
        })?;
        Ok(Self {
            file,
            directory: directory.to_path_buf(),
            end: AtomicU64::new(0),
            written: AtomicU64::new(0),
            limit_bytes,
        })
    }

    /// Appends `bytes` to the last of `pieces`, where its region has room for them, else to a new one at their end.
    ///
    /// # Errors
    /// [`Error::Limit`] past the limit, and where the disk is full; [`Error::Io`] where writing fails otherwise.
    pub fn append(&self, pieces: &mut Vec<Piece>, bytes: &[u8]) -> Result<()> {
        let len = bytes.len() as u64;
        let before = self.written.fetch_add(len, Relaxed);
        if before + len > self.limit_bytes {
            return Err(self.too_much(before + len, self.limit_bytes, "--max-temp"));
        }
        let last = pieces.last().filter(|last| last.len + len <= region(last.len)).copied();
        let offset =
            last.map_or_else(|| self.end.fetch_add(region(len), Relaxed), |last| last.offset + last.len);
        self.file.write_all_at(bytes, offset).map_err(|source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                self.too_much(before + len, before, "--memory, or set TMPDIR to a disk with room")
            }
            _ => self.io("cannot write a temporary file in", source),
        })?;
        match pieces.last_mut() {
            Some(last) if last.offset + last.len == offset => last.len += len,
            _ => pieces.push(Piece { offset, len }),
        }
        Ok(())
    }

    /// Reads a piece, or a part of one, into `bytes`, as many as there is room for.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn read(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.file
            .read_exact_at(bytes, offset)
            .map_err(|source| self.io("cannot read a temporary file in", source))
    }

    /// Gives the disk space of a piece back. File systems that cannot keep it until the end.
    pub fn discard(&self, piece: Piece) {
        let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        let _ = fallocate(&self.file, flags, piece.offset, region(piece.len));
    }

    /// Bytes appended so far.
    pub fn byte_count(&self) -> u64 {
        self.written.load(Relaxed)
    }

    fn too_much(&self, needed_bytes: u64, limit_bytes: u64, option: &'static str) -> Error {
        let what = "temporary space".into();
        Error::Limit { path: self.directory.clone(), what, needed_bytes, limit_bytes, option }
    }

    fn io(&self, action: &'static str, source: io::Error) -> Error {
        Error::Io { path: self.directory.clone(), action, source }
    }
}

/// Bytes of the region of a piece of `len` bytes.
fn region(len: u64) -> u64 {
    len.next_multiple_of(BLOCK_BYTES).max(REGION_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_and_the_directory_stays_empty() {
        let directory = tempfile::tempdir().unwrap();
        let spill = Spill::create(directory.path(), 1 << 24).unwrap();
        // Three owners in turns, one of which appends more than a region at a time.
        let sizes = [1_000usize, 70_001, (1 << 20) + 5];
        let mut owners: Vec<(Vec<Piece>, Vec<u8>)> = vec![Default::default(); 3];
        for turn in 0u8..50 {
            let (owner, size) = (usize::from(turn) % 3, sizes[usize::from(turn) % 3]);
            if owner < 2 || turn < 12 {
                let bytes = vec![turn; size + usize::from(turn)];
                spill.append(&mut owners[owner].0, &bytes).unwrap();
                owners[owner].1.extend(bytes);
            }
        }
        assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none());
        let total: usize = owners.iter().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(spill.byte_count(), total as u64);
        owners[1].0.iter().for_each(|&piece| spill.discard(piece));
        for (index, (pieces, bytes)) in owners.iter().enumerate().filter(|(index, _)| *index != 1) {
            let mut back = Vec::new();
            for piece in pieces {
                let start = back.len();
                back.resize(start + piece.len as usize, 0);
                spill.read(piece.offset, &mut back[start..]).unwrap();
            }
            assert!(&back == bytes, "owner {index}");
        }
        assert_eq!(owners[0].0.len(), 1, "what fits a region is one piece");
    }

    #[test]
    fn the_limit_is_kept_and_a_missing_directory_told() {
        let directory = tempfile::tempdir().unwrap();
        let spill = Spill::create(directory.path(), 10).unwrap();
        let mut pieces = Vec::new();
        spill.append(&mut pieces, &[0; 10]).unwrap();
        let refused = spill.append(&mut pieces, &[0; 1]);
        assert!(matches!(
            refused,
            Err(Error::Limit { needed_bytes: 11, limit_bytes: 10, option: "--max-temp", .. })
        ));
        assert!(matches!(Spill::create(&directory.path().join("no"), 10), Err(Error::Io { .. })));
    }
}
