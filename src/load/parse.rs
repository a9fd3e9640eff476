//! One file's text to its span tree: the subset of YAML that policies are written in, and what stands outside of it.

mod scalars;

use std::borrow::Cow;
use std::ops::ControlFlow::{self, Break, Continue};
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScanError, Span as Marked, Tag};

use super::frame::Frame;
use super::node::{Data, Node};
use super::scalar::Variables;
use super::syntax::syntax;
use super::{Tree, character, secret};
use crate::diag::{Code, Diagnostic, Diagnostics, code};
use crate::source::SourceFile;

/// How deep collections nest at most; the file's own mapping is the first.
const DEPTH: usize = 16;
/// How many keys, scalars and collections a file holds at most.
const NODES: u32 = 50_000;
/// The key that lays one mapping over another in older YAML.
pub(super) const MERGE_KEY: &str = "<<";
/// How many problems of a file are said; nobody reads more of them, and hostile files stay cheap.
const PROBLEMS: usize = 100;

type Bytes = (u32, u32);

/// Reads a file. With `variables`, `${var.name}` in values is filled in; without, text stays as written.
///
/// A tree comes back whenever the file could be read to its end, also next to problems: what was refused is a hole in it,
/// or a missing key. Nothing but the problems is left of a file that is no YAML, no mapping, or beyond the limits.
pub(super) fn parse<'s>(
    file: &'s SourceFile,
    variables: Option<&Variables>,
) -> (Option<Tree<'s>>, Diagnostics) {
    let text = file.text();
    let mut reader = Reader::new(text, variables.filter(|_| text.contains("${")));
    let whole = reader.read().is_continue();
    file.hide(std::mem::take(&mut reader.secrets));
    let mut diagnostics = Diagnostics::new();
    for problem in &reader.problems {
        let place = |bytes| secret::place(file, bytes);
        let mut said = Diagnostic::error(problem.code, problem.message.as_str())
            .at(place(problem.at))
            .help_opt(problem.help.clone());
        if let Some(first) = problem.first {
            said = said.related(place(first), "first here");
        }
        diagnostics.push(said);
    }
    let tree = Tree {
        nodes: reader.nodes,
        owned: reader.owned,
    };
    (whole.then_some(tree), diagnostics)
}

/// A problem whose place is made once all secrets of the file are known.
struct Found {
    code: Code,
    at: Bytes,
    message: String,
    first: Option<Bytes>,
    help: Option<String>,
}

struct Reader<'s, 'v> {
    text: &'s str,
    variables: Option<&'v Variables>,
    nodes: Vec<Node<'s>>,
    owned: Vec<Box<str>>,
    frames: Vec<Frame<'s>>,
    keys: Vec<u32>,
    problems: Vec<Found>,
    count: u32,
    filled: usize,
    secrets: Vec<Range<u32>>,
    /// The secret that is being read: its first byte, and how many frames are open around it.
    secret: Option<(u32, usize)>,
    /// How many nodes were read when the last secret ended.
    secret_count: Option<u32>,
    documents: u32,
}

impl<'s, 'v> Reader<'s, 'v> {
    fn new(text: &'s str, variables: Option<&'v Variables>) -> Self {
        Self {
            text,
            variables,
            nodes: Vec::with_capacity((text.len() / 12).min(2 * NODES as usize)),
            owned: Vec::new(),
            frames: Vec::with_capacity(DEPTH),
            keys: Vec::new(),
            problems: Vec::new(),
            count: 0,
            filled: 0,
            secrets: Vec::new(),
            secret: None,
            secret_count: None,
            documents: 0,
        }
    }

