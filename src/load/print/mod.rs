//! The other way round: objects to files as a person would have written them.
//!
//! An organization is a file, and so is a catalog with its resources, its packages and their policies; the tenant's settings
//! are one. Keys stand in the order of the schema, and what is as by default is left out. Reading what is written here gives
//! the same objects: the loader's own decoding decides what a default is, and its own judgement of plain scalars what is
//! quoted.

mod emit;
mod lean;
mod scenario;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::model::{Address, Body, Bond, Kind, Object, RemoteId};
use emit::key;
use lean::{Item, lean, sound};
pub use scenario::test;

/// How large a file grows before another one is begun, in bytes; well below what the loader reads.
const FILE: usize = 900 * 1024;
/// How many organizations have files of their own; more share one by their first character.
const ORGANIZATIONS: usize = 1000;

/// An object to be written.
#[derive(Debug, Clone)]
pub struct Printable {
    /// The address.
    pub address: Address,
    /// The keys and values.
    pub body: Body,
    /// The live object to take over, where it is not ours yet.
    pub adopt: Option<RemoteId>,
}

/// A file of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedFile {
    /// Its path, below the folder for which it was made.
    pub path: String,
    /// What it says.
    pub text: String,
    /// What it declares, in order.
    pub objects: Vec<Address>,
}

/// Files, and what could not be written into them.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    /// The files, in order of paths.
    pub files: Vec<PrintedFile>,
    /// Objects that are in no file, with the reason.
    pub left: Vec<(Address, &'static str)>,
}

/// An object in the form in which it is written.
struct Piece {
    address: Address,
    /// Its lines, those of the objects inside it included, indented for its section.
    text: String,
    objects: Vec<Address>,
}

/// Writes objects into files. Objects inside others are written inside them, so those have to be among the objects.
#[must_use]
pub fn print(objects: &[Printable]) -> Printed {
    let mut printed = Printed::default();
    let mut decoded: BTreeMap<&Address, (Object, Item)> = BTreeMap::new();
    for one in objects {
        let mut read = serde_json::Deserializer::from_str(one.body.as_str());
        let object = one.address.kind().decode(&mut read).ok();
        let item = object.as_ref().and_then(|object| lean(object, &one.body));
        let item = item.map(|item| sound(one.address.kind(), item));
        match (object, item) {
            (Some(_), Some(item)) if item.holds("${") => {
                printed.left.push((
                    one.address.clone(),
                    "its text holds `${`, which stands for a variable in a file",
                ));
            }
            (Some(object), Some(mut item)) => {
                if let Some(id) = &one.adopt {
                    let adopt = Item::Mapping(vec![("id".to_owned(), Item::Text(id.0.clone()))]);
                    item.put_first("adopt", adopt);
                }
                decoded.insert(&one.address, (object, item));
            }
            _ => printed
                .left
                .push((one.address.clone(), "this program cannot read it")),
        }
    }
    let homes = homes(&decoded);
    let mut files: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    let mut inside: BTreeMap<Address, Vec<(&Address, Item)>> = BTreeMap::new();
    let mut outer = Vec::new();
    let known: BTreeSet<Address> = decoded.keys().map(|address| (*address).clone()).collect();
    for (address, (_, item)) in decoded {
        match holder(address) {
            Some(holder) if known.contains(&holder) => {
                inside.entry(holder).or_default().push((address, item));
            }
            Some(_) => printed
                .left
                .push((address.clone(), "what it belongs to is written elsewhere")),
            None => outer.push((address, item)),
        }
    }
    for (address, mut item) in outer {
        let mut objects = vec![address.clone()];
        for (inner, body) in inside.remove(address).unwrap_or_default() {
            objects.push(inner.clone());
            match inner.kind() {
                Kind::Policy => item.put_inside(Kind::Policy.section(), inner.own_name(), body),
                kind => item.put_last(kind.section(), body),
            }
        }
        let file = homes.get(address).cloned().unwrap_or_default();
        files.entry(file).or_default().push(Piece {
            text: text(address, &item),
            address: address.clone(),
            objects,
        });
    }
    for (name, pieces) in files {
        pack(&name, pieces, &mut printed.files);
    }
    printed.files.sort_by(|a, b| a.path.cmp(&b.path));
    printed.left.sort();
    printed
}

/// Returns what an object is written inside of, if it is.
#[must_use]
pub fn holder(address: &Address) -> Option<Address> {
    if address.kind() == Kind::CrossTenant {
        return format!("{}/{}", Kind::Organization, address.name())
            .parse()
            .ok();
    }
    address.parent()
}

