//! One file to declarations: shape by the schema, then each object by its kind, then what it says of itself.

use std::sync::Arc;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use super::decode::DecodeError;
use super::explain::Explainer;
use super::layer::Layer;
use super::node::{Entry, NodeRef};
use super::parse;
use super::places::{place_in, route_of};
use super::profiles::Profiles;
use super::scalar::Variables;
use super::scenarios;
use super::schema::SECTIONS;
use super::shape::Shape;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::model::invariant::{Invariant, InvariantText, Stands};
use crate::model::text::{Line, Principal, When};
use crate::model::{Address, Declaration, Kind, Lent, Lifecycle, Name, Origin, Problem, Waiver};
use crate::scenario::Scenario;
use crate::source::{FileId, Place, Route, SourceFile, Sources};

/// A lint rule or guard that is silenced for an address, by somebody, until an end.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Waiver")]
pub(crate) struct WaiverText {
    /// The lint rule or guard, by name.
    pub(crate) rule: Line,
    /// The address that it is silenced for.
    pub(crate) address: Address,
    /// Why.
    pub(crate) reason: Line,
    /// Who answers for it.
    pub(crate) by: Principal,
    /// When it ends. A waiver that has ended is an error.
    pub(crate) until: When,
}

/// The section of invariants.
pub(super) const INVARIANTS: &str = "invariants";

/// What every file is read with.
pub(super) struct Reading<'r> {
    pub(super) sources: &'r Sources,
    pub(super) shape: &'r Shape,
    pub(super) variables: &'r Variables,
    pub(super) profiles: &'r Profiles<'r>,
    pub(super) zone: &'r TimeZone,
}

/// What one file declares.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Objects that could be read.
    pub(super) declarations: Vec<(FileId, Declaration)>,
    /// Objects that are declared and could not be read whole; others may still name them.
    pub(super) broken: Vec<(FileId, Address)>,
    /// What could be read of them.
    pub(super) salvaged: Vec<(FileId, Declaration)>,
    /// Addresses to let go, with their positions in the file's list.
    pub(super) forget: Vec<(FileId, usize, Address)>,
    /// What is silenced, with positions in the file's list.
    pub(super) waivers: Vec<(FileId, usize, Waiver)>,
    /// What must never, or always, hold.
    pub(super) invariants: Vec<(FileId, Invariant)>,
    /// Tests.
    pub(super) scenarios: Vec<Scenario>,
    /// Whether there is text from which nothing could be read: what it declares nobody knows.
    pub(super) unreadable: bool,
    /// Everything that is wrong.
    pub(super) diagnostics: Diagnostics,
}

/// Reads one file.
pub(super) fn read(reading: &Reading<'_>, id: FileId) -> Contents {
    let file = reading.sources.file(id);
    let mut contents = Contents::default();
    let (tree, problems) = parse::parse(file, Some(reading.variables));
    contents.diagnostics.extend(problems);
    let Some(tree) = tree else {
        contents.unreadable = true;
        return contents;
    };
    let root = tree.root();
    let well_shaped = reading.shape.fits(root);
    let mut reader = Reader {
        reading,
        id,
        file,
        root,
        path: file.path().into(),
        refused: false,
        unread: Vec::new(),
        contents,
    };
    for kind in SECTIONS {
        if let Some(section) = root.get(kind.section()) {
            reader.section(*kind, section);
        }
    }
    reader.lent();
    reader.forget();
    reader.waivers();
    reader.invariants();
    let Reader {
        refused,
        unread,
        mut contents,
        ..
    } = reader;
    let mut tests = scenarios::read(root, file);
    if !well_shaped || refused || tests.misnamed || tests.edits || !tests.misread.is_empty() {
        let explainer = Explainer {
            schema: reading.shape.schema(),
            file,
            root,
            sign: ": ",
        };
        let before = contents.diagnostics.len();
        reading.shape.explain(root, &mut |error| {
            explainer.explain(error, &mut contents.diagnostics);
        });
        if contents.diagnostics.len() == before {
            explain_broken(reading, id, root, &mut contents);
        }
        let explained: Vec<u32> = contents
            .diagnostics
            .iter()
            .skip(before)
            .filter_map(|one| Some(one.primary.as_ref()?.line))
            .collect();
        let is_explained = |(from, until): (u32, u32)| {
            let lines = file.line(from)..=file.line(until);
            explained.iter().any(|line| lines.contains(line))
        };
        // What is wrong with a test is told; what it names is looked at when it can be read.
        tests.scenarios.retain(|(_, whole)| !is_explained(*whole));
        for (DecodeError { message, span }, whole) in tests.misread.into_iter().chain(unread) {
            if is_explained(whole) {
                continue;
            }
            let (start, end) = span.unwrap_or((whole.0, whole.0));
            let problem = Diagnostic::error(code::BAD_FORMAT, message);
            contents
                .diagnostics
                .push(problem.at(file.place(start, end)));
        }
    }
    let tests = tests.scenarios.into_iter();
    contents
        .scenarios
        .extend(tests.map(|(scenario, _)| scenario));
    contents
}

