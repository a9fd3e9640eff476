//! The span tree of one file: a flat arena in the order of the text, and handles into it.

use crate::source::{Route, Step};

/// A node of the arena. The nodes of a collection follow it directly: the items of a list; key and value in turn of a
/// mapping.
#[derive(Debug, Clone)]
pub(super) struct Node<'s> {
    pub(super) data: Data<'s>,
    pub(super) start: u32,
    pub(super) end: u32,
    /// The node after this one and all below it.
    pub(super) next: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Data<'s> {
    /// The number of entries.
    Mapping(u32),
    /// The number of items.
    List(u32),
    /// Text as it stands in the file.
    Text(&'s str),
    /// Text that differs from the file, by its position among the tree's own texts.
    Owned(u32),
    Integer(u64),
    Boolean(bool),
    Hole,
}

/// The content of one file, borrowed from its text.
#[derive(Debug, Default)]
pub(super) struct Tree<'s> {
    pub(super) nodes: Vec<Node<'s>>,
    pub(super) owned: Vec<Box<str>>,
}

impl Tree<'_> {
    /// Returns the mapping that the file is.
    #[must_use]
    pub(super) fn root(&self) -> NodeRef<'_> {
        NodeRef {
            tree: self,
            index: 0,
        }
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// Keys and values.
    Mapping,
    /// Items in order.
    List,
    /// Text.
    Text,
    /// A whole number, not negative.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A value that was refused while reading; the file's diagnostics say why. Whoever judges the tree says nothing more
    /// about it.
    Hole,
}

impl NodeKind {
    /// Returns the words for a message.
    #[must_use]
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Mapping => "a mapping",
            Self::List => "a list",
            Self::Text => "text",
            Self::Integer => "a number",
            Self::Boolean => "true or false",
            Self::Hole => "no value",
        }
    }
}

/// A node of a [`Tree`].
#[derive(Clone, Copy)]
pub(super) struct NodeRef<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) index: u32,
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            NodeKind::Mapping => f
                .debug_map()
                .entries(self.entries().map(|entry| (entry.key, entry.value)))
                .finish(),
            NodeKind::List => f.debug_list().entries(self.items()).finish(),
            NodeKind::Text | NodeKind::Integer | NodeKind::Boolean | NodeKind::Hole => {
                write!(f, "{:?}", self.node().data)
            }
        }
    }
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'t> {
    /// The key.
    pub(super) key: &'t str,
    /// The bytes of the key.
    pub(super) key_span: (u32, u32),
    /// The value.
    pub(super) value: NodeRef<'t>,
}

impl<'t> NodeRef<'t> {
    pub(super) fn node(self) -> &'t Node<'t> {
        &self.tree.nodes[self.index as usize]
    }

    const fn at(self, index: u32) -> Self {
        Self {
            tree: self.tree,
            index,
        }
    }

    /// Returns what the node is.
    #[must_use]
    pub(super) fn kind(self) -> NodeKind {
        match self.node().data {
            Data::Mapping(_) => NodeKind::Mapping,
            Data::List(_) => NodeKind::List,
            Data::Text(_) | Data::Owned(_) => NodeKind::Text,
            Data::Integer(_) => NodeKind::Integer,
            Data::Boolean(_) => NodeKind::Boolean,
            Data::Hole => NodeKind::Hole,
        }
    }

    /// Returns the first byte of the node and the byte after its last; for collections, of everything in them.
    #[must_use]
    pub(super) fn span(self) -> (u32, u32) {
        let node = self.node();
        (node.start, node.end)
    }

