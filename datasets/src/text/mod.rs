//! Values as text and back: the one form of every type that CSV, JSON and tables share. Numbers are the
//! shortest decimal that reads back to the same bits, in serde_json's form (`3.0`, `1e20`, `-0.0`); dates, times,
//! timestamps and durations are ISO 8601. Everything that is written here is read back by this module.

mod calendar;
mod decimal;
mod duration;
mod number;
mod parse;
mod temporal;
mod value;

pub use calendar::{civil_from_days, days_from_civil};
pub use decimal::{parse_decimal, push_decimal, push_decimal_digits};
pub use duration::{parse_duration, push_duration};
pub use number::{push_float16, push_float32, push_float64, push_integer};
pub use parse::{parse_bool, parse_data_type, parse_float16, parse_float32, parse_float64, parse_integer};
pub use temporal::{
    Timestamp, parse_date, parse_time, parse_timestamp, push_date, push_time, push_timestamp,
};
pub use value::{is_null, push_value};
