//! One tree against another: what would change where the first is applied and the second comes.

use super::{Asks, Plan, build};
use crate::model::{Bound, Declaration, Desired, Live, LiveObject, RemoteId};

/// Returns what would change in a store that holds what one tree declares, and nothing else, when another is applied.
///
/// No store is needed: ids are the addresses of the tree before. An object that the tree after takes over (`adopt`) is
/// taken to be as declared, for nobody knows better.
pub fn between(before: &Desired, after: &Desired) -> Plan {
    let bound = before.objects().iter().map(|declaration| Bound {
        declared: Some(declaration.digest),
        address: declaration.address.clone(),
        object: Some(LiveObject {
            address: Some(declaration.address.clone()),
            ..live(declaration, declaration.address.to_string())
        }),
    });
    let adopted = after.objects().iter().filter_map(|declaration| {
        let adopt = declaration.lifecycle.as_deref()?.adopt.as_ref()?;
        let new = before.get(&declaration.address).is_none();
        new.then(|| live(declaration, adopt.id.as_str().to_owned()))
    });
    let live = Live::new(String::new(), 0, bound.collect(), adopted.collect(), 0);
    build(after, &live, &Asks::default())
}

fn live(declaration: &Declaration, id: String) -> LiveObject {
    LiveObject {
        id: RemoteId(id),
        kind: declaration.address.kind(),
        address: None,
        body: declaration.body(),
        drift: None,
        last: None,
    }
}
