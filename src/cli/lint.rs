//! `guestlist lint`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app;
use crate::diag::{Severity, offer};
use crate::lint::{LINTS, Levels, by_name};
use crate::render::{json, report, view};

/// Look for what is legal in the tree and seldom meant, or not safe
///
/// Each lint has a name and a level, which `[lint]` in `guestlist.toml` sets: `error`, `warning`, `note` or `off`. A waiver in
/// the tree silences one for an address. What `validate` warns of is shown too, unless lints are named. Exits with 3 when a
/// finding is an error.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Ask only these lints
    #[arg(value_name = "LINT", value_parser = named)]
    only: Vec<&'static str>,

    /// Exit with 3 for a warning too
    #[arg(long)]
    strict: bool,

    /// Show every lint with its level and what it finds, and look at nothing
    #[arg(long, conflicts_with_all = ["only", "strict"])]
    list: bool,

    /// Say why a lint matters and what to do, and look at nothing
    #[arg(long, value_name = "LINT", value_parser = named, conflicts_with_all = ["only", "strict", "list"])]
    explain: Option<&'static str>,
}

fn named(name: &str) -> Result<&'static str, String> {
    if let Some(lint) = by_name(name) {
        return Ok(lint.info().code.id);
    }
    let known = LINTS.iter().map(|lint| lint.info().code.id);
    let help = offer(name, known);
    let help = help.unwrap_or_else(|| "`guestlist lint --list` shows all".to_owned());
    Err(format!("there is no such lint: {help}"))
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        if self.list || self.explain.is_some() {
            return self.tell(cx);
        }
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "linting");
        let linted = app::lint(&workspace, &cx.world(), &self.only)?;
        drop(progress);
        let report = report::Linted {
            findings: &linted.findings,
            waived: linted.waived,
            asked: &linted.asked,
            off: &linted.off,
            files: linted.files,
            objects: linted.desired.objects().len(),
        };
        if cx.globals.format.is_of_findings() {
            let findings = cx.setting().linted(&linted.findings, &linted.asked);
            cx.findings(&findings, |out| view::linted(&report, out))?;
        } else {
            cx.report(
                |out| view::linted(&report, out),
                || json::v1::Lint::from(&report),
            )?;
        }
        let is_bad = linted.findings.has_errors()
            || self.strict && linted.findings.count(Severity::Warning) > 0;
        Context::leave(linted);
        Ok(if is_bad { Exit::Findings } else { Exit::Done })
    }

    /// Says what lints there are, or what one is about, with the levels of the project that the folder is in, if it is in one.
    fn tell(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_document("lint --list")?;
        let levels = cx
            .workspace_if_any()?
            .map_or_else(Levels::default, |workspace| workspace.levels());
        let rules = LINTS.iter().map(|lint| report::LintRule {
            info: lint.info(),
            level: levels.level(lint.info()),
        });
        let is_meant =
            |rule: &report::LintRule| self.explain.is_none_or(|name| rule.info.code.id == name);
        let rules: Vec<_> = rules.filter(is_meant).collect();
        cx.report(
            |out| match (self.explain, rules.first()) {
                (Some(_), Some(rule)) => view::explained(rule, out),
                _ => view::lint_rules(&rules, out),
            },
            || json::v1::LintRules::from(rules.as_slice()),
        )?;
        Ok(Exit::Done)
    }
}
