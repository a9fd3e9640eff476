//! Names that mean something to a format, in every format of every command that shows them: they come out as text.
//!
//! One project holds such names wherever a stranger can put one: in the tree, in the directory, in a request, in what a hand
//! changed in the store. Each carries [`TOKEN`], so that an output without it shows nothing and proves nothing.

use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;
use serde_json::Value;

use crate::support::Sandbox;
use crate::{drift, formats, pictures};

/// What every foreign text holds.
const TOKEN: &str = "zq";

/// What the tree can hold.
const TEXTS: &[&str] = &[
    "::error::zq",
    "::set-output name=zq::1",
    "##vso[task.complete result=Succeeded;]zq",
    "##[add-mask]zq",
    "<script>alert('zq')</script>",
    "<img src=x onerror=alert(1)>zq",
    "</td></table><!-- zq --> ]]> </style>",
    "&lt;zq&#62;&amp;",
    "@everyone @zq/team cc #1 zq!2 !3 GH-4",
    "[zq](https://evil.example) ![zq](https://evil.example/x.png)",
    "https://evil.example/zq www.evil.example zq@evil.example",
    "`zq` ``` zq ~~~ **zq** _zq_ # zq",
    "| zq | zq |",
    "zq\"]; click n0 \"javascript:alert(1)\"; n1[\"",
    "%%{init: {\"zq\": 1}}%% --> n1 end; subgraph x",
    "\\N zq \\\" {a|b} \\u{1b}",
    "=HYPERLINK(\"https://evil.example\";\"zq\")",
    "+zq",
    "-zq",
    "@SUM(zq)",
    "BEGIN:VEVENT zq;a,b:c\\n",
    "/zq $(zq) %25 %0A %zq",
];

/// What only people's names can hold: the tree is refused for it.
const HIDING: &[&str] = &[
    "zq \u{202e}desrever",
    "zq \u{2066}\u{200f}\u{200b}",
    "zq \u{1b}[2J\u{1b}]8;;https://evil.example\u{7}",
    "zq \u{9b}31m \u{0}",
];

/// What a text of several lines can hold.
const LINES: &str = "zq\r\n::error::zq\nBEGIN:VEVENT\n```\n## zq\n| - |";

/// Addresses as mail allows them.
const MAILS: [&str; 2] = ["_zq_-'_@d0.example", "'_zq_'@d9.example"];

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A word without an end.
fn long() -> String {
    format!("zq{}", "x".repeat(240))
}

fn tree(shift: usize) -> String {
    let mut texts: Vec<String> = TEXTS.iter().map(|text| quoted(text)).collect();
    texts.push(quoted(&long()));
    texts.rotate_left(shift);
    let mut out = "version: 1\norganizations:\n".to_owned();
    for (at, text) in texts.iter().enumerate() {
        out += &format!(
            "  o{at}: {{ displayName: {text}, description: {text}, domains: [d{at}.example], sponsors: {{ internal: [\"user:ana@contoso.com\"] }} }}\n"
        );
    }
    let all: Vec<String> = (0..texts.len()).map(|at| format!("o{at}")).collect();
    let all = all.join(", ");
    let (first, second, third) = (&texts[0], &texts[4], &texts[13]);
    out += &format!(
        "resources:\n  team: {{ group: {second}, roles: [Member] }}\n  site: {{ application: {third}, roles: [{first}] }}\n\
         catalogs:\n  all: {{ displayName: {first}, description: {second}, resources: [team, site], roles: {{ owners: [\"user:ana@contoso.com\"] }} }}\n\
         packages:\n  pack:\n    catalog: all\n    displayName: {second}\n    description: {third}\n    grants: {{ team: Member, site: {first} }}\n    policies:\n      all:\n        displayName: {third}\n        description: {first}\n        requestors: {{ organizations: [{all}] }}\n        justification: required\n        approval: {{ stages: [{{ approvers: [\"user:ana@contoso.com\"] }}] }}\n        expires: {{ after: 90d }}\n        review: {{ every: quarterly, starts: 2027-07-01, reviewers: [\"user:ana@contoso.com\"] }}\n\
         waivers:\n  - {{ rule: never-expires, address: policy/pack/all, reason: {second}, by: \"user:ana@contoso.com\", until: 2099-12-31 }}\n\
         tests:\n  zq-fails:\n    description: {second}\n    given: {{ date: 2027-02-01, people: {{ ada@d0.example: {{ kind: guest, name: {first} }} }} }}\n    steps:\n      - ask: {{ as: ada@d0.example, package: pack, justification: {third} }}\n        expect: {{ mails: {{}} }}\n"
    );
    out
}

