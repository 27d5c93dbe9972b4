//! The compiled half of the Python package `arrcalc`: it converts arguments and results, and computes nothing.
//!
//! `unsafe` is here only where foreign memory comes in or goes out: buffers (`array`, `fresh`) and Arrow's C structures (`capsule`).

use pyo3::prelude::*;

mod argsort;
mod arguments;
mod array;
mod asked;
mod bootstrap;
mod capsule;
mod coded;
mod columns;
mod cumulative;
mod dataset;
mod describe;
mod errors;
mod evaluate;
mod export;
mod fresh;
mod histogram;
mod nullable;
mod numbers;
mod random;
mod reduce;
mod sample;
mod search;
mod select;
mod shift;
mod sort;
mod source;
mod statistic;
mod table;
mod threads;
mod unique;
mod values;
mod window;

/// Exact statistics of arrays, tables and files; see the package `arrcalc`.
#[pymodule]
mod _arrcalc {
    #[pymodule_export]
    use super::argsort::{argpartition, argsort, bottom_k, lexsort, rank, top_k};
    #[pymodule_export]
    use super::bootstrap::{Bootstrap, PermutationResult, bootstrap, permutation_test};
    #[pymodule_export]
    use super::cumulative::{cummax, cummin, cumprod, cumsum, diff, nancumprod, nancumsum};
    #[pymodule_export]
    use super::dataset::{Dataset, open, query};
    #[pymodule_export]
    use super::describe::{Description, describe};
    #[pymodule_export]
    use super::evaluate::evaluate;
    #[pymodule_export]
    use super::histogram::{histogram, histogram_bin_edges, histogram2d};
    #[pymodule_export]
    use super::random::{Generator, PCG64, Philox, SeedSequence, default_rng};
    #[pymodule_export]
    use super::reduce::{
        all, any, argmax, argmin, corr, count_nonzero, cov, dot, max, mean, median, min, nanargmax,
        nanargmin, nanmax, nanmean, nanmedian, nanmin, nanpercentile, nanprod, nanptp, nanquantile, nanstd,
        nansum, nanvar, norm, percentile, prod, ptp, quantile, std, sum, var,
    };
    #[pymodule_export]
    use super::sample::{permutation, sample, shuffle};
    #[pymodule_export]
    use super::search::{digitize, isin, searchsorted};
    #[pymodule_export]
    use super::select::{argwhere, compress, filter, find, flatnonzero, nonzero, take};
    #[pymodule_export]
    use super::shift::{cum_count, shift};
    #[pymodule_export]
    use super::sort::{nth, partition, sort};
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::threads::{get_threads, set_threads};
    #[pymodule_export]
    use super::unique::{bincount, count_distinct, mode, unique, value_counts};
    #[pymodule_export]
    use super::window::{
        ewm_mean, move_count, move_max, move_mean, move_median, move_min, move_quantile, move_rank, move_std,
        move_sum, move_var,
    };
}
