//! How a story writes what there is: its name, lengths of time, ways to sign in, answers.

use serde_json::{Map, Value};

use crate::governance::rule::form;
use crate::governance::rule::language::Found;
use crate::impact::SignIn;
use crate::model::kinds::policy::{Expiry, Policy, Question};
use crate::model::{Digest, NAME_LENGTH, Name};

use super::access::Access;

/// The seconds of a day.
pub(super) const DAY: u64 = 86_400;

/// Returns a name for a story: that of the invariant, and which story of it. A name without room for that is cut, and told
/// apart from others that begin alike by the digest of the whole.
#[must_use]
pub fn name(invariant: &Name, nth: usize) -> Option<Name> {
    let whole = invariant.as_str();
    let more = match nth {
        0 => "-broken".to_owned(),
        nth => format!("-broken-{}", nth + 1),
    };
    if whole.len() + more.len() <= NAME_LENGTH {
        return Name::parse(&format!("{whole}{more}")).ok();
    }
    let more = format!("-{}{more}", Digest::of(whole.as_bytes()).short());
    let kept = whole.get(..NAME_LENGTH - more.len())?;
    Name::parse(&format!("{kept}{more}")).ok()
}

/// Returns how many seconds the shortest access lasts, where any has a length.
pub(super) fn shortest<'p>(all: impl Iterator<Item = &'p Policy>) -> u64 {
    let lengths = all.filter_map(|rules| match &rules.expires {
        Expiry::After(length) => Some(length.as_seconds()),
        Expiry::Never | Expiry::On(_) => None,
    });
    lengths.min().unwrap_or(u64::MAX)
}

/// Returns what becomes of a package, as tests write it.
pub(super) const fn state(access: &Access<'_>) -> &'static str {
    match access.whole {
        true => "delivered",
        false => "partiallyDelivered",
    }
}

/// Returns how somebody signs in, as tests write it.
pub(super) fn word(sign_in: &SignIn) -> Option<String> {
    use crate::governance::record::Identity;
    Some(match sign_in.identity() {
        Identity::Tenant { tenant } => format!("tenant:{tenant}"),
        Identity::Federation { issuer } => format!("federation:{issuer}"),
        Identity::MicrosoftAccount => "microsoftAccount".to_owned(),
        Identity::Google => "google".to_owned(),
        Identity::Facebook => "facebook".to_owned(),
        Identity::Passcode => "passcode".to_owned(),
        Identity::Own => return None,
    })
}

/// Returns answers to the questions that must be answered; `None` where no text was found that fits.
pub(super) fn answers(questions: &[Question]) -> Option<Map<String, Value>> {
    let mut answers = Map::new();
    for (at, question) in questions.iter().enumerate().filter(|(_, it)| it.required) {
        let answer = match (question.choices.first(), &question.pattern) {
            (Some(choice), _) => choice.value.to_string(),
            (None, Some(pattern)) => match form::answer(pattern.as_str()) {
                Found::Text(text) => text,
                Found::Nothing | Found::Unknown => return None,
            },
            (None, None) => "Work".to_owned(),
        };
        answers.insert((at + 1).to_string(), answer.into());
    }
    Some(answers)
}

/// Returns a length of time as tests write it.
pub(super) fn duration(seconds: u64) -> String {
    match seconds {
        seconds if seconds % DAY == 0 => format!("{}d", seconds / DAY),
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("PT{seconds}S"),
    }
}