fn mail(at: usize) -> String {
    match at {
        0 => MAILS[0].to_owned(),
        9 => MAILS[1].to_owned(),
        _ => format!("p{at}@d{at}.example"),
    }
}

fn people() -> String {
    let mut people = vec![serde_json::json!({ "mail": "ana@contoso.com", "displayName": "Ana" })];
    for (at, text) in TEXTS.iter().chain(HIDING).enumerate() {
        people.push(serde_json::json!({
            "mail": mail(at), "displayName": text, "userType": "Guest", "identities": ["mail"],
            "companyName": text, "jobTitle": text, "createdDateTime": "2026-01-01T00:00:00Z",
            "sponsors": ["user:ana@contoso.com"],
        }));
    }
    let members: Vec<Value> = (0..TEXTS.len())
        .map(|at| serde_json::json!({ "group": "zq <b>Team</b>", "member": mail(at) }))
        .collect();
    serde_json::json!({ "people": people, "groups": [{ "group": "zq <b>Team</b>" }], "memberships": members }).to_string()
}

/// A project in which every name is foreign: one request is granted, one waits, much differs from the store.
fn project() -> Sandbox {
    let sandbox = Sandbox::project()
        .write("tree.yaml", tree(0))
        .write("people.json", people());
    let at = ["--at", "2027-06-01T10:00:00Z"];
    let run = |arguments: &[&str]| {
        let _ = sandbox.run(arguments.iter().copied().chain(at)).exits(0);
    };
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    run(&["directory", "import", "people.json"]);
    for (person, why) in [(MAILS[0], LINES), (MAILS[1], TEXTS[9])] {
        run(&[
            "request",
            "submit",
            "pack",
            &format!("--as={person}"),
            "--justification",
            why,
        ]);
    }
    run(&[
        "approval",
        "decide",
        "1",
        "--approve",
        "--justification",
        LINES,
        "--as",
        "ana@contoso.com",
    ]);
    drift::edit(&sandbox, "organization/o3", "description", TEXTS[9], true);
    drift::edit(&sandbox, "organization/o5", "displayName", HIDING[0], false);
    sandbox.write("tree.yaml", tree(7))
}

/// A tree whose mistakes are foreign.
fn broken() -> Sandbox {
    let keys: String = TEXTS
        .iter()
        .map(|text| format!("  {}: 1\n", quoted(text)))
        .collect();
    Sandbox::project().write("tree.yaml", format!("version: 1\norganizations:\n{keys}"))
}

/// A tree in which every name is had twice, and a file has a name like it.
fn doubled() -> Sandbox {
    let mut texts: Vec<String> = TEXTS.iter().map(|text| quoted(text)).collect();
    texts.push(quoted(&long()));
    let mut out = "version: 1\ncatalogs:\n".to_owned();
    for (at, text) in texts.iter().enumerate() {
        for letter in ["a", "b"] {
            out += &format!("  {letter}{at}: {{ displayName: {text} }}\n");
        }
    }
    Sandbox::project().write("%0A::error::zq,tree].yaml", out)
}

const EVERY: &[&str] = &["text", "json"];
const DOCUMENTS: &[&str] = &["text", "json", "markdown", "html"];
const TABLES: &[&str] = &["text", "json", "markdown", "html", "csv"];
const CALENDARS: &[&str] = &["text", "json", "markdown", "html", "csv", "ics"];
const FINDINGS: &[&str] = &[
    "text", "json", "markdown", "html", "junit", "sarif", "github", "gitlab", "azure",
];
const PICTURES: &[&str] = &["mermaid", "dot", "svg", "json"];

