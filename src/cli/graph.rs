//! `guestlist graph`.

use clap::{Args, ValueEnum};

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::named::{organization, package};
use super::progress::Progress;
use crate::app::{self, Shows};
use crate::model::Name;
use crate::render::json;
use crate::render::picture::{Picture, dot, mermaid, svg};

/// Draw who reaches what: organizations and others, policies, packages, resources
///
/// Mermaid is drawn by the pages and pull requests of many git hosts, in a block that starts with ```` ```mermaid ````; what is
/// more than it takes is counted. A picture is for others to see: mail addresses are masked unless `--pii full` is given. With
/// `--format json` the boxes and lines are data, with all there is.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Draw in this format; `mermaid` unless told otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<To>,

    /// Draw only what an organization reaches
    #[arg(long, value_name = "NAME", value_parser = organization)]
    organization: Option<Name>,

    /// Draw only a package: who may have it, and what it gives
    #[arg(long, value_name = "NAME", value_parser = package)]
    package: Option<Name>,

    /// Draw what is live in the store instead of what the tree declares
    #[arg(long)]
    live: bool,

    /// Draw only what an apply would change, in colours
    #[arg(long, conflicts_with = "live")]
    changed: bool,
}

/// A format of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// For pages and pull requests.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// To look at.
    Svg,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let shows = match (self.live, self.changed) {
            (true, _) => Shows::Live,
            (false, true) => Shows::Changed,
            (false, false) => Shows::Declared,
        };
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "drawing");
        let picture = app::picture(
            &workspace,
            &cx.world(),
            shows,
            self.organization.as_ref(),
            self.package.as_ref(),
        )?;
        drop(progress);
        if cx.is_json() {
            let drawn = self.to.map(|to| drawn(to, &picture, cx));
            let report = json::v1::Graph::new(&picture, drawn);
            cx.write(|out| json::write(out, &report))?;
        } else {
            let picture = match cx.mask_of_files() {
                Some(mask) => picture.masked(mask),
                None => picture,
            };
            let text = drawn(self.to.unwrap_or(To::Mermaid), &picture, cx);
            cx.write(|out| out.write_all(text.as_bytes()))?;
        }
        Ok(Exit::Done)
    }
}

fn drawn(to: To, picture: &Picture, cx: &Context) -> String {
    match to {
        To::Dot => dot(picture),
        To::Svg => svg(picture),
        To::Mermaid => {
            let (text, left) = mermaid(picture);
            if let Some(left) = left {
                cx.say(&format!(
                    "Left out, because Mermaid takes no more: {}. `--to svg` draws all; `--package` and `--organization` draw less.",
                    left.words()
                ));
            }
            text
        }
    }
}
