//! Approval: stages, approvers, fallback, escalation, time, the first decision; and the mails of each.

use guestlist::governance::assignment::{self, Direct};
use guestlist::governance::record::SeenOrganization;
use guestlist::governance::record::{AssignmentState, Identity, RequestState, Why};
use guestlist::governance::request::{Ballot, Command, waiting};
use guestlist::governance::{Ground, Template};

use super::asking::{arriving, ask, decide};
use super::scene::{Scene, instant, mail};

/// A tree with one package, whose policies for people from outside and for our own have these stages, as far as they make
/// sense there.
fn tree(stages: &str) -> String {
    let either = |odd: &str| if stages.contains(odd) { ANA } else { stages };
    let (outside, inside) = (either("manager"), either("sponsors:"));
    format!(
        "
version: 1
organizations:
  fabrikam:
    displayName: Fabrikam
    domains: [fabrikam.com]
    sponsors:
      internal: ['user:ivo@contoso.com', 'user:gus@fabrikam.com']
      external: ['group:Fabrikam leads']
resources:
  guests: {{ group: Design guests }}
catalogs:
  open: {{ displayName: Open, resources: [guests] }}
packages:
  library:
    catalog: open
    displayName: Photo library
    grants: {{ guests: Member }}
    policies:
      world: {{ requestors: anyExternal, expires: {{ after: 180d }}, approval: {{ stages: [{outside}] }} }}
      staff: {{ requestors: members, expires: {{ after: 180d }}, approval: {{ stages: [{inside}] }} }}
"
    )
}

fn scene(stages: &str) -> Scene {
    let mut scene = Scene::of(&tree(stages));
    for name in ["ana", "bo", "cy", "ivo", "mia", "ben"] {
        scene.member(&format!("{name}@contoso.com"), &[]);
    }
    scene
}

const ANA: &str = "{ approvers: ['user:ana@contoso.com'] }";
const ANA_AND_BO: &str = "{ approvers: ['user:ana@contoso.com', 'user:bo@contoso.com'] }";

#[test]
fn one_stage_with_an_escalation_and_nobody_acts() {
    let mut scene = scene(
        "{ approvers: ['user:ana@contoso.com'], decideWithin: 14d, escalation: { after: 7d, approvers: ['user:bo@contoso.com'] } }",
    );
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.request(1).state, RequestState::PendingApproval);
    assert_eq!(
        scene.mails(),
        ["decide-before-escalation to ana@contoso.com"]
    );
    let _ = scene.tick("2027-01-04T12:00:00Z");
    assert_eq!(
        scene.mails(),
        ["decide-before-escalation-reminder to ana@contoso.com"]
    );
    let _ = scene.tick("T6");
    assert!(scene.mails().is_empty());
    let _ = scene.tick("T7");
    assert_eq!(scene.mails(), ["escalated to bo@contoso.com"]);
    assert_eq!(scene.asked(1), ["ana@contoso.com", "bo@contoso.com"]);
    let _ = scene.tick("T13");
    assert!(scene.mails().is_empty());
    let _ = scene.tick("T14");
    assert_eq!(
        scene.mails(),
        [
            "approval-expired to ana@contoso.com",
            "approval-expired to bo@contoso.com",
            "request-expired to ada@fabrikam.com"
        ]
    );
    let request = scene.request(1);
    assert_eq!(request.state, RequestState::Denied);
    assert!(request.status.starts_with("expired"), "{}", request.status);
    assert_eq!(scene.tick("T15").events, 0);
}

#[test]
fn ticks_that_come_late_or_twice_do_the_same() {
    let mut scene = scene(
        "{ approvers: ['user:ana@contoso.com'], decideWithin: 14d, escalation: { after: 7d, approvers: ['user:bo@contoso.com'] } }",
    );
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let _ = scene.mails();
    let _ = scene.tick("T8");
    let _ = scene.tick("T8");
    assert_eq!(scene.mails(), ["escalated to bo@contoso.com"]);
    let _ = scene.tick("T40");
    assert_eq!(scene.request(1).state, RequestState::Denied);
    let _ = scene.tick("T40");
    assert_eq!(scene.mails().len(), 3);
}