/// The schema has nothing to say of an object that its kind refuses: say what the kind says.
fn explain_broken(reading: &Reading<'_>, id: FileId, root: NodeRef<'_>, contents: &mut Contents) {
    for (_, address) in &contents.broken {
        let node = root.find(&route_of(address));
        let base = node
            .and_then(|node| node.get("profile"))
            .and_then(|name| name.as_text());
        let base_is_whole = base
            .and_then(|name| reading.profiles.get(name))
            .is_none_or(|base| !base.has_holes());
        let whole = node.filter(|node| base_is_whole && !node.has_holes());
        let Some(Err(error)) = whole.map(|node| decode(reading, address, node)) else {
            continue;
        };
        if error.message.ends_with(&format!("`{}`", parse::MERGE_KEY)) {
            continue; // The parser has said so.
        }
        let (start, end) = error
            .span
            .unwrap_or_else(|| root.locate(&route_of(address)));
        contents.diagnostics.push(
            Diagnostic::error(code::BAD_FORMAT, error.message)
                .at(reading.sources.file(id).place(start, end)),
        );
    }
}

type Decoded = (crate::model::Object, Lifecycle);

/// Reads one object. A policy has from its profile what it does not say itself.
fn decode(
    reading: &Reading<'_>,
    address: &Address,
    node: NodeRef<'_>,
) -> Result<Decoded, DecodeError> {
    decode_without(reading, address, node, extra_keys(address.kind()))
}

/// Reads one object as if some of its keys were not written.
fn decode_without(
    reading: &Reading<'_>,
    address: &Address,
    node: NodeRef<'_>,
    except: &[&str],
) -> Result<Decoded, DecodeError> {
    let kind = address.kind();
    let own = Layer::except(node, except);
    let base = base_of(reading, kind, node);
    let mut object = kind.decode(base.map_or(own, |base| own.over(base, except)))?;
    object.settle(reading.zone);
    if kind.is_settings() {
        return Ok((object, Lifecycle::default()));
    }
    let of_life: Vec<&str> = Lifecycle::KEYS
        .iter()
        .copied()
        .filter(|key| !except_by_hand(kind, except, key))
        .collect();
    Ok((object, Lifecycle::deserialize(Layer::only(node, &of_life))?))
}

/// Returns true when a key of life was left out on purpose, and not only because it is none of the object's own.
fn except_by_hand(kind: Kind, except: &[&str], key: &str) -> bool {
    except
        .iter()
        .skip(extra_keys(kind).len())
        .any(|left| *left == key)
}

/// Reads as much of an object as can be read, leaving out keys whose values are wrong: what it names is looked at in the
/// same run. `None` where a required key is among them.
fn salvage(reading: &Reading<'_>, address: &Address, node: NodeRef<'_>) -> Option<Decoded> {
    let mut except: Vec<&str> = extra_keys(address.kind()).to_vec();
    let base = base_of(reading, address.kind(), node);
    loop {
        let error = match decode_without(reading, address, node, &except) {
            Ok(decoded) => return Some(decoded),
            Err(error) => error,
        };
        let (at, _) = error.span?;
        let entries = || {
            node.entries()
                .chain(base.into_iter().flat_map(NodeRef::entries))
        };
        let within = |entry: &Entry<'_>| {
            entry.key_span.0 <= at && at <= entry.value.span().1.max(entry.key_span.1)
        };
        let wrong = entries().find(|entry| within(entry) && !except.contains(&entry.key))?;
        except.push(wrong.key);
    }
}

fn base_of<'r>(reading: &'r Reading<'_>, kind: Kind, node: NodeRef<'_>) -> Option<NodeRef<'r>> {
    let profile = node.get("profile").filter(|_| kind == Kind::Policy)?;
    reading.profiles.get(profile.as_text()?)
}

/// Returns what an object has from its profile.
fn lent(reading: &Reading<'_>, kind: Kind, node: NodeRef<'_>) -> Option<Lent> {
    let profile = node.get("profile").filter(|_| kind == Kind::Policy)?;
    let lines = reading.profiles.lines(profile.as_text()?)?;
    Some(Lent::new(lines, |key| node.get(key).is_some()))
}

