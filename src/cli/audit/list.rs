//! `guestlist audit list`.

use clap::Args;

use super::{Context, Exit, Failure};
use crate::app::{self, AuditQuery, Listed};
use crate::render::{json, view};

/// List entries of the audit log, the newest first
///
/// Shows names as far as they are kept, and `[erased]` for people who were erased.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Not before this: an instant, a date from its beginning on, or a duration ago such as `7d`
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    /// Of objects whose address matches this pattern, such as `package/sales-*` or `policy/**`
    #[arg(long, value_name = "GLOB")]
    address: Option<String>,

    /// By this person: an address, the name of an account, or `person:` and an id
    #[arg(long, value_name = "PERSON")]
    actor: Option<String>,

    /// List so many entries at most, up to 10,000; `guestlist audit export` writes all
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 50,
        value_parser = clap::value_parser!(u16).range(1..=10_000)
    )]
    limit: u16,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let now = cx.world().clock.now();
        let since = self.since.as_deref().map(|text| {
            app::audit_since(text, now, &workspace.zone()).map_err(|error| {
                Failure::new(
                    Exit::Usage,
                    format!("`--since {text}` is no time: {}", error.message),
                )
                .help("write a date such as `2027-06-30`, `2027-06-30T17:00:00Z`, or `7d` for a week ago")
            })
        });
        let query = AuditQuery {
            since: since.transpose()?,
            address: self.address.clone(),
            actor: self.actor.clone(),
            limit: usize::from(self.limit),
        };
        let Listed { entries, broken } = app::audit_list(&workspace, &query)?;
        cx.report(
            |out| view::audit_list(&entries, out),
            || json::v1::AuditList::from(entries.as_slice()),
        )?;
        match broken {
            Some(broken) => Err(broken.into()),
            None => Ok(Exit::Done),
        }
    }
}
