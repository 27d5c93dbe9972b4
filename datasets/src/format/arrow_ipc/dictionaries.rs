//! The dictionaries of a file, as they stand before each of its batches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType as Arrow;
use bytes::Bytes;

use super::batch::Cursor;
use super::build;
use super::layout::Node;
use super::messages::Place;
use crate::fault::Fault;

/// Dictionaries that were built, by the messages that they are made of: the first and the last.
pub(super) type Cache = Mutex<HashMap<(usize, usize), ArrayRef>>;

/// More bytes than this are built again rather than kept.
const KEPT_BYTES: usize = 64 << 20;

/// The dictionaries as they stand before message `before`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dictionaries<'a> {
    pub(super) file: &'a Bytes,
    pub(super) places: &'a [Place],
    pub(super) before: usize,
    pub(super) cache: &'a Cache,
    pub(super) memory_bytes: u64,
    /// Dictionaries of dictionaries that may still be opened: a damaged file may have one point to itself.
    pub(super) depth: usize,
}

impl<'a> Dictionaries<'a> {
    /// The messages that make up dictionary `id`: the last that is no delta, and the deltas behind it.
    pub(super) fn messages(&self, id: i64) -> Result<Vec<usize>, Fault> {
        let mut messages = Vec::new();
        for (at, place) in self.places[..self.before].iter().enumerate() {
            match place.dictionary {
                Some(dictionary) if dictionary.id == id => {
                    if !dictionary.delta {
                        messages.clear();
                    } else if messages.is_empty() {
                        return Err(Fault::malformed(format!(
                            "dictionary {id} starts with a delta; the file is damaged"
                        )));
                    }
                    messages.push(at);
                }
                _ => {}
            }
        }
        Ok(messages)
    }

    /// The values of dictionary `id`, of type `arrow`. Where none was sent, `unused` says that no row needs it.
    pub(super) fn values(
        &self,
        id: i64,
        arrow: &Arrow,
        node: &Node,
        unused: bool,
    ) -> Result<ArrayRef, Fault> {
        let messages = self.messages(id)?;
        let (Some(&first), Some(&last)) = (messages.first(), messages.last()) else {
            return match unused {
                true => Ok(build::no_values(arrow)),
                false => Err(Fault::malformed(format!("dictionary {id} is missing; the file is damaged"))),
            };
        };
        let depth = self.depth.checked_sub(1);
        let inner = Self {
            depth: depth.ok_or_else(|| Fault::malformed("dictionaries refer to each other in a circle"))?,
            ..*self
        };
        if let Some(values) = self.lock().get(&(first, last))
            && values.data_type() == arrow
        {
            return Ok(Arc::clone(values));
        }
        let mut parts = Vec::with_capacity(messages.len());
        for at in messages {
            let mut cursor = Cursor::new(self.file, &self.places[at], self.memory_bytes)?;
            let len = cursor.peek_node()?.len;
            parts.push(build::array(&mut cursor, arrow, node, 0..len, &inner)?);
        }
        let values = match &parts[..] {
            [values] => Arc::clone(values),
            parts => {
                let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
                arrow_select::concat::concat(&parts).map_err(|error| Fault::Malformed(error.to_string()))?
            }
        };
        if values.get_buffer_memory_size() <= KEPT_BYTES {
            self.lock().insert((first, last), Arc::clone(&values));
        }
        Ok(values)
    }

    fn lock(&self) -> std::sync::MutexGuard<'a, HashMap<(usize, usize), ArrayRef>> {
        // A map that a panicking thread left is still a map.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
