//! Structural differences of two bodies, by the rules of their kind.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use similar::{ChangeTag, TextDiff};

use super::likeness::texts;
use super::sequence::{Fate, align};
use super::{Edit, Words};
use crate::model::{Body, Kind, Rule, canonical};
use crate::source::{Route, Step};

/// A text longer than this, on both sides, is shown by words.
const LONG: usize = 40;
/// Texts less alike than this are two texts.
const SAME_TEXT: u64 = 250;

/// Returns the differences, in order of the document; none at all for bodies that say the same.
///
/// Carried out one by one they lead from the first body to the second: sets gain and lose items, items of sequences are
/// matched by likeness, mappings are compared key by key, a union that takes another form is one new value, and long texts
/// change by words.
#[must_use]
pub fn diff(kind: Kind, before: &Body, after: &Body) -> Vec<Edit> {
    differences(kind, &before.to_value(), &after.to_value())
}

/// Returns the differences of two values of a kind; see [`diff`].
pub(super) fn differences(kind: Kind, before: &Value, after: &Value) -> Vec<Edit> {
    let mut differ = Differ {
        kind,
        here: Route::root(),
        edits: Vec::new(),
    };
    differ.value(before, after);
    differ.edits
}

struct Differ {
    kind: Kind,
    here: Route,
    edits: Vec<Edit>,
}

impl Differ {
    fn has(&self, rule: Rule) -> bool {
        self.kind
            .attributes()
            .iter()
            .any(|attribute| attribute.rule == rule && attribute.names(self.here.steps()))
    }

    fn at(&mut self, step: Step, inside: impl FnOnce(&mut Self)) {
        self.here.push(step);
        inside(self);
        self.here.pop();
    }

