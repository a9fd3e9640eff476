//! The order of changes: what others need comes first, and deletes run the other way.
//!
//! Three sorts of edges, strongest first. *Needs*: a thing exists before what needs it, and goes after what needed it.
//! *Room*: a name or natural key is given up before another object takes it. *Wish*: a thing that is merely named comes
//! first. A weaker edge that would close a ring is dropped, so that two packages may name each other and two objects may
//! exchange names. Deletes come last, unless something waits for the room that they make.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::compare::respelled;
use super::renames::{Seats, natural_key};
use super::{Action, Change, Reason};
use crate::model::{Address, Body, Bond, Declaration, Desired, Kind};

/// How strong an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Needs,
    Room,
    Wish,
}

/// Puts changes in order, and tells each which others come before it.
///
/// The order depends on the set of changes alone: levels of depth, then addresses.
pub(super) fn arrange(
    mut changes: Vec<Change>,
    desired: &Desired,
    seats: &Seats<'_>,
) -> Vec<Change> {
    changes.sort_by(|a, b| a.address.cmp(&b.address));
    let found = edges(&changes, desired, seats);
    let graph = settle(changes.len(), found);
    let (depths, early) = levels(&graph, &changes);
    for edge in graph.edge_references() {
        let before = changes[edge.source().index()].address.clone();
        changes[edge.target().index()].after.insert(before);
    }
    let mut order: Vec<(bool, usize, Change)> = changes
        .into_iter()
        .enumerate()
        .map(|(at, change)| (is_delete(&change) && !early[at], depths[at], change))
        .collect();
    order.sort_by(|a, b| (a.0, a.1, &a.2.address).cmp(&(b.0, b.1, &b.2.address)));
    order.into_iter().map(|(.., change)| change).collect()
}

/// Returns every change that another should come after, rings included: the earlier, the later, how strong. The changes stand in
/// order of addresses.
fn edges(changes: &[Change], desired: &Desired, seats: &Seats<'_>) -> Vec<(usize, usize, Tie)> {
    let mut edges = Edges {
        changes,
        at: changes
            .iter()
            .enumerate()
            .map(|(at, change)| ((change.address.kind(), change.address.name()), at))
            .collect(),
        deletes: changes.iter().any(is_delete),
        left: changes.iter().enumerate().filter_map(left).collect(),
        found: Vec::new(),
    };
    let mut rest = desired.objects().iter().peekable();
    for (at, change) in changes.iter().enumerate() {
        // Both are in order of addresses.
        while rest.next_if(|next| next.address < change.address).is_some() {}
        let next = rest.peek().copied();
        let declaration = next.filter(|next| next.address == change.address);
        edges.of_declared(at, change, declaration);
        edges.of_live(at, change, seats);
    }
    edges.of_natural_keys(desired);
    edges.found
}

/// Returns which changes each change cannot do without, by position in order of addresses: all that should come before it,
/// and what is inside an object that is replaced.
pub(super) fn needs(changes: &[Change], desired: &Desired, seats: &Seats<'_>) -> Vec<Vec<usize>> {
    let mut needs = vec![Vec::new(); changes.len()];
    for (first, then, _) in edges(changes, desired, seats) {
        needs[then].push(first);
        if changes[then].reason == Reason::ParentReplaced
            && changes[then].address.parent().as_ref() == Some(&changes[first].address)
        {
            needs[first].push(then);
        }
    }
    // What mentions a name that a rename leaves would be respelled by it, and pass for declared so; what names the
    // directory's object of a name that a rename takes would mean the renamed object from then on.
    let named: Vec<((Kind, &str), usize)> = changes
        .iter()
        .enumerate()
        .flat_map(|change| [left(change), taken(change)])
        .flatten()
        .collect();
    let mut renames: BTreeMap<(Kind, &str), Vec<usize>> = BTreeMap::new();
    for (name, at) in named {
        renames.entry(name).or_default().push(at);
    }
    for (at, change) in changes.iter().enumerate().filter(|_| !renames.is_empty()) {
        let object = change.delta.before().and_then(|before| {
            let mut read = serde_json::Deserializer::from_str(before.body.as_str());
            before.kind.decode(&mut read).ok()
        });
        let Some(object) = object else { continue };
        object.references(&mut |mention| {
            for rename in renames
                .get(&(mention.kind, mention.name))
                .into_iter()
                .flatten()
            {
                needs[*rename].extend((*rename != at).then_some(at));
            }
        });
    }
    // Whoever is declared under a name that a rename leaves takes it at once: until then nobody would have it, and what names
    // it would mean somebody else.
    for (at, change) in changes
        .iter()
        .enumerate()
        .filter(|(_, change)| !is_delete(change))
    {
        let leavers = renames.get(&(change.address.kind(), change.address.name()));
        for rename in leavers.into_iter().flatten() {
            if from(&changes[*rename]) == Some(&change.address) && *rename != at {
                needs[*rename].push(at);
            }
        }
    }
    for (comes, gave_up) in given_up(changes, desired) {
        needs[comes].push(gave_up);
    }
    for needed in &mut needs {
        needed.sort_unstable();
        needed.dedup();
    }
    needs
}