    fn read(&mut self) -> ControlFlow<()> {
        self.characters(0, self.text, None)?;
        let mut options = granit_parser::options! {
            disallow_directives: true,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            flow_nesting_limit: DEPTH + 1,
            block_nesting_limit: DEPTH + 1,
        };
        options.set_emit_comments(false);
        let mut parser = Parser::new_from_str_with_options(self.text, options);
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => self.event(event, &span)?,
                Err(error) => return self.scan_error(&error),
            }
        }
        if self.nodes.is_empty() {
            self.problem(code::NULL_VALUE, (0, 0), "the file declares nothing")
                .help =
                Some("write `version: 1` and what it declares, or delete the file".to_owned());
            return Break(());
        }
        Continue(())
    }

    /// Adds a problem and returns it for more to be said.
    fn problem(&mut self, code: Code, at: Bytes, message: impl Into<String>) -> &mut Found {
        self.problems.push(Found {
            code,
            at,
            message: message.into(),
            first: None,
            help: None,
        });
        self.problems.last_mut().expect("INVARIANT: just pushed")
    }

    /// Adds a problem that does not keep the rest from being read, unless there are too many.
    fn report(
        &mut self,
        code: Code,
        at: Bytes,
        message: impl Into<String>,
        help: Option<String>,
    ) -> ControlFlow<()> {
        if self.secret.is_some() {
            return Continue(());
        }
        self.problem(code, at, message).help = help;
        self.go_on()
    }

    fn go_on(&self) -> ControlFlow<()> {
        if self.problems.len() >= PROBLEMS {
            Break(())
        } else {
            Continue(())
        }
    }

    /// Refuses characters of a text at an offset of the file, or of what a scalar there stands for.
    fn characters(&mut self, from: u32, text: &str, scalar: Option<Bytes>) -> ControlFlow<()> {
        for refused in character::refused(text, PROBLEMS) {
            let at = scalar.unwrap_or((from + refused.start as u32, from + refused.end as u32));
            self.report(
                code::CHARACTER,
                at,
                refused.message,
                Some(refused.help.to_owned()),
            )?;
            if scalar.is_some() {
                break;
            }
        }
        Continue(())
    }

    fn event(&mut self, event: Event<'s>, span: &Marked) -> ControlFlow<()> {
        let at = self.bytes(span);
        match event {
            Event::Scalar(text, style, _, tag) => {
                self.tag(tag.as_deref(), span)?;
                self.counted(at)?;
                self.scalar(text, style, at)
            }
            Event::MappingStart(_, _, tag) => {
                self.tag(tag.as_deref(), span)?;
                self.open(true, at)
            }
            Event::SequenceStart(_, _, tag) => {
                self.tag(tag.as_deref(), span)?;
                self.open(false, at)
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(at),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let written = &self.text[at.0 as usize..at.1 as usize];
                let help = match written.strip_prefix("*.") {
                    Some(domain) => format!("write `{{ domain: {domain}, subdomains: true }}`"),
                    None => "write the value out, or use `profiles` or `vars`".to_owned(),
                };
                self.forbidden(at, "an alias", &help)?;
                self.counted(at)?;
                self.hole(at)
            }
            Event::Anchor(..) => self.forbidden(at, "an anchor", "take it out"),
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.problem(code::NOT_A_MAPPING, at, "a second document in one file")
                        .help = Some("move it to a file of its own".to_owned());
                    return Break(());
                }
                Continue(())
            }
            _ => Continue(()),
        }
    }

    fn forbidden(&mut self, at: Bytes, what: &str, help: &str) -> ControlFlow<()> {
        let message = format!("{what} is not part of the language");
        self.report(code::FORBIDDEN_YAML, at, message, Some(help.to_owned()))
    }

    fn tag(&mut self, tag: Option<&Tag>, span: &Marked) -> ControlFlow<()> {
        if tag.is_none() {
            return Continue(());
        }
        let at = span
            .tag_span()
            .map_or_else(|| self.bytes(span), |tag| self.bytes(&tag));
        self.forbidden(
            at,
            "a tag",
            "take it out, and quote the value if text is meant",
        )
    }

    /// The bytes of a span, without the line ends that a block leaves behind it.
    fn bytes(&self, span: &Marked) -> Bytes {
        let range = span.byte_range().unwrap_or_default();
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let kept = self.text.as_bytes()[start..end].trim_ascii_end().len();
        (start as u32, (start + kept) as u32)
    }

    fn counted(&mut self, at: Bytes) -> ControlFlow<()> {
        self.count += 1;
        if self.count > NODES {
            let message = format!("the file holds more than {NODES} keys and values");
            self.problem(code::YAML_LIMIT, at, message).help =
                Some("split it: any section may stand in any file".to_owned());
            return Break(());
        }
        Continue(())
    }

    fn too_deep(&mut self, at: Bytes) -> ControlFlow<()> {
        let message = format!("the nesting is deeper than {DEPTH} levels");
        self.problem(code::YAML_LIMIT, at, message);
        Break(())
    }

    fn push(&mut self, data: Data<'s>, (start, end): Bytes) -> u32 {
        let index = self.nodes.len() as u32;
        self.nodes.push(Node {
            data,
            start,
            end,
            next: index + 1,
        });
        index
    }

    fn push_text(&mut self, text: Cow<'s, str>, at: Bytes) -> u32 {
        let data = match text {
            Cow::Borrowed(text) => Data::Text(text),
            Cow::Owned(text) => {
                self.owned.push(text.into());
                Data::Owned(self.owned.len() as u32 - 1)
            }
        };
        self.push(data, at)
    }

    fn open(&mut self, is_mapping: bool, at: Bytes) -> ControlFlow<()> {
        self.counted(at)?;
        if self.frames.is_empty() && !is_mapping {
            return self.no_mapping(at);
        }
        if self.frames.len() >= DEPTH {
            return self.too_deep((at.0, at.0 + 1));
        }
        let here = self.nodes.len() as u32;
        let is_key = self.frames.last_mut().is_some_and(|frame| {
            let is_key = frame.at_key;
            if is_key {
                frame.drop_from = Some(here);
            }
            is_key
        });
        if is_key {
            let help = "put the colon behind a word, and quote text that begins with `{` or `[`";
            let at = (at.0, at.0 + 1);
            self.report(
                code::KEY_TYPE,
                at,
                "a key that is not text",
                Some(help.to_owned()),
            )?;
        }
        let data = if is_mapping {
            Data::Mapping(0)
        } else {
            Data::List(0)
        };
        let node = self.push(data, at);
        self.frames
            .push(Frame::new(node, is_mapping, self.keys.len()));
        Continue(())
    }

    fn close(&mut self, at: Bytes) -> ControlFlow<()> {
        let Some(frame) = self.frames.pop() else {
            return Continue(());
        };
        let next = self.nodes.len() as u32;
        let last = self.nodes.last().map_or(0, |node| node.end);
        let node = &mut self.nodes[frame.node as usize];
        node.data = if frame.is_mapping {
            Data::Mapping(frame.count)
        } else {
            Data::List(frame.count)
        };
        // The end of a flow collection is a bracket; that of a block is wherever the next token begins.
        let bracket = matches!(self.text.as_bytes().get(at.0 as usize), Some(b']' | b'}'))
            && matches!(
                self.text.as_bytes().get(node.start as usize),
                Some(b'[' | b'{')
            );
        node.end = if bracket {
            at.0 + 1
        } else {
            last.max(node.end)
        };
        node.next = next;
        self.keys.truncate(frame.keys_from);
        self.completed(at);
        Continue(())
    }

    /// A node is complete, with all that is below it.
    fn completed(&mut self, at: Bytes) {
        let depth = self.frames.len();
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        if !frame.is_mapping {
            frame.count += 1;
        } else if frame.at_key {
            frame.at_key = false;
        } else {
            frame.at_key = true;
            match frame.drop_from.take() {
                Some(from) => self.nodes.truncate(from as usize),
                None => frame.count += 1,
            }
            if let Some((start, _)) = self.secret.take_if(|(_, open)| *open == depth) {
                self.secrets.push(start..at.1.max(start + 1));
                self.secret_count = Some(self.count);
            }
        }
    }

    fn no_mapping(&mut self, at: Bytes) -> ControlFlow<()> {
        self.problem(
            code::NOT_A_MAPPING,
            at,
            "a file is one mapping, and this is none",
        )
        .help = Some("begin with `version: 1` and a section such as `organizations:`".to_owned());
        Break(())
    }

    fn scan_error(&mut self, error: &ScanError) -> ControlFlow<()> {
        let at = error.marker().byte_offset().unwrap_or(self.text.len());
        let at = self.text.floor_char_boundary(at.min(self.text.len())) as u32;
        // What follows a secret in a broken text may be the rest of it.
        let just_read = self.secret_count == Some(self.count);
        let last = self.secrets.last().filter(|_| just_read);
        let open = self.secret.take().map(|(start, _)| start);
        if let Some(start) = open.or(last.map(|range| range.start)) {
            self.secrets.push(start..self.text.len() as u32 + 1);
        }
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            return self.too_deep((at, at + 1));
        }
        let told = |known: &Found| known.code == code::CHARACTER && known.at.0 == at;
        if self.problems.iter().any(told) {
            return Break(()); // Why the parser stops here is said.
        }
        let (code, message, help) = syntax(error.kind(), self.text, at as usize);
        self.problem(code, (at, at + 1), message).help = help;
        Break(())
    }
}

#[cfg(test)]
mod tests;
