//! A plan: what would change, and what stands against it.

use std::io;

use rayon::prelude::*;

use super::{change, count, own};
use crate::guard::Refusal;
use crate::plan::{Action, Change, Delta, Lifted, Partial, Plan, Tied};
use crate::render::doc::{Block, Line, Role, Verdict, Writer};
use crate::render::report::Planned;

/// How many changes are lowered on all cores before they are written.
const AT_ONCE: usize = 1024;

/// Lowers a plan, some changes at a time.
///
/// # Errors
///
/// Those of the writer.
pub fn planned(report: &Planned<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let Planned {
        project,
        store,
        plan,
        impact,
        refusals: refused,
        lifted: allowed,
        warnings,
    } = report;
    out.block(&Block::Heading(
        Line::new()
            .and(
                Role::Strong,
                if plan.destroy {
                    "guestlist plan to destroy"
                } else {
                    "guestlist plan"
                },
            )
            .and(Role::Plain, " · ")
            .and(Role::Plain, *project)
            .and(Role::Plain, " → ")
            .and(Role::Plain, *store)
            .and(Role::Faint, format!(" · tree {}", plan.tree.short())),
    ))?;
    for some in plan.changes.chunks(AT_ONCE) {
        let blocks: Vec<Block<'_>> = some.par_iter().map(change::planned).collect();
        blocks.iter().try_for_each(|block| out.block(block))?;
    }
    super::impact(impact, out)?;
    super::diagnostics(warnings, out)?;
    if !refused.is_empty() {
        refusals(refused, out)?;
    }
    let mut before = lifted(allowed);
    before.extend(plan.partial.iter().flat_map(partial));
    before.extend(plan.own.as_ref().map(own::domains));
    before.extend(others(plan));
    out.block(&Block::Verdict(Verdict {
        before,
        line: total(plan, refused),
        after: Vec::new(),
    }))
}

/// Lowers what stands against a plan.
///
/// # Errors
///
/// Those of the writer.
pub fn refusals(refused: &[Refusal], out: &mut dyn Writer) -> io::Result<()> {
    let mut lines = Vec::new();
    for Refusal {
        rule,
        address,
        message,
        help,
        objects: _,
    } in refused
    {
        let mut line = Line::new().and(Role::Error, format!("refused[{}]", rule.as_str()));
        line.push(Role::Strong, ": ");
        if !message.contains(&address.to_string()) {
            line.push(Role::Strong, format!("{address}: "));
        }
        line.push(Role::Strong, message.as_str());
        lines.push(line);
        lines.extend(super::helps(help));
    }
    out.block(&Block::Refusals(lines))
}

/// Lowers the guards that were lifted, a line each.
pub(super) fn lifted(lifted: &[Lifted]) -> Vec<Line<'static>> {
    let line = |one: &Lifted| {
        let objects = match &one.objects[..] {
            [one] => one.clone(),
            several => count(several.len(), "object", "objects"),
        };
        Line::new()
            .and(Role::Note, format!("lifted[{}]", one.guard))
            .and(Role::Plain, format!(": {objects}, by {}", one.by))
    };
    lifted.iter().map(line).collect()
}

/// Says that a plan is not all there is to do, and why which change is in it.
fn partial(partial: &Partial) -> Vec<Line<'static>> {
    let Partial {
        targets,
        excludes,
        along,
        held,
        left_out,
        own,
        torn: _,
    } = partial;
    let quoted = |patterns: &[String]| {
        let quoted: Vec<_> = patterns.iter().map(|text| format!("`{text}`")).collect();
        quoted.join(", ")
    };
    let mut what = Vec::new();
    if !targets.is_empty() {
        what.push(format!("only {}", quoted(targets)));
    }
    if !excludes.is_empty() {
        what.push(format!("without {}", quoted(excludes)));
    }
    let others = count(*left_out, "other change is", "other changes are");
    let mut lines = vec![Line::new().and(
        Role::Warning,
        format!("Partial plan: {}; {others} left out.", what.join(", ")),
    )];
    lines.extend(along.iter().map(|tied| {
        let Tied {
            address,
            because,
            goes,
        } = tied;
        Line::plain(if *goes {
            format!("  also {address}, because it cannot be without {because}, which goes")
        } else {
            format!("  also {address}, because {because} needs it")
        })
    }));
    lines.extend(held.iter().map(|tied| {
        let Tied {
            address,
            because,
            goes,
        } = tied;
        Line::plain(if *goes {
            format!("  not {address}, because {because} stays and cannot be without it")
        } else {
            format!("  not {address}, because it needs {because}")
        })
    }));
    lines.extend(own.then(|| {
        let what = own::WHAT;
        Line::plain(format!(
            "  not the {what}: a part of a plan leaves them as they are"
        ))
    }));
    lines
}

