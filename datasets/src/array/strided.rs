//! A sequence of equal elements laid out in memory by strides, read in C order: a 1-D array, a column of a 2-D one, a
//! field of a structure, or an N-D array flattened.

/// Where element `i` (in C order) lies. Adjacent axes that are one run in memory are one axis here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Strided {
    /// Byte of the first element.
    start: usize,
    /// Axes, outermost first, none of length 1; empty for a single element.
    axes: Vec<Axis>,
    /// Number of elements.
    len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Axis {
    len: usize,
    stride_bytes: isize,
}

/// Elements a constant step apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Byte of the first.
    pub(crate) start: usize,
    /// Number of elements, at least 1.
    pub(crate) len: usize,
    /// Bytes from one to the next; may be negative or 0.
    pub(crate) stride_bytes: isize,
}

impl Strided {
    /// Elements at `start + Σ index[k] * strides[k]`.
    ///
    /// The caller has established that they lie inside the bytes: see `ArrayView::strided`.
    pub(crate) fn new(start: usize, shape: &[usize], strides_bytes: &[isize]) -> Self {
        let len = if shape.contains(&0) { 0 } else { shape.iter().product() };
        let mut axes: Vec<Axis> = Vec::new();
        for (&len, &stride_bytes) in shape.iter().zip(strides_bytes) {
            if len == 1 {
                continue;
            }
            match axes.last_mut() {
                Some(outer) if stride_bytes.checked_mul(len as isize) == Some(outer.stride_bytes) => {
                    *outer = Axis { len: outer.len.saturating_mul(len), stride_bytes };
                }
                _ => axes.push(Axis { len, stride_bytes }),
            }
        }
        if len == 0 {
            axes.clear();
        }
        Self { start, axes, len }
    }

    /// `len` elements of `item_bytes` each, one behind another from the first byte on.
    pub(crate) fn run(len: usize, item_bytes: usize) -> Self {
        Self::new(0, &[len], &[item_bytes as isize])
    }

    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether the elements are one run of `item_bytes` each without gaps.
    pub(crate) fn is_contiguous(&self, item_bytes: usize) -> bool {
        match self.axes.as_slice() {
            [] => true,
            [axis] => axis.stride_bytes == item_bytes as isize,
            _ => false,
        }
    }

    /// The bytes of elements `first..first + count` of a contiguous run.
    pub(crate) fn byte_range(&self, item_bytes: usize, first: usize, count: usize) -> std::ops::Range<usize> {
        let start = self.start + first * item_bytes;
        start..start + count * item_bytes
    }

    /// Visits elements `first..first + count` as runs, in order.
    ///
    /// # Panics
    /// If the range ends past the last element.
    pub(crate) fn for_each_run(&self, first: usize, count: usize, mut visit: impl FnMut(Run)) {
        assert!(first.checked_add(count).is_some_and(|end| end <= self.len), "rows out of range");
        if count == 0 {
            return;
        }
        let Some((inner, outer)) = self.axes.split_last() else {
            return visit(Run { start: self.start, len: 1, stride_bytes: 0 });
        };
        // An odometer over the outer axes: one division each here, then only steps.
        let (mut at, mut rest) = (first % inner.len, first / inner.len);
        let mut index = vec![0usize; outer.len()];
        let mut base = self.start;
        for (digit, axis) in index.iter_mut().zip(outer).rev() {
            *digit = rest % axis.len;
            rest /= axis.len;
            base = base.wrapping_add_signed(axis.stride_bytes.wrapping_mul(*digit as isize));
        }
        let mut left = count;
        loop {
            let len = left.min(inner.len - at);
            let start = base.wrapping_add_signed(inner.stride_bytes.wrapping_mul(at as isize));
            visit(Run { start, len, stride_bytes: inner.stride_bytes });
            left -= len;
            if left == 0 {
                return;
            }
            at = 0;
            for (digit, axis) in index.iter_mut().zip(outer).rev() {
                base = base.wrapping_add_signed(axis.stride_bytes);
                *digit += 1;
                if *digit < axis.len {
                    break;
                }
                base = base.wrapping_add_signed(axis.stride_bytes.wrapping_mul(-(axis.len as isize)));
                *digit = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The byte of every element, by the definition.
    fn naive(start: usize, shape: &[usize], strides: &[isize]) -> Vec<usize> {
        let count = shape.iter().product();
        (0..count)
            .map(|flat: usize| {
                let (mut rest, mut byte) = (flat, start as isize);
                for (&len, &stride) in shape.iter().zip(strides).rev() {
                    byte += (rest % len) as isize * stride;
                    rest /= len;
                }
                byte as usize
            })
            .collect()
    }

    fn walked(strided: &Strided, first: usize, count: usize) -> Vec<usize> {
        let mut bytes = Vec::new();
        strided.for_each_run(first, count, |run| {
            bytes.extend((0..run.len).map(|i| run.start.wrapping_add_signed(run.stride_bytes * i as isize)));
        });
        bytes
    }

    #[test]
    fn every_range_of_every_layout_is_walked_in_c_order() {
        let layouts: [(usize, &[usize], &[isize]); 9] = [
            (0, &[], &[]),
            (8, &[5], &[8]),
            (96, &[5], &[-24]),
            (0, &[3, 4], &[32, 8]),
            (0, &[3, 4], &[8, 24]),
            (64, &[3, 4], &[-32, 8]),
            (0, &[2, 3, 4], &[96, 32, 8]),
            (4, &[2, 1, 3, 2], &[0, 77, 16, 4]),
            (1000, &[2, 3, 4], &[-4, 100, -8]),
        ];
        for (start, shape, strides) in layouts {
            let strided = Strided::new(start, shape, strides);
            let expected = naive(start, shape, strides);
            for first in 0..=strided.len() {
                for count in 0..=strided.len() - first {
                    assert_eq!(
                        walked(&strided, first, count),
                        expected[first..first + count],
                        "{shape:?} {strides:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn c_order_is_one_axis_and_nothing_is_nothing() {
        assert!(Strided::new(0, &[2, 3, 4], &[96, 32, 8]).is_contiguous(8));
        assert!(Strided::new(0, &[1, 3, 1], &[7, 8, -9]).is_contiguous(8));
        assert!(!Strided::new(0, &[2, 3], &[8, 16]).is_contiguous(8));
        assert_eq!(Strided::new(0, &[3, 0, usize::MAX], &[8, 8, 8]).len(), 0);
    }
}
