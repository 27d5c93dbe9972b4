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

/// A temporary file of pieces.
#[derive(Debug)]
pub struct Spill {
    file: File,
    /// For errors: the file has no name of its own.
    directory: PathBuf,
    end: AtomicU64,
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
        Ok(Self { file, directory: directory.to_path_buf(), end: AtomicU64::new(0), limit_bytes })
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`Error::Limit`] past the limit, and where the disk is full; [`Error::Io`] where writing fails otherwise.
    pub fn append(&self, bytes: &[u8]) -> Result<Piece> {
        let piece =
            Piece { offset: self.end.fetch_add(bytes.len() as u64, Relaxed), len: bytes.len() as u64 };
        let end = piece.offset + piece.len;
        if end > self.limit_bytes {
            return Err(self.too_much(end, self.limit_bytes, "--max-temp"));
        }
        self.file.write_all_at(bytes, piece.offset).map_err(|source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                self.too_much(end, piece.offset, "--memory, or set TMPDIR to a disk with room")
            }
            _ => self.io("cannot write a temporary file in", source),
        })?;
        Ok(piece)
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
        let _ = fallocate(&self.file, flags, piece.offset, piece.len);
    }

    /// Bytes appended so far.
    pub fn byte_count(&self) -> u64 {
        self.end.load(Relaxed)
    }

    fn too_much(&self, needed_bytes: u64, limit_bytes: u64, option: &'static str) -> Error {
        let what = "temporary space".into();
        Error::Limit { path: self.directory.clone(), what, needed_bytes, limit_bytes, option }
    }

    fn io(&self, action: &'static str, source: io::Error) -> Error {
        Error::Io { path: self.directory.clone(), action, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_and_the_directory_stays_empty() {
        let directory = tempfile::tempdir().unwrap();
        let spill = Spill::create(directory.path(), 1 << 20).unwrap();
        let pieces: Vec<(Vec<u8>, Piece)> = (0u8..50)
            .map(|number| vec![number; 1 + 1_000 * usize::from(number)])
            .map(|bytes| {
                let piece = spill.append(&bytes).unwrap();
                (bytes, piece)
            })
            .take_while(|(_, piece)| piece.offset < 900_000)
            .collect();
        assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none());
        spill.discard(pieces[7].1);
        for (index, (bytes, piece)) in pieces.iter().enumerate().filter(|(index, _)| *index != 7) {
            let mut back = vec![0; bytes.len()];
            spill.read(piece.offset, &mut back).unwrap();
            assert_eq!(&back, bytes, "piece {index}");
        }
    }

    #[test]
    fn the_limit_is_kept_and_a_missing_directory_told() {
        let directory = tempfile::tempdir().unwrap();
        let spill = Spill::create(directory.path(), 10).unwrap();
        spill.append(&[0; 10]).unwrap();
        let refused = spill.append(&[0; 1]);
        assert!(matches!(
            refused,
            Err(Error::Limit { needed_bytes: 11, limit_bytes: 10, option: "--max-temp", .. })
        ));
        assert!(matches!(Spill::create(&directory.path().join("no"), 10), Err(Error::Io { .. })));
    }
}
