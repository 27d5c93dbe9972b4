//! Arrays in every layout, in memory and in files, against what NumPy reads; files that are wrong in every way.

mod boundary;
mod broken;
mod copied;
mod corpora;
mod fixtures;
mod many_files;
mod memory;
mod npz;
mod rows;
mod streams;
mod write;