pub(super) fn is_delete(change: &Change) -> bool {
    matches!(change.delta.action(), Action::Prune | Action::Forget)
}

/// Returns each object that comes to a name which another gave up earlier, with that other, which comes to its own name only
/// now: if it did not, it would take the one for its own the next time.
fn given_up(changes: &[Change], desired: &Desired) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, change) in changes
        .iter()
        .enumerate()
        .filter(|(_, change)| comes(change))
    {
        // Of several former names, the one that is no longer declared counts, whoever has the others.
        if from(change).is_some_and(|from| desired.get(from).is_none()) {
            continue;
        }
        let life = desired
            .get(&change.address)
            .and_then(|now| now.lifecycle.as_deref());
        for name in life
            .and_then(|life| life.formerly.as_ref())
            .into_iter()
            .flat_map(|names| names.iter())
        {
            let former = change.address.sibling(name);
            let other = changes.binary_search_by(|other| other.address.cmp(&former));
            if let Ok(other) = other
                && other != at
                && comes(&changes[other])
            {
                found.push((other, at));
            }
        }
    }
    found
}

/// Returns true for an object that is new at its name: made, taken over or renamed.
fn comes(change: &Change) -> bool {
    from(change).is_none_or(|from| from.own_name() != change.address.own_name())
}

/// Returns the address that an object has before the plan.
fn from(change: &Change) -> Option<&Address> {
    change.delta.before()?.address.as_ref()
}

/// Returns the name that a rename takes.
fn taken((at, change): (usize, &Change)) -> Option<((Kind, &str), usize)> {
    let from = from(change)?;
    let name = (change.address.kind(), change.address.name());
    (*from != change.address).then_some((name, at))
}

/// Returns the name that a rename leaves.
fn left((at, change): (usize, &Change)) -> Option<((Kind, &str), usize)> {
    let from = from(change)?;
    (*from != change.address).then(|| ((from.kind(), from.name()), at))
}

struct Edges<'c> {
    changes: &'c [Change],
    /// The positions of the changes, by address.
    at: HashMap<(Kind, &'c str), usize, FixedState>,
    deletes: bool,
    /// The names that renames leave, and which.
    left: BTreeMap<(Kind, &'c str), usize>,
    found: Vec<(usize, usize, Tie)>,
}

impl Edges<'_> {
    fn find(&self, kind: Kind, name: &str) -> Option<usize> {
        self.at.get(&(kind, name)).copied()
    }

    fn add(&mut self, first: usize, then: usize, tie: Tie) {
        if first != then {
            self.found.push((first, then, tie));
        }
    }

    /// The object that this one lives in, or whose settings it holds.
    fn holder(&self, address: &Address) -> Option<usize> {
        if address.kind() == Kind::CrossTenant {
            return self.find(Kind::Organization, address.name());
        }
        let parent = address.parent()?;
        self.find(parent.kind(), parent.name())
    }

    /// What a declared object refers to comes before it.
    fn of_declared(&mut self, at: usize, change: &Change, declaration: Option<&Declaration>) {
        let holder = self.holder(&change.address);
        if is_delete(change) {
            if let Some(holder) = holder {
                // Inside an object that is renamed the address exists after the rename; out of one that goes, before it.
                let renamed = self.changes[holder].delta.action() == Action::Update;
                let (first, then) = if renamed { (holder, at) } else { (at, holder) };
                self.add(first, then, Tie::Needs);
            }
            return;
        }
        if let Some(holder) = holder.filter(|holder| !is_delete(&self.changes[*holder])) {
            self.add(holder, at, Tie::Needs);
        }
        let Some(declaration) = declaration else {
            return;
        };
        declaration.object.references(&mut |mention| {
            let found = self.find(mention.kind, mention.name);
            if let Some(other) = found.filter(|other| !is_delete(&self.changes[*other])) {
                self.add(other, at, tie(mention.bond));
            }
            // The name means another object, or none, once the one that had it has left it.
            if let Some(leaver) = self.left.get(&(mention.kind, mention.name)) {
                self.add(*leaver, at, Tie::Room);
            }
        });
        if let Some(from) = from(change).filter(|from| **from != change.address)
            && let Some(next) = self.find(from.kind(), from.name())
        {
            self.add(at, next, Tie::Room);
        }
    }

    /// What a live object refers to goes after it, or after it no longer does.
    fn of_live(&mut self, at: usize, change: &Change, seats: &Seats<'_>) {
        let Some(before) = change.delta.before().filter(|_| self.deletes) else {
            return;
        };
        let body: Body = respelled(before.kind, &before.body, seats);
        let mut read = serde_json::Deserializer::from_str(body.as_str());
        let Ok(object) = before.kind.decode(&mut read) else {
            return;
        };
        object.references(&mut |mention| {
            let found = self.find(mention.kind, mention.name);
            if let Some(other) = found.filter(|other| is_delete(&self.changes[*other])) {
                self.add(at, other, tie(mention.bond));
            }
        });
    }

    /// What is deleted makes room for what is created with its natural key.
    fn of_natural_keys(&mut self, desired: &Desired) {
        let mut freed: BTreeMap<(Kind, Option<Address>, String), Vec<usize>> = BTreeMap::new();
        for (at, change) in self.changes.iter().enumerate() {
            let before = change.delta.before();
            if change.delta.action() == Action::Prune
                && let Some(key) = before.and_then(natural_key)
            {
                let place = (change.address.kind(), change.address.parent(), key);
                freed.entry(place).or_default().push(at);
            }
        }
        if freed.is_empty() {
            return;
        }
        for (at, change) in self.changes.iter().enumerate() {
            let declared = desired.get(&change.address).filter(|_| !is_delete(change));
            if let Some(key) = declared.and_then(|declared| declared.object.natural_key()) {
                let place = (change.address.kind(), change.address.parent(), key);
                let prunes = freed.get(&place).into_iter().flatten();
                self.found
                    .extend(prunes.map(|prune| (*prune, at, Tie::Room)));
            }
        }
    }
}

