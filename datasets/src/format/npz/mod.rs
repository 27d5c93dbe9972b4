//! NumPy's npz files: zip archives of npy files. Stored members are views of the map, wherever they lie in it; a
//! deflated member is inflated once, at the first read of its values (opening looks at its header only), into memory
//! while it is small and else into a temporary file without a name, and its CRC-32 is checked then. The CRC-32 of
//! stored members is not checked: that would cost a pass of its own.

mod directory;
mod member;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::member::Member;
use super::npy::{HeaderError, sliced};
use crate::array::{ArraySource, Slice, SourceOrigin, Table};
use crate::error::{Error, Result};
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::source::Source;

/// Members that an error lists.
const LISTED_MAX: usize = 8;

/// Opens an archive: the member called `name`, or the table of all its 1-D members, or its only member.
pub(crate) fn open(
    path: &Path,
    name: Option<&str>,
    slice: Option<&Slice>,
    options: &OpenOptions,
) -> Result<Box<dyn Source>> {
    let file = Arc::new(MappedFile::open(path)?);
    let members = members(&file, options)?;
    let (table, version, origin_path) = match (name, members.as_slice()) {
        (Some(name), _) => {
            let member = members.iter().find(|member| member.is_called(name));
            let member = member
                .ok_or_else(|| request(path, format!("no member {name:?}; there is {}", list(&members))))?;
            let (table, version) = single(member, slice)?;
            (table, version, member.path.clone())
        }
        (None, [member]) => {
            let (table, version) = single(member, slice)?;
            (table, version, path.to_path_buf())
        }
        (None, _) if slice.is_some() => {
            let reason =
                format!("name the member to slice, as file.npz:member[0:100]; there is {}", list(&members));
            return Err(request(path, reason));
        }
        (None, _) => (whole(path, &members)?, String::new(), path.to_path_buf()),
    };
    let format = if version.is_empty() { "npz".into() } else { format!("npz ({version})") };
    let origin = SourceOrigin { path: origin_path, format, file: Some(file) };
    Ok(Box::new(ArraySource::new(origin, table)))
}

fn members(file: &Arc<MappedFile>, options: &OpenOptions) -> Result<Vec<Member>> {
    let path = file.path();
    let malformed = |reason| Error::Malformed { path: path.to_path_buf(), column: None, rows: None, reason };
    let entries = directory::read(file.bytes()).map_err(malformed)?;
    entries
        .into_iter()
        .filter(|entry| entry.name.ends_with(".npy"))
        .map(|entry| Member::new(file, entry, options))
        .collect()
}

/// One array as a table.
fn single(member: &Member, slice: Option<&Slice>) -> Result<(Table<'static>, String)> {
    let array = sliced(member.array()?, slice, &member.path)?;
    let header = member.header()?;
    let mut table = Table::of(&array, &member.name);
    table.notes.extend(header.notes());
    Ok((table, header.format_name()))
}

/// The members with one axis side by side.
fn whole(path: &Path, members: &[Member]) -> Result<Table<'static>> {
    let (mut columns, mut notes, mut first) = (Vec::new(), Vec::new(), None::<(&str, usize)>);
    let mut left_out = Vec::new();
    for member in members {
        match &member.header {
            Ok(header) if header.axes() == 1 => {}
            Ok(_) => {
                left_out.push(format!("{} {}", member.name, member.shape()));
                continue;
            }
            Err(HeaderError::Unsupported(_)) => {
                left_out.push(format!("{} (object)", member.name));
                continue;
            }
            Err(error @ HeaderError::Malformed(_)) => return Err(error.clone().at(&member.path)),
        }
        let table = Table::of(&member.array()?, &member.name);
        match first {
            None => first = Some((&member.name, table.row_count)),
            Some((name, rows)) if rows != table.row_count => {
                return Err(request(
                    path,
                    format!(
                        "members of different lengths are no table ({name}: {rows}, {}: {}); name one as file.npz:{name}",
                        member.name, table.row_count
                    ),
                ));
            }
            Some(_) => {}
        }
        // The fields of a structure are told apart by their member.
        let is_structure = member.header()?.is_structure();
        columns.extend(table.columns.into_iter().map(|mut column| {
            if is_structure {
                column.name = format!("{}.{}", member.name, column.name);
            }
            column
        }));
    }
    let Some((_, row_count)) = first else {
        return Err(request(
            path,
            format!("no 1-D members; name one as file.npz:member; there is {}", list(members)),
        ));
    };
    if !left_out.is_empty() {
        notes.push(format!("members that are not 1-D left out: {}", left_out.join(", ")));
    }
    Ok(Table { columns, row_count, notes })
}

fn list(members: &[Member]) -> String {
    let mut names: Vec<String> =
        members.iter().take(LISTED_MAX).map(|member| format!("{} {}", member.name, member.shape())).collect();
    if members.len() > LISTED_MAX {
        names.push(format!("and {} more", members.len() - LISTED_MAX));
    }
    if names.is_empty() { "no .npy member".into() } else { names.join(", ") }
}

fn request(path: &Path, reason: String) -> Error {
    Error::Request { path: PathBuf::from(path), reason }
}
