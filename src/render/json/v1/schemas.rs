//! The published schemas of the JSON reports.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super as v1;

/// Returns the schema of every JSON report with the name of its file, in the order of the commands. Draft 2020-12.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("init.schema.json", schema::<v1::Init<'_>>()),
        ("validate.schema.json", schema::<v1::Validate>()),
        ("lint.schema.json", schema::<v1::Lint>()),
        ("lint-rules.schema.json", schema::<v1::LintRules>()),
        ("test.schema.json", schema::<v1::Test>()),
        ("plan.schema.json", schema::<v1::Plan<'_>>()),
        ("apply.schema.json", schema::<v1::Apply<'_>>()),
        ("show.schema.json", schema::<v1::Show>()),
        ("list.schema.json", schema::<v1::List>()),
        ("history.schema.json", schema::<v1::History>()),
        ("run.schema.json", schema::<v1::Run>()),
        ("rollback.schema.json", schema::<v1::Rollback<'_>>()),
        ("diff.schema.json", schema::<v1::Diff>()),
        ("drift.schema.json", schema::<v1::Drift>()),
        ("graph.schema.json", schema::<v1::Graph>()),
        ("audit-list.schema.json", schema::<v1::AuditList>()),
        ("audit-line.schema.json", schema::<v1::AuditLine>()),
        ("audit-export.schema.json", schema::<v1::AuditExport>()),
        ("audit-verify.schema.json", schema::<v1::AuditVerify>()),
        ("audit-key.schema.json", schema::<v1::AuditKey>()),
        ("audit-forget.schema.json", schema::<v1::AuditForget<'_>>()),
        ("import.schema.json", schema::<v1::Import>()),
        ("request.schema.json", schema::<v1::RequestReport>()),
        ("requests.schema.json", schema::<v1::RequestList>()),
        ("offered.schema.json", schema::<v1::OfferedList>()),
        ("explanation.schema.json", schema::<v1::Explanation>()),
        ("assignments.schema.json", schema::<v1::Assignments>()),
        ("bulk.schema.json", schema::<v1::Bulk>()),
        ("tick.schema.json", schema::<v1::Tick>()),
        ("outbox.schema.json", schema::<v1::Outbox>()),
        ("access.schema.json", schema::<v1::Access>()),
        ("person.schema.json", schema::<v1::PersonReport>()),
        ("people.schema.json", schema::<v1::People>()),
        ("guest-purge.schema.json", schema::<v1::GuestPurge>()),
        ("group.schema.json", schema::<v1::GroupReport>()),
        ("groups.schema.json", schema::<v1::Groups>()),
        (
            "directory-import.schema.json",
            schema::<v1::DirectoryImport>(),
        ),
        ("invitation.schema.json", schema::<v1::InvitationReport>()),
        ("invitations.schema.json", schema::<v1::Invitations>()),
        ("review.schema.json", schema::<v1::ReviewShow>()),
        ("reviews.schema.json", schema::<v1::ReviewList>()),
        ("review-decided.schema.json", schema::<v1::ReviewDecided>()),
        ("offboarding.schema.json", schema::<v1::Offboarding>()),
        (
            "organization-offboarding.schema.json",
            schema::<v1::Offboardings>(),
        ),
        ("organization.schema.json", schema::<v1::PartnerShow>()),
        ("organizations.schema.json", schema::<v1::PartnerList>()),
        (
            "report-guests.schema.json",
            schema::<v1::Report<'_, v1::GuestRow>>(),
        ),
        (
            "report-access.schema.json",
            schema::<v1::Report<'_, v1::AccessRow>>(),
        ),
        (
            "report-ungoverned.schema.json",
            schema::<v1::Report<'_, v1::UngovernedRow>>(),
        ),
        ("report-proposed.schema.json", schema::<v1::Proposed>()),
        (
            "report-upcoming.schema.json",
            schema::<v1::Report<'_, v1::UpcomingRow>>(),
        ),
        (
            "report-expiries.schema.json",
            schema::<v1::Report<'_, v1::ExpiryRow>>(),
        ),
        (
            "report-reviews.schema.json",
            schema::<v1::Report<'_, v1::ReviewRow>>(),
        ),
        (
            "report-waivers.schema.json",
            schema::<v1::Report<'_, v1::WaiverRow>>(),
        ),
        (
            "clock-confirmed.schema.json",
            schema::<v1::ClockConfirmed>(),
        ),
        ("lease.schema.json", schema::<v1::Lease>()),
        ("lease-broken.schema.json", schema::<v1::LeaseBroken>()),
        ("names.schema.json", schema::<v1::Names<'_>>()),
        ("version.schema.json", schema::<v1::Version>()),
        ("error.schema.json", schema::<v1::Failed>()),
    ]
}

fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use crate::guard;
    use crate::model::text::Domain;
    use crate::plan::{self, OwnDomains, RecordedChange, RunRecord};
    use serde::Serialize;
    use serde_json::{Value, json};

    use super::*;
    use crate::diag::Diagnostics;
    use crate::impact::Impact;
    use crate::model::{Body, Digest, Fate, RemoteId, Touch};
    use crate::plan::Action;
    use crate::render::report;
    use crate::render::samples::{address, diagnostics, everything, origin};

    fn fits<T: Serialize>(file: &str, report: &T) -> Value {
        let (_, schema) = schemas()
            .into_iter()
            .find(|(name, _)| *name == file)
            .expect(file);
        let schema = schema.to_value();
        assert_eq!(
            schema["$schema"], "https://json-schema.org/draft/2020-12/schema",
            "{file}"
        );
        assert!(schema["title"].is_string() && schema["description"].is_string());
        let mut out = Vec::new();
        crate::render::json::write(&mut out, report).expect("memory takes all");
        let value: Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(value["format_version"], 1);
        let validator = jsonschema::draft202012::new(&schema).expect("a schema");
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{file}");
        assert!(!validator.is_valid(&json!({ "format_version": 2 })));
        value
    }

    #[test]
    fn a_plan_fits_its_schema() {
        let plan = everything();
        let refused = [guard::Refusal {
            rule: guard::Rule::Adoption,
            address: address("catalog/marketing"),
            message: "exists".to_owned(),
            help: "leave it".to_owned(),
            objects: vec![address("catalog/marketing")],
        }];
        let report = report::Planned {
            project: "p",
            store: "sqlite:a.db",
            plan: &plan,
            impact: &Impact::default(),
            refusals: &refused,
            lifted: &[],
            warnings: &diagnostics(),
        };
        let value = fits("plan.schema.json", &v1::Plan::from(&report));
        assert_eq!(value["counts"]["prune"], 2);
        assert_eq!(
            value["changes"][1]["renamed_from"],
            "organization/fabrikam-old"
        );
        assert_eq!(
            value["changes"][0]["edits"][0]["pointer"],
            "/approval/stages/1"
        );
    }

    #[test]
    fn the_other_reports_fit_theirs() {
        let list = diagnostics();
        let validated = |diagnostics, objects| report::Validated {
            diagnostics,
            files: 2,
            objects,
        };
        let invalid = v1::Validate::from(&validated(&list, None));
        fits("validate.schema.json", &invalid);
        let empty = Diagnostics::new();
        let valid = v1::Validate::from(&validated(&empty, Some(1)));
        fits("validate.schema.json", &valid);

        let hash = crate::audit::Chain::new("L").hash();
        let signed = crate::audit::Key::from_bytes(&[1; 32]).sign(crate::audit::Head {
            at: jiff::Timestamp::UNIX_EPOCH,
            hash,
            origin: "L".to_owned(),
            restored: false,
            size: 0,
            store: "s".to_owned(),
        });
        let verified = report::Verified {
            store: "s".to_owned(),
            origin: "L".to_owned(),
            size: 0,
            hash,
            heads: 1,
            newest: Some(signed.clone()),
            is_key_known: true,
        };
        fits(
            "audit-verify.schema.json",
            &v1::AuditVerify::from(&verified),
        );
        let recorded = report::Recorded {
            seq: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: "ana".to_owned(),
            person: Some("1".to_owned()),
            action: "create".to_owned(),
            address: None,
            target: Some("jane@fabrikam.com".to_owned()),
            before: None,
            after: None,
            reason: "declared".to_owned(),
            run: None,
            via: "apply".to_owned(),
            hash,
        };
        fits(
            "audit-list.schema.json",
            &v1::AuditList::from(&[recorded][..]),
        );
        fits(
            "audit-line.schema.json",
            &v1::AuditLine {
                format_version: v1::FormatVersion,
                entry: json!({ "seq": 1 }),
                hash: hash.to_string(),
                names: Some([("1".to_owned(), "ana".to_owned())].into()),
            },
        );
        fits(
            "audit-export.schema.json",
            &v1::AuditExport {
                format_version: v1::FormatVersion,
                path: "a".to_owned(),
                entries: 1,
            },
        );
        fits(
            "audit-key.schema.json",
            &v1::AuditKey {
                format_version: v1::FormatVersion,
                path: "a".to_owned(),
                public_key: signed.key.to_string(),
            },
        );
        fits(
            "audit-forget.schema.json",
            &v1::AuditForget {
                format_version: v1::FormatVersion,
                forgotten: true,
                person: Some("1"),
                plain_entries: 0,
            },
        );

        let own = OwnDomains::between(&[], &[Domain::parse("contoso.com").expect("a domain")]);
        let applied = report::Applied {
            store: "s",
            run: "0199",
            generation: 4,
            audit_size: 9,
            audit_hash: "ab",
            signing: &report::Signing::Signed(Box::new(signed.clone())),
            counts: vec![(Action::Create, 2)],
            own: own.as_ref(),
            verified: Ok(true),
            left_out: 2,
            destroyed: false,
            duration: jiff::SignedDuration::from_millis(12),
        };
        fits("apply.schema.json", &v1::Apply::from(&applied));
        fits("apply.schema.json", &v1::Apply::nothing("s", true));

        let body = || Some(Body::of(&json!({ "displayName": "Litware" })));
        let shown = report::Shown {
            address: address("organization/litware"),
            id: Some(RemoteId("1".to_owned())),
            origin: Some(origin("a.yaml", 3)),
            desired: body(),
            live: None,
        };
        fits("show.schema.json", &v1::Show::from(&shown));
        let listed = [report::Listed {
            kind: shown.address.kind(),
            address: None,
            name: Some("Litware".to_owned()),
            id: None,
            origin: None,
        }];
        fits("list.schema.json", &v1::List::from(&listed[..]));

        let run = RunRecord {
            id: "0199".to_owned(),
            purpose: crate::plan::Purpose::Apply,
            project: "p".to_owned(),
            generation: 1,
            actor: "ana".to_owned(),
            host: "laptop".to_owned(),
            commit: None,
            tree: Digest::of(b""),
            plan: Digest::of(b""),
            started: jiff::Timestamp::UNIX_EPOCH,
            finished: jiff::Timestamp::UNIX_EPOCH,
            counts: vec![(Action::Forget, 1)],
            lifted: Vec::new(),
            own,
        };
        fits(
            "history.schema.json",
            &v1::History::from(&[run.clone()][..]),
        );
        let change = RecordedChange {
            address: "organization/litware".to_owned(),
            renamed_from: None,
            action: Action::Prune,
            id: RemoteId("1".to_owned()),
            before: body(),
            after: None,
        };
        fits("run.schema.json", &v1::Run::new(&run, &[change]));
        let imported = report::Imported {
            store: "s".to_owned(),
            files: vec![("a.yaml".to_owned(), 2)],
            left: vec![("package/x".to_owned(), "why".to_owned())],
            unmanaged: false,
            rest: None,
        };
        fits("import.schema.json", &v1::Import::from(&imported));
        let plan = everything();
        let rolled_back = report::RolledBack {
            run: "0199",
            end: false,
            undone: std::slice::from_ref(&run),
            planned: report::Planned {
                project: "p",
                store: "s",
                plan: &plan,
                lifted: &[],
                impact: &Impact::default(),
                refusals: &[],
                warnings: &Diagnostics::new(),
            },
            lasting: &[(address("catalog/c"), "why".to_owned())],
            accepted_only: true,
        };
        fits("rollback.schema.json", &v1::Rollback::from(&rolled_back));
        let side = |name: &str| report::ComparedSide {
            folder: String::new(),
            name: name.to_owned(),
            commit: None,
            project: "p".to_owned(),
            tree: Some(Digest::of(b"")),
            own: Vec::new(),
            own_line: None,
        };
        let compared = report::Compared {
            placed: Diagnostics::new(),
            before: side("main"),
            after: side("next"),
            plan: plan.clone(),
            impact: Impact::default(),
            gone: [(address("catalog/old"), origin("a.yaml", 3))].into(),
            refusals: Vec::new(),
            warnings: Diagnostics::new(),
        };
        let value = fits("diff.schema.json", &v1::Diff::from(&compared));
        assert_eq!(value["changes"][6]["origin_before"]["line"], 3);
        assert!(value["changes"][6].get("id").is_none());
        let tree = crate::render::picture::Picture::default();
        let value = fits(
            "graph.schema.json",
            &v1::Graph::new(&tree, Some("x".to_owned())),
        );
        assert_eq!(value["picture"], "x");
        let lost = |fate| plan::Drifted {
            address: address("catalog/c"),
            id: RemoteId("1".to_owned()),
            origin: Some(origin("a.yaml", 3)),
            by: Some(Touch {
                run: "0199".to_owned(),
                project: "p".to_owned(),
                actor: "ana".to_owned(),
                at: jiff::Timestamp::UNIX_EPOCH,
            }),
            what: plan::Strayed::Lost {
                applied: Body::of(&json!({})),
                fate,
            },
        };
        let taken = Fate::Taken {
            project: "q".to_owned(),
        };
        let drift = report::Drift {
            project: "p".to_owned(),
            store: "s".to_owned(),
            drifted: vec![lost(Fate::Deleted), lost(taken)],
        };
        fits("drift.schema.json", &v1::Drift::new(&drift, None));
        let lease = report::StandingLease {
            token: 12,
            user: "ana".to_owned(),
            host: "laptop".to_owned(),
            process: 4711,
            operation: "apply".to_owned(),
            since: jiff::Timestamp::UNIX_EPOCH,
            until: jiff::Timestamp::UNIX_EPOCH,
            state: report::LeaseState::Ended,
        };
        let broken = report::BrokenLease {
            store: "s".to_owned(),
            by: "ben".to_owned(),
            lease: lease.clone(),
        };
        fits("lease-broken.schema.json", &v1::LeaseBroken::from(&broken));
        for lease in [Some(lease), None] {
            let store = "s".to_owned();
            let status = report::LeaseStatus { store, lease };
            fits("lease.schema.json", &v1::Lease::from(&status));
        }
        let version = report::Version {
            version: "0.1.0",
            language: 1,
        };
        fits("version.schema.json", &v1::Version::from(&version));
        fits("names.schema.json", &v1::Names::from(&["a".to_owned()][..]));
        fits("init.schema.json", &v1::Init::from(&["a".to_owned()][..]));
        let failed = v1::Failed {
            format_version: v1::FormatVersion,
            error: v1::Error {
                code: "invalid",
                message: "m".to_owned(),
                causes: vec!["c".to_owned()],
                help: None,
                exit: 3,
            },
            diagnostics: list.iter().map(v1::Diagnostic::from).collect(),
            refusals: Vec::new(),
        };
        fits("error.schema.json", &failed);
    }

    #[test]
    fn the_reports_of_reviews_fit_theirs() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let format_version = v1::FormatVersion;
        let review = v1::Review {
            number: 1,
            package: Some("package/library".to_owned()),
            policy: None,
            round: 1,
            state: "inProgress",
            void: false,
            opens: at,
            closes: at,
            on_no_response: "remove",
            items: 1,
            kept: 0,
            removed: 0,
            undecided: 1,
        };
        let item = v1::ReviewItem {
            number: 1,
            person: "bob@wingtip.example".to_owned(),
            assignment: 1,
            reviewers: vec!["ana@contoso.com".to_owned()],
            recommendation: Some("approve"),
            decision: None,
            by: None,
            justification: None,
            applied: false,
        };
        let reviews = vec![review.clone()];
        let list = v1::ReviewList {
            format_version,
            reviews,
        };
        fits("reviews.schema.json", &list);
        let show = v1::ReviewShow {
            format_version,
            review,
            items: vec![item],
        };
        fits("review.schema.json", &show);
        let decided = v1::ReviewDecided {
            format_version,
            review: 1,
            decided: 1,
            left: 0,
        };
        fits("review-decided.schema.json", &decided);
        let tick = v1::Tick {
            format_version,
            due: 1,
            waiting: 0,
            failed: 0,
            events: 2,
            done: [("expired", 1)].into(),
            alerts: vec![v1::Alert {
                code: "clockAhead",
                message: "m".to_owned(),
                help: "h".to_owned(),
            }],
        };
        fits("tick.schema.json", &tick);
        let confirmed = v1::ClockConfirmed {
            format_version,
            confirmed: true,
            now: at,
        };
        fits("clock-confirmed.schema.json", &confirmed);
    }

    #[test]
    fn the_reports_of_offboarding_fit_theirs() {
        let format_version = v1::FormatVersion;
        let departure = v1::Departure {
            person: "bob@wingtip.example".to_owned(),
            assignments: vec![v1::Ending {
                number: 1,
                package: None,
            }],
            requests: Vec::new(),
            invitations: vec![1],
            blocks: true,
            account: "deletedLater",
            deleted: Some(jiff::Timestamp::UNIX_EPOCH),
            memberships_taken: Vec::new(),
            memberships_left: vec!["group Design guests: Member".to_owned()],
            reviews: 0,
            approvals: 0,
            sponsor_of: Vec::new(),
            sponsor_of_organizations: vec!["organization/wingtip".to_owned()],
        };
        let one = v1::Offboarding {
            format_version,
            drill: true,
            departure: departure.clone(),
        };
        fits("offboarding.schema.json", &one);
        let all = v1::Offboardings {
            format_version,
            drill: true,
            organization: "wingtip".to_owned(),
            departures: vec![departure],
            taken: v1::Taken::default(),
        };
        fits("organization-offboarding.schema.json", &all);
        let organization = v1::Partner {
            name: "wingtip".to_owned(),
            display_name: "Wingtip Toys".to_owned(),
            state: "configured",
            declared: true,
            found_by: vec!["wingtip.example".to_owned()],
            people: 1,
            guests: 1,
            assignments: 0,
        };
        let list = v1::PartnerList {
            format_version,
            organizations: vec![organization.clone()],
        };
        fits("organizations.schema.json", &list);
        let show = v1::PartnerShow {
            format_version,
            organization,
            people: vec!["bob@wingtip.example".to_owned()],
        };
        fits("organization.schema.json", &show);
    }
}
