//! The sections of a tree, in the order in which they name each other.

use serde_json::{Map, Value, json};

use super::Wanted;
use super::choices::{Choices, LINES, line, prose};
use crate::support::access::{self, Known};

/// Names, with another for those that are renamed.
fn names(choose: &mut Choices, from: &[&str], wanted: Wanted) -> Vec<(String, Option<String>)> {
    let some = choose.some(from);
    some.into_iter()
        .map(|name| {
            if wanted.renames && choose.once_in(5) {
                (format!("new-{name}"), Some(name.to_owned()))
            } else {
                (name.to_owned(), None)
            }
        })
        .collect()
}

/// Adds keys of an object's life.
fn life(
    choose: &mut Choices,
    object: &mut Map<String, Value>,
    formerly: &Option<String>,
    wanted: Wanted,
) {
    if wanted.renames || choose.once_in(3) {
        object.insert("replace".to_owned(), json!("allowed"));
    }
    if let Some(formerly) = formerly {
        let names = if choose.once_in(3) {
            json!([formerly, format!("old-{formerly}")])
        } else {
            json!(formerly)
        };
        object.insert("formerly".to_owned(), names);
    }
    if wanted.unmanaged && choose.once_in(3) {
        let mut keys = vec!["description"];
        if choose.once_in(3) {
            keys.push("displayName");
        }
        // What is required is declared, and still left alone.
        object.insert("unmanaged".to_owned(), json!(keys));
    }
    if wanted.protection && choose.once_in(4) {
        object.insert("protect".to_owned(), json!(true));
    }
}

fn guid(number: usize) -> Value {
    json!(format!("3d0f5dec-0000-4000-8000-{number:012}"))
}

pub(super) fn resources(
    choose: &mut Choices,
    known: &mut Known,
    wanted: Wanted,
) -> Map<String, Value> {
    let mut all = Map::new();
    for (at, (name, formerly)) in names(
        choose,
        &["crm", "site", "team-1", "0day", "door", "app"],
        wanted,
    )
    .into_iter()
    .enumerate()
    {
        let mut object = Map::new();
        // Two names for one thing would be refused.
        let label = format!("{} {at}", choose.one(LINES));
        // What lists name as a group stays one in every tree: a list that is left as it is live may still name it.
        let is_named = name.ends_with("crm") || name.ends_with("team-1");
        let sorts = if is_named { 2 } else { 5 };
        let mut roles: Vec<String> = match choose.of(sorts) {
            0 => {
                object.insert("group".to_owned(), json!(label));
                if choose.once_in(3) {
                    object.insert("managed".to_owned(), json!(true));
                    choose.perhaps(&mut object, "membershipRule", |_| {
                        json!("(user.userType -eq \"Guest\")")
                    });
                }
                vec!["Member".into(), "Owner".into()]
            }
            1 => {
                object.insert("team".to_owned(), json!(label));
                vec!["Member".into(), "Owner".into()]
            }
            2 => {
                object.insert(
                    "site".to_owned(),
                    json!(format!("https://contoso.sharepoint.com/sites/s{at}")),
                );
                choose.perhaps(&mut object, "environment", |_| {
                    json!("https://contoso.sharepoint.com")
                });
                vec!["Owners".into(), "Members".into(), "Visitors".into()]
            }
            3 => {
                object.insert("application".to_owned(), json!(label));
                vec!["Default Access".into()]
            }
            _ => {
                object.insert("directoryRole".to_owned(), json!(label));
                vec!["Eligible".into(), "Active".into()]
            }
        };
        if (object.contains_key("site") || object.contains_key("application")) && choose.once_in(2)
        {
            roles = choose
                .few(LINES, 4)
                .iter()
                .map(|role| (*role).to_owned())
                .collect();
            object.insert("roles".to_owned(), json!(roles));
        }
        if !object.contains_key("site") {
            choose.perhaps(&mut object, "id", |_| guid(at));
        }
        choose.perhaps(&mut object, "displayName", line);
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "guests", |_| json!(false));
        choose.perhaps(&mut object, "attributes", |choose| {
            json!([{ "name": "extensionAttribute1", "question": choose.one(LINES), "editable": true, "kept": true }])
        });
        life(choose, &mut object, &formerly, wanted);
        let grantable = !object.contains_key("membershipRule");
        if is_named {
            known.groups.push(format!("group:{name}"));
        }
        if grantable {
            known.resources.push((name.clone(), roles));
        }
        all.insert(name, Value::Object(object));
    }
    all
}