/// Returns the file of every object that stands by itself, without its ending.
fn homes(objects: &BTreeMap<&Address, (Object, Item)>) -> BTreeMap<Address, String> {
    let mut homes: BTreeMap<Address, String> = BTreeMap::new();
    let of_catalog = |name: &str| format!("catalogs/{name}");
    let organizations = objects
        .keys()
        .filter(|address| address.kind() == Kind::Organization);
    let many = organizations.count() > ORGANIZATIONS;
    let mut packages = Vec::new();
    for (address, (object, _)) in objects {
        let home = match address.kind() {
            Kind::Organization if many => {
                let first: String = address.name().chars().take(1).collect();
                format!("organizations/{first}")
            }
            Kind::Organization => format!("organizations/{}", address.name()),
            Kind::Catalog => {
                // A resource is written where it is first used.
                object.references(&mut |mention| lend(&mut homes, mention, address.name()));
                of_catalog(address.name())
            }
            Kind::Package => {
                packages.push((*address, object));
                continue;
            }
            Kind::TermsOfUse => "terms".to_owned(),
            Kind::Administrators | Kind::Collaboration | Kind::Domains | Kind::ExternalUsers => {
                "settings".to_owned()
            }
            // Resources have their homes with who uses them; the others are written inside of others.
            Kind::Resource | Kind::CrossTenant | Kind::Policy => continue,
        };
        homes.insert((*address).clone(), home);
    }
    for (address, object) in packages {
        let mut catalog = String::new();
        object.references(&mut |mention| {
            if mention.kind == Kind::Catalog {
                mention.name.clone_into(&mut catalog);
            }
        });
        object.references(&mut |mention| lend(&mut homes, mention, &catalog));
        homes.insert(address.clone(), of_catalog(&catalog));
    }
    for address in objects.keys() {
        if address.kind() == Kind::Resource && !homes.contains_key(*address) {
            homes.insert((*address).clone(), "resources".to_owned());
        }
    }
    homes
}

fn lend(homes: &mut BTreeMap<Address, String>, mention: crate::model::Mention<'_>, catalog: &str) {
    if mention.kind == Kind::Resource
        && mention.bond == Bond::Needs
        && let Ok(resource) = format!("{}/{}", mention.kind, mention.name).parse()
    {
        homes
            .entry(resource)
            .or_insert_with(|| format!("catalogs/{catalog}"));
    }
}

/// Returns the lines of an object, its name included.
fn text(address: &Address, item: &Item) -> String {
    let mut out = String::new();
    if address.kind().is_singleton() {
        emit::keys(item, 2, &mut out);
    } else {
        let empty = if item.is_empty() { " {}" } else { "" };
        let _ = writeln!(out, "  {}:{empty}", key(address.name()));
        emit::keys(item, 4, &mut out);
    }
    out
}

/// Puts pieces into one file, or into several where one would grow too large.
fn pack(name: &str, mut pieces: Vec<Piece>, files: &mut Vec<PrintedFile>) {
    pieces.sort_by(|a, b| rank(&a.address).cmp(&rank(&b.address)));
    let mut batches: Vec<Vec<Piece>> = Vec::new();
    let mut size = 0;
    for piece in pieces {
        if batches.is_empty() || size + piece.text.len() > FILE {
            size = 0;
            batches.push(Vec::new());
        }
        size += piece.text.len();
        if let Some(batch) = batches.last_mut() {
            batch.push(piece);
        }
    }
    for (at, batch) in batches.into_iter().enumerate() {
        // No name has a dot, so these meet no other file.
        let path = match at {
            0 => format!("{name}.yaml"),
            _ => format!("{name}.{}.yaml", at + 1),
        };
        let mut text = String::from("version: 1\n");
        let mut section = "";
        let mut objects = Vec::new();
        for piece in batch {
            let kind = piece.address.kind();
            let spaced = matches!(kind, Kind::Package | Kind::Organization);
            if kind.section() != section {
                section = kind.section();
                // Settings that nothing is said of are declared all the same.
                let empty = if piece.text.is_empty() { " {}" } else { "" };
                let _ = writeln!(text, "\n{section}:{empty}");
            } else if spaced {
                text.push('\n');
            }
            text.push_str(&piece.text);
            objects.extend(piece.objects);
        }
        files.push(PrintedFile {
            path,
            text,
            objects,
        });
    }
}