/// Counts what is live and not ours.
fn others(plan: &Plan) -> Option<Line<'static>> {
    let unmanaged = (plan.unmanaged > 0).then(|| {
        format!(
            "{} of no project (`guestlist list --unmanaged`)",
            plan.unmanaged
        )
    });
    let foreign = (plan.foreign > 0).then(|| format!("{} of other projects", plan.foreign));
    let counted: Vec<_> = unmanaged.into_iter().chain(foreign).collect();
    (!counted.is_empty()).then(|| {
        let text = format!("Live and left alone: {}.", counted.join(", "));
        Line::new().and(Role::Faint, text)
    })
}

fn total(plan: &Plan, refused: &[Refusal]) -> Line<'static> {
    if plan.is_empty() {
        let objects = if plan.unchanged == 1 {
            "1 object is".to_owned()
        } else {
            format!("{} objects are", plan.unchanged)
        };
        let text = match (&plan.partial, plan.destroy) {
            (Some(partial), _) if partial.left_out > 0 => {
                "No changes among those chosen.".to_owned()
            }
            (_, true) => "No changes. The project owns nothing here.".to_owned(),
            _ => format!("No changes. {objects} as declared."),
        };
        return Line::new().and(Role::Strong, text);
    }
    let mut line = Line::new().and(Role::Strong, format!("Plan: {}.", counts(plan)));
    if !refused.is_empty() {
        let reasons = count(refused.len(), "reason", "reasons");
        line.push(Role::Error, format!(" Refused for {reasons}."));
    }
    line
}

/// Returns counts in words: `1 to create, 2 to update (1 renamed)`.
pub(super) fn counts(plan: &Plan) -> String {
    let renamed = plan.changes.iter().filter(|change| is_renamed(change));
    let renamed = match renamed.count() {
        0 => String::new(),
        n => format!(" ({n} renamed)"),
    };
    let mut words: Vec<_> = Action::ALL
        .iter()
        .map(|action| (*action, plan.count(*action)))
        .filter(|(_, n)| *n > 0)
        .map(|(action, n)| {
            let aside = match action {
                Action::Update => renamed.as_str(),
                _ => "",
            };
            format!("{n} to {}{aside}", action.as_str())
        })
        .collect();
    let own = plan.own.as_ref();
    let own = own.map(|_| format!("{} to change", own::WHAT));
    words.extend(own);
    words.join(", ")
}

