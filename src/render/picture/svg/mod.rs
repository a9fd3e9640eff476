//! SVG, drawn without another program: a column each for who asks, policies, packages and resources, catalogs around what is
//! theirs. No script, no font, no link; colours follow the viewer's light or dark scheme.

mod layout;
mod measure;
mod order;

use std::fmt::Write as _;

use super::model::{Class, Mark, Node, Picture};
use crate::render::neutral::hides;
use layout::{BESIDE, Frame, LABEL, Line, Placed, place};
use measure::cut;

const STYLE: &str = "\
text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif}
.detail,.label{font-size:11px}
.label{text-anchor:end;paint-order:stroke;stroke-width:3px}
.head{font-size:16px;font-weight:600}
.frame{fill:none;stroke-width:1.5px}
.name{font-weight:600}
.line{fill:none;stroke-width:1.2px}
.created .box,.updated .box,.deleted .box,.line.created,.line.updated,.line.deleted,.frame.marked{stroke-width:2.5px}
.deleted .box{stroke-dasharray:6 3}
.closed{stroke-dasharray:5 4}
text{fill:#1f2328}
.detail,.label,.name{fill:#57606a}
.label{stroke:#ffffff}
.paper{fill:#ffffff}
.frame{stroke:#d0d7de}
.box{stroke:#8c959f}
.line{stroke:#8c959f}
.tip{fill:#8c959f}
.organization .box{fill:#ddf4ff}
.requestor .box{fill:#f6f8fa}
.policy .box{fill:#fff8c5}
.package .box{fill:#fbefff}
.resource .box{fill:#eaeef2}
.same .box{fill:#f6f8fa}
.created .box{fill:#dafbe1}
.updated .box{fill:#fff8c5}
.deleted .box{fill:#ffebe9}
.created .box,.line.created,.frame.created{stroke:#1a7f37}
.tip.created{fill:#1a7f37}
.updated .box,.line.updated,.frame.updated{stroke:#9a6700}
.tip.updated{fill:#9a6700}
.deleted .box,.line.deleted,.frame.deleted{stroke:#cf222e}
.tip.deleted{fill:#cf222e}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.detail,.label,.name{fill:#9198a1}
.label{stroke:#0d1117}
.paper{fill:#0d1117}
.frame{stroke:#30363d}
.box{stroke:#6e7681}
.line{stroke:#6e7681}
.tip{fill:#6e7681}
.organization .box{fill:#0c2d6b}
.requestor .box{fill:#21262d}
.policy .box{fill:#3b2f00}
.package .box{fill:#3c1e70}
.resource .box{fill:#262c36}
.same .box{fill:#21262d}
.created .box{fill:#12361f}
.updated .box{fill:#3b2f00}
.deleted .box{fill:#4a1a1d}
.created .box,.line.created,.frame.created{stroke:#3fb950}
.tip.created{fill:#3fb950}
.updated .box,.line.updated,.frame.updated{stroke:#d29922}
.tip.updated{fill:#d29922}
.deleted .box,.line.deleted,.frame.deleted{stroke:#f85149}
.tip.deleted{fill:#f85149}
}
";

/// Writes a picture.
#[must_use]
pub fn svg(picture: &Picture) -> String {
    let Placed {
        nodes,
        groups,
        lines,
        width,
        height,
    } = place(picture);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title about\">"
    );
    let _ = writeln!(
        out,
        "<title id=\"title\">{}</title>",
        escaped(&picture.title)
    );
    let _ = writeln!(
        out,
        "<desc id=\"about\">{}</desc>",
        escaped(&about(picture))
    );
    let _ = writeln!(out, "<style>\n{STYLE}</style>");
    let _ = writeln!(
        out,
        "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>"
    );
    let title = escaped(&cut(&picture.title, 80));
    let _ = writeln!(out, "<text class=\"head\" x=\"16\" y=\"28\">{title}</text>");
    if picture.is_empty() {
        let nothing = escaped(&picture.nothing());
        let _ = writeln!(out, "<text x=\"16\" y=\"60\">{nothing}</text>");
    }
    let marked = picture.has_marks();
    for (key, frame) in &groups {
        if let Some(group) = picture.groups.get(*key) {
            frame_of(&mut out, frame, group.mark, &group.named());
        }
    }
    for one in &lines {
        line(&mut out, one);
    }
    for (key, frame) in &nodes {
        if let Some(node) = picture.nodes.get(*key) {
            boxed(&mut out, key, frame, node, marked);
        }
    }
    out + "</svg>\n"
}

/// Says in words what a picture shows, for those who do not see it.
fn about(picture: &Picture) -> String {
    let mut words: Vec<String> = Class::ALL
        .iter()
        .map(|class| (class, picture.of(*class).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(class, n)| format!("{}: {n}", class.as_str()))
        .collect();
    words.push(format!("catalogs: {}", picture.groups.len()));
    words.push(format!("connections: {}", picture.edges.len()));
    format!(
        "From left to right: who may ask, the policy, the package, the resources with their roles. {}.",
        words.join(", ")
    )
}

const fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Created => "created",
        Mark::Updated => "updated",
        Mark::Deleted => "deleted",
    }
}

fn frame_of(out: &mut String, frame: &Frame, mark: Option<Mark>, name: &str) {
    let Frame { x, y, w, h } = frame;
    let class = mark.map_or_else(String::new, |mark| format!(" marked {}", word(mark)));
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect class=\"frame{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"8\"/><text class=\"name\" x=\"{}\" y=\"{}\">{}</text></g>",
        escaped(name),
        x + 10,
        y + 18,
        escaped(&cut(name, 60)),
    );
}

fn line(out: &mut String, line: &Line<'_>) {
    let Line {
        from,
        bend,
        to,
        edge,
    } = line;
    let mut class = edge
        .mark
        .map_or_else(String::new, |mark| format!(" {}", word(mark)));
    let tip = class.clone();
    if edge.closed {
        class += " closed";
    }
    let middle = (from.0 + bend) / 2;
    let end = to.0 - 6;
    let _ = writeln!(
        out,
        "<path class=\"line{class}\" d=\"M{} {}C{middle} {} {middle} {} {bend} {}H{end}\"/><path class=\"tip{tip}\" d=\"M{} {}l-8 -4v8z\"/>",
        from.0, from.1, from.1, to.1, to.1, to.0, to.1
    );
    let said = match edge.mark {
        None => edge.label.clone(),
        Some(mark) if edge.label.is_empty() => mark.as_str().to_owned(),
        Some(mark) => format!("{}: {}", mark.as_str(), edge.label),
    };
    if !said.is_empty() {
        let _ = writeln!(
            out,
            "<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>",
            to.0 - BESIDE,
            to.1 - 4,
            escaped(&cut(&said, LABEL)),
        );
    }
}

fn boxed(out: &mut String, key: &str, frame: &Frame, node: &Node, marked: bool) {
    let Frame { x, y, w, h } = frame;
    let class = match node.mark {
        Some(mark) => format!("{} {}", node.class.as_str(), word(mark)),
        None if marked => "same".to_owned(),
        None => node.class.as_str().to_owned(),
    };
    let round = match node.class {
        Class::Organization => h / 2,
        Class::Policy => 8,
        Class::Requestor => 14,
        Class::Package | Class::Resource => 2,
    };
    let name = node.named();
    let mut whole = name.clone();
    if !node.detail.is_empty() {
        let _ = write!(whole, ": {}", node.detail);
    }
    if node.class != Class::Requestor {
        let _ = write!(whole, " ({key})");
    }
    let _ = write!(
        out,
        "<g class=\"{class}\"><title>{}</title><rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{round}\"/>",
        escaped(&whole)
    );
    let (left, middle) = (x + measure::INSET, y + h / 2);
    let base = if node.detail.is_empty() {
        middle + 5
    } else {
        middle - 3
    };
    let shown = escaped(&cut(&name, layout::NAME));
    let _ = write!(out, "<text x=\"{left}\" y=\"{base}\">{shown}</text>");
    if !node.detail.is_empty() {
        let shown = escaped(&cut(&node.detail, layout::DETAIL));
        let _ = write!(
            out,
            "<text class=\"detail\" x=\"{left}\" y=\"{}\">{shown}</text>",
            middle + 13
        );
    }
    out.push_str("</g>\n");
}

/// Writes text so that it is text, also where XML allows no such character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            // Two of them and a word are a command in the log of a pipeline.
            '#' if out.ends_with('#') => out += "&#35;",
            c if hides(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}
