//! Mermaid, as pages and pull requests show it: a flow chart from left to right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::fit::{LeftOut, fit};
use super::model::{Class, Edge, Mark, Node, Picture};
use crate::render::neutral::hides;

/// How many characters Mermaid takes unless it is told otherwise.
pub const TEXT: usize = 50_000;
/// How many lines between boxes Mermaid takes unless it is told otherwise.
pub const EDGES: usize = 500;

/// How many characters of a name are shown.
const SHOWN: usize = 80;

const STYLES: &str = "  classDef organization fill:#ddf4ff,stroke:#0969da,color:#1f2328
  classDef requestor fill:#f6f8fa,stroke:#57606a,color:#1f2328
  classDef policy fill:#fff8c5,stroke:#9a6700,color:#1f2328
  classDef package fill:#fbefff,stroke:#8250df,color:#1f2328
  classDef resource fill:#eaeef2,stroke:#424a53,color:#1f2328
  classDef rest fill:#ffffff,stroke:#57606a,color:#1f2328,stroke-dasharray:2
";

const MARKED: &str = "  classDef same fill:#f6f8fa,stroke:#8c959f,color:#57606a
  classDef created fill:#dafbe1,stroke:#1a7f37,color:#1f2328,stroke-width:3px
  classDef updated fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-width:3px
  classDef deleted fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px,stroke-dasharray:6
  classDef rest fill:#ffffff,stroke:#57606a,color:#1f2328,stroke-dasharray:2
";

/// Writes a picture. What is more than Mermaid takes is left out, and counted in a box of its own.
#[must_use]
pub fn mermaid(picture: &Picture) -> (String, Option<LeftOut>) {
    let fits = |picture: &Picture, left: Option<&LeftOut>| {
        picture.edges.len() <= EDGES && written(picture, left).chars().count() <= TEXT
    };
    let (part, left) = fit(picture, &fits);
    (written(&part, left.as_ref()), left)
}

fn written(picture: &Picture, left: Option<&LeftOut>) -> String {
    let marked = picture.has_marks();
    let mut out = String::from("flowchart LR\n");
    let _ = writeln!(out, "  accTitle: {}", plain(&picture.title));
    out += "  accDescr: From left to right: who may ask, the policy, the package, the resources with their roles\n";
    if picture.is_empty() && left.is_none() {
        let _ = writeln!(out, "  nothing[\"{}\"]", escaped(&picture.nothing()));
        return out;
    }
    let ids: BTreeMap<&str, String> = picture
        .nodes
        .keys()
        .enumerate()
        .map(|(at, key)| (key.as_str(), format!("n{at}")))
        .collect();
    let none = String::new();
    let id = |key: &str| ids.get(key).unwrap_or(&none);
    let node = |out: &mut String, key: &str, node: &Node, inset: &str| {
        let (open, close) = match node.class {
            Class::Organization => ("([", "])"),
            Class::Requestor => ("{{", "}}"),
            Class::Policy => ("(", ")"),
            Class::Package => ("[", "]"),
            Class::Resource => ("[(", ")]"),
        };
        let style = match node.mark {
            Some(mark) => style(mark),
            None if marked => "same",
            None => node.class.as_str(),
        };
        let text = label(&node.named(), &node.detail);
        let _ = writeln!(out, "{inset}{}{open}\"{text}\"{close}:::{style}", id(key));
    };
    let mut inside = picture.inside();
    for (key, one) in inside.remove(&None).unwrap_or_default() {
        node(&mut out, key, one, "  ");
    }
    for (at, (group, shown)) in picture.groups.iter().enumerate() {
        let _ = writeln!(
            out,
            "  subgraph g{at}[\"{}\"]",
            escaped(&cut(&shown.named()))
        );
        for (key, one) in inside.remove(&Some(group)).unwrap_or_default() {
            node(&mut out, key, one, "    ");
        }
        out += "  end\n";
    }
    for ((from, to), edge) in &picture.edges {
        let _ = writeln!(out, "  {} {} {}", id(from), arrow(edge), id(to));
    }
    if let Some(left) = left {
        let text = escaped(&format!("… and {} more", left.words()));
        let part = if marked { "#45;#45;changed " } else { "" };
        let _ = writeln!(
            out,
            "  rest[\"{text}<br/>the whole is in: guestlist graph {part}#45;#45;to svg\"]:::rest"
        );
    }
    out += if marked { MARKED } else { STYLES };
    for mark in [Mark::Created, Mark::Updated, Mark::Deleted] {
        let edges = picture.edges.values().enumerate();
        let marked: Vec<String> = edges
            .filter(|(_, edge)| edge.mark == Some(mark))
            .map(|(at, _)| at.to_string())
            .collect();
        if !marked.is_empty() {
            let colour = match mark {
                Mark::Created => "#1a7f37",
                Mark::Updated => "#9a6700",
                Mark::Deleted => "#cf222e",
            };
            let _ = writeln!(
                out,
                "  linkStyle {} stroke:{colour},stroke-width:3px",
                marked.join(",")
            );
        }
    }
    out
}

const fn style(mark: Mark) -> &'static str {
    match mark {
        Mark::Created => "created",
        Mark::Updated => "updated",
        Mark::Deleted => "deleted",
    }
}

fn arrow(edge: &Edge) -> String {
    let line = if edge.closed { "-.->" } else { "-->" };
    let text = match edge.mark {
        None => edge.label.clone(),
        Some(mark) if edge.label.is_empty() => mark.as_str().to_owned(),
        Some(mark) => format!("{}: {}", mark.as_str(), edge.label),
    };
    match text.is_empty() {
        true => line.to_owned(),
        false => format!("{line}|\"{}\"|", escaped(&cut(&text))),
    }
}

fn label(name: &str, detail: &str) -> String {
    let name = escaped(&cut(name));
    match detail.is_empty() {
        true => name,
        false => format!("{name}<br/>{}", escaped(&cut(detail))),
    }
}

pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// Writes text so that nothing in it means anything: not to Mermaid (quotes, directives, entities), not to the Markdown and
/// HTML that it makes of labels.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in text.chars() {
        match c {
            // Two of them begin a formula, also where they are written as numbers.
            '$' if last == '$' => out += "#92;u#123;24#125;",
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | ',' | '/' | '…' | '·' => out.push(c),
            c if hides(c) => {
                let _ = write!(out, "#92;u#123;{:x}#125;", c as u32);
            }
            c if c.is_alphanumeric() => out.push(c),
            c => {
                let _ = write!(out, "#{};", c as u32);
            }
        }
        last = c;
    }
    out
}

/// A line that ends with the line, for where no quotes are allowed.
fn plain(text: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '/' | ':' | '.');
    text.chars().filter(kept).collect()
}