const fn tie(bond: Bond) -> Tie {
    match bond {
        Bond::Needs => Tie::Needs,
        Bond::Names | Bond::Perhaps => Tie::Wish,
    }
}

type Graph = DiGraph<(), Tie, u32>;

/// Returns the graph of all edges, without those that would close a ring: the weaker go first.
fn settle(nodes: usize, mut found: Vec<(usize, usize, Tie)>) -> Graph {
    // The strongest of several edges between two changes counts.
    found.sort_unstable();
    found.dedup_by_key(|edge| (edge.0, edge.1));
    let draw = |edges: &[(usize, usize, Tie)]| {
        let mut graph = Graph::with_capacity(nodes, edges.len());
        for _ in 0..nodes {
            graph.add_node(());
        }
        for (first, then, tie) in edges {
            graph.add_edge(NodeIndex::new(*first), NodeIndex::new(*then), *tie);
        }
        graph
    };
    let whole = draw(&found);
    if toposort(&whole, None).is_ok() {
        return whole;
    }
    let mut kept: Vec<(usize, usize, Tie)> = Vec::new();
    for tie in [Tie::Needs, Tie::Room, Tie::Wish] {
        let tied = |edge: &&(usize, usize, Tie)| edge.2 == tie;
        let mut tried = kept.clone();
        tried.extend(found.iter().filter(tied));
        let mut ring = vec![0; nodes];
        for (number, members) in kosaraju_scc(&draw(&tried)).into_iter().enumerate() {
            for member in members {
                ring[member.index()] = number;
            }
        }
        // A tree whose objects need each other is refused while loading. Addresses break such a ring here.
        let stays = |edge: &(usize, usize, Tie)| {
            let (first, then, of) = *edge;
            of < tie || ring[first] != ring[then] || tie == Tie::Needs && first < then
        };
        tried.retain(stays);
        kept = tried;
    }
    draw(&kept)
}

/// Returns how deep each change stands, and which deletes something else waits for.
fn levels(graph: &Graph, changes: &[Change]) -> (Vec<usize>, Vec<bool>) {
    let mut depths = vec![0; changes.len()];
    let mut early = vec![false; changes.len()];
    let sorted = toposort(graph, None).expect("INVARIANT: no edge closes a ring");
    for node in &sorted {
        for next in graph.neighbors(*node) {
            depths[next.index()] = depths[next.index()].max(depths[node.index()] + 1);
        }
    }
    for node in sorted.iter().rev() {
        early[node.index()] = graph
            .neighbors(*node)
            .any(|next| early[next.index()] || !is_delete(&changes[next.index()]));
    }
    (depths, early)
}
