//! Groups against maps of exact rationals.
