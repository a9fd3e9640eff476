//! People of some spots, in words that are put together with what they are to the directory.

/// People of some spots, in words.
pub(super) struct Spoken {
    pub(super) text: String,
    /// Where everybody from outside is meant but a few, those few: nothing, or ` but people of fabrikam`.
    pub(super) all_but: Option<String>,
    /// How all of them sign in, where the other words mean everybody who does not.
    pub(super) way: Option<SignedIn>,
    /// Whether parts of organizations and of domains are told one by one.
    pub(super) in_parts: bool,
}

/// How people sign in who are told by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignedIn {
    ByPasscode,
    NotByPasscode,
}

impl SignedIn {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ByPasscode => "signing in by a one-time passcode",
            Self::NotByPasscode => "not signing in by a one-time passcode",
        }
    }
}

impl Spoken {
    /// Returns words that say all of it themselves.
    pub(super) const fn whole(text: String, all_but: Option<String>) -> Self {
        Self {
            text,
            all_but,
            way: None,
            in_parts: false,
        }
    }

    /// Returns how long the words are.
    pub(super) fn length(&self) -> usize {
        self.said(&self.text, None).len()
    }

    /// Returns true where the words are also true of our own people, who sign in here and by no passcode.
    pub(super) fn fits_those_who_sign_in_here(&self) -> bool {
        self.way != Some(SignedIn::ByPasscode)
    }

    /// Returns words with what people are to the directory behind them, where that is said so, and with how they sign in.
    pub(super) fn said(&self, words: &str, which: Option<&str>) -> String {
        let way = self.way.map(SignedIn::as_str);
        let behind: Vec<&str> = which.into_iter().chain(way).collect();
        match behind.as_slice() {
            [] => words.to_owned(),
            behind => format!("{words} ({})", behind.join(", ")),
        }
    }
}
