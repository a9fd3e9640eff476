//! The flags that `plan` and `apply` share: what is chosen, what is taken over, what is allowed.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::Exit;
use super::failure::Failure;
use crate::app::Ask;
use crate::guard::Allowances;
use crate::model::{Address, Kind};

/// What `plan` and `apply` are asked for beyond the tree.
#[derive(Debug, Args)]
pub(super) struct Asking {
    /// Take over the live object of this address, which nobody owns
    ///
    /// The object is found by what identifies it, such as its tenant or its display name. May be given several times.
    #[arg(long, value_name = "ADDRESS")]
    adopt: Vec<Address>,

    /// Change only what matches this pattern of addresses, and what it needs
    ///
    /// `*` stands for anything in one part of an address, `**` for anything: `package/sales-*`, `policy/**`. What comes
    /// along because a target needs it is named. May be given several times.
    #[arg(long, value_name = "GLOB")]
    target: Vec<String>,

    /// Leave what matches this pattern of addresses as it is
    ///
    /// What cannot change without it is left out too, and named. May be given several times.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// Delete everything that the project owns, and let its settings go
    ///
    /// The tree is read all the same, for its waivers. The guards against deletes hold.
    #[arg(long, conflicts_with = "adopt")]
    destroy: bool,

    /// Name the people whose assignments, requests and invitations the plan concerns
    #[arg(long)]
    names: bool,

    #[command(flatten)]
    allowing: Allowing,
}

/// The guards that a command lifts.
#[derive(Debug, Args)]
pub(super) struct Allowing {
    /// Let up to N objects of each kind be deleted within 24 hours
    #[arg(long, value_name = "N", help_heading = "Guards")]
    allow_deletes: Option<u64>,

    /// Let everything of this kind be deleted
    ///
    /// May be given several times.
    #[arg(long, value_name = "KIND", value_parser = kinds(), help_heading = "Guards")]
    allow_delete_all: Vec<String>,

    /// Let up to N people lose access that they have
    ///
    /// They lose it with the apply: a package or policy is deleted, a package no longer gives a role, or the rule of an
    /// automatic policy no longer matches them.
    #[arg(long, value_name = "N", help_heading = "Guards")]
    max_people: Option<u64>,

    /// Let people have what they could not have so far, or on easier terms
    ///
    /// The plan's `Access` part says who, what and because of which change.
    #[arg(long, help_heading = "Guards")]
    allow_widening: bool,
}

impl Allowing {
    /// Returns what is asked for by a command that chooses nothing.
    pub(super) fn ask(&self) -> Ask {
        Ask {
            allowances: self.allowances(),
            ..Ask::default()
        }
    }

    fn allowances(&self) -> Allowances {
        let Self {
            allow_deletes,
            allow_delete_all,
            max_people,
            allow_widening,
        } = self;
        let allowed = |kind: &&Kind| allow_delete_all.iter().any(|word| word == kind.as_str());
        Allowances {
            deletes: *allow_deletes,
            people: *max_people,
            widening: *allow_widening,
            everything: Kind::ALL.iter().filter(allowed).copied().collect(),
        }
    }
}

impl Asking {
    /// Refuses what is asked of a plan where no plan is made: with `--refresh-only`.
    pub(super) fn is_for_a_plan(&self) -> Result<(), Failure> {
        let Self {
            adopt,
            target,
            exclude,
            destroy,
            names,
            allowing:
                Allowing {
                    allow_deletes,
                    allow_delete_all,
                    max_people,
                    allow_widening,
                },
        } = self;
        let given = [
            ("--adopt", !adopt.is_empty()),
            ("--target", !target.is_empty()),
            ("--exclude", !exclude.is_empty()),
            ("--destroy", *destroy),
            ("--allow-deletes", allow_deletes.is_some()),
            ("--allow-delete-all", !allow_delete_all.is_empty()),
            ("--max-people", max_people.is_some()),
            ("--allow-widening", *allow_widening),
            ("--names", *names),
        ];
        let Some((flag, _)) = given.into_iter().find(|(_, given)| *given) else {
            return Ok(());
        };
        let message = format!(
            "`{flag}` is about the changes of a plan, and `--refresh-only` makes none: it takes as applied all that somebody changed in the store"
        );
        Err(Failure::new(Exit::Usage, message).help("leave one of the two out"))
    }

    pub(super) fn ask(&self) -> Ask {
        let Self {
            adopt,
            target,
            exclude,
            destroy,
            names,
            allowing,
        } = self;
        Ask {
            adopt: adopt.clone(),
            targets: target.clone(),
            excludes: exclude.clone(),
            destroy: *destroy,
            allowances: allowing.allowances(),
            names: *names,
        }
    }
}

/// Returns the kinds whose objects can be deleted; settings are let go.
fn kinds() -> PossibleValuesParser {
    let deletable = Kind::ALL.iter().filter(|kind| !kind.is_settings());
    PossibleValuesParser::new(deletable.map(|kind| kind.as_str()))
}
