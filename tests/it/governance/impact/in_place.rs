//! Rows about whoever decides in place of sponsors, held against whom the engine asks.

use guestlist::governance::record::Identity;

use super::{now, of};
use crate::governance::asking::ask;
use crate::governance::scene::{Scene, loaded};

const SPONSORS: [&str; 4] = [
    "{}",
    "{ internal: ['user:ana@contoso.com'] }",
    "{ external: ['user:xa@a.example'] }",
    "{ internal: ['user:ana@contoso.com'], external: ['user:xa@a.example'] }",
];
const STAGES: [&str; 4] = [
    "{ approvers: ['sponsors:internal'], fallback: ['user:omar@contoso.com'] }",
    "{ approvers: ['sponsors:internal', 'sponsors:external'], fallback: ['user:omar@contoso.com'] }",
    "{ approvers: ['sponsors:external', 'user:omar@contoso.com'], fallback: ['user:omar@contoso.com'] }",
    "{ approvers: ['user:legal@contoso.com'], decideWithin: 9d, escalation: { after: 5d, approvers: ['sponsors:external'], fallback: ['user:omar@contoso.com'] } }",
];
const WHO: [&str; 4] = [
    "configuredOrganizations",
    "{ organizations: [a] }",
    "anyExternal",
    "{ organizations: [b] }",
];

fn tree(sponsors: &str, stage: &str, who: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example], sponsors: {sponsors} }}
  b: {{ displayName: B, domains: [b.example] }}
catalogs:
  open: {{ displayName: Open }}
packages:
  library: {{ displayName: Library, catalog: open, policies: {{
    ask: {{ requestors: {who}, expires: never, approval: {{ stages: [{stage}] }} }} }} }}
"
    )
}

/// Whether Omar is asked when Zoe asks for the library; nobody is where she may not ask.
fn asks_omar(tree: &str) -> bool {
    let mut scene = Scene::of(tree);
    for name in ["ana", "omar", "legal"] {
        scene.member(&format!("{name}@contoso.com"), &[]);
    }
    for name in ["zoe", "xa"] {
        scene.guest(&format!("{name}@a.example"), Identity::Passcode);
    }
    let zoe = scene.acting("zoe@a.example");
    let submit = guestlist::governance::request::Command::Submit(ask("library"));
    if zoe.engine().serve(&submit.into()).is_err() {
        return false;
    }
    let request = scene.request(1);
    let stage = request.open_stage().unwrap();
    let omar = scene.person("omar@contoso.com").id();
    stage.approvers.contains(&omar) || stage.alternates.contains(&omar)
}

#[test]
fn whoever_decides_in_place_of_sponsors_is_told() {
    let mut told = 0;
    for stage in STAGES {
        for who in WHO {
            let trees = SPONSORS.map(|sponsors| tree(sponsors, stage, who));
            let asked = trees.each_ref().map(|tree| asks_omar(tree));
            let read = trees.each_ref().map(|tree| loaded(tree, now()));
            for before in 0..trees.len() {
                for after in 0..trees.len() {
                    let rows = of(&read[before], &read[after]).rows;
                    let mut rows: Vec<String> = rows
                        .iter()
                        .filter(|row| row.text.contains("in place of"))
                        .map(|row| format!("{}: {}", row.who.text, row.text))
                        .collect();
                    let what = "approve requests for package/library in place of sponsors of organization/a";
                    let row = |verb: &str| vec![format!("user:omar@contoso.com: {verb} {what}")];
                    let expected = match (asked[before], asked[after]) {
                        (false, true) => row("may"),
                        (true, false) => row("may no longer"),
                        _ => Vec::new(),
                    };
                    told += expected.len();
                    rows.sort();
                    assert_eq!(rows, expected, "{}\n{}", trees[before], trees[after]);
                }
            }
        }
    }
    assert!(told > 50, "{told}");
}
