//! The rule about objects of other projects: they are neither taken over nor doubled.

use std::collections::BTreeMap;

use super::{Circumstances, Refusal, Rule};
use crate::model::{Body, Foreign, Kind, RemoteId};
use crate::plan::{Change, Clash, Conflict, Delta, Plan, natural_key_of};
use crate::planted::{self, Planted};

/// Returns the kinds of objects of other projects that a plan might meet; none for most plans.
#[must_use]
pub fn foreign_kinds(plan: &Plan) -> Vec<Kind> {
    let asks_by_id = plan
        .conflicts
        .iter()
        .any(|conflict| matches!(conflict.clash, Clash::NoSuchObject { .. }));
    let met = |kind: &Kind| {
        asks_by_id
            || stands_alone(*kind)
                && plan.changes.iter().any(|change| {
                    change.address.kind() == *kind && matches!(change.delta, Delta::Create { .. })
                })
    };
    Kind::ALL.iter().copied().filter(met).collect()
}

/// Returns true for a kind whose natural key is unique in a tenant. Settings are shared key by key, and what lives in another
/// object is told only there.
fn stands_alone(kind: Kind) -> bool {
    !kind.is_settings() && kind.parent().is_none()
}

/// Judges the creations of a plan: nothing is created beside its like of another project.
pub(super) fn creations(plan: &Plan, cx: &Circumstances) -> Vec<Refusal> {
    let mut alike: BTreeMap<(Kind, String), Vec<&Foreign>> = BTreeMap::new();
    for foreign in cx
        .foreign
        .iter()
        .filter(|one| stands_alone(one.object.kind))
    {
        let kind = foreign.object.kind;
        if let Some(key) = natural_key_of(kind, &foreign.object.body) {
            alike.entry((kind, key)).or_default().push(foreign);
        }
    }
    if alike.is_empty() || planted::is(Planted::ForeignDoubled) {
        return Vec::new();
    }
    let changes = plan.changes.iter();
    changes
        .filter_map(|change| creation(change, &alike))
        .collect()
}

fn creation(change: &Change, alike: &BTreeMap<(Kind, String), Vec<&Foreign>>) -> Option<Refusal> {
    let Delta::Create { after } = &change.delta else {
        return None;
    };
    let kind = change.address.kind();
    let found = alike.get(&(kind, natural_key_of(kind, after)?))?;
    let clashes = |foreign: &&&Foreign| {
        kind != Kind::Resource || is_managed(after) || is_managed(&foreign.object.body)
    };
    let Foreign { project, object } = found.iter().find(clashes)?;
    let address = &change.address;
    Some(Refusal {
        rule: Rule::Foreign,
        address: address.clone(),
        message: format!(
            "`{address}` would be created, but the project `{project}` owns one like it: `{}`",
            object.id
        ),
        help: format!(
            "declare it in one project only; once `{project}` lets it go with `forget`, this one can adopt it"
        ),
        objects: vec![address.clone()],
    })
}

/// Judges an adoption by id: what another project owns is not taken over.
pub(super) fn adopt(conflict: &Conflict, cx: &Circumstances) -> Option<Refusal> {
    let Clash::NoSuchObject { id: RemoteId(id) } = &conflict.clash else {
        return None;
    };
    let has_id = |foreign: &&Foreign| foreign.object.id.0.eq_ignore_ascii_case(id);
    let Foreign { project, .. } = cx.foreign.iter().find(has_id)?;
    let address = &conflict.address;
    Some(Refusal {
        rule: Rule::Foreign,
        address: address.clone(),
        message: format!("`{address}` would adopt `{id}`, which the project `{project}` owns"),
        help: format!("let `{project}` let it go with `forget` first; no flag takes it from there"),
        objects: vec![address.clone()],
    })
}

/// Returns true for a resource that the project makes itself. A resource that merely exists may serve several projects.
fn is_managed(body: &Body) -> bool {
    body.to_value()["managed"].as_bool() == Some(true)
}
