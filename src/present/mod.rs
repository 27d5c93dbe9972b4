//! Answers as text: tables for a person, and the fixed forms that programs read. Used by the command line and by
//! Python's `repr`; knows nothing of how an answer was computed.

mod audit;
mod bars;
mod columns;
mod description_fields;
mod description_full;
mod description_table;
mod grid;
mod heatmap;
mod heatmap_svg;
mod histogram;
mod histogram_svg;
mod page;
mod row_encoder;
mod rows;
pub mod significant;
mod times;
mod value;

pub use audit::{audit_fields, audit_row, audit_table};
pub use bars::{bar, sparkline};
pub use columns::{write_rows, write_table};
pub use description_fields::{FIELDS, description_json, field_types, field_values};
pub use description_full::description_full;
pub use description_table::{Heading, description_heading, description_table};
pub use grid::printable;
pub use heatmap::{heatmap_fields, heatmap_rows, heatmap_text};
pub use heatmap_svg::heatmap_svg;
pub use histogram::{histogram_fields, histogram_note, histogram_rows, histogram_text};
pub use histogram_svg::histogram_svg;
pub use page::Page;
pub use row_encoder::{RowEncoder, RowForm};
pub use rows::{Headings, RowWriter, row_table};
pub use value::{Precision, plain, push_json};
