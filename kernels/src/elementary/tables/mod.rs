//! Tables of the elementary functions, as bit patterns: each value is correctly rounded from 400-bit arithmetic
//! (MPFR), and where there are two columns the second is the rounded rest of the first.

mod arctangents;
mod logarithms;
mod powers_of_two;
mod two_over_pi;

pub(in crate::elementary) use arctangents::ARCTANGENTS;
pub(in crate::elementary) use logarithms::LOGARITHMS;
pub(in crate::elementary) use powers_of_two::POWERS_OF_TWO;
pub(in crate::elementary) use two_over_pi::TWO_OVER_PI;
