//! The parts of a generated tree that say who gets what: policies, extensions, cross-tenant access.

use serde_json::{Map, Value, json};

use super::trees::{Choices, LINES, line, person, prose};

/// What is declared so far, for others to name.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Whether there are variables.
    pub(crate) variables: bool,
    /// Principals of declared groups.
    pub(crate) groups: Vec<String>,
    /// What can be in a catalog, with its roles.
    pub(crate) resources: Vec<(String, Vec<String>)>,
    pub(crate) organizations: Vec<String>,
    pub(crate) profiles: Vec<String>,
    /// Catalogs with their resources and extensions.
    #[expect(clippy::type_complexity, reason = "it is read in one place")]
    pub(crate) catalogs: Vec<(String, Vec<(String, Vec<String>)>, Vec<&'static str>)>,
}

/// People and groups by name.
pub(crate) fn named(choose: &mut Choices, known: &Known, most: usize) -> Vec<String> {
    let count = 1 + choose.of(most);
    let mut found: Vec<String> = Vec::new();
    for _ in 0..count {
        let one = match choose.of(3) {
            0 => person(choose),
            1 if !known.groups.is_empty() => known.groups[choose.of(known.groups.len())].clone(),
            _ => format!("group:Directory group {}", choose.of(9)),
        };
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

pub(crate) fn extension(choose: &mut Choices) -> Value {
    let mut keys = Map::new();
    keys.insert("displayName".to_owned(), line(choose));
    keys.insert(
        "logicApp".to_owned(),
        json!({
            "subscription": "3d0f5dec-0000-4000-8000-0000000000ff",
            "resourceGroup": choose.one(LINES), "workflow": "flow",
        }),
    );
    choose.perhaps(&mut keys, "description", prose);
    choose.perhaps(&mut keys, "timeoutMilliseconds", |choose| {
        json!(200 + choose.of(200) * 9)
    });
    choose.perhaps(&mut keys, "retries", |_| json!(1));
    choose.perhaps(&mut keys, "waitForCallback", |choose| {
        json!(choose.one(&["5m", "PT2H", "14d"]))
    });
    Value::Object(keys)
}

pub(crate) fn cross_tenant(choose: &mut Choices) -> Value {
    let mut keys = Map::new();
    choose.perhaps(&mut keys, "trust", |choose| {
        json!(choose.some(&["mfa", "compliantDevice", "hybridJoinedDevice"]))
    });
    for direction in ["inbound", "outbound"] {
        choose.perhaps(&mut keys, direction, |choose| {
            if choose.once_in(4) {
                return json!({ "users": "none", "applications": "none" });
            }
            json!({ "users": reach(choose), "applications": reach(choose) })
        });
    }
    choose.perhaps(
        &mut keys,
        "automaticConsent",
        |choose| json!({ "inbound": choose.once_in(2) }),
    );
    Value::Object(keys)
}

fn reach(choose: &mut Choices) -> Value {
    let id = |number: u32| format!("aaaaaaaa-0000-4000-8000-{number:012}");
    match choose.of(3) {
        0 => json!("all"),
        1 => json!({ "only": [id(7), id(3)] }),
        _ => json!({ "except": [id(1)] }),
    }
}

/// Makes the keys of a policy.
pub(crate) fn policy(
    choose: &mut Choices,
    known: &Known,
    extensions: &[&'static str],
    automatic: &mut bool,
) -> Map<String, Value> {
    let mut keys = Map::new();
    choose.perhaps(&mut keys, "displayName", line);
    choose.perhaps(&mut keys, "description", prose);
    if !known.profiles.is_empty() && choose.once_in(3) {
        let profile = &known.profiles[choose.of(known.profiles.len())];
        keys.insert("profile".to_owned(), json!(profile));
    }
    let who = requestors(choose, known, automatic);
    let word = match &who {
        Value::String(word) => word.clone(),
        Value::Object(one) => one.keys().next().cloned().unwrap_or_default(),
        _ => "nobody".to_owned(),
    };
    if !who.is_null() {
        keys.insert("requestors".to_owned(), who);
    }
    let outside = ["organizations", "configuredOrganizations", "anyExternal"].contains(&&*word);
    let by_rule = word == "automatic";
    let mut staged = false;
    if !by_rule {
        let stages = stages(choose, known, outside, word == "nobody", extensions);
        staged = !stages.is_empty();
        if staged || choose.once_in(4) {
            keys.insert("approval".to_owned(), json!({ "stages": stages }));
        }
        choose.perhaps(&mut keys, "questions", |choose| {
            let count = 1 + choose.of(3);
            Value::Array((0..count).map(|_| question(choose)).collect())
        });
    }
    if ["people", "members", "membersAndGuests"].contains(&&*word) {
        choose.perhaps(&mut keys, "onBehalf", |choose| {
            let who = choose.one(&["manager", "manager:4", "group:Assistants"]);
            json!({ "requestors": [who], "update": true, "add": choose.once_in(2) })
        });
    }
    choose.perhaps(&mut keys, "requests", |choose| {
        json!({ "enabled": choose.once_in(2), "removal": choose.once_in(2), "customSchedule": true })
    });
    choose.perhaps(&mut keys, "justification", |choose| {
        json!(choose.one(&["required", "optional"]))
    });
    let hours = expires(choose, &mut keys);
    choose.perhaps(
        &mut keys,
        "extension",
        |choose| json!({ "allowed": true, "approval": staged && choose.once_in(2) }),
    );
    if !hours {
        choose.perhaps(&mut keys, "review", |choose| review(choose, known, outside));
    }
    choose.perhaps(&mut keys, "notifications", |choose| {
        json!(choose.once_in(2))
    });
    if !extensions.is_empty() {
        choose.perhaps(&mut keys, "customExtensions", |choose| {
            let stages = choose.few(
                &[
                    "requestCreated",
                    "requestApproved",
                    "assignmentGranted",
                    "assignmentRemoved",
                    "fourteenDaysBeforeExpiration",
                    "oneDayBeforeExpiration",
                ],
                6,
            );
            let hook = |stage: &str| json!({ "stage": stage, "extension": choose.one(extensions) });
            Value::Array(stages.into_iter().map(hook).collect())
        });
    }
    keys
}

fn requestors(choose: &mut Choices, known: &Known, automatic: &mut bool) -> Value {
    match choose.of(13) {
        0 => Value::Null,
        1 => json!("nobody"),
        2 => json!("members"),
        3 => json!("membersAndGuests"),
        4 => json!("configuredOrganizations"),
        5 => json!("anyExternal"),
        6 => json!("allServicePrincipals"),
        7 => json!("allAgentIdentities"),
        8 | 9 if !known.organizations.is_empty() => {
            json!({ "organizations": choose.few(&known.organizations, 9) })
        }
        10 => json!({ "servicePrincipals": choose.few(LINES, 4) }),
        11 if !*automatic => {
            *automatic = true;
            let mut rule = Map::new();
            rule.insert("rule".to_owned(), json!("(user.department -eq \"Sales\")"));
            choose.perhaps(&mut rule, "assign", |_| json!(false));
            choose.perhaps(&mut rule, "remove", |_| json!(false));
            choose.perhaps(&mut rule, "gracePeriod", |_| json!("7d"));
            json!({ "automatic": rule })
        }
        _ => json!({ "people": named(choose, known, 4) }),
    }
}

fn stages(
    choose: &mut Choices,
    known: &Known,
    outside: bool,
    nobody: bool,
    extensions: &[&'static str],
) -> Vec<Value> {
    // Each sort of people found from the requestor can be asked once.
    let mut found: Vec<&str> = match (outside, nobody) {
        (true, _) => vec!["sponsors:internal", "sponsors:external", "sponsors:own"],
        (false, true) => vec!["manager", "sponsors:internal", "sponsors:own"],
        (false, false) => vec!["manager:2", "sponsors:own"],
    };
    let count = choose.of(4);
    let mut stages = Vec::new();
    for _ in 0..count {
        let mut stage = Map::new();
        if !extensions.is_empty() && choose.once_in(4) {
            stage.insert("approversFrom".to_owned(), json!(choose.one(extensions)));
        } else {
            let approvers = match found.pop().filter(|_| choose.once_in(2)) {
                Some(one) => vec![one.to_owned()],
                None => named(choose, known, 3),
            };
            stage.insert("approvers".to_owned(), json!(approvers));
            // Whoever is found may be missing.
            stage.insert("fallback".to_owned(), json!(named(choose, known, 2)));
        }
        let long = choose.once_in(2);
        if long {
            stage.insert(
                "decideWithin".to_owned(),
                json!(choose.one(&["5d", "P10D", "4d"])),
            );
            choose.perhaps(&mut stage, "escalation", |choose| {
                let approvers = named(choose, known, 2);
                let mut keys = Map::new();
                keys.insert(
                    "after".to_owned(),
                    json!(choose.one(&["1d", "PT36H", "2d"])),
                );
                keys.insert("approvers".to_owned(), json!(approvers));
                choose.perhaps(&mut keys, "fallback", |choose| {
                    json!(named(choose, known, 2))
                });
                Value::Object(keys)
            });
        } else {
            choose.perhaps(&mut stage, "decideWithin", |choose| {
                json!(choose.one(&["3d", "8h", "PT30M"]))
            });
        }
        choose.perhaps(&mut stage, "justification", |_| json!("required"));
        choose.perhaps(&mut stage, "showApprovers", |choose| {
            json!(choose.one(&["default", "visible", "hidden"]))
        });
        stages.push(Value::Object(stage));
    }
    stages
}

fn question(choose: &mut Choices) -> Value {
    let mut keys = Map::new();
    keys.insert("ask".to_owned(), line(choose));
    choose.perhaps(&mut keys, "required", |_| json!(true));
    choose.perhaps(&mut keys, "editable", |_| json!(true));
    choose.perhaps(
        &mut keys,
        "localized",
        |choose| json!({ "nl": choose.one(LINES), "pt-BR": "Por quê?" }),
    );
    if choose.once_in(2) {
        let values = choose.few(LINES, 6);
        if values.len() > 1 {
            let choices = values.iter().map(|value| {
                if choose.once_in(2) {
                    json!({ "value": value, "text": "In words", "localized": { "de": "Auf Deutsch" } })
                } else {
                    json!({ "value": value })
                }
            });
            let choices: Vec<Value> = choices.collect();
            keys.insert("choices".to_owned(), Value::Array(choices));
            choose.perhaps(&mut keys, "multiple", |_| json!(true));
            return Value::Object(keys);
        }
    }
    choose.perhaps(&mut keys, "multiline", |_| json!(true));
    choose.perhaps(&mut keys, "pattern", |choose| {
        json!(choose.one(&["^[0-9]{4}$", "a|b", "\\w+: #"]))
    });
    Value::Object(keys)
}

/// Adds when access ends, and returns true where that is not after whole days.
fn expires(choose: &mut Choices, keys: &mut Map<String, Value>) -> bool {
    let (value, hours) = match choose.of(7) {
        1 => (json!("never"), false),
        2 => (json!({ "on": "2027-12-31" }), false),
        3 => (json!({ "on": "2028-03-01T12:00:00+01:00" }), false),
        4 => (json!({ "after": "8h" }), true),
        5 => (json!({ "after": "P90D" }), false),
        6 => (json!({ "after": "180d" }), false),
        _ => return false,
    };
    keys.insert("expires".to_owned(), value);
    hours
}

fn review(choose: &mut Choices, known: &Known, outside: bool) -> Value {
    let mut keys = Map::new();
    let every = ["weekly", "monthly", "quarterly", "halfYearly", "yearly"];
    keys.insert("every".to_owned(), json!(choose.one(&every)));
    let reviewers = match choose.of(3) {
        0 => named(choose, known, 3),
        1 => vec!["self".to_owned()],
        _ if outside => named(choose, known, 1),
        _ => vec!["manager".to_owned()],
    };
    keys.insert("reviewers".to_owned(), json!(reviewers));
    choose.perhaps(&mut keys, "fallback", |choose| {
        json!(named(choose, known, 2))
    });
    choose.perhaps(&mut keys, "enabled", |_| json!(false));
    choose.perhaps(&mut keys, "starts", |choose| {
        json!(choose.one(&["2027-02-01", "2027-02-01T09:00:00Z"]))
    });
    choose.perhaps(&mut keys, "decideWithin", |_| json!("7d"));
    choose.perhaps(&mut keys, "onNoResponse", |choose| {
        json!(choose.one(&["keep", "remove", "recommendation"]))
    });
    choose.perhaps(&mut keys, "recommendations", |_| json!(false));
    choose.perhaps(&mut keys, "justification", |_| json!("optional"));
    Value::Object(keys)
}
