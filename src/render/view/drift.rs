//! Drift: what was changed in a store since the last apply, key by key, and by whom.

use std::io;

use super::{audit, change, count, strayed};
use crate::model::Fate;
use crate::plan::{Action, Drifted, Strayed};
use crate::render::doc::{Aside, Block, Detail, Line, Role, Verdict, Writer};
use crate::render::report::{Drift, Refreshed};

/// Lowers what was changed.
///
/// # Errors
///
/// Those of the writer.
pub fn drift(report: &Drift, out: &mut dyn Writer) -> io::Result<()> {
    let Drift {
        project,
        store,
        drifted,
    } = report;
    out.block(&Block::Heading(
        Line::new()
            .and(Role::Strong, "guestlist drift")
            .and(Role::Plain, " · ")
            .and(Role::Plain, project.as_str())
            .and(Role::Plain, " ← ")
            .and(Role::Plain, store.as_str()),
    ))?;
    for one in drifted {
        out.block(&object(one))?;
    }
    let end = if drifted.is_empty() {
        "No drift. What the project owns is as it was last applied.".to_owned()
    } else {
        let verb = if drifted.len() == 1 { "was" } else { "were" };
        format!(
            "Drift: {} {verb} changed since the last apply.",
            count(drifted.len(), "object", "objects")
        )
    };
    let mut after = Vec::new();
    if !drifted.is_empty() {
        after.push(Line::new().and(Role::Faint, format!("{}.", strayed::HELP)));
    }
    out.block(&Block::Verdict(Verdict {
        before: Vec::new(),
        line: Line::new().and(Role::Strong, end),
        after,
    }))
}

/// Lowers that what was changed is taken as applied.
///
/// # Errors
///
/// Those of the writer.
pub fn refreshed(report: &Refreshed, store: &str, out: &mut dyn Writer) -> io::Result<()> {
    let Refreshed {
        run,
        generation,
        audit_size,
        audit_hash,
        signing,
    } = report;
    let line = Line::new().and(Role::Strong, "Taken as applied. No object was changed.");
    let mut after = vec![
        Line::plain(format!("Run {run} on "))
            .and(Role::Plain, store)
            .and(Role::Plain, format!(", generation {generation}; "))
            .and(Role::Faint, format!("audit head {audit_size}:{audit_hash}")),
        Line::plain("The next plan shows what the tree wants."),
    ];
    after.extend(audit::signing(signing));
    out.block(&Block::Verdict(Verdict {
        before: Vec::new(),
        line,
        after,
    }))
}

fn object(one: &Drifted) -> Block<'static> {
    let (action, edits) = match &one.what {
        Strayed::Changed { edits, .. } => (Action::Update, edits.as_slice()),
        Strayed::Lost { fate, .. } => match fate {
            Fate::Deleted => (Action::Prune, &[][..]),
            Fate::Unbound | Fate::Taken { .. } => (Action::Forget, &[][..]),
            Fate::Rebound { .. } => (Action::Update, &[][..]),
        },
    };
    let what = strayed::happened(one);
    let aside = Aside {
        words: String::new(),
        place: one
            .origin
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        rest: match &one.origin {
            Some(_) => format!(" · {what}"),
            None => what,
        },
    };
    let details: Vec<Detail<'static>> = edits.iter().map(change::edit).collect();
    change::block(action, &one.address.to_string(), None, Some(aside), details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, RemoteId};
    use crate::plan::Edit;
    use crate::render::samples::{address, live, origin, text};
    use crate::source::Route;
    use serde_json::json;

    #[test]
    fn shows_who_changed_what() {
        let lost = |at: &str, fate| Drifted {
            address: address(at),
            id: RemoteId("1".to_owned()),
            origin: None,
            by: None,
            what: Strayed::Lost {
                applied: Body::of(&json!({})),
                fate,
            },
        };
        let report = Drift {
            project: "contoso".to_owned(),
            store: "sqlite:a.db".to_owned(),
            drifted: vec![
                Drifted {
                    address: address("organization/fabrikam"),
                    id: RemoteId("1".to_owned()),
                    origin: Some(origin("tree.yaml", 3)),
                    by: Some(crate::model::Touch {
                        run: "0199".to_owned(),
                        project: "portal".to_owned(),
                        actor: "bo".to_owned(),
                        at: jiff::Timestamp::UNIX_EPOCH,
                    }),
                    what: Strayed::Changed {
                        live: Box::new(live("organization/fabrikam", &json!({}))),
                        edits: vec![Edit::Value {
                            at: Route::root().key("state"),
                            before: Some(json!("configured")),
                            after: Some(json!("proposed")),
                        }],
                    },
                },
                lost("catalog/a", Fate::Deleted),
                lost(
                    "catalog/b",
                    Fate::Rebound {
                        to: address("catalog/c"),
                    },
                ),
            ],
        };
        insta::assert_snapshot!(text(|out| drift(&report, out)), @r"
        guestlist drift · contoso ← sqlite:a.db

          ~ organization/fabrikam                                  tree.yaml:3 · changed by bo, 1970-01-01 00:00:00Z, run 0199 of portal
              state                  configured → proposed
          - catalog/a                                              deleted by an unknown hand
          ~ catalog/b                                              moved to catalog/c by an unknown hand

        Drift: 3 objects were changed since the last apply.
        `guestlist plan` shows what the tree wants; `guestlist apply --refresh-only` takes it as it is.
        ");
    }
}
