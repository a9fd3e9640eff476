//! A card: one thing with its facts, one a line.

use std::io;

use crate::render::doc::{Block, Line, Role, Writer};

/// Facts of one thing, in order, labels lined up.
#[derive(Debug)]
pub(super) struct Card {
    title: String,
    state: String,
    facts: Vec<(&'static str, String)>,
}

impl Card {
    pub(super) fn new(title: impl Into<String>, state: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            state: state.into(),
            facts: Vec::new(),
        }
    }

    /// Adds a fact, if it is one.
    pub(super) fn fact(mut self, label: &'static str, value: impl Into<Option<String>>) -> Self {
        if let Some(value) = value.into().filter(|value| !value.is_empty()) {
            self.facts.push((label, value));
        }
        self
    }

    pub(super) fn write(&self, out: &mut dyn Writer) -> io::Result<()> {
        let mut head = Line::new().and(Role::Strong, self.title.as_str());
        if !self.state.is_empty() {
            head = head
                .and(Role::Plain, "  ")
                .and(Role::Note, self.state.as_str());
        }
        out.block(&Block::Heading(head))?;
        let wide = self.facts.iter().map(|(label, _)| label.len()).max();
        let wide = wide.unwrap_or(0);
        let lines = self.facts.iter().map(|(label, value)| {
            Line::new()
                .and(Role::Faint, format!("  {label:wide$}  "))
                .and(Role::Plain, value.as_str())
        });
        out.block(&Block::Paragraph(lines.collect()))
    }
}