/// Returns the keys that stand in an object's mapping and are not the object's own.
const fn extra_keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Policy => POLICY_EXTRA,
        Kind::Package => PACKAGE_EXTRA,
        Kind::Organization => ORGANIZATION_EXTRA,
        _ => Lifecycle::KEYS,
    }
}

const POLICY_EXTRA: &[&str] = &["formerly", "adopt", "replace", "unmanaged", "profile"];
const PACKAGE_EXTRA: &[&str] = &["formerly", "adopt", "replace", "unmanaged", "policies"];
const ORGANIZATION_EXTRA: &[&str] = &["formerly", "adopt", "replace", "unmanaged", "crossTenant"];

struct Reader<'r, 'f> {
    reading: &'r Reading<'r>,
    id: FileId,
    file: &'f SourceFile,
    root: NodeRef<'f>,
    path: Arc<str>,
    /// Whether something could not be read.
    refused: bool,
    /// Why, of what is no object, and where it stands.
    unread: Vec<(DecodeError, (u32, u32))>,
    contents: Contents,
}

impl<'f> Reader<'_, 'f> {
    fn section(&mut self, kind: Kind, section: NodeRef<'f>) {
        if kind.is_singleton() {
            let (start, _) = self.root.locate(&Route::root().key(kind.section()));
            return self.object(Address::singleton(kind), start, section);
        }
        for entry in section.entries() {
            let Ok(name) = Name::parse(entry.key) else {
                self.refused = true;
                // Whoever names it as it should be called is not to be told that it is not there.
                if let Some(meant) = Name::mended(entry.key) {
                    self.contents
                        .broken
                        .push((self.id, Address::new(kind, &meant)));
                }
                continue;
            };
            self.object(Address::new(kind, &name), entry.key_span.0, entry.value);
            match kind {
                Kind::Package => self.policies(&name, entry.value),
                Kind::Organization => self.cross_tenant(&name, entry.value),
                _ => {}
            }
        }
    }

    fn policies(&mut self, package: &Name, node: NodeRef<'f>) {
        let Some(policies) = node.get(Kind::Policy.section()) else {
            return;
        };
        for entry in policies.entries() {
            match Name::parse(entry.key) {
                Ok(name) => {
                    self.profile(entry.value);
                    let address = Address::within(Kind::Policy, package, &name);
                    self.object(address, entry.key_span.0, entry.value);
                }
                Err(_) => self.refused = true,
            }
        }
    }

    fn cross_tenant(&mut self, organization: &Name, node: NodeRef<'f>) {
        let section = Kind::CrossTenant.section();
        if let Some(entry) = node.entries().find(|entry| entry.key == section) {
            self.object(
                Address::new(Kind::CrossTenant, organization),
                entry.key_span.0,
                entry.value,
            );
        }
    }

    fn profile(&mut self, policy: NodeRef<'f>) {
        let profiles = self.reading.profiles;
        let Some(node) = policy.get("profile") else {
            return;
        };
        let Some(name) = node.as_text() else { return };
        if profiles.get(name).is_none() {
            let (start, end) = node.span();
            self.contents.diagnostics.push(
                Diagnostic::error(
                    code::UNKNOWN_REFERENCE,
                    format!("there is no profile `{name}`"),
                )
                .at(self.file.place(start, end))
                .help_opt(offer(name, profiles.names())),
            );
        }
    }

    fn object(&mut self, address: Address, at: u32, node: NodeRef<'f>) {
        let (decoded, whole) = match decode(self.reading, &address, node) {
            Ok(decoded) => (Some(decoded), true),
            Err(_) => (salvage(self.reading, &address, node), false),
        };
        if !whole {
            self.refused = true;
            self.contents.broken.push((self.id, address.clone()));
        }
        let Some((object, lifecycle)) = decoded else {
            return;
        };
        let mut problems = Vec::new();
        object.check(&mut problems);
        check_unmanaged(&address, &lifecycle, &mut problems);
        if !whole {
            // What seems to be missing may only be misspelt.
            let written = |at: &Route| at.attribute().is_some_and(|key| node.get(key).is_some());
            let own = |code| code != code::KEY_NEEDED && code != code::BAD_REQUESTOR;
            problems.retain(|problem| own(problem.code) && written(&problem.at));
        }
        for Problem {
            code,
            at,
            message,
            help,
        } in problems
        {
            let place = place_in(
                self.reading.sources,
                self.id,
                self.root,
                &address,
                &at,
                self.reading.profiles,
            );
            self.contents
                .diagnostics
                .push(Diagnostic::error(code, message).at(place).help_opt(help));
        }
        let origin = Origin {
            path: Arc::clone(&self.path),
            line: self.file.line(at),
        };
        let mut declaration = Declaration::new(address, object, lifecycle, origin);
        declaration.lent = lent(self.reading, declaration.address.kind(), node).map(Box::new);
        let list = if whole {
            &mut self.contents.declarations
        } else {
            &mut self.contents.salvaged
        };
        list.push((self.id, declaration));
    }

    /// Looks into what the file lends to others: names and texts that nothing may have asked for.
    fn lent(&mut self) {
        let entries = |section: &str| {
            self.root
                .get(section)
                .into_iter()
                .flat_map(NodeRef::entries)
        };
        let named = |entry: &Entry<'_>| Name::parse(entry.key).is_ok();
        let readable = |entry: &Entry<'_>| named(entry) && Kind::Policy.decode(entry.value).is_ok();
        let fine = entries("vars").all(|entry| named(&entry))
            && entries("profiles").all(|entry| readable(&entry));
        self.refused |= !fine;
    }

    fn forget(&mut self) {
        let items = self
            .root
            .get("forget")
            .into_iter()
            .flat_map(|list| list.items());
        for (index, item) in items.enumerate() {
            match item.as_text().map(str::parse::<Address>) {
                Some(Ok(address)) => self.contents.forget.push((self.id, index, address)),
                _ => self.refused = true,
            }
        }
    }

    fn waivers(&mut self) {
        let items = self
            .root
            .get("waivers")
            .into_iter()
            .flat_map(|list| list.items());
        for (index, item) in items.enumerate() {
            let Ok(WaiverText {
                rule,
                address,
                reason,
                by,
                until,
            }) = WaiverText::deserialize(item)
            else {
                self.refused = true;
                continue;
            };
            let origin = Origin {
                path: Arc::clone(&self.path),
                line: self.file.line(item.span().0),
            };
            let until = until.resolve(self.reading.zone);
            self.contents.waivers.push((
                self.id,
                index,
                Waiver {
                    rule,
                    address,
                    reason,
                    by,
                    until,
                    origin,
                },
            ));
        }
    }
}

