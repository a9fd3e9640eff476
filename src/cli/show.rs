//! `guestlist show`.

use std::path::Path;

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::diag::Diagnostics;
use crate::guard::Back;
use crate::model::Address;
use crate::render::{json, report, view};

/// Show one object, as declared and as it is, or a saved plan
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The object, as in `package/campaign-partner`, or the file of a saved plan
    #[arg(value_name = "ADDRESS|FILE")]
    what: String,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let file = cx.path(Path::new(&self.what));
        let address = match self.what.parse::<Address>() {
            _ if file.is_file() => return saved(cx, &file),
            Ok(address) => address,
            Err(problem) => {
                let failure = Failure::new(
                    Exit::Usage,
                    format!(
                        "`{}` is no file and no address: {}",
                        self.what, problem.message
                    ),
                );
                return Err(match problem.help {
                    Some(help) => failure.help(help),
                    None => failure,
                });
            }
        };
        cx.globals.format.demand_document("show ADDRESS")?;
        let workspace = cx.workspace()?;
        let shown = app::show(&workspace, &cx.world(), &address)?;
        cx.report(
            |out| view::shown(&shown, out),
            || json::v1::Show::from(&shown),
        )?;
        Ok(Exit::Done)
    }
}

/// Shows a saved plan as it was shown when it was made.
fn saved(cx: &Context, path: &Path) -> Result<Exit, Failure> {
    let commitment = app::saved(path)?;
    let plan = commitment.to_plan();
    cx.is_of(&commitment.project);
    let report = report::Planned {
        project: &commitment.project,
        store: &commitment.store,
        plan: &plan,
        impact: &commitment.impact,
        refusals: &[],
        lifted: &commitment.lifted,
        warnings: &Diagnostics::new(),
    };
    super::plan::show(cx, "plan", &report)?;
    if let Some(Back { run, end }) = &commitment.back {
        let place = if *end { "after" } else { "before" };
        cx.say(&format!("Goes back to {place} run {run}."));
    }
    let signed = match &commitment.signature {
        Some(seal) => format!(" Signed with {}.", seal.key),
        None => String::new(),
    };
    cx.say(&format!(
        "Saved on {}, to be applied until {}: digest {}.{signed}",
        commitment.created, commitment.expires, commitment.plan
    ));
    Ok(Exit::Done)
}