#[test]
fn alternates_are_asked_in_addition_and_primaries_can_still_decide() {
    let stage = "{ approvers: ['user:ana@contoso.com'], decideWithin: 14d, escalation: { after: 7d, approvers: ['user:bo@contoso.com'] } }";
    let mut scene = scene(stage);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let early = scene.acting("bo@contoso.com").refused(decide(1, true));
    assert_eq!(early.ground, Ground::NotAllowed);
    let _ = scene.tick("T7");
    scene.asks(arriving("library", "bea@fabrikam.com"));
    scene.approves("ana@contoso.com", 1);
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    let _ = scene.tick("T14");
    scene.approves("bo@contoso.com", 2);
    assert_eq!(scene.request(2).state, RequestState::Delivered);
}

#[test]
fn a_stage_of_less_than_four_days_is_not_escalated() {
    let stage = "{ approvers: ['user:ana@contoso.com'], decideWithin: 3d }";
    let mut scene = scene(stage);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.mails(), ["decide to ana@contoso.com"]);
    let _ = scene.tick("2027-01-02T12:00:00Z");
    assert_eq!(scene.mails(), ["decide-reminder to ana@contoso.com"]);
    let _ = scene.tick("T3");
    assert_eq!(scene.request(1).state, RequestState::Denied);
}

#[test]
fn two_stages_follow_each_other_each_with_a_clock_of_its_own() {
    let mut scene =
        scene("{ approvers: ['user:ana@contoso.com'] }, { approvers: ['user:bo@contoso.com'] }");
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.mails(), ["decide to ana@contoso.com"]);
    let _ = scene.at("T3");
    scene.approves("ana@contoso.com", 1);
    assert_eq!(
        scene.mails(),
        [
            "decide to bo@contoso.com",
            "stage-approved to ana@contoso.com"
        ]
    );
    let request = scene.request(1);
    assert_eq!(request.state, RequestState::PendingApproval);
    assert_eq!(request.open_stage().unwrap().decide_by, instant("T17"));
    let _ = scene.tick("T16");
    let _ = scene.mails();
    assert_eq!(scene.request(1).state, RequestState::PendingApproval);
    scene.approves("bo@contoso.com", 1);
    assert_eq!(
        scene.mails(),
        [
            "access-granted to ada@fabrikam.com",
            "approved to bo@contoso.com"
        ]
    );
    assert_eq!(scene.assignment(1).end, Some(instant("T196")));
}

#[test]
fn one_approval_advances_a_stage_and_one_denial_ends_the_request() {
    let mut scene = scene(&format!(
        "{ANA_AND_BO}, {{ approvers: ['user:cy@contoso.com'] }}"
    ));
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.approves("bo@contoso.com", 1);
    assert_eq!(scene.asked(1), ["cy@contoso.com"]);
    let _ = scene.mails();
    let _ = scene.acting("cy@contoso.com").run(Command::Decide(Ballot {
        request: 1,
        approve: false,
        justification: Some("Wrong library".to_owned()),
    }));
    let request = scene.request(1);
    assert_eq!(request.state, RequestState::Denied);
    assert_eq!(request.status, "denied: Wrong library");
    let denied = scene.last_mail(Template::Denied);
    assert_eq!(denied.to, mail("ada@fabrikam.com"));
    assert_eq!(denied.facts.message, "Wrong library");
    assert_eq!(scene.mails(), ["denied to ada@fabrikam.com"]);
}

