//! JUnit's report of tests: every finding is a case, and so is every guard that has nothing against a plan and every test
//! of the tree that holds.
//!
//! The attributes are those that the schema of Jenkins's xunit plugin knows, `junit-10.xsd`: a place stands in the
//! text, and a file is its suite.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use super::{Finding, Findings, Level, Passed};

/// Writes the report: a suite for every file.
///
/// # Errors
///
/// Those of what it writes to.
pub fn junit(out: &mut dyn io::Write, findings: &Findings) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut failures: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &findings.all {
        let suite = one.spot.path.as_str();
        if one.level == Level::Error {
            *failures.entry(suite).or_default() += 1;
        }
        suites.entry(suite).or_default().push(case(one));
    }
    let passed = |name: &str, about: &str| {
        format!(
            "    <testcase name={} classname={}/>\n",
            quoted(name),
            quoted(about)
        )
    };
    for Passed { suite, name, about } in &findings.passed {
        suites.entry(suite).or_default().push(passed(name, about));
    }
    if suites.is_empty() {
        let valid = match findings.command {
            "test" => "the tree has no tests",
            "lint" => "no lint was asked",
            _ => "the tree is valid",
        };
        let case = passed(valid, findings.command);
        suites.entry("tree").or_default().push(case);
    }
    let tests: usize = suites.values().map(Vec::len).sum();
    let failed: usize = failures.values().sum();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name={} tests=\"{tests}\" failures=\"{failed}\" errors=\"0\">",
        quoted(&format!("guestlist {}", findings.command))
    )?;
    for (suite, cases) in &suites {
        writeln!(
            out,
            "  <testsuite name={} tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">",
            quoted(suite),
            cases.len(),
            failures.get(suite).unwrap_or(&0)
        )?;
        cases
            .iter()
            .try_for_each(|case| out.write_all(case.as_bytes()))?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// Returns the case of a finding: an error fails, what is less is told and passes.
fn case(one: &Finding) -> String {
    let spot = &one.spot;
    let mut text = format!("{}:{}", spot.path, spot.line);
    if let Some(columns) = spot.columns {
        let _ = write!(text, ":{}", columns.characters);
    }
    let _ = write!(
        text,
        ": {}[{}]: {}",
        one.level.as_str(),
        one.rule,
        one.full()
    );
    let body = match one.level {
        Level::Error => format!(
            "<failure message={} type={}>{}</failure>",
            quoted(&one.message),
            quoted(&one.rule),
            escaped(&text)
        ),
        Level::Warning | Level::Note => format!("<system-out>{}</system-out>", escaped(&text)),
    };
    format!(
        "    <testcase name={} classname={}>{body}</testcase>\n",
        quoted(&match &one.test {
            Some(test) => test.clone(),
            None => format!("{}: {}", one.rule, one.message),
        }),
        quoted(&spot.path)
    )
}

/// Returns text as XML reads it. What XML cannot hold at all was made visible before; two characters are left.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    // A string takes all.
    let _ = maud::Escaper::new(&mut out).write_str(text);
    out.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}