impl Reader<'_, '_> {
    fn invariants(&mut self) {
        let section = self.root.get(INVARIANTS);
        for entry in section.into_iter().flat_map(NodeRef::entries) {
            let Ok(name) = Name::parse(entry.key) else {
                self.refused = true;
                continue;
            };
            let text = match InvariantText::deserialize(entry.value) {
                Ok(text) => text,
                Err(error) => {
                    self.refused = true;
                    let whole = (entry.key_span.0, entry.value.span().1);
                    self.unread.push((error, whole));
                    continue;
                }
            };
            let (mut problems, reason) = (Vec::new(), text.reason.clone());
            let statement = text.check(&mut problems);
            for Problem {
                code,
                at,
                message,
                help,
            } in problems
            {
                let whole = Route::root().key(INVARIANTS).key(entry.key);
                let whole: Route = whole.steps().iter().chain(at.steps()).cloned().collect();
                let (start, end) = self.root.locate(&whole);
                let place = self.file.place(start, end);
                let wrong = Diagnostic::error(code, message).at(place).help_opt(help);
                self.contents.diagnostics.push(wrong);
            }
            if let Some(statement) = statement {
                let (start, end) = entry.key_span;
                let stands = Stands {
                    name: self.file.place(start, end),
                    keys: self.keys(entry.value.get(statement.key())),
                };
                let invariant = Invariant {
                    name,
                    statement,
                    reason,
                    stands,
                };
                self.contents.invariants.push((self.id, invariant));
            }
        }
    }

    /// Returns where each key of a mapping stands, with its value.
    fn keys(&self, node: Option<NodeRef<'_>>) -> Vec<(Box<str>, Place)> {
        let entries = node.into_iter().flat_map(NodeRef::entries);
        let place = |entry: Entry<'_>| {
            let (start, end) = (entry.key_span.0, entry.value.span().1);
            (entry.key.into(), self.file.place(start, end))
        };
        entries.map(place).collect()
    }
}

/// A key that is left as it is live has to be one.
fn check_unmanaged(address: &Address, lifecycle: &Lifecycle, out: &mut Vec<Problem>) {
    if lifecycle.unmanaged.is_empty() {
        return;
    }
    let known = super::schema::keys_of(address.kind());
    for (index, key) in lifecycle
        .unmanaged
        .iter()
        .enumerate()
        .filter(|(_, key)| !known.contains(key))
    {
        let at = Route::root().key("unmanaged").index(index);
        let problem = Problem::new(
            code::BAD_LIFECYCLE,
            at,
            format!("`{key}` is no key of {address}"),
        );
        out.push(Problem {
            help: offer(key, known.iter().map(String::as_str)),
            ..problem
        });
    }
}
