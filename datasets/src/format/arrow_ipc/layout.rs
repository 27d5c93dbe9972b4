//! How types lie in record batches: which nodes and buffers, in depth-first order.
//! Source: apache/arrow, docs/source/format/Columnar.rst, "Recordbatch message".

use arrow_schema::DataType as Arrow;

/// The storage of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// No buffers at all.
    Null,
    /// Validity, bits.
    Bits,
    /// Validity, values of so many bytes.
    Fixed(usize),
    /// Validity, offsets, bytes.
    Bytes { large: bool, utf8: bool },
    /// Validity, views, any number of buffers that these point into.
    Views { utf8: bool },
    /// Validity, offsets; one child.
    List { large: bool },
    /// Validity, offsets, sizes; one child.
    ListViews { large: bool },
    /// Validity; one child with so many items a row.
    FixedList(usize),
    /// Validity; children.
    Struct,
    /// Validity, offsets; entries of keys and values.
    Map,
    /// Type ids, offsets if dense; children.
    Union { dense: bool, ids: Vec<i8> },
    /// Run ends and values, both children.
    Runs,
}

/// The codes of a dictionary-encoded type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Codes {
    /// Which dictionary.
    pub(super) id: i64,
    /// The codes' type.
    pub(super) codes: Arrow,
}

/// A type as a tree of storages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) layout: Layout,
    /// Where set, record batches hold codes and the layout is that of the dictionary's values.
    pub(super) dictionary: Option<Codes>,
    pub(super) children: Vec<Node>,
}

/// What a column takes of a batch's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) nodes: usize,
    pub(super) buffers: usize,
    /// Entries of the list of variadic buffer counts, whose buffers come on top.
    pub(super) variadic: usize,
}

impl Parts {
    pub(super) fn plus(self, other: Parts) -> Parts {
        Parts {
            nodes: self.nodes + other.nodes,
            buffers: self.buffers + other.buffers,
            variadic: self.variadic + other.variadic,
        }
    }
}

impl Node {
    /// What this column takes, all its children included. Before version 5 unions had validity.
    pub(super) fn parts(&self, union_validity: bool) -> Parts {
        if self.dictionary.is_some() {
            return Parts { nodes: 1, buffers: 2, variadic: 0 };
        }
        let (buffers, variadic) = match &self.layout {
            Layout::Null | Layout::Runs => (0, 0),
            Layout::FixedList(_) | Layout::Struct => (1, 0),
            Layout::Bits | Layout::Fixed(_) | Layout::List { .. } | Layout::Map => (2, 0),
            Layout::Bytes { .. } | Layout::ListViews { .. } => (3, 0),
            Layout::Views { .. } => (2, 1),
            Layout::Union { dense, .. } => (1 + usize::from(*dense) + usize::from(union_validity), 0),
        };
        self.children
            .iter()
            .map(|child| child.parts(union_validity))
            .fold(Parts { nodes: 1, buffers, variadic }, Parts::plus)
    }

    /// The same type without its dictionary: that of the dictionary's values.
    pub(super) fn values(&self) -> Node {
        Node { dictionary: None, ..self.clone() }
    }
}