pub(super) fn organizations(
    choose: &mut Choices,
    known: &mut Known,
    wanted: Wanted,
) -> Map<String, Value> {
    let mut all = Map::new();
    let usual = ["fabrikam", "litware", "adatum", "northwind", "a", "42"];
    for (name, formerly) in names(choose, &usual, wanted) {
        let at = usual
            .iter()
            .position(|usual| name.ends_with(usual))
            .unwrap_or_default();
        let mut object = Map::new();
        object.insert("displayName".to_owned(), line(choose));
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "state", |_| json!("proposed"));
        let domain = json!({ "domain": format!("d{at}.example.org"), "subdomains": true });
        let domains = match choose.of(3) {
            0 => json!([format!("o{at}.example.com")]),
            1 => json!([
                domain,
                format!("o{at}.example.com"),
                format!("z{at}.example.net")
            ]),
            _ => json!([format!("z{at}.example.net"), format!("o{at}.example.com")]),
        };
        match choose.of(4) {
            0 => {
                object.insert("domains".to_owned(), domains);
            }
            1 => {
                object.insert("tenant".to_owned(), guid(at));
                choose.perhaps(&mut object, "cloud", |choose| {
                    json!(choose.one(&["global", "usGovernment", "china"]))
                });
                choose.perhaps(&mut object, "domains", |_| domains);
                if choose.once_in(2) {
                    object.insert("crossTenant".to_owned(), access::cross_tenant(choose));
                }
            }
            2 => {
                object.insert("domains".to_owned(), domains);
                object.insert(
                    "federation".to_owned(),
                    json!({ "issuer": format!("https://idp{at}.example.com/saml") }),
                );
            }
            _ => {
                object.insert("social".to_owned(), json!("facebook"));
            }
        }
        if choose.once_in(2) {
            let mut sponsors = Map::new();
            for key in ["internal", "external"] {
                choose.perhaps(&mut sponsors, key, |choose| {
                    json!(access::named(choose, known, 4))
                });
            }
            object.insert("sponsors".to_owned(), Value::Object(sponsors));
        }
        life(choose, &mut object, &formerly, wanted);
        known.organizations.push(name.clone());
        all.insert(name, Value::Object(object));
    }
    all
}

pub(super) fn profiles(choose: &mut Choices, known: &mut Known) -> Map<String, Value> {
    let mut all = Map::new();
    for name in choose.some(&["standard", "strict"]) {
        let mut profile = Map::new();
        choose.perhaps(&mut profile, "description", prose);
        choose.perhaps(&mut profile, "justification", |_| json!("required"));
        choose.perhaps(&mut profile, "notifications", |_| json!(false));
        choose.perhaps(
            &mut profile,
            "requests",
            |_| json!({ "enabled": false, "customSchedule": true }),
        );
        choose.perhaps(&mut profile, "expires", |_| json!({ "after": "30d" }));
        known.profiles.push(name.to_owned());
        all.insert(name.to_owned(), Value::Object(profile));
    }
    all
}

pub(super) fn catalogs(
    choose: &mut Choices,
    known: &mut Known,
    wanted: Wanted,
) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, formerly) in names(choose, &["marketing", "finance", "it"], wanted) {
        let mut object = Map::new();
        object.insert("displayName".to_owned(), line(choose));
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "published", |_| json!(false));
        choose.perhaps(&mut object, "externallyVisible", |_| json!(false));
        let resources = choose.some(&known.resources);
        let listed: Vec<&String> = resources.iter().map(|(name, _)| name).collect();
        if !listed.is_empty() || choose.once_in(3) {
            object.insert("resources".to_owned(), json!(listed));
        }
        if choose.once_in(3) {
            let mut roles = Map::new();
            for key in ["owners", "readers", "packageManagers", "assignmentManagers"] {
                choose.perhaps(&mut roles, key, |choose| {
                    json!(access::named(choose, known, 3))
                });
            }
            object.insert("roles".to_owned(), Value::Object(roles));
        }
        let extensions = choose.some(&["notify", "check-2"]);
        if !extensions.is_empty() {
            let made = extensions
                .iter()
                .map(|name| ((*name).to_owned(), access::extension(choose)));
            object.insert("customExtensions".to_owned(), Value::Object(made.collect()));
        }
        life(choose, &mut object, &formerly, wanted);
        known.catalogs.push((name.clone(), resources, extensions));
        all.insert(name, Value::Object(object));
    }
    all
}

