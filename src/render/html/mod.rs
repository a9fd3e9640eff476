//! The writer for one page of HTML: a file that asks nobody for anything, is read on a desk and on a phone, by day and by
//! night.
//!
//! Templates escape what they are given. The page carries its own style and script, and a policy that allows just these
//! two, by their hashes.

mod access;
mod chart;

use std::borrow::Cow;
use std::io;

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

use super::doc::{
    Aside, Block, Change, Line, Page, Piece, Results, Role, Snippet, Table, Verdict, Writer,
};
use super::neutral::{code_spans, neutral};
use super::text::Text;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What the page may do: show itself. A test compares the hashes with the two files.
const ALLOWED: &str = concat!(
    "default-src 'none'; style-src 'sha256-nDzC7gcj6M7VzuzClCVk1f4ZP4n8b0OZglumq92gyjs='; ",
    "script-src 'sha256-KWRZl5Tz50QUlmwp/MVEW62Rhn+p6WMittgw6qVu3h4='; base-uri 'none'; form-action 'none'"
);

/// Gathers blocks and writes them as a page.
pub struct Html<'w> {
    out: &'w mut dyn io::Write,
    page: Page,
    title: String,
    heading: Markup,
    verdict: Option<Markup>,
    overview: Vec<Markup>,
    changes: Vec<Markup>,
    parts: Vec<Markup>,
}

impl std::fmt::Debug for Html<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Html")
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

/// Foreign text: escaped, and with what hides in it made visible.
struct Foreign<'a>(&'a str);

impl Render for Foreign<'_> {
    fn render_to(&self, buffer: &mut String) {
        neutral(self.0, true).render_to(buffer);
    }
}

/// Running text of ours: what it has between backticks is code.
struct Prose<'a>(&'a str);

impl Render for Prose<'_> {
    fn render_to(&self, buffer: &mut String) {
        for (at, part) in code_spans(self.0).into_iter().enumerate() {
            html! { @if at % 2 == 1 { code { (part) } } @else { (part) } }.render_to(buffer);
        }
    }
}

fn piece(role: Role, text: impl Render) -> Markup {
    html! {
        @match class(role) {
            Some(class) => span class=(class) { (text) },
            None => (text),
        }
    }
}

impl Render for Piece<'_> {
    fn render_to(&self, buffer: &mut String) {
        match self.role {
            Role::Code => html! { code { (Foreign(&self.text)) } }.render_to(buffer),
            role => piece(role, Foreign(&self.text)).render_to(buffer),
        }
    }
}

/// Returns the pieces of a line. What would command a pipeline at the start of a line is harmless behind other text.
fn pieces(line: &Line<'_>, is_prose: bool) -> Markup {
    let mut starts = true;
    html! {
        @for one in &line.0 {
            @let text = neutral(&one.text, starts);
            @if is_prose { (piece(one.role, Prose(&text))) } @else { (piece(one.role, &*text)) }
            @let () = starts &= one.text.trim().is_empty();
        }
    }
}

impl Render for Line<'_> {
    fn render_to(&self, buffer: &mut String) {
        pieces(self, false).render_to(buffer);
    }
}

/// Lines that each start anew; one that starts with a space goes on with what the line before it said.
struct Lines<'a>(&'a [Line<'a>]);

impl Render for Lines<'_> {
    fn render_to(&self, buffer: &mut String) {
        let [line] = self.0 else {
            for line in self.0 {
                let goes_on = line
                    .0
                    .first()
                    .is_some_and(|piece| piece.text.starts_with(' '));
                let class = if goes_on { "line on" } else { "line" };
                html! { span class=(class) { (pieces(line, true)) } "\n" }.render_to(buffer);
            }
            return;
        };
        pieces(line, true).render_to(buffer);
    }
}

const fn class(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Plain | Role::Code => return None,
        Role::Strong => "s",
        Role::Faint | Role::Place => "f",
        Role::Added => "a",
        Role::Removed => "r",
        Role::Changed => "c",
        Role::Error => "e",
        Role::Warning => "w",
        Role::Note => "n",
    })
}

