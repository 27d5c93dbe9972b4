//! What a path of the caller means: a file, a member of an npz, a slice of an array, a directory, a glob, standard
//! input. What exists under its literal name always wins.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::array::Slice;
use crate::error::{Error, Result};
use crate::format::Format;
use crate::options::OpenOptions;

/// One thing to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// The file; `-` is standard input.
    pub(crate) file: PathBuf,
    /// `member` of `file.npz:member`.
    pub(crate) member: Option<String>,
    /// `[0:100, 3]`.
    pub(crate) slice: Option<Slice>,
}

impl Location {
    fn file(path: &Path) -> Self {
        Self { file: path.to_path_buf(), member: None, slice: None }
    }

    /// All that `path` stands for, in the order of their names.
    ///
    /// # Errors
    /// Where there is nothing, or a slice or glob is malformed.
    pub(crate) fn all(path: &Path, options: &OpenOptions) -> Result<Vec<Self>> {
        if path.as_os_str() == "-" {
            return Ok(vec![Self::file(path)]);
        }
        if path.is_dir() {
            return directory(path, options);
        }
        if fs::symlink_metadata(path).is_ok() {
            return Ok(vec![Self::file(path)]);
        }
        let Some(text) = path.to_str() else { return Ok(vec![Self::file(path)]) };
        if let Some(location) = sliced(text, path)? {
            return Ok(vec![location]);
        }
        if let Some(location) = member(text) {
            return Ok(vec![location]);
        }
        if text.contains(['*', '?', '[']) {
            return matches(text, path, options);
        }
        Ok(vec![Self::file(path)])
    }
}

/// `file[...]` or `file.npz:member[...]`, where the file exists.
fn sliced(text: &str, path: &Path) -> Result<Option<Location>> {
    let Some(at) = text.rfind('[').filter(|_| text.ends_with(']')) else { return Ok(None) };
    let location = if Path::new(&text[..at]).is_file() {
        Location::file(Path::new(&text[..at]))
    } else if let Some(location) = member(&text[..at]) {
        location
    } else {
        return Ok(None);
    };
    match Slice::parse(&text[at..]) {
        Ok(slice) => Ok(Some(Location { slice: Some(slice), ..location })),
        Err(reason) => Err(Error::Request { path: path.to_path_buf(), reason }),
    }
}

/// `file:member`, where the file exists: the first colon after which it does.
fn member(text: &str) -> Option<Location> {
    let at = text.match_indices(':').map(|(at, _)| at).find(|&at| Path::new(&text[..at]).is_file())?;
    let member = &text[at + 1..];
    (!member.is_empty())
        .then(|| Location { member: Some(member.into()), ..Location::file(Path::new(&text[..at])) })
}

/// The files of known formats in a directory, hidden ones left out; raw files count where their type is given.
fn directory(path: &Path, options: &OpenOptions) -> Result<Vec<Location>> {
    let io = |source| Error::Io { path: path.to_path_buf(), action: "cannot read", source };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let entry = entry.map_err(io)?;
        let file = entry.path();
        let is_known = match Format::of_extension(&file) {
            Some(Format::Raw) => options.dtype.is_some(),
            known => known.is_some(),
        };
        if is_known && !entry.file_name().as_encoded_bytes().starts_with(b".") && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        let reason = "the directory holds no file of a known format".into();
        return Err(Error::Request { path: path.to_path_buf(), reason });
    }
    files.sort();
    Ok(files.iter().map(|file| Location::file(file)).collect())
}

/// What a quoted glob matches, in the order of the names.
fn matches(pattern: &str, path: &Path, options: &OpenOptions) -> Result<Vec<Location>> {
    let request = |reason: String| Error::Request { path: path.to_path_buf(), reason };
    // As in a shell, a star does not stand for the dot of a hidden file.
    let rules = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
    let found =
        glob::glob_with(pattern, rules).map_err(|error| request(format!("not a glob: {}", error.msg)))?;
    let mut locations = Vec::new();
    for file in found {
        let file = file.map_err(|error| Error::Io {
            path: error.path().to_path_buf(),
            action: "cannot read",
            source: error.into(),
        })?;
        if file.is_dir() {
            locations.extend(directory(&file, options)?);
        } else {
            locations.push(Location::file(&file));
        }
    }
    if locations.is_empty() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no file matches");
        return Err(Error::Io { path: path.to_path_buf(), action: "cannot open", source });
    }
    Ok(locations)
}
