//! What an apply gives or takes that no box or line of its own shows: a domain that is blocked, a partner who is covered by
//! what a policy says of all partners.

use super::model::{Class, Edge, Key, Mark, Node, Picture};
use crate::impact::{Difference, Row, Who};
use crate::model::{Address, Kind};

/// Draws a line from whom a row is about to the policies of each of its packages, unless what makes the row is drawn there
/// already.
pub(super) fn draw(picture: &mut Picture, rows: &[Row]) {
    for row in rows {
        if row.packages.is_empty() {
            let key = somebody(picture, &row.who);
            if let Some(node) = picture.nodes.get_mut(&key) {
                node.mark.get_or_insert(mark(row.kind));
                node.detail.clone_from(&row.text);
            }
        }
        for package in &row.packages {
            if !is_drawn(picture, row, package) {
                of_package(picture, row, package);
            }
        }
    }
}

fn of_package(picture: &mut Picture, row: &Row, package: &Address) {
    let policies = policies(picture, row, package);
    if policies.is_empty()
        && let Some(node) = picture.nodes.get_mut(&package.to_string())
    {
        node.mark.get_or_insert(Mark::Updated);
    }
    for to in policies {
        let from = somebody(picture, &row.who);
        let line = Edge {
            label: label(row),
            closed: false,
            mark: Some(mark(row.kind)),
        };
        // Of several rows on the same people what is lost stays.
        let shown = picture.edges.entry((from, to)).or_default();
        if line.mark > shown.mark {
            *shown = line;
        }
    }
}

/// Returns the policies of a package that a row is about: those of its terms, or else all.
fn policies(picture: &Picture, row: &Row, package: &Address) -> Vec<Key> {
    let own = format!("{}/{}/", Kind::Policy, package.name());
    let all = picture.nodes.range(own.clone()..).map(|(key, _)| key);
    let all = all.take_while(|key| key.starts_with(&own));
    let terms = || row.before.iter().chain(&row.after);
    let is_meant = |key: &&Key| terms().any(|terms| key[own.len()..] == terms.policy);
    let meant: Vec<Key> = all.clone().filter(is_meant).cloned().collect();
    match meant.is_empty() {
        true => all.cloned().collect(),
        false => meant,
    }
}

const fn mark(kind: Difference) -> Mark {
    match kind {
        Difference::New => Mark::Created,
        Difference::Wider | Difference::Narrower | Difference::Other => Mark::Updated,
        Difference::Gone => Mark::Deleted,
    }
}

/// Says what a line means: its colour alone tells not whether access gets wider or narrower.
fn label(row: &Row) -> String {
    match row.kind {
        Difference::Wider | Difference::Narrower => format!("{}: {}", row.kind.as_str(), row.text),
        Difference::Gone => row.text.trim_start_matches("no longer: ").to_owned(),
        Difference::New | Difference::Other => row.text.clone(),
    }
}

/// Returns true where every change that makes a row is a mark on the way to the package.
fn is_drawn(picture: &Picture, row: &Row, package: &Address) -> bool {
    let policies = format!("policy/{}/", package.name());
    let shows = |address: &Address| {
        let key = address.to_string();
        match address.kind() {
            Kind::Package => key == package.to_string(),
            Kind::Policy => key.starts_with(&policies),
            Kind::Catalog => picture.groups.get(&key).is_some_and(|it| it.mark.is_some()),
            Kind::Organization => {
                let mut lines = picture.edges.iter();
                lines.any(|((from, to), line)| {
                    *from == key && to.starts_with(&policies) && line.mark.is_some()
                })
            }
            _ => false,
        }
    };
    let because = |one: &crate::impact::Because| one.address.as_ref().is_some_and(shows);
    !row.because.is_empty() && row.because.iter().all(because)
}

/// Returns the box of whom a row is about: that of an organization as a whole, or one with the words of the row.
fn somebody(picture: &mut Picture, who: &Who) -> Key {
    let Who {
        text,
        code: _,
        organizations,
        every_organization_but: _,
        domains: _,
        named: _,
        holds: _,
    } = who;
    if let [name] = organizations.as_slice()
        && *text == format!("people of {name}")
    {
        let key = format!("{}/{name}", Kind::Organization);
        if picture.nodes.contains_key(&key) {
            return key;
        }
    }
    let key = format!("who/row/{text}");
    picture.nodes.entry(key.clone()).or_insert_with(|| Node {
        class: Class::Requestor,
        label: who.parts().concat(),
        detail: String::new(),
        group: None,
        mark: None,
    });
    key
}
