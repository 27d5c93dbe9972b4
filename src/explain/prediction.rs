//! What will bound a pass: the roofline of S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual
//! performance model for multicore architectures" (2009), with decoding beside computing.

/// What a pass is likely to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bottleneck {
    /// Values that come from memory.
    Memory,
    /// Values that are decoded first.
    Decode,
    /// What is computed of them.
    Compute,
}

impl Bottleneck {
    /// `memory`, `decode` or `compute`.
    pub fn name(self) -> &'static str {
        match self {
            Bottleneck::Memory => "memory",
            Bottleneck::Decode => "decode",
            Bottleneck::Compute => "compute",
        }
    }
}

/// What a pass over the rows will take, by what bounds it: an estimate from costs that were measured on one machine,
/// and from this machine's memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Rows of a pass.
    pub rows: u64,
    /// Bytes of values in them, as they lie in memory.
    pub bytes: u64,
    /// Seconds to read the mapped ones of these bytes from memory.
    pub memory: f64,
    /// Seconds to decode the others, on all threads.
    pub decode: f64,
    /// Seconds to compute, on all threads.
    pub compute: f64,
}

impl Prediction {
    /// What takes longest. Decoding and computing are done by the same cores, one after the other; memory is read
    /// meanwhile.
    pub fn bottleneck(&self) -> Bottleneck {
        if self.memory >= self.decode + self.compute {
            Bottleneck::Memory
        } else if self.decode >= self.compute {
            Bottleneck::Decode
        } else {
            Bottleneck::Compute
        }
    }

    /// Seconds of a pass.
    pub fn seconds(&self) -> f64 {
        self.memory.max(self.decode + self.compute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_part_bounds() {
        let of = |memory, decode, compute| Prediction { rows: 1, bytes: 8, memory, decode, compute };
        assert_eq!(of(3.0, 1.0, 1.5).bottleneck(), Bottleneck::Memory);
        assert_eq!(of(2.0, 1.0, 1.5).bottleneck(), Bottleneck::Compute);
        assert_eq!(of(2.0, 2.0, 1.5).bottleneck(), Bottleneck::Decode);
        assert_eq!(of(2.0, 2.0, 1.5).seconds(), 3.5);
        assert_eq!(of(4.0, 2.0, 1.5).seconds(), 4.0);
    }
}