/// Returns true for an update that gives another address.
fn is_renamed(change: &Change) -> bool {
    let Delta::Update { before, .. } = &change.delta else {
        return false;
    };
    before.address.as_ref() != Some(&change.address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;
    use crate::impact::Impact;
    use crate::model::Body;
    use crate::model::text::Domain;
    use crate::plan::{OwnDomains, Reason};
    use crate::render::samples::{address, change, everything, origin, plan, text};
    use serde_json::json;

    fn shown(plan: &Plan, refused: &[Refusal]) -> String {
        let report = Planned {
            project: "contoso-external",
            store: "sqlite:guestlist.db",
            plan,
            impact: &Impact::default(),
            refusals: refused,
            lifted: &[],
            warnings: &Diagnostics::new(),
        };
        text(|out| planned(&report, out))
    }

    #[test]
    fn shows_every_action_and_every_edit() {
        insta::assert_snapshot!(shown(&everything(), &[]), @r"
        guestlist plan · contoso-external → sqlite:guestlist.db · tree 4f4f4f4

          ~ policy/campaign-partner/partners                       policies/marketing.yaml:41
              approval.stages[1]        - approvers: [user:legal@contoso.com]
              expires                   after 180d → never
              requestors.organizations  - litware
                                        + fabrikam, tailspin
              description               Everything an [-agency-]{+auditor+} needs
              questions[0]              moved from questions[2]
          ~ organization/fabrikam (was organization/fabrikam-old)  policies/partners/fabrikam.yaml:4
              renamed in the tree; the live object stays as it is
          + organization/litware                                   policies/partners/litware.yaml:4
              displayName: Litware
              domains: [litware.example]
              sponsors: { external: [], internal: [user:ana@contoso.com] }
              state: configured
          -/+ resource/crm                                         policies/resources.yaml:9
              `application` cannot change in place; deleted and created anew
              application            Sales → Salesforce
          > catalog/marketing                                      policies/marketing.yaml:2
              exists already; becomes ours
              published              false → true
          - policy/old/all                                         package/old is deleted
          - catalog/old                                            no longer declared
          x package/lent                                           let go as asked; stays as it is

        Live and left alone: 2 of no project (`guestlist list --unmanaged`), 5 of other projects.
        Plan: 1 to create, 2 to update (1 renamed), 1 to replace, 1 to adopt, 2 to prune, 1 to forget.
        ");
    }

    #[test]
    fn an_empty_plan_is_one_sentence() {
        insta::assert_snapshot!(shown(&plan(Vec::new()), &[]), @r"
        guestlist plan · contoso-external → sqlite:guestlist.db · tree 4f4f4f4

        No changes. 7 objects are as declared.
        ");
    }

    #[test]
    fn other_domains_of_our_own_people_are_a_change() {
        let domains = |names: &[&str]| {
            let names = names.iter().map(|name| Domain::parse(name));
            names.collect::<Result<Vec<_>, _>>().expect("domains")
        };
        let mut plan = plan(Vec::new());
        plan.own = OwnDomains::planned(
            &domains(&["contoso.com", "lab.example"]),
            &domains(&["contoso.org", "contoso.com", "contoso.net"]),
        );
        insta::assert_snapshot!(shown(&plan, &[]), @r"
        guestlist plan · contoso-external → sqlite:guestlist.db · tree 4f4f4f4

        [tenant] domains: contoso.net, contoso.org are domains of our own people now; lab.example is no longer a domain of our own people.
        Plan: domains of our own people to change.
        ");
    }

    #[test]
    fn says_what_is_refused_and_how_to_go_on() {
        let refused = [Refusal {
            rule: crate::guard::Rule::Adoption,
            address: address("catalog/marketing"),
            message: "an object with this name exists and nobody owns it".to_owned(),
            help: "`--adopt catalog/marketing` takes it over".to_owned(),
            objects: vec![address("catalog/marketing")],
        }];
        let one = change(
            "resource/crm",
            Delta::Create {
                after: Body::of(&json!({ "application": "Salesforce" })),
            },
            Reason::Declared,
            Some(origin("a.yaml", 1)),
        );
        insta::assert_snapshot!(shown(&plan(vec![one]), &refused), @r"
        guestlist plan · contoso-external → sqlite:guestlist.db · tree 4f4f4f4

          + resource/crm                                           a.yaml:1
              application: Salesforce

        refused[adoption]: catalog/marketing: an object with this name exists and nobody owns it
          help: `--adopt catalog/marketing` takes it over

        Plan: 1 to create. Refused for 1 reason.
        ");
    }

    #[test]
    fn a_wide_object_is_cut_and_counted() {
        let domains: Vec<_> = (0..2000).map(|n| format!("d{n}.example")).collect();
        let one = change(
            "settings/domains",
            Delta::Create {
                after: Body::of(&json!({ "block": domains })),
            },
            Reason::Declared,
            Some(origin("a.yaml", 1)),
        );
        let shown = shown(&plan(vec![one]), &[]);
        assert_eq!(shown.lines().count(), 2 + 1 + 40 + 1 + 2, "{shown}");
        assert!(shown.contains("… and 3"), "{shown}");
        assert!(shown.lines().all(|line| line.len() <= 100), "{shown}");
    }

    #[test]
    fn foreign_text_commands_nothing() {
        let one = change(
            "organization/litware",
            Delta::Create {
                after: Body::of(&json!({
                    "displayName": "\u{1b}[2J\u{202e}gpj.exe", "::set-output name=x": "##[add-mask]y",
                    "description": "one\r\n::error::two",
                })),
            },
            Reason::Declared,
            Some(origin("::warning::.yaml", 1)),
        );
        let shown = shown(&plan(vec![one]), &[]);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\r']), "{shown}");
        assert!(shown.contains("\\u{1b}[2J\\u{202e}gpj.exe"), "{shown}");
        assert!(!shown.contains("##["), "{shown}");
        for line in shown.lines() {
            assert!(!line.trim_start().starts_with("::"), "{line}");
        }
    }

    #[test]
    fn a_hundred_thousand_creates_need_no_more_than_one() {
        struct Counting(usize, usize);
        impl Writer for Counting {
            fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
                if let Block::Change(change) = block {
                    self.0 += 1;
                    self.1 = self
                        .1
                        .max(change.details.iter().map(|d| d.lines.len()).sum());
                }
                Ok(())
            }
        }
        let one = change(
            "resource/crm",
            Delta::Create {
                after: Body::of(&json!({ "application": "Salesforce" })),
            },
            Reason::Declared,
            Some(origin("a.yaml", 1)),
        );
        let plan = plan(vec![one; 1000]);
        let report = Planned {
            project: "p",
            store: "s",
            plan: &plan,
            impact: &Impact::default(),
            refusals: &[],
            lifted: &[],
            warnings: &Diagnostics::new(),
        };
        let mut out = Counting(0, 0);
        planned(&report, &mut out).expect("counts");
        assert_eq!((out.0, out.1), (1000, 1));
    }
}