    fn set(&mut self, before: Option<&Value>, after: Option<&Value>) {
        self.edits.push(Edit::Value {
            at: self.here.clone(),
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    fn value(&mut self, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        if self.has(Rule::Set)
            && let (Some(before), Some(after)) = (items(before), items(after))
        {
            self.items(before, after);
            return;
        }
        match (before, after) {
            (Value::Object(old), Value::Object(new)) => {
                if self.has(Rule::Union) && !old.keys().eq(new.keys()) {
                    self.set(Some(before), Some(after));
                } else {
                    self.mapping(old, new);
                }
            }
            (Value::Array(old), Value::Array(new)) => self.sequence(old, new),
            (Value::String(old), Value::String(new)) if is_rewritten(old, new) => {
                self.edits.push(Edit::Text {
                    at: self.here.clone(),
                    words: words(old, new),
                });
            }
            _ => self.set(Some(before), Some(after)),
        }
    }

    fn mapping(&mut self, before: &Map<String, Value>, after: &Map<String, Value>) {
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            self.at(Step::Key(key.as_str().into()), |differ| {
                match (before.get(key), after.get(key)) {
                    (Some(before), Some(after)) => differ.value(before, after),
                    (before, after) => differ.set(before, after),
                }
            });
        }
    }

    fn items(&mut self, before: &[Value], after: &[Value]) {
        let texts = |items: &[Value]| items.iter().map(canonical).collect::<BTreeSet<_>>();
        let (old, new) = (texts(before), texts(after));
        let only = |items: &[Value], other: &BTreeSet<String>| {
            let mut seen = BTreeSet::new();
            let mut only = items.to_vec();
            only.retain(|item| {
                let text = canonical(item);
                !other.contains(&text) && seen.insert(text)
            });
            only
        };
        let (removed, added) = (only(before, &new), only(after, &old));
        if !removed.is_empty() || !added.is_empty() {
            self.edits.push(Edit::Items {
                at: self.here.clone(),
                removed,
                added,
            });
        }
    }

    fn sequence(&mut self, before: &[Value], after: &[Value]) {
        for fate in align(before, after) {
            match fate {
                Fate::Gone(from) => {
                    self.at(Step::Index(from), |differ| {
                        differ.set(Some(&before[from]), None);
                    });
                }
                Fate::New(at) => self.at(Step::Index(at), |differ| {
                    differ.set(None, Some(&after[at]));
                }),
                Fate::Changed(from, at) => self.at(Step::Index(at), |differ| {
                    differ.value(&before[from], &after[at]);
                }),
                Fate::Moved(from, at) => self.edits.push(Edit::Moved {
                    from,
                    at: self.here.clone().index(at),
                }),
            }
        }
    }
}

/// Returns the items of a set, where one item may stand for a set of one.
fn items(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(items) => Some(items),
        Value::String(_) => Some(std::slice::from_ref(value)),
        _ => None,
    }
}

/// Returns true for two long texts of several words, some of them in common.
fn is_rewritten(before: &str, after: &str) -> bool {
    let long =
        |text: &str| text.chars().nth(LONG).is_some() && text.split_whitespace().nth(1).is_some();
    long(before) && long(after) && texts(before, after) >= SAME_TEXT
}

/// Returns a text's change by words; neighbours of one sort are one piece.
fn words(before: &str, after: &str) -> Vec<Words> {
    let mut pieces: Vec<(ChangeTag, String)> = Vec::new();
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        match pieces.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => pieces.push((change.tag(), change.value().to_owned())),
        }
    }
    pieces
        .into_iter()
        .map(|(tag, text)| match tag {
            ChangeTag::Equal => Words::Same(text),
            ChangeTag::Delete => Words::Removed(text),
            ChangeTag::Insert => Words::Added(text),
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    use crate::cases::cases;

    /// Carries out edits: the proof that they are complete.
    pub(in crate::plan) fn apply_edits(before: &Value, edits: &[Edit]) -> Value {
        let edits: Vec<(&[Step], &Edit)> =
            edits.iter().map(|edit| (edit.at().steps(), edit)).collect();
        applied(before, &edits)
    }

    fn applied(before: &Value, edits: &[(&[Step], &Edit)]) -> Value {
        if let [([], edit)] = edits {
            return whole(before, edit);
        }
        match before {
            Value::Object(map) => {
                let mut map = map.clone();
                let keys: BTreeSet<&str> = edits
                    .iter()
                    .map(|(steps, _)| match &steps[0] {
                        Step::Key(key) => &**key,
                        Step::Index(_) => panic!("a position in a mapping"),
                    })
                    .collect();
                for key in keys {
                    let inner: Vec<_> = edits
                        .iter()
                        .filter(|(steps, _)| steps[0] == Step::Key(key.into()))
                        .map(|(steps, edit)| (&steps[1..], *edit))
                        .collect();
                    match (&inner[..], map.get(key)) {
                        ([([], Edit::Value { after: None, .. })], Some(_)) => {
                            map.remove(key);
                        }
                        (
                            [
                                (
                                    [],
                                    Edit::Value {
                                        after: Some(after), ..
                                    },
                                ),
                            ],
                            None,
                        ) => {
                            map.insert(key.to_owned(), after.clone());
                        }
                        (inner, Some(value)) => {
                            let value = applied(value, inner);
                            map.insert(key.to_owned(), value);
                        }
                        (_, None) => panic!("an edit of a key `{key}` that is not there"),
                    }
                }
                Value::Object(map)
            }
            Value::Array(items) => sequence(items, edits),
            _ if edits.is_empty() => before.clone(),
            _ => panic!("edits inside a scalar"),
        }
    }

    fn whole(before: &Value, edit: &Edit) -> Value {
        match edit {
            Edit::Value {
                before: old,
                after: Some(after),
                ..
            } => {
                assert_eq!(old.as_ref(), Some(before));
                after.clone()
            }
            Edit::Text { words, .. } => {
                let (mut old, mut new) = (String::new(), String::new());
                for piece in words {
                    match piece {
                        Words::Same(text) => {
                            old.push_str(text);
                            new.push_str(text);
                        }
                        Words::Removed(text) => old.push_str(text),
                        Words::Added(text) => new.push_str(text),
                    }
                }
                assert_eq!(*before, Value::from(old));
                Value::from(new)
            }
            Edit::Items { removed, added, .. } => {
                let mut items = items(before).expect("a set").to_vec();
                items.retain(|item| !removed.contains(item));
                items.extend(added.iter().cloned());
                Value::from(items)
            }
            other => panic!("{other:?} does not change a whole value"),
        }
    }

    fn sequence(before: &[Value], edits: &[(&[Step], &Edit)]) -> Value {
        let position = |steps: &[Step]| match steps[0] {
            Step::Index(index) => index,
            Step::Key(_) => panic!("a key in a sequence"),
        };
        let mut rest: Vec<Option<Value>> = before.iter().cloned().map(Some).collect();
        let mut placed = std::collections::BTreeMap::new();
        let mut inner: std::collections::BTreeMap<usize, Vec<(&[Step], &Edit)>> =
            std::collections::BTreeMap::new();
        for (steps, edit) in edits {
            let at = position(steps);
            match edit {
                Edit::Moved { from, .. } if steps.len() == 1 => {
                    placed.insert(at, rest[*from].take().expect("there"));
                }
                Edit::Value {
                    before: Some(old),
                    after: None,
                    ..
                } if steps.len() == 1 => {
                    assert_eq!(rest[at].take().as_ref(), Some(old));
                }
                Edit::Value {
                    before: None,
                    after: Some(new),
                    ..
                } if steps.len() == 1 => {
                    placed.insert(at, new.clone());
                }
                edit => inner.entry(at).or_default().push((&steps[1..], edit)),
            }
        }
        let mut rest = rest.into_iter().flatten();
        let mut items = Vec::new();
        loop {
            let next = placed.remove(&items.len()).or_else(|| rest.next());
            match next {
                Some(item) => items.push(item),
                None => break,
            }
        }
        assert!(placed.is_empty(), "a position out of reach");
        for (at, edits) in inner {
            items[at] = applied(&items[at], &edits);
        }
        Value::from(items)
    }

    fn same(kind: Kind, left: &Value, right: &Value) -> bool {
        let read = |value: &Value| kind.decode(value).map(|object| Body::of(&object)).ok();
        left == right || read(left).is_some() && read(left) == read(right)
    }

    fn policy(value: &Value) -> Body {
        Body::of(&Kind::Policy.decode(value).expect("a policy"))
    }

    fn edits(before: &Value, after: &Value) -> Vec<Edit> {
        let (before, after) = (policy(before), policy(after));
        let edits = diff(Kind::Policy, &before, &after);
        let reached = apply_edits(&before.to_value(), &edits);
        assert!(same(Kind::Policy, &reached, &after.to_value()));
        edits
    }

    fn at(route: &str) -> Route {
        Route::parse(route).expect(route)
    }

    #[test]
    fn a_union_that_takes_another_form_is_one_value() {
        assert_eq!(
            edits(
                &json!({ "expires": { "after": "180d" }, "requestors": "members" }),
                &json!({ "expires": "never", "requestors": { "organizations": ["fabrikam"] } })
            ),
            [
                Edit::Value {
                    at: at("expires"),
                    before: Some(json!({ "after": "P180D" })),
                    after: Some(json!("never")),
                },
                Edit::Value {
                    at: at("requestors"),
                    before: Some(json!("members")),
                    after: Some(json!({ "organizations": ["fabrikam"] })),
                },
            ]
            .map(|edit| match edit {
                // The spelling of durations is the model's.
                Edit::Value { at, before, after } => Edit::Value {
                    before: before.map(|value| spelled(&value)),
                    at,
                    after,
                },
                edit => edit,
            })
        );
        let other = edits(
            &json!({ "requestors": { "people": ["user:ana@contoso.com"] } }),
            &json!({ "requestors": { "organizations": ["fabrikam"] } }),
        );
        assert_eq!(other.len(), 1);
        assert_eq!(*other[0].at(), at("requestors"));
    }

    fn spelled(value: &Value) -> Value {
        match value {
            Value::Object(_) => policy(&json!({ "expires": value })).to_value()["expires"].clone(),
            other => other.clone(),
        }
    }

    #[test]
    fn a_set_inside_the_same_form_gains_and_loses_items() {
        assert_eq!(
            edits(
                &json!({ "requestors": { "organizations": ["a", "b"] } }),
                &json!({ "requestors": { "organizations": ["c", "b"] } })
            ),
            [Edit::Items {
                at: at("requestors.organizations"),
                removed: vec![json!("a")],
                added: vec![json!("c")],
            }]
        );
    }

    #[test]
    fn a_stage_put_first_is_one_item_and_one_approver_is_one_item() {
        let legal = json!({ "approvers": ["user:legal@contoso.com"] });
        let ana = json!({ "approvers": ["user:ana@contoso.com"] });
        let added = edits(
            &json!({ "approval": { "stages": [legal] } }),
            &json!({ "approval": { "stages": [ana, legal] } }),
        );
        assert!(
            matches!(&added[..], [Edit::Value { at: place, before: None, after: Some(_) }] if *place == at("approval.stages[0]")),
            "{added:?}"
        );
        let changed = edits(
            &json!({ "approval": { "stages": [legal] } }),
            &json!({ "approval": { "stages": [ana] } }),
        );
        assert!(
            matches!(&changed[..], [Edit::Items { at: place, .. }] if *place == at("approval.stages[0].approvers")),
            "{changed:?}"
        );
        let swapped = edits(
            &json!({ "approval": { "stages": [legal, ana] } }),
            &json!({ "approval": { "stages": [ana, legal] } }),
        );
        assert!(matches!(&swapped[..], [Edit::Moved { .. }]), "{swapped:?}");
    }

    #[test]
    fn a_changed_question_is_an_edit_inside_it() {
        let changed = edits(
            &json!({ "questions": [{ "ask": "Which project do you work on, and for how long?" }, { "ask": "Who invited you?" }] }),
            &json!({ "questions": [{ "ask": "Which project do you lead or work on, and for how long?" }, { "ask": "Who invited you?", "required": true }] }),
        );
        assert!(
            matches!(&changed[..], [Edit::Text { at: ask, .. }, Edit::Value { at: required, .. }]
                if *ask == at("questions[0].ask") && *required == at("questions[1].required")),
            "{changed:?}"
        );
    }

    #[test]
    fn long_texts_change_by_words() {
        let before = "Everything an agency needs for the campaign of the year";
        let after = "Everything an agency needs for the campaigns of the next year";
        assert_eq!(
            edits(
                &json!({ "description": before }),
                &json!({ "description": after })
            ),
            [Edit::Text {
                at: at("description"),
                words: vec![
                    Words::Same("Everything an agency needs for the ".to_owned()),
                    Words::Removed("campaign".to_owned()),
                    Words::Added("campaigns".to_owned()),
                    Words::Same(" of the ".to_owned()),
                    Words::Added("next ".to_owned()),
                    Words::Same("year".to_owned()),
                ],
            }]
        );
        let short = edits(
            &json!({ "description": "short" }),
            &json!({ "description": after }),
        );
        assert!(matches!(&short[..], [Edit::Value { .. }]));
    }

    #[test]
    fn grants_change_by_resource_and_role() {
        let package = |grants: Value| {
            let value = json!({ "catalog": "c", "displayName": "P", "grants": grants });
            Body::of(&Kind::Package.decode(&value).expect("a package"))
        };
        let before = package(json!({ "crm": "User", "site": "Members", "team": "Member" }));
        let after =
            package(json!({ "crm": ["User", "Admin"], "site": "Members", "wiki": "Members" }));
        let edits = diff(Kind::Package, &before, &after);
        let places: Vec<String> = edits.iter().map(|edit| edit.at().to_string()).collect();
        assert_eq!(places, ["grants.crm", "grants.team", "grants.wiki"]);
        assert!(
            matches!(&edits[0], Edit::Items { removed, added, .. } if removed.is_empty() && *added == [json!("Admin")])
        );
        let reached = apply_edits(&before.to_value(), &edits);
        assert!(same(Kind::Package, &reached, &after.to_value()));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..5_i64).prop_map(Value::from),
            "[ab ]{0,3}".prop_map(Value::from),
            "((one|two|three|four) ){8,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    fn any_policy() -> impl Strategy<Value = Value> {
        let people = || {
            prop::collection::btree_set(
                prop::sample::select(vec![
                    "user:a@contoso.com",
                    "user:b@contoso.com",
                    "group:g",
                    "manager",
                ]),
                0..4,
            )
        };
        let stage = (people(), prop::sample::select(vec!["14d", "5d"]))
            .prop_map(|(people, within)| json!({ "approvers": people, "decideWithin": within }));
        let question = (
            "(which|what|who)( of| is| did)?( it| us){1,9}",
            any::<bool>(),
        )
            .prop_map(|(ask, required)| json!({ "ask": ask, "required": required }));
        let requestors = prop_oneof![
            Just(json!("members")),
            prop::collection::btree_set("[a-c]", 1..3)
                .prop_map(|names| json!({ "organizations": names })),
            people().prop_map(|people| json!({ "people": people })),
        ];
        let expires = prop_oneof![
            Just(json!("never")),
            prop::sample::select(vec!["9d", "8h"]).prop_map(|after| json!({ "after": after })),
        ];
        (
            prop::collection::vec(stage, 0..4),
            prop::collection::vec(question, 0..6),
            requestors,
            expires,
            any::<bool>(),
        )
            .prop_map(|(stages, questions, requestors, expires, notifications)| {
                policy(&json!({
                    "approval": { "stages": stages }, "questions": questions, "requestors": requestors,
                    "expires": expires, "notifications": notifications,
                }))
                .to_value()
            })
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn edits_lead_from_before_to_after(before in any_json(), after in any_json()) {
            let (before, after) = (json!({ "a": before }), json!({ "a": after }));
            let edits = differences(Kind::Collaboration, &before, &after);
            prop_assert_eq!(apply_edits(&before, &edits), after);
        }

        #[test]
        fn edits_of_policies_lead_from_before_to_after(before in any_policy(), after in any_policy()) {
            let edits = differences(Kind::Policy, &before, &after);
            prop_assert_eq!(edits.is_empty(), before == after);
            let reached = apply_edits(&before, &edits);
            prop_assert!(same(Kind::Policy, &reached, &after), "{} is not {}", reached, after);
        }

        #[test]
        fn nothing_differs_from_itself(value in any_json()) {
            let value = json!({ "a": value });
            prop_assert_eq!(differences(Kind::Policy, &value, &value), Vec::new());
        }
    }
}
