//! Tests of binding.
