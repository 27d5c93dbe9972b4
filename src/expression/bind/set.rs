//! The values of an `in` list, by representation.

use super::node::Constant;

/// A set of values, and whether a null was among them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) struct Set {
    /// Sorted, without repeats.
    pub(in crate::expression) values: Values,
    /// Then what is not found may be the null: the answer is null.
    pub(in crate::expression) has_null: bool,
}

/// Sorted values; floats as their bits, without NaN and -0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Values {
    Bool(Vec<bool>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    F32(Vec<u32>),
    F64(Vec<u64>),
    I128(Vec<i128>),
    Text(Vec<Box<str>>),
}

impl Set {
    /// The set of `constants`, which lie as `like` does; NaN equals nothing and is left out.
    pub(in crate::expression) fn new(repr: super::node::Repr, constants: &[Constant]) -> Self {
        use super::node::Repr;
        macro_rules! sorted {
            ($variant:ident, $pattern:pat => $value:expr) => {{
                let mut values: Vec<_> = constants
                    .iter()
                    .filter_map(|constant| match constant {
                        $pattern => $value,
                        _ => None,
                    })
                    .collect();
                values.sort_unstable();
                values.dedup();
                Values::$variant(values)
            }};
        }
        let values = match repr {
            Repr::Bool => sorted!(Bool, Constant::Bool(value) => Some(*value)),
            Repr::I64 => sorted!(I64, Constant::I64(value) => Some(*value)),
            Repr::U64 => sorted!(U64, Constant::U64(value) => Some(*value)),
            Repr::F32 => sorted!(F32, Constant::F32(bits) => {
                let value = f32::from_bits(*bits);
                (!value.is_nan()).then(|| (value + 0.0).to_bits())
            }),
            Repr::F64 => sorted!(F64, Constant::F64(bits) => {
                let value = f64::from_bits(*bits);
                (!value.is_nan()).then(|| (value + 0.0).to_bits())
            }),
            Repr::I128 => sorted!(I128, Constant::I128(value) => Some(*value)),
            Repr::Text => sorted!(Text, Constant::Text(text) => Some(Box::from(&**text))),
        };
        Set { values, has_null: constants.contains(&Constant::Null) }
    }
}
