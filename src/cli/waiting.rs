//! The flag that every command has which writes: how long to wait for whoever is writing.

use std::time::Duration;

use clap::Args;

use super::context::Context;
use crate::app::{Patience, World};
use crate::model::text;

/// How long to wait for whoever is writing.
#[derive(Debug, Args)]
pub(super) struct Waiting {
    /// Wait for so long for whoever is writing: `30s`, `5m`, `1h`
    ///
    /// Without it a command ends at once with 5 and says who is writing.
    #[arg(long, value_name = "TIME", env = "GUESTLIST_WAIT", hide_env_values = true, value_parser = time)]
    wait: Option<Duration>,
}

impl Waiting {
    /// Returns the outside world as it is, to be waited for so long.
    pub(super) fn world<'c>(&self, cx: &'c Context) -> World<'c> {
        let Some(wait) = self.wait else {
            return cx.world();
        };
        let patience = Patience {
            most: wait,
            tell: Box::new(|error, most| {
                let most =
                    jiff::SignedDuration::try_from(most).unwrap_or(jiff::SignedDuration::MAX);
                cx.say(&format!("Waiting for up to {most:#}: {error}"));
            }),
        };
        World {
            patience,
            ..cx.world()
        }
    }
}

/// Reads a length of time; seconds too, which policies do not know.
fn time(given: &str) -> Result<Duration, String> {
    if given.is_empty() {
        return Ok(Duration::ZERO); // A variable that is set to nothing asks for nothing.
    }
    if let Some(seconds) = given.strip_suffix('s')
        && !seconds.is_empty()
        && seconds.bytes().all(|byte| byte.is_ascii_digit())
    {
        let seconds = seconds.parse().map_err(|_| "it is too long".to_owned())?;
        return Ok(Duration::from_secs(seconds));
    }
    match text::Duration::parse(given) {
        Ok(time) => Ok(Duration::from_secs(time.as_seconds())),
        Err(_) => Err("write a number and a unit, as in `30s`, `5m` or `1h`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_minutes_and_hours() {
        let seconds = |text: &str| time(text).map(|time| time.as_secs());
        assert_eq!(seconds("30s"), Ok(30));
        assert_eq!(seconds("0s"), Ok(0));
        assert_eq!(seconds(""), Ok(0));
        assert_eq!(seconds("5m"), Ok(300));
        assert_eq!(seconds("1h"), Ok(3_600));
        assert_eq!(seconds("PT90S"), Ok(90));
        for wrong in ["s", "30", "-1s", "1.5s", "5 m", "99999999999999999999s"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
