//! What a counterexample tells, in random trees: exactly what its statement denies, and no less. That it can be played is
//! seen from the command line.

use guestlist::invariant::{Access, Breach, decide, story};
use guestlist::model::invariant::{Statement, Terms, Way};
use guestlist::model::kinds::policy::Expiry;
use guestlist::model::text::Domain;
use jiff::Timestamp;
use serde_json::Value;

use super::super::scene::{instant, loaded};
use crate::invariants::trees;
use crate::support::dice::Dice;

/// How many random trees are looked at by default; `TREES` asks for more.
const TREES: u64 = 12;

/// How often somebody asks to keep a package longer, at most.
const EXTENSIONS: usize = 12;

#[test]
fn a_counterexample_tells_what_its_statement_denies() {
    let asked = std::env::var("TREES").ok();
    let asked = asked.and_then(|asked| asked.parse().ok()).unwrap_or(TREES);
    let own = vec![Domain::parse("contoso.com").unwrap()];
    let (mut told, mut ends) = (0, 0);
    for seed in 0..asked {
        let tree = trees::tree(&mut Dice::new(seed));
        let desired = loaded(&tree, instant("T0"));
        for verdict in decide(&desired, &own, instant("T0")) {
            let statement = &verdict.invariant.statement;
            for breach in &verdict.breaches {
                let script = story(statement, breach, &own, instant("T0"));
                let script = script.expect("every breach is told");
                let script = serde_json::to_value(&script).expect("a story");
                told += 1;
                ends += usize::from(script.to_string().contains("\"ends\""));
                if let Err(why) = tells(statement, breach, &script) {
                    panic!("seed {seed}: {statement:?}\n{why}\n{script:#}\n{tree}");
                }
            }
        }
    }
    assert!(
        told > 20 * asked && ends as u64 > asked,
        "only {told}, {ends}"
    );
}

fn tells(statement: &Statement, breach: &Breach<'_>, script: &Value) -> Result<(), &'static str> {
    let (terms, always) = match statement {
        Statement::Never(terms) => (terms, false),
        Statement::Always(terms) => (terms, true),
    };
    let steps = script["steps"].as_array().expect("steps");
    let count = |key: &str| steps.iter().filter(|step| step.get(key).is_some()).count();
    let expected = |key: &str| {
        let all = steps.iter().filter_map(|step| step["expect"].get(key));
        all.cloned().collect::<Vec<_>>()
    };
    let by = |way: Way| breach.access.iter().filter(|it| it.way == way).count();
    if count("ask") != by(Way::Request) || count("assign") != by(Way::Direct) {
        return Err("others ask");
    }
    if terms.asks.is_some() {
        let silent = expected("policy").is_empty() || count("approve") + count("wait") > 0;
        return if silent { Err("not asked") } else { Ok(()) };
    }
    let approvals: usize = breach.access.iter().map(|it| it.approvals()).sum();
    if count("approve") != approvals {
        return Err("others approve");
    }
    let state = |access: &Access<'_>| match access.whole {
        true => "delivered",
        false => "partiallyDelivered",
    };
    let [access] = &breach.access[..] else {
        // All of them are there in the end, whatever a rule gives beside.
        let last = steps.iter().rev().take(breach.access.len()).rev();
        let seen: Vec<Value> = last.map(|step| step["expect"].clone()).collect();
        let wanted = breach.access.iter().map(|access| {
            let who = access.who.mail.as_str();
            serde_json::json!({ "for": who, "package": access.package.own_name(), "assignment": state(access) })
        });
        return match seen == wanted.collect::<Vec<_>>() {
            true => Ok(()),
            false => Err("not together"),
        };
    };
    if expected("assignment") != [state(access)] {
        return Err("not delivered");
    }
    let is_about = terms.expires.is_some()
        && (!always || breach.failed.is_empty() || breach.failed.contains(&"expires"));
    let ends = expected("ends");
    if !is_about {
        return if ends.is_empty() && count("extend") == 0 {
            Ok(())
        } else {
            Err("an end too much")
        };
    }
    let last = ends.last().and_then(Value::as_str).ok_or("no end")?;
    shows(terms, always, access, script, last, count("extend"))
}

/// Whether the last end that is told lies where the statement does not want it.
fn shows(
    terms: &Terms,
    always: bool,
    access: &Access<'_>,
    script: &Value,
    last: &str,
    extended: usize,
) -> Result<(), &'static str> {
    let bound = terms.expires.ok_or("no bound")?;
    let length = match last {
        "never" => None,
        last => {
            let begin = script["given"]["date"].as_str().ok_or("no date")?;
            let instant = |text: &str| text.parse::<Timestamp>().map_err(|_| "no instant");
            let length = instant(last)?.duration_since(instant(begin)?).as_secs();
            Some(u64::try_from(length).map_err(|_| "over before it began")?)
        }
    };
    if bound.holds(length) != always {
        return Ok(());
    }
    let again = matches!(access.rules.expires, Expiry::After(_)) && access.longest.is_none();
    // That something never ends, no number of times shows; a review in between would need an answer of its own.
    let enough = match bound.seconds() {
        _ if access.review().is_some() => 1,
        Some(_) => EXTENSIONS,
        None => 2,
    };
    match again && extended == enough {
        true => Ok(()),
        false => Err("it is not shown"),
    }
}

#[test]
fn a_story_begins_before_all_access_ends_and_never_in_the_past() {
    let own = vec![Domain::parse("contoso.com").unwrap()];
    for (on, said, begins) in [
        // Where the usual first day is too late, the day before the end, which is when that day is over.
        ("2029-06-30", "holds: package/a", "2029-06-30T00"),
        ("2031-06-30", "holds: package/a", "2030-01-01T"),
        // How long it is until then depends on the day.
        (
            "2029-06-30",
            "holds: package/a, expires: '>100d'",
            "2029-03-2",
        ),
        (
            "2031-06-30",
            "holds: package/a, expires: '>100d'",
            "2031-03-2",
        ),
        ("2029-06-30", "holds: package/a, expires: '<=3000d'", "T0"),
    ] {
        let tree = format!(
            "version: 1
resources: {{ site: {{ site: 'https://contoso.sharepoint.com/sites/a' }} }}
catalogs: {{ open: {{ displayName: Open, resources: [site] }} }}
packages:
  a: {{ catalog: open, displayName: A, grants: {{ site: Members }}, policies: {{ p: {{ requestors: members, expires: {{ on: '{on}' }} }} }} }}
invariants: {{ never: {{ never: {{ {said} }} }} }}
"
        );
        let desired = loaded(&tree, instant("T0"));
        let verdicts = decide(&desired, &own, instant("T0"));
        let breach = &verdicts[0].breaches[0];
        let statement = &verdicts[0].invariant.statement;
        let script = story(statement, breach, &own, instant("T0")).expect("a story");
        let script = serde_json::to_value(&script).expect("a story");
        let date = script["given"]["date"].as_str().expect("a date");
        match begins {
            "T0" => assert_eq!(date, instant("T0").to_string(), "{on} {said}"),
            begins => assert!(date.starts_with(begins), "{on} {said}: {date}"),
        }
        assert_eq!(tells(statement, breach, &script), Ok(()), "{on} {said}");
    }
}
