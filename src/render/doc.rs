//! The document that reports lower to: a sequence of blocks, given to a writer one by one, so that a report of any length
//! needs the memory of its largest block.

use std::borrow::Cow;
use std::io;

use super::access::Access;
use super::chart::Chart;
use crate::source::Place;

/// What a piece of text is, for writers that show it; no meaning hangs on colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Running text.
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// What it may pass over: places, counts.
    Faint,
    /// A place in a file, as faint: one name, whatever stands in it.
    Place,
    /// A rule, or a name of several words: one, whatever stands in it.
    Code,
    /// What comes.
    Added,
    /// What goes.
    Removed,
    /// What becomes something else.
    Changed,
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// A note or help.
    Note,
}

/// A piece of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text, as foreign as it comes; the writer makes it harmless.
    pub text: Cow<'a, str>,
    /// What it is.
    pub role: Role,
}

/// One line of pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line<'a>(pub Vec<Piece<'a>>);

impl<'a> Line<'a> {
    /// Returns an empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns a line of plain text.
    #[must_use]
    pub fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new().and(Role::Plain, text)
    }

    /// Appends a piece.
    #[must_use]
    pub fn and(mut self, role: Role, text: impl Into<Cow<'a, str>>) -> Self {
        self.push(role, text);
        self
    }

    /// Appends a piece in place.
    pub fn push(&mut self, role: Role, text: impl Into<Cow<'a, str>>) {
        self.0.push(Piece {
            text: text.into(),
            role,
        });
    }
}

/// One change of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The sign: `+`, `~`, `-/+`, `>`, `-` or `x`.
    pub sign: &'static str,
    /// The role of the sign.
    pub role: Role,
    /// The address, and what belongs to it: `(was organization/old)`.
    pub address: Line<'a>,
    /// What stands at the right: a place, or the reason where there is no place.
    pub aside: Option<Aside>,
    /// What happens inside.
    pub details: Vec<Detail<'a>>,
    /// How many lines of details are left out.
    pub more: usize,
}

/// What stands at the right of a change: `no longer declared; was at ` and `policies/tree.yaml:4`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aside {
    /// Words of ours, in which backticks mark code.
    pub words: String,
    /// The place behind them: one name, whatever stands in it.
    pub place: String,
    /// What comes behind it from elsewhere.
    pub rest: String,
}

impl Aside {
    /// Returns all of it as one text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}{}{}", self.words, self.place, self.rest)
    }
}

/// What happens to one part of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail<'a> {
    /// Where; empty for lines that need no label.
    pub at: String,
    /// What, a line each; indented by the spaces they start with.
    pub lines: Vec<Line<'a>>,
}

/// A message with the line at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet<'a> {
    /// `error` or `warning`.
    pub role: Role,
    /// The word and the code: `error[GL0302]`.
    pub tag: String,
    /// What is wrong.
    pub message: &'a str,
    /// Where.
    pub place: Option<&'a Place>,
    /// Further places, and what stands there.
    pub related: Vec<(&'a Place, &'a str)>,
    /// What to do.
    pub help: &'a [String],
}

/// The headings of columns in which places stand: each cell is one name.
pub const PLACES: &[&str] = &["WHERE", "DECLARED"];

/// Rows under headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<'a> {
    /// The headings.
    pub columns: &'static [&'static str],
    /// The rows, as wide as the headings.
    pub rows: Vec<Vec<Cow<'a, str>>>,
}

/// What was tried, and how it came out: what is wrong stands out, and the rest is the first to be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results<'a> {
    /// The headings.
    pub columns: &'static [&'static str],
    /// The rows of what is not as it should be, as wide as the headings.
    pub wrong: Vec<Vec<Cow<'a, str>>>,
    /// The rows of what is.
    pub right: Vec<Vec<Cow<'a, str>>>,
    /// What the rows of what is right are called where they are folded: `12 tests hold`.
    pub rest: String,
}

/// How a report ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict<'a> {
    /// What should be known before it.
    pub before: Vec<Line<'a>>,
    /// The one line that somebody in a hurry reads: what changes, and whether it is refused.
    pub line: Line<'a>,
    /// What follows from it.
    pub after: Vec<Line<'a>>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    /// What the report is about.
    Heading(Line<'a>),
    /// Who gains and who loses access.
    Access(Access<'a>),
    /// What the guards have against it, a line each; an indented line goes on with the one before it.
    Refusals(Vec<Line<'a>>),
    /// How it ends. Documents show it first, a terminal last, where the eye is.
    Verdict(Verdict<'a>),
    /// Running text, a line each.
    Paragraph(Vec<Line<'a>>),
    /// A change of an object.
    Change(Change<'a>),
    /// A message with its place.
    Snippet(Snippet<'a>),
    /// A table.
    Table(Table<'a>),
    /// What was tried, and how it came out.
    Results(Results<'a>),
    /// A chart.
    Chart(Chart<'a>),
    /// An object's keys and values under a title, already laid out.
    Listing {
        /// The title.
        title: Line<'a>,
        /// The lines.
        lines: Vec<String>,
        /// Whether people copy it from there, so that it is said where it is not whole.
        is_copied: bool,
    },
}

/// What a report is of: documents that leave the terminal say it, so that the next one can take the place of this one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The report: `plan`.
    pub report: &'static str,
    /// The project; empty where none was found.
    pub project: String,
    /// The environment; empty for the settings as they stand.
    pub environment: String,
    /// The folder of the project that the command worked in, below the root of the repository; empty for the root itself.
    pub folder: String,
    /// The digest of the plan that `apply --expect` takes; `None` for other reports.
    pub digest: Option<String>,
}

/// Turns blocks into the bytes of a format, and makes every foreign character harmless in it.
pub trait Writer {
    /// Writes one block.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    fn block(&mut self, block: &Block<'_>) -> io::Result<()>;

    /// Returns how many messages of a run it takes; the others are counted.
    fn messages(&self) -> usize {
        usize::MAX
    }
}
