//! Which addresses can be invited.

use crate::governance::{Ground, Refusal};
use crate::model::text::Email;

/// Characters that an invitation refuses in an address. Entra's list of them.
const REFUSED: &str = "~!#$%^&*()+=[]{}\\/|;:<>?,\"'";

/// Reads an address as an invitation takes it.
///
/// # Errors
///
/// A refusal that names the character, or what else is wrong.
pub fn invitable(text: &str) -> Result<Email, Refusal> {
    let refuse = |message: String| Refusal::new(Ground::Address, message);
    let local = text.rsplit_once('@').map_or(text, |(local, _)| local);
    if let Some((plain, tag)) = local.split_once('+')
        && let Some((_, domain)) = text.rsplit_once('@')
    {
        return Err(
            refuse(format!("{text} cannot be invited: it has the tag `+{tag}`"))
                .help(format!("invite {plain}@{domain}")),
        );
    }
    if let Some(odd) = text.chars().find(|c| REFUSED.contains(*c)) {
        return Err(
            refuse(format!("{text} cannot be invited: it contains `{odd}`"))
                .help("invite another address of the person"),
        );
    }
    if local.starts_with(['.', '-']) || local.ends_with(['.', '-']) {
        return Err(refuse(format!(
            "{text} cannot be invited: `.` and `-` stand neither first nor last before the `@`"
        ))
        .help("invite another address of the person"));
    }
    Email::parse(text).map_err(|problem| {
        let refusal = refuse(format!("{text} cannot be invited: {}", problem.message));
        match problem.help {
            Some(help) => refusal.help(help),
            None => refusal,
        }
    })
}