/// What shows foreign text, with the formats that it has.
const SHOWS: &[(&str, &[&str])] = &[
    ("plan --allow-widening", FINDINGS),
    ("drift", FINDINGS),
    ("test", FINDINGS),
    ("diff BEFORE", DOCUMENTS),
    ("list", DOCUMENTS),
    ("show organization/o3", DOCUMENTS),
    ("report guests --at 2027-06-02T10:00:00Z", TABLES),
    (
        "report guests --by company --at 2027-06-02T10:00:00Z",
        TABLES,
    ),
    ("report access --at 2027-06-02T10:00:00Z", TABLES),
    ("report ungoverned --at 2027-06-02T10:00:00Z", TABLES),
    (
        "report upcoming --until 2027-12-31 --at 2027-06-02T10:00:00Z",
        CALENDARS,
    ),
    (
        "report expiries --until 2027-12-31 --at 2027-06-02T10:00:00Z",
        TABLES,
    ),
    ("report reviews --at 2027-06-02T10:00:00Z", TABLES),
    ("report waivers", TABLES),
    ("graph", PICTURES),
    ("graph --changed", PICTURES),
    ("graph --package pack", PICTURES),
    (
        "explain '_zq_'@d9.example pack --at 2027-06-02T10:00:00Z",
        EVERY,
    ),
    ("request list --at 2027-06-02T10:00:00Z", EVERY),
    ("request show 1 --at 2027-06-02T10:00:00Z", EVERY),
    ("assignment list --at 2027-06-02T10:00:00Z", EVERY),
    ("directory list", EVERY),
    ("directory show '_zq_'@d9.example", EVERY),
];

/// What shows names that are had twice.
const DOUBLES: &[(&str, &[&str])] = &[("lint", FINDINGS)];

/// What shows the mistakes of a tree.
const BREAKS: &[(&str, &[&str])] = &[
    ("validate", FINDINGS),
    ("plan", &["json", "markdown", "html"]),
];

#[test]
fn foreign_names_are_text_in_every_format_of_every_command() {
    let (whole, doubled, broken) = (project(), doubled(), broken());
    let before = Sandbox::project().write("tree.yaml", tree(0));
    let folder = before.root().display().to_string();
    let cells = |sandbox: &'static str, of: &[(&'static str, &'static [&'static str])]| {
        let cells = of.iter().flat_map(move |(command, formats)| {
            formats
                .iter()
                .map(move |format| (sandbox, *command, *format))
        });
        cells.collect::<Vec<_>>()
    };
    let all = [
        cells("whole", SHOWS),
        cells("doubled", DOUBLES),
        cells("broken", BREAKS),
    ]
    .concat();
    let problems: Vec<String> = all
        .par_iter()
        .filter_map(|(sandbox, command, format)| {
            let sandbox = match *sandbox {
                "whole" => &whole,
                "doubled" => &doubled,
                _ => &broken,
            };
            let command = command.replace("BEFORE", &folder);
            let how = match *format {
                "mermaid" | "dot" | "svg" => "--to",
                _ => "--format",
            };
            let whole = ["--pii", "full"];
            let out = sandbox.exactly(command.split(' ').chain([how, format]).chain(whole));
            // A round of reviews has no name but those of the tree.
            let shows = out.contains(TOKEN) || command.starts_with("report reviews");
            let problem = match shows {
                true => harmless(format, &out).err(),
                false => Some(format!("shows none of the names\n{out}")),
            };
            Some(format!("`{command} {how} {format}`: {}", problem?))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// Says what in an output is more than text.
fn harmless(format: &str, out: &str) -> Result<(), String> {
    if let Some(hidden) = out
        .chars()
        .find(|c| hides(*c) && *c != '\n' && !(*c == '\r' && matches!(format, "csv" | "ics")))
    {
        return Err(format!("{hidden:?} comes out as it is"));
    }
    commands(format, out)?;
    match format {
        "json" => parses(out).map(|_| ()),
        "markdown" => markdown(out),
        "html" => html(out),
        "junit" => formats::junit(out),
        "sarif" => formats::sarif(out),
        "gitlab" => parses(out).and_then(|value| match value.is_array() {
            true => Ok(()),
            false => Err("no list".to_owned()),
        }),
        "csv" => csv(out),
        "ics" => calendar(out),
        "mermaid" | "dot" | "svg" => pictures::harmless(format, out),
        _ => Ok(()),
    }
}

/// What moves a cursor, or hides or reorders other text.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn parses(out: &str) -> Result<Value, String> {
    serde_json::from_str(out).map_err(|error| error.to_string())
}

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("an expression")
}

