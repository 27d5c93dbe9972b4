//! Types of several files of text as one table: those that their rows would have in one file.

use std::collections::HashMap;

use super::types::CellKinds;
use crate::source::Source;

/// Gives columns of the same name the join of all their cells' types, where every source is text; cells are then
/// read as that type from the start. Types that were given stay. Other formats have types of their own, which are
/// joined later.
pub(crate) fn join_types(sources: &mut [Box<dyn Source + '_>]) {
    if sources.len() < 2 {
        return;
    }
    let mut joined: HashMap<String, CellKinds> = HashMap::new();
    for source in sources.iter_mut() {
        let Some(source) = source.as_csv() else { return };
        for (field, kinds) in source.schema.fields.iter().zip(&source.kinds) {
            if let Some(kinds) = kinds {
                *joined.entry(field.name.clone()).or_default() |= *kinds;
            }
        }
    }
    for source in sources {
        let Some(source) = source.as_csv() else { return };
        for (field, kinds) in source.schema.fields.iter_mut().zip(&source.kinds) {
            if let (Some(_), Some(kinds)) = (kinds, joined.get(&field.name)) {
                field.data_type = kinds.data_type();
            }
        }
    }
}
