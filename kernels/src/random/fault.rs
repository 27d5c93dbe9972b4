//! What can be wrong with a distribution's parameters.

use std::fmt;

/// Why there is no such distribution.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The bounds are not finite, not in order, or infinitely far apart.
    Bounds,
    /// No integer lies between the bounds.
    Empty,
    /// A probability is not in `[0, 1]`.
    Probability,
    /// A mean or location is not finite.
    Location,
    /// A standard deviation or scale is negative or not finite.
    Scale,
    /// A shape is not positive or not finite.
    Shape,
    /// A rate is negative, not finite, or above [`super::Poisson::MAX_RATE`].
    Rate,
    /// A weight is negative or not finite.
    Weight,
    /// Weights are all zero, or there are none.
    NoWeight,
    /// There are 2^32 weights or more.
    TooMany,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Bounds => "the bounds must be finite and in order",
            Fault::Empty => "the upper bound must be above the lower one",
            Fault::Probability => "a probability must be between 0 and 1",
            Fault::Location => "the mean must be finite",
            Fault::Scale => "the scale must be finite and not negative",
            Fault::Shape => "the shape must be finite and positive",
            Fault::Rate => "the rate must not be negative, nor above 2^32",
            Fault::Weight => "weights must be finite and not negative",
            Fault::NoWeight => "a weight must be positive",
            Fault::TooMany => "there must be fewer than 2^32 weights",
        })
    }
}

impl std::error::Error for Fault {}
