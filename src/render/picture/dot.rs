//! DOT, the language of Graphviz.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::mermaid::cut;
use super::model::{Class, Mark, Node, Picture};
use crate::render::neutral::hides;

/// Writes a picture.
#[must_use]
pub fn dot(picture: &Picture) -> String {
    let marked = picture.has_marks();
    let mut out = String::from("digraph guestlist {\n");
    let _ = writeln!(out, "  label=\"{}\"", escaped(&picture.title));
    out +=
        "  labelloc=t\n  rankdir=LR\n  node [fontname=\"sans-serif\" fontsize=11 style=filled]\n";
    out += "  edge [fontname=\"sans-serif\" fontsize=9]\n";
    let ids: BTreeMap<&str, usize> = picture
        .nodes
        .keys()
        .enumerate()
        .map(|(at, key)| (key.as_str(), at))
        .collect();
    let id = |key: &str| ids.get(key).copied().unwrap_or_default();
    let node = |out: &mut String, key: &str, node: &Node, inset: &str| {
        let (shape, fill, line) = look(node, marked);
        let mut text = escaped(&cut(&node.named()));
        if !node.detail.is_empty() {
            let _ = write!(text, "\\n{}", escaped(&cut(&node.detail)));
        }
        let style = match node.class {
            Class::Policy => " style=\"filled,rounded\"",
            _ => "",
        };
        let _ = writeln!(
            out,
            "{inset}n{} [label=\"{text}\" shape={shape}{style} fillcolor=\"{fill}\" color=\"{line}\" tooltip=\"{}\"]",
            id(key),
            escaped(match node.class {
                Class::Requestor => &node.label,
                _ => key,
            })
        );
    };
    let mut inside = picture.inside();
    for (key, one) in inside.remove(&None).unwrap_or_default() {
        node(&mut out, key, one, "  ");
    }
    for (at, (group, shown)) in picture.groups.iter().enumerate() {
        let colour = shown.mark.map_or("#8c959f", |mark| colours(mark).1);
        let _ = writeln!(out, "  subgraph cluster_{at} {{");
        let _ = writeln!(
            out,
            "    label=\"{}\" color=\"{colour}\"",
            escaped(&cut(&shown.named()))
        );
        let inside = inside.remove(&Some(group)).unwrap_or_default();
        if inside.is_empty() {
            // A cluster without a node is not drawn.
            let _ = writeln!(out, "    g{at} [style=invis label=\"\"]");
        }
        for (key, one) in inside {
            node(&mut out, key, one, "    ");
        }
        out += "  }\n";
    }
    for ((from, to), edge) in &picture.edges {
        let mut more = Vec::new();
        let said = edge.mark.map(|mark| mark.as_str().to_owned());
        let parts: Vec<String> = said
            .into_iter()
            .chain((!edge.label.is_empty()).then(|| edge.label.clone()))
            .collect();
        if !parts.is_empty() {
            more.push(format!("label=\"{}\"", escaped(&cut(&parts.join(": ")))));
        }
        if let Some(mark) = edge.mark {
            more.push(format!("color=\"{}\" penwidth=2", colours(mark).1));
        }
        if edge.closed {
            more.push("style=dashed".to_owned());
        }
        let more = match more.is_empty() {
            true => String::new(),
            false => format!(" [{}]", more.join(" ")),
        };
        let _ = writeln!(out, "  n{} -> n{}{more}", id(from), id(to));
    }
    if picture.is_empty() {
        let nothing = escaped(&picture.nothing());
        let _ = writeln!(
            out,
            "  nothing [label=\"{nothing}\" shape=plaintext style=\"\"]"
        );
    }
    out + "}\n"
}

const fn colours(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::Created => ("#dafbe1", "#1a7f37"),
        Mark::Updated => ("#fff8c5", "#9a6700"),
        Mark::Deleted => ("#ffebe9", "#cf222e"),
    }
}

const fn look(node: &Node, marked: bool) -> (&'static str, &'static str, &'static str) {
    let (shape, fill, line) = match node.class {
        Class::Organization => ("ellipse", "#ddf4ff", "#0969da"),
        Class::Requestor => ("hexagon", "#f6f8fa", "#57606a"),
        Class::Policy => ("box", "#fff8c5", "#9a6700"),
        Class::Package => ("box", "#fbefff", "#8250df"),
        Class::Resource => ("cylinder", "#eaeef2", "#424a53"),
    };
    match (node.mark, marked) {
        (Some(mark), _) => {
            let (fill, line) = colours(mark);
            (shape, fill, line)
        }
        (None, true) => (shape, "#f6f8fa", "#8c959f"),
        (None, false) => (shape, fill, line),
    }
}

/// Writes text so that it is text: quotes, escapes and entities mean nothing.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '&' => out += "&amp;",
            // Two of them and a word are a command in the log of a pipeline.
            '#' if out.ends_with('#') => out += "&#35;",
            c if hides(c) => {
                let _ = write!(out, "\\\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}