pub(super) fn packages(choose: &mut Choices, known: &Known, wanted: Wanted) -> Map<String, Value> {
    let mut all = Map::new();
    if known.catalogs.is_empty() {
        return all;
    }
    let declared = names(choose, &["partner", "auditor", "p", "lab-9"], wanted);
    for (name, formerly) in &declared {
        let (catalog, resources, extensions) = &known.catalogs[choose.of(known.catalogs.len())];
        let mut object = Map::new();
        object.insert("catalog".to_owned(), json!(catalog));
        object.insert("displayName".to_owned(), line(choose));
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "hidden", |_| json!(true));
        let mut grants = Map::new();
        for (resource, roles) in choose.some(resources) {
            let roles = choose.few(&roles, 3);
            let value = if roles.len() == 1 && !choose.once_in(3) {
                json!(roles[0])
            } else {
                json!(roles)
            };
            grants.insert(resource, value);
        }
        if !grants.is_empty() {
            object.insert("grants".to_owned(), Value::Object(grants));
        }
        let others = declared.iter().filter(|(other, _)| other != name);
        let others: Vec<String> = others
            .map(|(other, _)| format!("package/{other}"))
            .chain(known.groups.iter().cloned())
            .collect();
        let others = choose.some(&others);
        if !others.is_empty() {
            object.insert("incompatibleWith".to_owned(), json!(others));
        }
        let mut policies = Map::new();
        let mut automatic = false;
        for (policy, formerly) in names(choose, &["partners", "staff", "x"], wanted) {
            let mut keys = access::policy(choose, known, extensions, &mut automatic);
            life(choose, &mut keys, &formerly, wanted);
            policies.insert(policy, Value::Object(keys));
        }
        if !policies.is_empty() || choose.once_in(4) {
            object.insert("policies".to_owned(), Value::Object(policies));
        }
        life(choose, &mut object, formerly, wanted);
        all.insert(name.clone(), Value::Object(object));
    }
    all
}

pub(super) fn terms(choose: &mut Choices, known: &Known, wanted: Wanted) -> Map<String, Value> {
    let mut all = Map::new();
    let wanted = Wanted {
        unmanaged: false,
        ..wanted
    };
    for (at, (name, formerly)) in names(choose, &["partner-terms", "nda"], wanted)
        .into_iter()
        .enumerate()
    {
        let mut object = Map::new();
        let label = format!("{} {at}", choose.one(LINES));
        object.insert("displayName".to_owned(), json!(label));
        let link = json!({ "link": format!("https://contoso.com/terms/{}", choose.of(9)) });
        let mut documents = Map::new();
        for language in choose.few(&["en", "nl", "pt-BR"], 2) {
            let words = match choose.once_in(3) {
                true => json!({ "file": "terms/words.txt" }),
                false => link.clone(),
            };
            documents.insert(language.to_owned(), words);
        }
        object.insert("documents".to_owned(), Value::Object(documents));
        choose.perhaps(&mut object, "version", line);
        if !known.organizations.is_empty() && choose.once_in(2) {
            let some = choose.few(&known.organizations, 3);
            object.insert("requiredFor".to_owned(), json!({ "organizations": some }));
        }
        choose.perhaps(&mut object, "reacceptAfter", |choose| {
            json!(choose.one(&["365d", "P30D"]))
        });
        choose.perhaps(
            &mut object,
            "expires",
            |_| json!({ "on": "2027-12-31", "every": "365d" }),
        );
        life(choose, &mut object, &formerly, wanted);
        all.insert(name, Value::Object(object));
    }
    all
}

pub(super) fn settings(choose: &mut Choices, known: &Known, tree: &mut Map<String, Value>) {
    if choose.once_in(3) {
        let mut keys = Map::new();
        for key in [
            "governance",
            "organizations",
            "catalogCreators",
            "users",
            "inviters",
            "readers",
        ] {
            choose.perhaps(&mut keys, key, |choose| {
                json!(access::named(choose, known, 3))
            });
        }
        tree.insert("administrators".to_owned(), Value::Object(keys));
    }
    if choose.once_in(2) {
        let mut keys = Map::new();
        choose.perhaps(&mut keys, "guestAccess", |choose| {
            json!(choose.one(&["members", "limited", "restricted"]))
        });
        choose.perhaps(&mut keys, "invitations", |choose| {
            json!(choose.one(&["everyone", "members", "inviters", "nobody"]))
        });
        for key in [
            "selfServiceSignUp",
            "emailVerifiedJoin",
            "oneTimePasscode",
            "guestsMayLeave",
        ] {
            choose.perhaps(&mut keys, key, |choose| json!(choose.once_in(2)));
        }
        tree.insert("collaboration".to_owned(), Value::Object(keys));
    }
    let below = json!({ "domain": "rival.example", "subdomains": true });
    match choose.of(4) {
        1 => tree.insert(
            "domains".to_owned(),
            json!({ "block": [below, "spam.example"] }),
        ),
        2 => tree.insert(
            "domains".to_owned(),
            json!({ "allow": ["good.example", below] }),
        ),
        3 => tree.insert("domains".to_owned(), json!({ "block": [] })),
        _ => None,
    };
    if choose.once_in(2) {
        let mut keys = Map::new();
        match choose.of(3) {
            0 => keys.insert("afterLastAssignment".to_owned(), json!("nothing")),
            1 => keys.insert("deleteAfter".to_owned(), json!("P20D")),
            _ => {
                keys.insert("afterLastAssignment".to_owned(), json!("blockAndDelete"));
                keys.insert("deleteAfter".to_owned(), json!("immediately"))
            }
        };
        tree.insert("externalUsers".to_owned(), Value::Object(keys));
    }
}