#[test]
fn the_first_decision_counts_and_a_later_one_hears_whose_it_was() {
    let mut scene = scene(ANA_AND_BO);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.denies("ana@contoso.com", 1);
    let refusal = scene.acting("bo@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::Decided);
    assert!(
        refusal
            .message
            .starts_with("ana@contoso.com denied request 1"),
        "{refusal}"
    );
}

#[test]
fn a_decision_after_the_deadline_is_late_whether_or_not_a_tick_came() {
    let mut scene = scene(ANA);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let _ = scene.at("T14");
    let refusal = scene.acting("ana@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::Late);
    let _ = scene.tick("T14");
    let refusal = scene.acting("ana@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::Late);
}

#[test]
fn nobody_approves_their_own_request_and_an_only_approver_lets_it_time_out() {
    let mut scene = scene(ANA);
    scene.asks_as("ana@contoso.com", ask("library"));
    assert!(scene.asked(1).is_empty());
    assert!(scene.request(1).status.contains("nobody can decide it"));
    let refusal = scene.acting("ana@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let ana = scene.person("ana@contoso.com").id();
    assert!(scene.look(|desk| waiting(desk, ana)).is_empty());
    let _ = scene.tick("T14");
    assert_eq!(scene.request(1).state, RequestState::Denied);
}

#[test]
fn a_foreign_request_and_none_are_answered_alike() {
    let mut scene = scene(ANA);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let _ = scene.acting("cy@contoso.com");
    let foreign = scene.refused(decide(1, true));
    let none = scene.refused(decide(9, true));
    assert_eq!(foreign.ground, Ground::Unknown);
    assert_eq!(foreign.message.replace('1', "9"), none.message);
    // Whoever runs the program approves nothing either.
    let refusal = scene.operator().refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::NotAllowed);
}

#[test]
fn the_fallback_is_asked_where_an_approver_cannot_be_found() {
    let stage = "{ approvers: [manager], fallback: ['user:bo@contoso.com'] }";
    let mut scene = scene(stage);
    scene.asks_as("ben@contoso.com", ask("library"));
    assert_eq!(scene.asked(1), ["bo@contoso.com"]);
    let mia = scene.person("mia@contoso.com").id();
    scene.alter("cy@contoso.com", |cy| cy.manager = Some(mia));
    scene.asks_as("cy@contoso.com", ask("library"));
    assert_eq!(scene.asked(2), ["mia@contoso.com"]);
    // A manager who cannot sign in cannot be found.
    scene.alter("mia@contoso.com", |mia| {
        mia.account.as_mut().unwrap().enabled = false;
    });
    scene.alter("ivo@contoso.com", |ivo| ivo.manager = Some(mia));
    scene.asks_as("ivo@contoso.com", ask("library"));
    assert_eq!(scene.asked(3), ["bo@contoso.com"]);
}

#[test]
fn a_second_manager_as_alternate_has_a_fallback_of_its_own() {
    let stage = "{ approvers: ['user:ana@contoso.com'], escalation: { after: 2d, approvers: ['manager:2'], fallback: ['user:cy@contoso.com'] } }";
    let mut scene = scene(stage);
    scene.asks_as("ben@contoso.com", ask("library"));
    let _ = scene.tick("T2");
    assert_eq!(scene.asked(1), ["ana@contoso.com", "cy@contoso.com"]);
    let (mia, ivo) = (
        scene.person("mia@contoso.com").id(),
        scene.person("ivo@contoso.com").id(),
    );
    scene.alter("mia@contoso.com", |mia| mia.manager = Some(ivo));
    scene.alter("bo@contoso.com", |bo| bo.manager = Some(mia));
    scene.asks_as("bo@contoso.com", ask("library"));
    let _ = scene.tick("T4");
    assert_eq!(scene.asked(2), ["ana@contoso.com", "ivo@contoso.com"]);
}

#[test]
fn nothing_resolvable_and_no_fallback_is_undecidable_and_times_out() {
    let mut scene = scene("{ approvers: [manager] }");
    scene.asks_as("ben@contoso.com", ask("library"));
    assert!(scene.asked(1).is_empty());
    let _ = scene.tick("T14");
    assert_eq!(scene.request(1).state, RequestState::Denied);
    assert_eq!(scene.mails(), ["request-expired to ben@contoso.com"]);
}

#[test]
fn internal_sponsors_are_people_of_ours_and_external_ones_guests_of_the_partner() {
    let mut scene =
        scene("{ approvers: ['sponsors:internal'] }, { approvers: ['sponsors:external'] }");
    scene.guest("gus@fabrikam.com", Identity::Passcode);
    scene.guest("gia@fabrikam.com", Identity::Passcode);
    scene.joins("gia@fabrikam.com", "Fabrikam leads");
    scene.joins("bo@contoso.com", "Fabrikam leads");
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.asked(1), ["ivo@contoso.com"]);
    scene.approves("ivo@contoso.com", 1);
    assert_eq!(scene.asked(1), ["gia@fabrikam.com"]);
}

#[test]
fn an_unknown_organization_has_no_sponsors_so_the_fallback_is_asked() {
    let mut scene =
        scene("{ approvers: ['sponsors:internal'], fallback: ['user:bo@contoso.com'] }");
    scene.asks(arriving("library", "zoe@wingtip.example"));
    assert_eq!(scene.asked(1), ["bo@contoso.com"]);
    scene.approves("bo@contoso.com", 1);
    let seen: SeenOrganization = scene.get(1);
    assert_eq!(
        (seen.domain.as_str(), seen.since.is_some()),
        ("wingtip.example", true)
    );
    let zoe = scene.person("zoe@wingtip.example");
    assert_eq!(
        zoe.governed,
        guestlist::governance::record::Governed::Governed
    );
    assert_eq!(scene.request(1).state, RequestState::Delivered);
}

#[test]
fn own_sponsors_are_those_of_the_person() {
    let mut scene = scene("{ approvers: ['sponsors:own'], fallback: ['user:bo@contoso.com'] }");
    scene.guest("gia@fabrikam.com", Identity::Passcode);
    scene.alter("gia@fabrikam.com", |gia| {
        gia.sponsors =
            vec![guestlist::model::text::Principal::parse("user:cy@contoso.com").unwrap()];
    });
    scene.asks_as("gia@fabrikam.com", ask("library"));
    assert_eq!(scene.asked(1), ["cy@contoso.com"]);
}

#[test]
fn approvers_of_a_group_are_found_when_the_stage_opens_and_lose_their_right_when_they_leave() {
    let mut scene = scene("{ approvers: ['group:Leads', 'user:cy@contoso.com'] }");
    scene.joins("ana@contoso.com", "Leads");
    scene.joins("bo@contoso.com", "Leads");
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(
        scene.asked(1),
        ["ana@contoso.com", "bo@contoso.com", "cy@contoso.com"]
    );
    scene.joins("mia@contoso.com", "Leads");
    assert_eq!(
        scene
            .acting("mia@contoso.com")
            .refused(decide(1, true))
            .ground,
        Ground::Unknown
    );
    scene.leaves("ana@contoso.com", "Leads");
    assert_eq!(
        scene
            .acting("ana@contoso.com")
            .refused(decide(1, true))
            .ground,
        Ground::NotAllowed
    );
    let ana = scene.person("ana@contoso.com").id();
    assert!(scene.look(|desk| waiting(desk, ana)).is_empty());
    let bo = scene.person("bo@contoso.com").id();
    assert_eq!(scene.look(|desk| waiting(desk, bo)).len(), 1);
    scene.alter("bo@contoso.com", |bo| {
        bo.account.as_mut().unwrap().enabled = false;
    });
    assert_eq!(
        scene
            .acting("bo@contoso.com")
            .refused(decide(1, true))
            .ground,
        Ground::Blocked
    );
    scene.approves("cy@contoso.com", 1);
}

#[test]
fn who_decided_an_earlier_stage_is_not_asked_again() {
    let mut scene = scene(&format!("{ANA_AND_BO}, {ANA_AND_BO}"));
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.approves("bo@contoso.com", 1);
    assert_eq!(scene.asked(1), ["ana@contoso.com"]);
}

#[test]
fn who_asked_for_somebody_else_does_not_approve() {
    let mut scene = scene(ANA_AND_BO);
    let policy = "policy/library/staff".parse().unwrap();
    let _ = scene.acting("admin@contoso.com");
    let _ = scene.run(assignment::Command::Grant(Direct {
        person: mail("ben@contoso.com"),
        name: None,
        policy,
        start: None,
        end: None,
        justification: None,
    }));
    assert_eq!(scene.asked(1), ["ana@contoso.com", "bo@contoso.com"]);
}

#[test]
fn a_direct_assignment_passes_approval_where_the_policy_demands_it() {
    let mut scene = scene("{ approvers: ['user:ana@contoso.com', 'user:admin@contoso.com'] }");
    let _ = scene.acting("admin@contoso.com");
    let _ = scene.run(assignment::Command::Grant(Direct {
        person: mail("ben@contoso.com"),
        name: None,
        policy: "policy/library/staff".parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    }));
    assert_eq!(scene.request(1).state, RequestState::PendingApproval);
    // The administrator who assigned it is not asked.
    assert_eq!(scene.asked(1), ["ana@contoso.com"]);
    scene.approves("ana@contoso.com", 1);
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
}

#[test]
fn an_approver_says_why_where_the_stage_wants_it_and_others_read_it() {
    let mut scene = scene(
        "{ approvers: ['user:ana@contoso.com', 'user:bo@contoso.com'], justification: required }",
    );
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let refusal = scene.acting("ana@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::Justification);
    let _ = scene.run(Command::Decide(Ballot {
        request: 1,
        approve: true,
        justification: Some("Known".to_owned()),
    }));
    let told = scene.last_mail(Template::Approved);
    assert_eq!(
        (told.to, told.facts.message.as_str()),
        (mail("bo@contoso.com"), "Known")
    );
}

#[test]
fn mail_to_approvers_says_who_asks_from_where_and_by_when() {
    let mut scene = scene(ANA);
    let mut ask = arriving("library", "ada@fabrikam.com");
    ask.justification = Some("Photos of the fair".to_owned());
    scene.asks(ask);
    let facts = scene.last_mail(Template::Decide).facts;
    assert!(facts.person.contains("ada@fabrikam.com"));
    assert_eq!(facts.organization, "Fabrikam");
    assert_eq!(facts.package, "Photo library");
    assert_eq!(facts.justification, "Photos of the fair");
    assert_eq!(facts.asked, Some(instant("T0")));
    assert_eq!(facts.until, Some(instant("T14")));
    assert!(
        facts.link.ends_with("#/request-approvals"),
        "{}",
        facts.link
    );
}

#[test]
fn an_approver_takes_back_an_approval_and_access_ends() {
    let mut scene = scene(ANA_AND_BO);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.approves("ana@contoso.com", 1);
    let refusal = scene.acting("bo@contoso.com").refused(Command::TakeBack(1));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let _ = scene.acting("ana@contoso.com").run(Command::TakeBack(1));
    let assignment = scene.assignment(1);
    assert_eq!(assignment.ended.unwrap().why, Why::Approver);
    assert!(scene.holds("ada@fabrikam.com").is_empty());
    let refusal = scene.refused(Command::TakeBack(1));
    assert_eq!(refusal.ground, Ground::State);
}

#[test]
fn an_approval_taken_back_between_stages_denies_the_request() {
    let mut scene = scene(&format!("{ANA}, {{ approvers: ['user:bo@contoso.com'] }}"));
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.approves("ana@contoso.com", 1);
    let _ = scene.acting("ana@contoso.com").run(Command::TakeBack(1));
    assert_eq!(scene.request(1).state, RequestState::Denied);
}

#[test]
fn edits_of_a_policy_do_not_reach_open_requests() {
    let mut scene = scene(ANA);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let edited = tree("{ approvers: ['user:bo@contoso.com'], decideWithin: 1d }");
    scene.apply(&edited.replace("after: 180d", "after: 30d"));
    assert_eq!(scene.asked(1), ["ana@contoso.com"]);
    let _ = scene.tick("T5");
    scene.approves("ana@contoso.com", 1);
    assert_eq!(scene.assignment(1).end, Some(instant("T185")));
}

#[test]
fn an_extension_of_the_catalog_that_would_name_approvers_counts_as_not_found() {
    let stage = "{ approversFrom: finder, fallback: ['user:bo@contoso.com'] }";
    let text = tree(stage).replace(
        "open: { displayName: Open, resources: [guests] }",
        "open: { displayName: Open, resources: [guests], customExtensions: { finder: { displayName: Finder, logicApp: { subscription: 3d0f5dec-0000-4000-8000-000000000001, resourceGroup: rg, workflow: find } } } }",
    );
    let mut scene = Scene::of(&text);
    scene.member("bo@contoso.com", &[]);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.asked(1), ["bo@contoso.com"]);
}
