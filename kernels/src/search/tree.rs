//! A static search tree whose leaves are the sorted array itself.
//!
//! Nodes of one cache line, found by counting keys below the value instead of by branches, are Algorithmica's S+ tree
//! (S. Slotin, "Static B-trees"); groups of queries that go down one layer at a time, with each child asked for as soon
//! as it is known, are R. Groot Koerkamp's "Static search trees: 40x faster than binary search". Here a key is the
//! greatest of its subtree, so a position is always inside the leaf that is reached, and a layer is nothing but the last
//! keys of the lines below: an eighth of the array for values of 64 bits, a sixteenth for those of 32.

use super::blocks::Blocks;
use super::key::LineKey;
use super::side::Side;
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// Queries that go down together: more than the memory requests a core can have under way.
const GROUP: usize = 64;

/// Nodes of a layer that stay in a core's cache by themselves.
const CACHED_NODES: usize = 512;

/// A search tree over a sorted array.
#[derive(Clone, Debug)]
pub struct SearchTree<'a, T: LineKey> {
    blocks: Blocks<'a, T>,
    /// From the root, one node, to the keys of the array's own lines.
    layers: Vec<Layer<T>>,
}

/// The nodes of one layer, each on a cache line of its own; that above the array's lines is to be filled, by several
/// threads where it is large.
#[derive(Clone, Debug)]
pub struct Layer<T: LineKey> {
    /// Zeros at first, so that memory is taken by whoever writes it.
    keys: Vec<T>,
    /// Keys in front of the first node.
    start: usize,
}

impl<T: LineKey> Layer<T> {
    /// Room for the keys of `blocks`.
    pub fn new(blocks: &Blocks<'_, T>) -> Self {
        Self::with_nodes(blocks.count().div_ceil(T::KEYS))
    }

    fn with_nodes(nodes: usize) -> Self {
        let mut keys = vec![T::default(); nodes * T::KEYS + T::KEYS];
        let start = keys.as_ptr().align_offset(64).min(T::KEYS);
        keys.truncate(start + nodes * T::KEYS);
        Self { keys, start }
    }

    #[inline(always)]
    fn nodes(&self) -> &[T::Line] {
        T::lines(&self.keys[self.start..]).0
    }

    /// Parts of `nodes` nodes each, in order; the last may be shorter.
    pub fn parts(&mut self, nodes: usize) -> impl Iterator<Item = LayerPart<'_, T>> {
        let len = nodes.saturating_mul(T::KEYS);
        let parts = self.keys[self.start..].chunks_mut(len).enumerate();
        parts.map(move |(index, keys)| LayerPart { start: index * len, keys })
    }

    /// The layer above.
    fn above(&self) -> Self {
        let below = self.nodes();
        let mut above = Self::with_nodes(below.len().div_ceil(T::KEYS));
        for (index, key) in above.keys[above.start..].iter_mut().enumerate() {
            *key = below.get(index).map_or(T::HIGHEST, |node| node.as_ref()[T::KEYS - 1]);
        }
        above
    }
}

/// Consecutive nodes of a [`Layer`].
#[derive(Debug)]
pub struct LayerPart<'l, T: LineKey> {
    start: usize,
    keys: &'l mut [T],
}

impl<T: LineKey> LayerPart<'_, T> {
    /// Writes the keys of the lines below. Cost: a read of one element a line.
    pub fn fill(&mut self, blocks: &Blocks<'_, T>) {
        blocks.last_keys(self.start, self.keys);
    }
}

impl<'a, T: LineKey> SearchTree<'a, T> {
    /// The tree over `blocks`, whose keys `layer` holds.
    pub fn new(blocks: Blocks<'a, T>, layer: Layer<T>) -> Self {
        let mut layers = vec![layer];
        while layers[0].nodes().len() > 1 {
            let above = layers[0].above();
            layers.insert(0, above);
        }
        Self { blocks, layers }
    }

    /// The tree over `values`, sorted, with NaN at the end, made on this thread.
    pub fn of(values: &'a [T]) -> Self {
        let blocks = Blocks::new(values);
        let mut layer = Layer::new(&blocks);
        layer.parts(usize::MAX).for_each(|mut part| part.fill(&blocks));
        Self::new(blocks, layer)
    }