/// No line commands a pipeline but those of the program.
fn commands(format: &str, out: &str) -> Result<(), String> {
    static GITHUB: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"^::(error|warning|notice) (file=[^:,]+,line=\d+(,col=\d+,endColumn=\d+)?,)?title=[^:,]+::",
        )
    });
    static AZURE: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"^(##vso\[task\.logissue type=(error|warning);sourcepath=[^;\]]+;linenumber=\d+;(columnnumber=\d+;)?code=[^;\]]+;\]|##\[warning\])",
        )
    });
    for line in out.lines() {
        let rest = match format {
            "github" => GITHUB.replace(line, ""),
            "azure" => AZURE.replace(line, ""),
            _ => line.into(),
        };
        let own = rest != line;
        if !own && rest.trim_start().starts_with("::") {
            return Err(format!("a command: {line}"));
        }
        // A calendar's line may be folded anywhere, and no log holds one.
        let commands = ["##[", "##vso[", "##teamcity["];
        if format != "ics" && commands.iter().any(|command| rest.contains(command)) {
            return Err(format!("a command: {line}"));
        }
    }
    Ok(())
}

/// Nothing links, mentions or marks up outside of code.
fn markdown(out: &str) -> Result<(), String> {
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"</?(details|summary|strong|code|p|br|table|thead|tbody|tr|th|td|ul|li|sub)( open)?>|^<!-- guestlist:[a-z-]+ \. -->",
        )
    });
    static HTML_CODE: LazyLock<Regex> = LazyLock::new(|| expression(r"<code>([^<]*)</code>"));
    let mut fence: Option<String> = None;
    for line in out.lines() {
        let start = line.trim_start();
        let ticks = start.len() - start.trim_start_matches('`').len();
        match &fence {
            Some(open) => {
                if start.trim_end() == *open {
                    fence = None;
                }
                continue;
            }
            None if ticks >= 3 && !start[ticks..].contains('`') => {
                fence = Some("`".repeat(ticks));
                continue;
            }
            None => {}
        }
        let bare = HTML_CODE.replace_all(line, "").into_owned();
        let bare = without_code(&bare);
        let bare = OWN.replace_all(&bare, "").into_owned();
        let bare = expression(r"\\\|").replace_all(&bare, "").into_owned();
        for bad in [
            "<",
            "](",
            "http",
            "www.",
            "@",
            "~~~",
            "javascript:",
            "onerror",
            "#1",
            "!3",
            "GH-4",
            "**",
            "_zq_",
        ] {
            if bare.contains(bad) {
                return Err(format!("`{bad}` outside of code in {line}"));
            }
        }
    }
    match fence {
        Some(_) => Err("code does not end".to_owned()),
        None => Ok(()),
    }
}

/// Takes the spans of code out of a line: what stands between two runs of backticks of one length.
fn without_code(line: &str) -> String {
    let runs = expression("`+");
    let mut out = String::new();
    let mut rest = line;
    while let Some(open) = runs.find(rest) {
        let after = &rest[open.end()..];
        let close = runs.find_iter(after).find(|run| run.len() == open.len());
        out.push_str(&rest[..open.start()]);
        match close {
            Some(close) => rest = &after[close.end()..],
            None => {
                out.push_str(open.as_str());
                rest = after;
            }
        }
    }
    out + rest
}