impl<'w> Html<'w> {
    /// Returns a writer; [`Self::finish`] writes the page.
    pub fn new(out: &'w mut dyn io::Write, page: Page) -> Self {
        Self {
            out,
            page,
            title: String::new(),
            heading: PreEscaped(String::new()),
            verdict: None,
            overview: Vec::new(),
            changes: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    pub fn finish(self) -> io::Result<()> {
        let report = format!("guestlist {}", self.page.report);
        let title = if self.title.is_empty() {
            &report
        } else {
            &self.title
        };
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(ALLOWED);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    title { (Foreign(title)) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { @if self.heading.0.is_empty() { (report) } @else { (self.heading) } }
                    }
                    main {
                        @if let Some(verdict) = &self.verdict { p.verdict { (verdict) } }
                        @for part in &self.parts { (part) "\n" }
                        @if !self.changes.is_empty() {
                            section {
                                h2 { "Changes" }
                                div.scroll {
                                    table.overview {
                                        thead { tr { th scope="col" { "Sign" } th scope="col" { "Object" } th scope="col" { "Where or why" } } }
                                        tbody { @for row in &self.overview { (row) "\n" } }
                                    }
                                }
                                @for change in &self.changes { (change) "\n" }
                            }
                        }
                    }
                    footer {
                        @if !self.page.project.is_empty() { "Project " (Foreign(&self.page.project)) }
                        @if !self.page.environment.is_empty() { ", environment " (Foreign(&self.page.environment)) }
                        @if let Some(digest) = &self.page.digest { p { "Plan digest " code { (digest) } } }
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        self.out.write_all(page.into_string().as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn change(&mut self, change: &Change<'_>) {
        let id = format!("c{}", self.changes.len() + 1);
        let aside = change.aside.as_ref();
        let aside = html! {
            @if let Some(Aside { words, place, rest }) = aside {
                (Prose(&neutral(words, true)))
                (Foreign(place))
                (Foreign(rest))
            }
        };
        let sign = Piece {
            text: change.sign.into(),
            role: change.role,
        };
        self.overview.push(html! {
            tr {
                td { (sign) }
                td { a.address href={ "#" (id) } { (change.address) } }
                td { (aside) }
            }
        });
        let head = html! {
            span.sign { (sign) }
            span.address { (change.address) }
            " " span.f { (aside) }
        };
        self.changes.push(if change.details.is_empty() {
            html! { div.leaf id=(id) { (head) } }
        } else {
            html! { details id=(id) { summary { (head) } pre { (details(change)) } } }
        });
    }

    /// A message: what is wrong in its title, the line at fault and what to do below.
    fn snippet(&mut self, snippet: &Snippet<'_>, block: &Block<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        Text::new(&mut bytes, false).block(block)?;
        let shown = String::from_utf8_lossy(&bytes);
        let body = shown.split_once('\n').map_or("", |(_, body)| body);
        let place = snippet
            .place
            .map(|at| format!("{}:{}:{}", at.path, at.line, at.column));
        let tag = Piece {
            text: snippet.tag.as_str().into(),
            role: snippet.role,
        };
        self.parts.push(html! {
            details open {
                summary {
                    (tag) ": " (Prose(&neutral(snippet.message, true)))
                    @if let Some(place) = &place { " " span.f { (Foreign(place)) } }
                }
                @if !body.is_empty() { pre.even { (body) } }
            }
        });
        Ok(())
    }

    fn paragraph(&mut self, lines: &[Line<'_>]) {
        if !lines.is_empty() {
            self.parts.push(html! { p { (Lines(lines)) } });
        }
    }
}

/// Returns what happens inside an object.
fn details(change: &Change<'_>) -> Markup {
    let lines = if change.more == 1 { "line" } else { "lines" };
    html! {
        @for detail in &change.details {
            @if !detail.at.is_empty() { span.s { (Foreign(&detail.at)) } "\n" }
            @for line in &detail.lines {
                @if !detail.at.is_empty() { "  " }
                (line) "\n"
            }
        }
        @if change.more > 0 { span.f { "… and " (change.more) " more " (lines) "\n" } }
    }
}

/// How many columns a phone has room for; of wider tables it shows each row as a card.
const NARROW: usize = 4;

/// How many characters of a word a desk has room for without a break.
const WORD: usize = 24;

/// Returns true for a date, a name or an address that reads better in one piece.
fn is_whole(cell: &str) -> bool {
    !cell.is_empty() && !cell.contains(' ') && cell.chars().count() <= WORD
}

fn table(columns: &[&str], rows: &[Vec<Cow<'_, str>>], first: Role) -> Markup {
    let wide = columns.len() > NARROW;
    html! {
        div.scroll {
            table class=[wide.then_some("wide")] {
                thead { tr { @for name in columns { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, (cell, name)) in row.iter().zip(columns).enumerate() {
                                @let role = if at == 0 { first } else { Role::Plain };
                                td class=[is_whole(cell).then_some("whole")] data-of=[wide.then_some(name)] { (piece(role, Foreign(cell))) }
                            }
                        }
                        "\n"
                    }
                }
            }
        }
    }
}

impl Writer for Html<'_> {
    fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        match block {
            // The first one names the page; a later one, such as that of the plan of a rollback, what follows.
            Block::Heading(line) if !self.title.is_empty() => {
                self.paragraph(std::slice::from_ref(line));
            }
            Block::Heading(line) => {
                self.title = line.0.iter().map(|piece| &*piece.text).collect();
                self.heading = line.render();
            }
            Block::Access(shown) => self.parts.push(access::access(shown)),
            Block::Refusals(lines) => {
                self.parts.push(html! { h2 { "Refused" } });
                self.paragraph(lines);
            }
            Block::Verdict(Verdict {
                before,
                line,
                after,
            }) => {
                // The last word counts; an earlier one, such as that of the plan of an apply, is told with the rest.
                if let Some(earlier) = self.verdict.replace(line.render()) {
                    self.parts.push(html! { p { (earlier) } });
                }
                self.paragraph(before);
                self.paragraph(after);
            }
            Block::Paragraph(lines) => self.paragraph(lines),
            Block::Change(change) => self.change(change),
            Block::Snippet(snippet) => self.snippet(snippet, block)?,
            Block::Table(Table { columns, rows }) => {
                self.parts.push(table(columns, rows, Role::Plain));
            }
            Block::Results(Results {
                columns,
                wrong,
                right,
                rest,
            }) => {
                if !wrong.is_empty() {
                    self.parts.push(table(columns, wrong, Role::Error));
                }
                if !right.is_empty() {
                    self.parts.push(html! {
                        details open[wrong.is_empty()] {
                            summary { (Foreign(rest)) }
                            (table(columns, right, Role::Plain))
                        }
                    });
                }
            }
            Block::Chart(drawn) => self.parts.push(chart::chart(drawn)),
            Block::Listing { title, lines, .. } => self.parts.push(html! {
                details open {
                    summary { (title) }
                    pre.even { @for line in lines { (Foreign(line)) "\n" } }
                }
            }),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
