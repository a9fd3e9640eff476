//! `guestlist report guests`.

use clap::{Args, ValueEnum};

use super::written::{About, written};
use crate::app::report::{Guests, GuestsBy};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::text::Domain;
use crate::store::OpenMode;

/// Report guests by organization, domain, company, sponsor, package, age or last sign-in
///
/// Guests are people from outside with an account here that is not deleted, external members and internal guests included.
/// Administrators, Global Readers and who looks after organizations may see it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Count by this
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = By::Organization)]
    by: By,

    /// Only those of this mail domain
    #[arg(long, value_name = "DOMAIN", value_parser = Domain::parse)]
    domain: Option<Domain>,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// The organization that they belong to.
    Organization,
    /// The domain of their address.
    Domain,
    /// The company, as the directory has it.
    Company,
    /// Who answers for them.
    Sponsor,
    /// The packages that they have.
    Package,
    /// How long they have been here.
    Age,
    /// How long ago they last signed in.
    LastSignIn,
    /// Invited, accepted or blocked.
    State,
    /// Whether the lifecycle of external users applies.
    Lifecycle,
}

impl By {
    const fn split(self) -> (GuestsBy, &'static str, &'static str) {
        match self {
            Self::Organization => (GuestsBy::Organization, "organization", "no organization"),
            Self::Domain => (GuestsBy::Domain, "domain", "none"),
            Self::Company => (GuestsBy::Company, "company", "not known"),
            Self::Sponsor => (GuestsBy::Sponsor, "sponsor", "nobody"),
            Self::Package => (GuestsBy::Package, "package", "no package"),
            Self::Age => (GuestsBy::Age, "how long they are here", "not known"),
            Self::LastSignIn => (GuestsBy::LastSignIn, "last sign-in", "not known"),
            Self::State => (GuestsBy::State, "state", "none"),
            Self::Lifecycle => (GuestsBy::Lifecycle, "lifecycle", "none"),
        }
    }
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report guests")?;
        let engine = self.acting.engine(cx, "report guests", OpenMode::Read)?;
        let (by, words, none) = self.by.split();
        let mut guests = Guests::new(&engine, by, self.domain.clone())?;
        let about = About::new("guests", "Guests", ("guest", "guests"), engine.now())
            .counted(by, format!("Guests by {words}"), none)
            .only_counts(self.counts);
        written(cx, about, &mut guests)
    }
}