/// Every tag is one of the page's own, with attributes of the page's own, and leads nowhere.
fn html(out: &str) -> Result<(), String> {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r#"^<(!DOCTYPE html|/?(html|head|title|body|header|h1|h2|h3|main|section|p|details|summary|pre|code|div|span|a|table|thead|tbody|tr|th|td|br|footer|figure|figcaption|svg|rect|line|circle|text|ul|li)((?: (lang|charset|class|id|scope|open|href|data-of|role|aria-label|aria-hidden|width|height|x|y|rx|fill|x1|y1|x2|y2|cx|cy|r|viewBox|preserveAspectRatio|text-anchor|dominant-baseline|focusable)(="[^"<>]*")?)*)|meta( (name|content|charset|http-equiv)="[^"<>]*")+)>"#,
        )
    });
    let cut = |text: &str, from: &str, to: &str| -> Result<String, String> {
        let start = text.find(from).ok_or(format!("no {from}"))?;
        let end = text.rfind(to).ok_or(format!("no {to}"))?;
        Ok(format!("{}{}", &text[..start], &text[end + to.len()..]))
    };
    let page = cut(out, "<style>", "</style>")?;
    let page = cut(&page, "<script>", "</script>")?;
    for (at, _) in page.match_indices('<') {
        let Some(tag) = TAG.find(&page[at..]) else {
            return Err(format!(
                "a foreign tag: {}",
                page[at..].chars().take(80).collect::<String>()
            ));
        };
        if tag.as_str().contains("href=") && !tag.as_str().contains("href=\"#c") {
            return Err(format!("a link: {}", tag.as_str()));
        }
    }
    let ampersands = expression("&(amp|lt|gt|quot|#[0-9]+);");
    match ampersands.replace_all(&page, "").contains('&') {
        true => Err("an ampersand that is not escaped".to_owned()),
        false => Ok(()),
    }
}

/// No cell begins a formula, and every line has as many cells.
fn csv(out: &str) -> Result<(), String> {
    let mut widths = Vec::new();
    let mut lines = vec![vec![String::new()]];
    let mut within = false;
    let mut chars = out.chars().peekable();
    while let Some(c) = chars.next() {
        let line = lines.last_mut().expect("a line");
        let cell = line.last_mut().expect("a cell");
        match c {
            '"' if within && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => within = !within,
            ',' if !within => line.push(String::new()),
            '\r' if !within => {
                chars.next();
                lines.push(vec![String::new()]);
            }
            _ => cell.push(c),
        }
    }
    let last = lines.pop();
    if within || last != Some(vec![String::new()]) {
        return Err("it does not end with a line".to_owned());
    }
    for line in &lines {
        widths.push(line.len());
        if let Some(cell) = line
            .iter()
            .find(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']))
        {
            return Err(format!("a formula: {cell}"));
        }
    }
    widths.dedup();
    match widths.len() {
        1 => Ok(()),
        _ => Err(format!("lines of {widths:?} cells")),
    }
}

/// Every line is a property of the calendar's own.
fn calendar(out: &str) -> Result<(), String> {
    static PROPERTY: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"^(BEGIN|END|VERSION|PRODID|METHOD|CALSCALE|NAME|X-WR-CALNAME|X-[A-Z-]+|UID|DTSTAMP|DTSTART|DTEND|DURATION|SUMMARY|DESCRIPTION|TZID|TZNAME|TZOFFSETFROM|TZOFFSETTO|RRULE|RDATE|TRANSP|CATEGORIES|STATUS|SEQUENCE|REFRESH-INTERVAL|CLASS|LAST-MODIFIED)(;[A-Z-]+=[^:;]*)*:(.*)$",
        )
    });
    let whole = out.replace("\r\n ", "");
    let mut open = Vec::new();
    for line in whole.split("\r\n").filter(|line| !line.is_empty()) {
        let Some(found) = PROPERTY.captures(line) else {
            return Err(format!("no property: {line}"));
        };
        let value = &found[3];
        match &found[1] {
            "BEGIN" => open.push(value.to_owned()),
            "END" if open.pop().as_deref() != Some(value) => {
                return Err(format!("{line} is not open"));
            }
            "SUMMARY" | "DESCRIPTION" => {
                let bare = value
                    .replace("\\\\", "")
                    .replace("\\,", "")
                    .replace("\\;", "")
                    .replace("\\n", "");
                if bare.contains([',', ';', '\\']) {
                    return Err(format!("not escaped: {line}"));
                }
            }
            _ => {}
        }
    }
    match open.is_empty() {
        true => Ok(()),
        false => Err(format!("{open:?} stays open")),
    }
}