    /// Writes the position of each query into `positions`: before or behind elements equal to it. NaN goes before or
    /// behind the NaNs at the end.
    ///
    /// Positions never exceed the array's length, even if it is not sorted.
    ///
    /// Cost: `log n / 3` lines a query for elements of 64 bits, `log n / 4` for those of 32; those of a group of queries
    /// are fetched at the same time. Queries next to each other that are close, as sorted ones are, go down from where
    /// their ways part.
    ///
    /// # Panics
    /// If there is not one position a query.
    pub fn search(&self, level: Level, queries: &[T], side: Side, positions: &mut [u64]) {
        struct Search<'a, T: LineKey, const OR_EQUAL: bool>(&'a SearchTree<'a, T>, &'a [T], &'a mut [u64]);
        impl<T: LineKey, const OR_EQUAL: bool> Kernel for Search<'_, T, OR_EQUAL> {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd>(self, simd: S) {
                let Search(tree, queries, positions) = self;
                for (queries, positions) in queries.chunks(GROUP).zip(positions.chunks_mut(GROUP)) {
                    tree.search_group::<S, OR_EQUAL>(simd, queries, positions);
                }
            }
        }
        assert!(queries.len() == positions.len(), "a position for each query");
        match side {
            Side::Left => level.run(Search::<T, false>(self, queries, positions)),
            Side::Right => level.run(Search::<T, true>(self, queries, positions)),
        }
    }

    #[inline(always)]
    fn search_group<S: Simd, const OR_EQUAL: bool>(&self, simd: S, queries: &[T], positions: &mut [u64]) {
        let (shared, start) = self.shared_path::<S, OR_EQUAL>(simd, queries);
        let mut nodes = [start; GROUP];
        for (depth, layer) in self.layers.iter().map(Layer::nodes).enumerate().skip(shared) {
            // Past the last node only what is above all keys goes.
            let Some(last) = layer.len().checked_sub(1) else { continue };
            let children = nodes.iter_mut().zip(queries);
            match self.layers.get(depth + 1).map(Layer::nodes) {
                Some(below) if below.len() <= CACHED_NODES => children.for_each(|(node, &query)| {
                    let at = (*node).min(last);
                    *node = at * T::KEYS + T::rank::<S, OR_EQUAL>(simd, &layer[at], query);
                }),
                Some(below) => children.for_each(|(node, &query)| {
                    let at = (*node).min(last);
                    *node = at * T::KEYS + T::rank::<S, OR_EQUAL>(simd, &layer[at], query);
                    if let Some(child) = below.get(*node) {
                        simd.prefetch_one(child);
                    }
                }),
                None => children.for_each(|(node, &query)| {
                    let at = (*node).min(last);
                    *node = at * T::KEYS + T::rank::<S, OR_EQUAL>(simd, &layer[at], query);
                    simd.prefetch_one(self.blocks.line(*node));
                }),
            }
        }
        let behind = if OR_EQUAL { self.blocks.len() } else { self.blocks.numbers() };
        let last = self.blocks.count().saturating_sub(1);
        for ((&node, &query), position) in nodes.iter().zip(queries).zip(positions) {
            let at = node.min(last);
            let rank = T::rank::<S, OR_EQUAL>(simd, self.blocks.line(at), query);
            let found = self.blocks.position(at, rank);
            *position = if query.is_nan() { behind } else { found } as u64;
        }
    }

    /// The layers that all queries leave by the same child, and the node that they reach: few for queries from
    /// anywhere, nearly all for neighbours, such as sorted queries are.
    #[inline(always)]
    fn shared_path<S: Simd, const OR_EQUAL: bool>(&self, simd: S, queries: &[T]) -> (usize, usize) {
        // NaN is neither; where it goes does not matter.
        let (low, high) = queries.iter().fold((T::HIGHEST, T::LOWEST), |(low, high), &query| {
            (if query < low { query } else { low }, if query > high { query } else { high })
        });
        let mut node = 0;
        for (depth, layer) in self.layers.iter().map(Layer::nodes).enumerate() {
            let Some(last) = layer.len().checked_sub(1) else { continue };
            let at = node.min(last);
            let child = |query| at * T::KEYS + T::rank::<S, OR_EQUAL>(simd, &layer[at], query);
            let (first, last) = (child(low), child(high));
            if first != last {
                return (depth, node);
            }
            node = first;
        }
        (self.layers.len(), node)
    }
}