/// Orders what stands in one file: resources, then the catalog that they are in, then its packages.
fn rank(address: &Address) -> (Kind, &str) {
    (address.kind(), address.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn printable(address: &str, value: &Value) -> Printable {
        let address: Address = address.parse().expect(address);
        let object = address.kind().decode(value).expect("an object");
        Printable {
            body: Body::of(&object),
            address,
            adopt: None,
        }
    }

    fn all(printed: &Printed) -> String {
        let mut out = String::new();
        for file in &printed.files {
            let _ = writeln!(out, "# {}\n{}", file.path, file.text);
        }
        for (address, why) in &printed.left {
            let _ = writeln!(out, "! {address}: {why}");
        }
        out
    }

    #[test]
    fn writes_what_a_person_would_have_written() {
        let printed = print(&[
            printable(
                "organization/fabrikam",
                &json!({
                    "displayName": "Fabrikam: design", "description": "Two lines:\nthis and that", "state": "configured",
                    "tenant": "3d0f5dec-0000-4000-8000-000000000001",
                    "domains": ["fabrikam.com", { "domain": "fabrikam.example", "subdomains": true }],
                    "sponsors": { "internal": ["user:ana@contoso.com"], "external": [] },
                }),
            ),
            printable("cross-tenant/fabrikam", &json!({ "trust": ["mfa"] })),
            printable("cross-tenant/litware", &json!({ "trust": ["mfa"] })),
            printable(
                "resource/crm",
                &json!({ "application": "5", "roles": ["Partner User", "true"] }),
            ),
            printable(
                "resource/spare",
                &json!({ "group": "Spare, for now", "guests": true }),
            ),
            printable("resource/dear", &json!({ "group": "${price}" })),
            printable(
                "catalog/marketing",
                &json!({ "displayName": "Marketing", "resources": ["crm"] }),
            ),
            printable(
                "package/partner",
                &json!({ "displayName": "Partner", "catalog": "marketing", "hidden": true, "grants": { "crm": "Partner User" } }),
            ),
            printable(
                "policy/partner/5",
                &json!({
                    "requestors": { "organizations": ["fabrikam"] }, "expires": { "after": "365d" },
                    "approval": { "stages": [
                        { "approvers": ["sponsors:internal"], "decideWithin": "14d" },
                        { "approvers": ["user:legal@contoso.com"], "decideWithin": "3d" },
                    ] },
                    "extension": { "allowed": true, "approval": false },
                    "questions": [{ "ask": "Why?", "choices": [{ "value": "a", "text": "A \"b\"" }, { "value": "no" }] }],
                }),
            ),
            printable(
                "settings/collaboration",
                &json!({ "guestAccess": "restricted" }),
            ),
        ]);
        insta::assert_snapshot!(all(&printed), @r#"
        # catalogs/marketing.yaml
        version: 1

        resources:
          crm:
            application: "5"
            roles: [Partner User, "true"]

        catalogs:
          marketing:
            displayName: Marketing
            resources: [crm]

        packages:
          partner:
            catalog: marketing
            displayName: Partner
            hidden: true
            grants: { crm: Partner User }
            policies:
              "5":
                requestors: { organizations: [fabrikam] }
                questions:
                  - ask: Why?
                    choices:
                      - { value: a, text: 'A "b"' }
                      - value: no
                approval:
                  stages:
                    - approvers: [sponsors:internal]
                    - approvers: [user:legal@contoso.com]
                      decideWithin: 3d
                extension: { allowed: true }

        # organizations/fabrikam.yaml
        version: 1

        organizations:
          fabrikam:
            displayName: "Fabrikam: design"
            description: |-
              Two lines:
              this and that
            tenant: 3d0f5dec-0000-4000-8000-000000000001
            domains:
              - fabrikam.com
              - { domain: fabrikam.example, subdomains: true }
            sponsors: { internal: [user:ana@contoso.com] }
            crossTenant: { trust: [mfa] }

        # resources.yaml
        version: 1

        resources:
          spare:
            group: Spare, for now

        # settings.yaml
        version: 1

        collaboration:
          guestAccess: restricted

        ! resource/dear: its text holds `${`, which stands for a variable in a file
        ! cross-tenant/litware: what it belongs to is written elsewhere
        "#);
    }

    #[test]
    fn settings_without_keys_are_declared() {
        let printed = print(&[printable("settings/collaboration", &json!({}))]);
        assert_eq!(printed.files[0].text, "version: 1\n\ncollaboration: {}\n");
    }

    #[test]
    fn settings_that_do_not_go_together_are_not_all_written() {
        let settings = json!({ "afterLastAssignment": "nothing", "deleteAfter": "30d" });
        let printed = print(&[printable("settings/external-users", &settings)]);
        let expected = "version: 1\n\nexternalUsers:\n  afterLastAssignment: nothing\n";
        assert_eq!(printed.files[0].text, expected);
    }

    #[test]
    fn begins_another_file_before_one_grows_too_large() {
        let long = "x".repeat(4000);
        let objects: Vec<Printable> = (0..400)
            .map(|n| {
                let value =
                    json!({ "displayName": format!("P {n}"), "catalog": "c", "description": long });
                printable(&format!("package/p{n}"), &value)
            })
            .collect();
        let printed = print(&objects);
        let paths: Vec<_> = printed
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(paths, ["catalogs/c.2.yaml", "catalogs/c.yaml"]);
        assert!(printed.files.iter().all(|file| file.text.len() < 1 << 20));
    }
}
