//! Reports on the engine: what is told to come comes, everybody is listed once, and only who may see a report sees it.

use guestlist::app::AppError;
use guestlist::app::report::{
    Access, AccessBy, Expiries, Guests, GuestsBy, Outlook, Pages, Reviews, ReviewsBy, Ungoverned,
    UngovernedBy,
};
use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{DirectoryRole, Identity, Person};
use guestlist::governance::request;
use guestlist::model::{Address, Name};

use super::asking::ask;
use super::scene::{Scene, instant, mail};

const TREE: &str = "
version: 1
resources:
  guests: { group: Design guests }
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
organizations:
  wingtip: { displayName: Wingtip, domains: [{ domain: wingtip.example, subdomains: true }] }
  fabrikam: { displayName: Fabrikam, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [fabrikam.com] }
catalogs:
  marketing:
    displayName: Marketing
    resources: [guests, photos]
    roles: { assignmentManagers: [user:lea@contoso.com] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies:
      direct: { expires: { after: 180d } }
      asks:
        requestors: { organizations: [wingtip] }
        approval:
          stages:
            - approvers: [user:ana@contoso.com]
              decideWithin: 14d
              escalation: { after: 7d, approvers: [user:joe@contoso.com] }
        expires: { after: 30d }
        requests: { customSchedule: true }
  team:
    catalog: marketing
    displayName: Team
    grants: { photos: Visitors }
    policies:
      direct: { expires: never, review: { every: quarterly, decideWithin: 10d, reviewers: ['user:ana@contoso.com'] } }
";

const BOB: &str = "bob@wingtip.example";

fn grant(person: &str, policy: &str) -> Command {
    Command::Grant(Direct {
        person: mail(person),
        name: Some("Bob".to_owned()),
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    for member in ["ana@contoso.com", "joe@contoso.com", "lea@contoso.com"] {
        scene.member(member, &[]);
    }
    scene
}

/// What is to come until a day: `T180 accessEnds assignment 1`, in order.
fn to_come(scene: &mut Scene, until: &str) -> Vec<String> {
    let engine = scene.engine();
    let (rows, count) = whole(Outlook::of(engine, &[], instant(until)).unwrap());
    assert_eq!(count, rows.len() as u64);
    let day = |at: jiff::Timestamp| at.duration_since(instant("T0")).as_hours() / 24;
    let told = rows.iter();
    told.map(|row| format!("T{} {} {}", day(row.at), row.what, row.of))
        .collect()
}

fn whole<P: Pages>(mut pages: P) -> (Vec<P::Row>, u64) {
    let mut rows = Vec::new();
    while let Some(page) = pages.page().unwrap() {
        rows.extend(page);
    }
    (rows, pages.summary().count)
}

// What is to come.

#[test]
fn what_follows_from_the_end_of_the_last_access_is_told_and_comes() {
    let mut scene = scene();
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let bob = format!("person {}", scene.person(BOB).number);
    let told = [
        "T180 accessEnds assignment 1".to_owned(),
        format!("T180 signInBlocked {bob}"),
        format!("T210 accountDeleted {bob}"),
        format!("T240 accountGone {bob}"),
    ];
    assert_eq!(to_come(&mut scene, "T400"), told);
    assert_eq!(to_come(&mut scene, "T180"), told[..2]);
    assert!(to_come(&mut scene, "T179").is_empty());
    let _ = scene.tick("T179");
    assert!(!scene.person(BOB).is_blocked());
    let _ = scene.tick("T180");
    assert!(scene.person(BOB).is_blocked());
    assert_eq!(to_come(&mut scene, "T400"), told[2..]);
    let _ = scene.tick("T210");
    assert_eq!(to_come(&mut scene, "T400"), told[3..]);
    let _ = scene.tick("T240");
    assert!(to_come(&mut scene, "T400").is_empty());
}

#[test]
fn nobody_is_told_to_be_blocked_while_other_access_stays() {
    let mut scene = scene();
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    assert_eq!(
        to_come(&mut scene, "T400"),
        [
            "T90 reviewOpens review series 1",
            "T100 reviewCloses review series 1",
            "T180 accessEnds assignment 1",
            "T181 reviewOpens review series 1",
            "T191 reviewCloses review series 1",
            "T273 reviewOpens review series 1",
            "T283 reviewCloses review series 1",
            "T365 reviewOpens review series 1",
            "T375 reviewCloses review series 1",
        ]
    );
    let engine = scene.engine();
    let (rows, count) = whole(Expiries::new(engine, instant("T400")).unwrap());
    assert_eq!(count, 1);
    assert!(!rows[0].last && rows[0].person == BOB);
    // A round that is open tells when it closes, and the next one when it opens.
    let _ = scene.tick("T90");
    let told = to_come(&mut scene, "T101");
    // Nobody has decided, so what the policy says then is told.
    assert_eq!(
        told,
        ["T100 accessEnds assignment 2", "T100 reviewCloses review 1"]
    );
    let (rows, _) = whole(Reviews::new(scene.engine(), ReviewsBy::State).unwrap());
    let states: Vec<&str> = rows.iter().map(|row| row.state).collect();
    assert_eq!(states, ["inProgress", "scheduled"]);
    assert_eq!((rows[1].round, rows[0].undecided), (2, 1));
    // What is still to open is told as `report upcoming` tells it.
    let closes: Vec<_> = rows.iter().map(|row| row.closes).collect();
    assert_eq!(closes, [instant("T100"), instant("T191")]);
}

#[test]
fn who_was_here_before_is_not_told_to_be_blocked() {
    let mut scene = scene();
    scene.guest("old@wingtip.example", Identity::Passcode);
    let _ = scene.run(grant("old@wingtip.example", "policy/library/direct"));
    assert_eq!(
        to_come(&mut scene, "T400"),
        ["T180 accessEnds assignment 1"]
    );
}

#[test]
fn a_request_is_told_to_escalate_and_to_time_out() {
    let mut scene = scene();
    scene.guest(BOB, Identity::Passcode);
    let _ = scene
        .acting(BOB)
        .run(request::Command::Submit(ask("library")));
    let _ = scene.operator();
    assert_eq!(
        to_come(&mut scene, "T30"),
        ["T7 requestEscalates request 1", "T14 requestEnds request 1"]
    );
    let _ = scene.tick("T8");
    assert_eq!(to_come(&mut scene, "T30"), ["T14 requestEnds request 1"]);
    let _ = scene.tick("T14");
    assert!(to_come(&mut scene, "T30").is_empty());
}

#[test]
fn what_is_due_is_not_told_to_escalate_first() {
    let mut scene = scene();
    scene.guest(BOB, Identity::Passcode);
    let _ = scene
        .acting(BOB)
        .run(request::Command::Submit(ask("library")));
    // No tick came: the end comes first.
    let _ = scene.at("T15");
    assert_eq!(to_come(&mut scene, "T30"), ["T14 requestEnds request 1"]);
}

#[test]
fn access_ends_with_a_deleted_account_unless_it_is_held() {
    let mut scene = scene();
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    scene.change(BOB, |person| {
        let account = person.account.as_mut().unwrap();
        account.deleted = Some(instant("T1"));
    });
    let bob = format!("person {}", scene.person(BOB).number);
    let told = [
        "T31 accessEnds assignment 1".to_owned(),
        format!("T31 accountGone {bob}"),
    ];
    let mut found = to_come(&mut scene, "T100");
    found.sort();
    assert_eq!(found, told);
    scene.change(BOB, |person| person.held = true);
    assert!(to_come(&mut scene, "T100").is_empty());
}

#[test]
fn what_followed_from_another_loss_is_not_told() {
    let mut scene = scene();
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.tick("T180");
    assert_eq!(to_come(&mut scene, "T400").len(), 2);
    // Something has happened to them since: the deletion that waits is void.
    scene.change(BOB, |person| person.epoch += 1);
    assert!(to_come(&mut scene, "T400").is_empty());
}

#[test]
fn no_more_accounts_are_told_to_be_deleted_a_day_than_are() {
    let mut scene = scene();
    for at in 0..12 {
        let _ = scene.run(grant(
            &format!("g{at}@wingtip.example"),
            "policy/library/direct",
        ));
    }
    let told = to_come(&mut scene, "T211");
    let deleted = |day: &str| {
        let day = format!("{day} accountDeleted");
        told.iter().filter(|one| one.starts_with(&day)).count()
    };
    assert_eq!((deleted("T210"), deleted("T211")), (10, 2));
}

// Everybody, once.

fn many(scene: &mut Scene, count: u64) {
    let domains = [
        "wingtip.example",
        "eu.wingtip.example",
        "fabrikam.com",
        "lamna.example",
    ];
    scene.write(&|desk| {
        let first = desk.fresh::<Person>()?;
        for at in 0..count {
            let domain = domains[usize::try_from(at).unwrap() % domains.len()];
            let address = mail(&format!("guest{at}@{domain}"));
            let account = guestlist::governance::record::Account {
                upn: format!("guest{at}"),
                user_type: guestlist::governance::record::UserType::Guest,
                external: true,
                state: None,
                state_changed: None,
                creation: guestlist::governance::record::Creation::Ordinary,
                enabled: true,
                created: instant("T0")
                    - jiff::SignedDuration::from_hours(24 * (at.cast_signed() % 800)),
                deleted: (at % 100 == 99).then(|| instant("T0")),
                roles: Vec::new(),
            };
            let mut person = Person::applicant(first + at, address, format!("Guest {at}"));
            person.account = Some(account);
            desk.keep(&person)?;
        }
        Ok(())
    });
}

#[test]
fn everybody_is_listed_once_whatever_the_pages() {
    let mut scene = scene();
    many(&mut scene, 1300);
    for by in [
        GuestsBy::Organization,
        GuestsBy::Domain,
        GuestsBy::Age,
        GuestsBy::State,
    ] {
        let mut guests = Guests::new(scene.engine(), by, None).unwrap();
        let mut numbers = Vec::new();
        let mut pages = 0;
        while let Some(page) = guests.page().unwrap() {
            numbers.extend(page.iter().map(|row| row.number));
            pages += 1;
        }
        assert!(pages > 2, "{pages}");
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{by:?}");
        // Of 1,300, every hundredth is deleted; our own people are no guests.
        assert_eq!(numbers.len(), 1287, "{by:?}");
        let summary = guests.summary();
        assert_eq!(summary.count, 1287);
        let sum: u64 = summary.groups.iter().map(|group| group.count).sum();
        assert_eq!(sum, 1287, "{by:?}");
    }
    let mut of = |by| {
        let mut pages = Guests::new(scene.engine(), by, None).unwrap();
        while pages.page().unwrap().is_some() {}
        let groups = pages.summary().groups.into_iter();
        groups
            .map(|group| (group.name.unwrap_or_default(), group.count))
            .collect::<Vec<_>>()
    };
    let organizations = of_pairs(&["wingtip", "fabrikam", ""], &[650, 325, 312]);
    assert_eq!(of(GuestsBy::Organization), organizations);
    let ages = of(GuestsBy::Age);
    assert_eq!(ages[0].0, "2 years and more");
    assert_eq!(ages.last().unwrap().0, "less than 30 days");
}

fn of_pairs(names: &[&str], counts: &[u64]) -> Vec<(String, u64)> {
    let names = names.iter().map(|name| (*name).to_owned());
    names.zip(counts.iter().copied()).collect()
}

#[test]
fn a_guest_is_governed_while_there_is_a_package() {
    let mut scene = scene();
    scene.guest("old@lamna.example", Identity::Passcode);
    scene.joins("old@lamna.example", "Design guests");
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let ungoverned = |scene: &mut Scene| {
        let (rows, _) = whole(Ungoverned::new(scene.engine(), UngovernedBy::Domain).unwrap());
        rows.into_iter()
            .map(|row| (row.mail, row.holds))
            .collect::<Vec<_>>()
    };
    let holds = vec!["group Design guests: Member".to_owned()];
    assert_eq!(
        ungoverned(&mut scene),
        [("old@lamna.example".to_owned(), holds)]
    );
    let _ = scene.run(grant("old@lamna.example", "policy/library/direct"));
    assert!(ungoverned(&mut scene).is_empty());
    // What was held directly is the package's now, and goes with it.
    let (rows, _) = whole(Access::new(scene.engine(), AccessBy::Way, false, None).unwrap());
    assert!(rows.iter().all(|row| row.way == "package"));
    let _ = scene.tick("T180");
    assert!(scene.holds("old@lamna.example").is_empty());
}

#[test]
fn access_tells_who_approved_and_what_is_held_besides() {
    let mut scene = scene();
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    scene.joins(BOB, "Project X");
    let library = Name::parse("library").unwrap();
    for (package, ways) in [
        (None, vec!["package", "direct"]),
        (Some(&library), vec!["package"]),
    ] {
        let access = Access::new(scene.engine(), AccessBy::Package, false, package).unwrap();
        let (rows, count) = whole(access);
        let found: Vec<&str> = rows.iter().map(|row| row.way).collect();
        assert_eq!((found, count), (ways.clone(), ways.len() as u64));
        assert_eq!(rows[0].approved_by, ["root"]);
        assert_eq!(rows[0].until, Some(instant("T180")));
        assert_eq!(rows[0].organization.as_deref(), Some("wingtip"));
    }
    let everybody = Access::new(scene.engine(), AccessBy::Package, true, None).unwrap();
    assert_eq!(whole(everybody).1, 2);
}

// Who may.

#[test]
fn only_who_may_see_everybody_sees_reports_on_everybody() {
    let mut scene = scene();
    scene.member("reader@contoso.com", &[DirectoryRole::GlobalReader]);
    scene.member(
        "organizations@contoso.com",
        &[DirectoryRole::ConnectedOrganizationAdministrator],
    );
    scene.guest("guest@wingtip.example", Identity::Passcode);
    let library = Name::parse("library").unwrap();
    let nowhere = Name::parse("nowhere").unwrap();
    // Guests, access, access to the library, everything else.
    for (person, may) in [
        ("admin@contoso.com", [true, true, true, true]),
        ("reader@contoso.com", [true, true, true, true]),
        ("organizations@contoso.com", [true, false, false, false]),
        ("lea@contoso.com", [false, false, true, false]),
        ("ana@contoso.com", [false, false, false, false]),
        ("guest@wingtip.example", [false, false, false, false]),
    ] {
        let engine = &*scene.acting(person).engine();
        let until = instant("T30");
        let allowed = |opened: Result<(), AppError>| match opened {
            Ok(()) => true,
            Err(AppError::Governance(refusal)) => {
                assert_eq!(refusal.ground, guestlist::governance::Ground::NotAllowed);
                false
            }
            Err(other) => panic!("{other}"),
        };
        let by = AccessBy::Package;
        let found = [
            allowed(Guests::new(engine, GuestsBy::Domain, None).map(drop)),
            allowed(Access::new(engine, by, false, None).map(drop)),
            allowed(Access::new(engine, by, false, Some(&library)).map(drop)),
            allowed(Expiries::new(engine, until).map(drop)),
        ];
        assert_eq!(found, may, "{person}");
        for other in [
            allowed(Ungoverned::new(engine, UngovernedBy::Domain).map(drop)),
            allowed(Reviews::new(engine, ReviewsBy::State).map(drop)),
        ] {
            assert_eq!(other, may[3], "{person}");
        }
        // Whether there is such a package is told only to who may see them all.
        let missing = Access::new(engine, by, false, Some(&nowhere)).map(drop);
        let refusal = match missing {
            Err(AppError::Governance(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            refusal.message.contains("there is no package/nowhere"),
            may[1]
        );
    }
}
