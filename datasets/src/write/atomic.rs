//! A file that appears whole or not at all: written without a name in the same directory (under a temporary one where
//! the file system has no nameless files), synced, renamed over the final name, and the directory synced (the order that
//! ALICE, OSDI 2014, found applications to miss).

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};

use crate::error::{Error, Result};

/// Between the final name and the owner's process id in a temporary name.
const MARK: &str = ".arrcalc-";
/// The longest file name of Linux file systems, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// A file being written that takes its name only when it is whole.
///
/// The name then holds the new bytes; until then, and after a crash at any point, it holds what it held before, be
/// that nothing, a file, or a symbolic link (which is replaced itself: nothing is written to where it points).
/// Dropping without [`AtomicFile::commit`] leaves nothing, and neither does a process that is killed, where files can be
/// nameless. Elsewhere temporary files of killed processes are removed by the next one that writes the same name.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    temporary: PathBuf,
    /// Whether the file has its temporary name: not before the commit, where it can do without.
    is_named: bool,
    /// `None` once committed.
    file: Option<File>,
}

impl AtomicFile {
    /// Creates the temporary file beside `path`.
    ///
    /// # Errors
    /// `Error::Io` where the directory does not exist or may not be written to, or `path` is a directory.
    pub fn create(path: &Path) -> Result<Self> {
        let fail = |source| Error::Io { path: path.to_path_buf(), action: "cannot create", source };
        let name = path.file_name().ok_or_else(|| fail(io::ErrorKind::IsADirectory.into()))?;
        if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()) {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        }
        let directory = directory_of(path);
        sweep(directory, name);
        // Names are taken only by this process, so that a clash is a leftover of an earlier one of the same id.
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        for _ in 0..100 {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let temporary = directory.join(temporary_name(name, std::process::id(), number));
            if let Some(file) = nameless(directory) {
                keep_permissions(&file, path);
                return Ok(Self { path: path.to_path_buf(), temporary, is_named: false, file: Some(file) });
            }
            // `create_new` neither follows a link nor opens what exists.
            match OpenOptions::new().read(true).write(true).create_new(true).open(&temporary) {
                Ok(file) => {
                    // A lock that dies with its process tells sweepers in other process-id namespaces that the
                    // owner lives; file systems without locks still have the process id.
                    let _ = file.try_lock();
                    keep_permissions(&file, path);
                    return Ok(Self {
                        path: path.to_path_buf(),
                        temporary,
                        is_named: true,
                        file: Some(file),
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
        }
        Err(fail(io::ErrorKind::AlreadyExists.into()))
    }

    /// The name that the file will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the bytes durable and gives them the name.
    ///
    /// # Errors
    /// `Error::Io`; the name then holds what it held before, and the temporary file is gone. A failed sync is never
    /// tried again: the kernel may have dropped the pages.
    pub fn commit(mut self) -> Result<()> {
        let fail = |source| Error::Io { path: self.path.clone(), action: "cannot write", source };
        if let Some(file) = &self.file {
            file.sync_all().map_err(fail)?;
            if !self.is_named {
                name(file, &self.temporary).map_err(fail)?;
                self.is_named = true;
            }
        }
        fs::rename(&self.temporary, &self.path).map_err(fail)?;
        self.file = None;
        match File::open(directory_of(&self.path)).and_then(|directory| directory.sync_all()) {
            // Some file systems cannot sync directories; they then promise what they promise.
            Err(error)
                if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
            {
                Err(Error::Io {
                    path: self.path.clone(),
                    action: "cannot sync the directory of",
                    source: error,
                })
            }
            _ => Ok(()),
        }
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file()?.seek(position)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if self.file.take().is_some() && self.is_named {
            // Nothing can be done about a failure here; the next writer of the name sweeps.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Replacing a file keeps its permissions, where the system lets us.
fn keep_permissions(file: &File, path: &Path) {
    if let Ok(meta) = fs::symlink_metadata(path)
        && meta.is_file()
    {
        let _ = file.set_permissions(meta.permissions());
    }
}

/// A file in `directory` that can be given a name later; `None` where the system has no such thing.
fn nameless(directory: &Path) -> Option<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(directory, flags, Mode::from_raw_mode(0o666)).ok()?);
    fs::symlink_metadata(descriptor(&file)).is_ok().then_some(file)
}

/// Gives a nameless file its name.
fn name(file: &File, path: &Path) -> io::Result<()> {
    Ok(rustix::fs::linkat(CWD, descriptor(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Where Linux shows an open file.
fn descriptor(file: &File) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// `.NAME.arrcalc-PID-NUMBER`, hidden, NAME cut where the whole would be too long.
fn temporary_name(name: &OsStr, process: u32, number: u64) -> OsString {
    let suffix = format!("{MARK}{process}-{number}");
    let mut bytes = Vec::from(b".");
    bytes.extend_from_slice(stem(name));
    bytes.extend_from_slice(suffix.as_bytes());
    OsStr::from_bytes(&bytes).to_os_string()
}

/// What of `name` stands in its temporary names: 50 bytes are left for the dot, the mark and two numbers.
fn stem(name: &OsStr) -> &[u8] {
    let bytes = name.as_bytes();
    &bytes[..bytes.len().min(NAME_BYTES_MAX - 50)]
}

/// The process id in a temporary name of `name`, where it is one.
fn owner(candidate: &OsStr, name: &OsStr) -> Option<u32> {
    let rest = candidate.as_bytes().strip_prefix(b".")?.strip_prefix(stem(name))?;
    let (process, number) = str::from_utf8(rest.strip_prefix(MARK.as_bytes())?).ok()?.split_once('-')?;
    number.parse::<u64>().ok()?;
    process.parse().ok()
}

/// Removes what killed processes left of earlier attempts to write `name`.
fn sweep(directory: &Path, name: &OsStr) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let Some(process) = owner(&entry.file_name(), name) else { continue };
        if process == std::process::id() || is_alive(process) {
            continue;
        }
        let path = entry.path();
        // Opening for reading neither follows nor creates: the type was just seen to be a plain file's.
        if entry.file_type().is_ok_and(|kind| kind.is_file())
            && File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            let _ = fs::remove_file(&path);
        }
    }
}

fn is_alive(process: u32) -> bool {
    let Some(pid) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else {
        return false;
    };
    // EPERM means that it lives and belongs to somebody else.
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_name_holds_the_old_bytes_until_the_commit_and_the_new_ones_after() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.npy");
        fs::write(&path, b"old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new bytes").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new bytes");
        assert_eq!(names(directory.path()), ["out.npy"]);
    }

    #[test]
    fn dropping_without_commit_leaves_no_trace() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = AtomicFile::create(&directory.path().join("out.npy")).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn temporaries_of_dead_processes_are_swept_and_of_live_ones_kept() {
        let directory = tempfile::tempdir().unwrap();
        let name = OsStr::new("out.npy");
        // Process ids end at 2^22 on Linux, so this one never lived; process 1 always does.
        let dead = directory.path().join(temporary_name(name, 99_999_999, 0));
        let live = directory.path().join(temporary_name(name, 1, 0));
        let other = directory.path().join(".other.npy.arrcalc-99999999-0");
        for path in [&dead, &live, &other] {
            fs::write(path, b"x").unwrap();
        }
        drop(AtomicFile::create(&directory.path().join("out.npy")).unwrap());
        assert!(!dead.exists());
        assert!(live.exists() && other.exists());
    }

    #[test]
    fn a_symbolic_link_at_the_name_is_replaced_and_its_target_untouched() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("target"), directory.path().join("link"));
        fs::write(&target, b"precious").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        assert_eq!(fs::read(&link).unwrap(), b"new");
    }

    #[test]
    fn a_directory_and_a_missing_directory_are_errors() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(AtomicFile::create(directory.path()), Err(Error::Io { .. })));
        assert!(matches!(AtomicFile::create(&directory.path().join("no/out.npy")), Err(Error::Io { .. })));
        assert!(matches!(AtomicFile::create(Path::new("/")), Err(Error::Io { .. })));
    }

    #[test]
    fn a_long_name_and_many_writers_of_one_name_do_not_clash() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x".repeat(NAME_BYTES_MAX));
        let files: Vec<AtomicFile> = (0..20).map(|_| AtomicFile::create(&path).unwrap()).collect();
        assert!(names(directory.path()).is_empty() || names(directory.path()).len() == 20);
        for file in files {
            file.commit().unwrap();
        }
        assert_eq!(names(directory.path()).len(), 1);
    }
}
