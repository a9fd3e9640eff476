//! What a policy has from its profile, with the lines that say so: a change of it stands there, and not where the policy does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Origin;
use crate::source::Route;

/// The lines of a profile.
#[derive(Debug)]
pub struct ProfileLines {
    /// The file.
    pub path: Arc<str>,
    /// The line of every part, by its route below the profile.
    pub lines: BTreeMap<Route, u32>,
}

/// What a policy has from its profile.
#[derive(Debug, Clone)]
pub struct Lent {
    profile: Arc<ProfileLines>,
    /// The keys of the profile that the policy has itself.
    own: Box<[Box<str>]>,
}

impl Lent {
    /// Returns what a policy has from a profile that has these keys of its own.
    pub fn new(profile: Arc<ProfileLines>, has: impl Fn(&str) -> bool) -> Self {
        let keys = profile.lines.keys().filter(|at| at.steps().len() == 1);
        let own = keys.filter_map(|at| at.attribute().filter(|key| has(key)));
        Self {
            own: own.map(Box::from).collect(),
            profile,
        }
    }

    /// Returns where the profile says a part of the policy, or the nearest part around it; `None` for what it does not say.
    #[must_use]
    pub fn origin(&self, at: &Route) -> Option<Origin> {
        let key = at.attribute()?;
        if self.own.iter().any(|own| **own == *key) {
            return None;
        }
        let mut at = at.clone();
        loop {
            if let Some(line) = self.profile.lines.get(&at) {
                return Some(Origin {
                    path: Arc::clone(&self.profile.path),
                    line: *line,
                });
            }
            let _ = at.pop()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_line_of_what_the_policy_does_not_say_itself() {
        let at = |keys: &[&str]| keys.iter().fold(Route::root(), |at, key| at.key(key));
        let lines = [
            (at(&["approval"]), 3),
            (at(&["approval", "stages"]), 4),
            (at(&["expires"]), 7),
        ];
        let profile = Arc::new(ProfileLines {
            path: "profiles.yaml".into(),
            lines: lines.into(),
        });
        let lent = Lent::new(profile, |key| key == "expires");
        let line = |route: Route| Some(lent.origin(&route)?.line);
        assert_eq!(line(at(&["approval", "stages"]).index(1)), Some(4));
        assert_eq!(line(at(&["approval", "justification"])), Some(3));
        assert_eq!(line(at(&["expires"])), None);
        assert_eq!(line(at(&["review"])), None);
        assert_eq!(line(Route::root()), None);
    }
}
