//! Caps on what a file may claim, checked before anything is allocated.

/// What a file may ask for. The defaults accept every sane file.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes that all readers together may hold decoded (`--memory`).
    pub memory_bytes: u64,
    /// Bytes of temporary files (`--max-temp`): streams and compressed members that must be read several times.
    pub temp_bytes: u64,
    /// Header of an npy member.
    pub header_bytes: u64,
    /// One Parquet page or IPC buffer, decompressed.
    pub page_bytes: u64,
    /// One CSV line.
    pub line_bytes: u64,
    /// Columns of a table.
    pub columns: usize,
    /// Depth of a nested type.
    pub nesting: usize,
    /// Decompressed over compressed bytes of a deflated stream (deflate itself cannot pass 1,032).
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 4 << 30,
            temp_bytes: 64 << 30,
            header_bytes: 64 << 10,
            page_bytes: 64 << 20,
            line_bytes: 64 << 20,
            columns: 100_000,
            nesting: 64,
            ratio: 1_100,
        }
    }
}
