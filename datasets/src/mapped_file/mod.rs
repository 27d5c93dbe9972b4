//! Memory-mapped files: the only place of this crate that writes `unsafe`.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use memmap2::{Advice, Mmap};

use crate::error::{Error, Result};

/// A file mapped read-only, and what it looked like when it was opened.
#[derive(Debug)]
pub(crate) struct MappedFile {
    path: PathBuf,
    file: File,
    /// The whole file; empty for an empty file. Cloning shares the map.
    bytes: Bytes,
    identity: Identity,
}

/// What tells that a file is still the one that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size_bytes: u64,
    modified_ns: i128,
}

impl Identity {
    fn of(file: &File) -> io::Result<Self> {
        let meta = file.metadata()?;
        Ok(Self {
            device: meta.dev(),
            inode: meta.ino(),
            size_bytes: meta.size(),
            modified_ns: i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec()),
        })
    }
}

impl MappedFile {
    /// Maps `path`.
    ///
    /// # Errors
    /// `Error::Io` where the file cannot be opened, is no regular file, or cannot be mapped.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let io = |source| Error::Io { path: path.to_path_buf(), action: "cannot open", source };
        // Opening a FIFO would wait for its writer, so that the kind is looked at first.
        let kind = std::fs::metadata(path).map_err(io)?.file_type();
        if kind.is_dir() {
            return Err(io(io::ErrorKind::IsADirectory.into()));
        }
        if !kind.is_file() {
            return Err(io(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")));
        }
        Self::of(path, File::open(path).map_err(io)?)
    }

    /// Maps an open regular file, which errors call `path`.
    ///
    /// # Errors
    /// `Error::Io` where it cannot be mapped.
    pub(crate) fn of(path: &Path, file: File) -> Result<Self> {
        let io = |action: &'static str| {
            let path = path.to_path_buf();
            move |source| Error::Io { path, action, source }
        };
        let identity = Identity::of(&file).map_err(io("cannot read"))?;
        let bytes =
            if identity.size_bytes == 0 { Bytes::new() } else { map(&file).map_err(io("cannot map"))? };
        Ok(Self { path: path.to_path_buf(), file, bytes, identity })
    }

    /// The file's bytes; slices of it share the map.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Copies the bytes from `start` on to `out`, past the map: no page of it is visited.
    ///
    /// # Errors
    /// `Error::Changed` where the file ends before, since it was longer when it was mapped; `Error::Io`.
    pub(crate) fn copy(&self, start: u64, out: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(out, start).map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => Error::Changed { path: self.path.clone() },
            _ => Error::Io { path: self.path.clone(), action: "cannot read", source },
        })
    }

    /// The path it was opened by.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Fails where size or modification time are no longer those of the opening.
    pub(crate) fn verify_unchanged(&self) -> Result<()> {
        match Identity::of(&self.file) {
            Ok(identity) if identity == self.identity => Ok(()),
            Ok(_) => Err(Error::Changed { path: self.path.clone() }),
            Err(source) => Err(Error::Io { path: self.path.clone(), action: "cannot read", source }),
        }
    }
}

fn map(file: &File) -> io::Result<Bytes> {
    // SAFETY: the map is read-only and private to `Bytes`. That nobody truncates or rewrites the file meanwhile
    // cannot be proved from here: `verify_unchanged` after the last read turns a rewrite into an error, and
    // truncation is the operating system's SIGBUS, which the documentation states.
    let map = unsafe { Mmap::map(file)? };
    // Advice may be refused on odd file systems; reading works without it.
    let _ = map.advise(Advice::Sequential);
    Ok(Bytes::from_owner(map))
}
