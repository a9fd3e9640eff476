//! The formats of results, and which command has which.

use clap::ValueEnum;

use super::Exit;
use super::failure::Failure;

/// A format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs; `guestlist schema` prints what to expect.
    Json,
    /// For a comment on a pull request: at most 60,000 characters.
    Markdown,
    /// One page that needs nothing from elsewhere.
    Html,
    /// Tests, as JUnit writes them.
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Text, then annotations for GitHub Actions.
    Github,
    /// A report for GitLab's Code Quality.
    Gitlab,
    /// The numbers of a plan, for GitLab's widget.
    GitlabTerraform,
    /// Text, then annotations for Azure Pipelines.
    Azure,
    /// A table with commas, for spreadsheets: RFC 4180.
    Csv,
    /// A calendar that others subscribe to: iCalendar, RFC 5545.
    Ics,
}

/// Whether results show mail addresses whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pii {
    /// `jane@fabrikam.com`.
    Full,
    /// `j…@fabrikam.com`.
    Masked,
}

const EVERY: &[Format] = &[Format::Text, Format::Json];
const DOCUMENTS: &[Format] = &[Format::Text, Format::Json, Format::Markdown, Format::Html];
const SAVED: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::GitlabTerraform,
];
const FINDINGS: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Junit,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Azure,
];
const PLANS: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Junit,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::GitlabTerraform,
    Format::Azure,
];
const REPORTS: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Csv,
    Format::Ics,
];
const TABLES: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Csv,
];

impl Format {
    /// Returns the formats of a command.
    pub(super) fn of(command: &str) -> &'static [Self] {
        match command {
            "validate" | "lint" | "test" | "drift" => FINDINGS,
            "plan" | "diff" => PLANS,
            "report" => REPORTS,
            "apply" | "history" | "list" | "rollback" => DOCUMENTS,
            "show" => SAVED,
            _ => EVERY,
        }
    }

    /// Returns true for a document that is written as a whole.
    pub(super) const fn is_document(self) -> bool {
        matches!(self, Self::Markdown | Self::Html)
    }

    /// Returns true for what a pipeline shows beside the lines of a file.
    pub(super) const fn is_of_findings(self) -> bool {
        matches!(
            self,
            Self::Junit | Self::Sarif | Self::Github | Self::Gitlab | Self::Azure
        )
    }

    /// Refuses a format that what was asked for does not have.
    pub(super) fn demand(self, asked: &str, among: &[Self]) -> Result<(), Failure> {
        if among.contains(&self) {
            return Ok(());
        }
        let named = |format: &Self| {
            let value = format.to_possible_value();
            value.map_or_else(String::new, |value| format!("`{}`", value.get_name()))
        };
        let all: Vec<String> = among.iter().map(named).collect();
        Err(Failure::new(
            Exit::Usage,
            format!("`{asked}` has no format {}", named(&self)),
        )
        .help(format!("it has {}", all.join(", "))))
    }

    /// Refuses a calendar of what is no report on what is to come.
    pub(super) fn demand_table(self, asked: &str) -> Result<(), Failure> {
        self.demand(asked, TABLES)
    }

    /// Refuses all but text and JSON.
    pub(super) fn demand_plain(self, asked: &str) -> Result<(), Failure> {
        self.demand(asked, EVERY)
    }

    /// Refuses all but text, JSON and documents.
    pub(super) fn demand_document(self, asked: &str) -> Result<(), Failure> {
        self.demand(asked, DOCUMENTS)
    }

    /// Refuses what no findings have.
    pub(super) fn demand_findings(self, asked: &str) -> Result<(), Failure> {
        self.demand(asked, FINDINGS)
    }
}