    /// Returns the text of a text node.
    #[must_use]
    pub(super) fn as_text(self) -> Option<&'t str> {
        match self.node().data {
            Data::Text(text) => Some(text),
            Data::Owned(at) => Some(&self.tree.owned[at as usize]),
            _ => None,
        }
    }

    /// Returns the number of an integer node.
    #[must_use]
    pub(super) fn as_integer(self) -> Option<u64> {
        match self.node().data {
            Data::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// Returns the truth of a boolean node.
    #[must_use]
    pub(super) fn as_boolean(self) -> Option<bool> {
        match self.node().data {
            Data::Boolean(boolean) => Some(boolean),
            _ => None,
        }
    }

    /// Returns the number of entries or items; 0 for scalars.
    #[must_use]
    pub(super) fn len(self) -> usize {
        match self.node().data {
            Data::Mapping(count) | Data::List(count) => count as usize,
            _ => 0,
        }
    }

    /// Returns true where something in this node was refused while reading.
    #[must_use]
    pub(super) fn has_holes(self) -> bool {
        let nodes = &self.tree.nodes[self.index as usize..self.node().next as usize];
        nodes.iter().any(|node| matches!(node.data, Data::Hole))
    }

    /// Returns the entries of a mapping as written; none for anything else.
    #[must_use]
    pub(super) fn entries(self) -> Entries<'t> {
        let rest = match self.node().data {
            Data::Mapping(count) => count,
            _ => 0,
        };
        Entries {
            next: self.at(self.index + 1),
            rest,
        }
    }

    /// Returns the items of a list as written; none for anything else.
    #[must_use]
    pub(super) fn items(self) -> Items<'t> {
        let rest = match self.node().data {
            Data::List(count) => count,
            _ => 0,
        };
        Items {
            next: self.at(self.index + 1),
            rest,
        }
    }

    /// Returns the entry of a key.
    #[must_use]
    pub(super) fn entry(self, key: &str) -> Option<Entry<'t>> {
        self.entries().find(|entry| entry.key == key)
    }

    /// Returns the value of a key.
    #[must_use]
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.entry(key).map(|entry| entry.value)
    }

    /// Returns an item by its position, counted from 0.
    #[must_use]
    pub(super) fn item(self, index: usize) -> Option<Self> {
        self.items().nth(index)
    }

    /// Returns the node that a route leads to.
    #[must_use]
    pub(super) fn find(self, route: &Route) -> Option<Self> {
        route
            .steps()
            .iter()
            .try_fold(self, |node, step| match step {
                Step::Key(key) => node.get(key),
                Step::Index(index) => node.item(*index),
            })
    }

    /// Returns the bytes to point at for a node that has no key of its own: those of a scalar, and of the first key or
    /// item of a collection.
    #[must_use]
    pub(super) fn head(self) -> (u32, u32) {
        match self.node().data {
            Data::Mapping(1..) => self.at(self.index + 1).span(),
            Data::List(1..) => self.at(self.index + 1).head(),
            _ => self.span(),
        }
    }

    /// Returns the bytes to point at for a route, or for its nearest ancestor that is there: a scalar itself; the key of
    /// a collection, and for one in a list its first key or item. A caret never covers many lines.
    #[must_use]
    pub(super) fn locate(self, route: &Route) -> (u32, u32) {
        let mut node = self;
        let mut shown = self.head();
        for step in route.steps() {
            let found = match step {
                Step::Key(key) => node.entry(key).map(|entry| {
                    let key_shown = matches!(
                        entry.value.kind(),
                        NodeKind::Mapping | NodeKind::List | NodeKind::Hole
                    );
                    (
                        entry.value,
                        if key_shown {
                            entry.key_span
                        } else {
                            entry.value.span()
                        },
                    )
                }),
                Step::Index(index) => node.item(*index).map(|item| (item, item.head())),
            };
            let Some(found) = found else { break };
            (node, shown) = found;
        }
        shown
    }
}

/// The entries of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Entries<'t> {
    next: NodeRef<'t>,
    rest: u32,
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        self.rest = self.rest.checked_sub(1)?;
        let key = self.next;
        let value = key.at(key.index + 1);
        self.next = key.at(value.node().next);
        Some(Entry {
            key: key.as_text().expect("INVARIANT: a key is text"),
            key_span: key.span(),
            value,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest as usize, Some(self.rest as usize))
    }
}

impl ExactSizeIterator for Entries<'_> {}

/// The items of a list.
#[derive(Debug, Clone)]
pub(super) struct Items<'t> {
    next: NodeRef<'t>,
    rest: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = NodeRef<'t>;

    fn next(&mut self) -> Option<NodeRef<'t>> {
        self.rest = self.rest.checked_sub(1)?;
        let item = self.next;
        self.next = item.at(item.node().next);
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest as usize, Some(self.rest as usize))
    }
}

impl ExactSizeIterator for Items<'_> {}
