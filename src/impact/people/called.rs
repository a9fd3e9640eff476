//! Puts people whom lists name into words: by address, as members of groups, as holders of packages.

use std::collections::BTreeSet;

use super::class::Named;
use super::part::{Belongs, Part};
use super::who::{Who, joined};
use crate::impact::holding::Course;

/// Says who is meant by a part: whoever matches a rule, where one is told, is none of those whom `but` tells, and belongs to
/// whom `of` tells. `written` says how the tree writes a name.
pub(in crate::impact) fn called(
    part: &Part<'_>,
    written: impl Fn(&Named) -> String,
    [rule, but, of]: [Option<&str>; 3],
) -> Who {
    let mut who = Who::default();
    let mut lists = Vec::new();
    let last = if part.alike.len() > 1 { "or" } else { "and" };
    for alike in &part.alike {
        let (held, named): (Vec<&Named>, Vec<&Named>) =
            alike.iter().partition(|named| named.course().is_some());
        let names: Vec<String> = named.into_iter().map(&written).collect();
        let courses: Vec<(&str, Course)> = held.into_iter().filter_map(Named::course).collect();
        let packages = courses.iter().map(|(name, _)| format!("package/{name}"));
        let packages: Vec<String> = packages.collect();
        who.holds
            .extend(courses.iter().map(|(name, _)| (*name).to_owned()));
        let also = !lists.is_empty();
        let course = courses.first().map(|(_, course)| *course);
        let holders = course.map(|course| {
            let who = match (course, also) {
                (Course::Holds, false) => "holders of",
                (Course::Holds, true) => "who also have",
                (Course::Loses, false) => "whoever loses",
                (Course::Loses, true) => "who also lose",
                (Course::Gets, false) => "whoever gets",
                (Course::Gets, true) => "who also get",
                (Course::Comes, false) => "whoever comes to hold",
                (Course::Comes, true) => "who also come to hold",
            };
            format!("{who} {}", joined(&packages, last))
        });
        let in_lists = (!names.is_empty()).then(|| match also {
            true if names.iter().any(|name| name.starts_with("whoever ")) => {
                let name = joined(&names, last);
                let name = name.replace("whoever joins", "who also join");
                name.replace("whoever leaves", "who also leave")
            }
            true => format!("who is also in {}", joined(&names, last)),
            false => joined(&names, last),
        });
        let both: Vec<String> = in_lists.into_iter().chain(holders).collect();
        lists.push(both.join(&format!(" {last} ")));
        who.named.extend(names);
    }
    who.text = lists.join(", ");
    if let Some(but) = but {
        who.text = format!("{} {but}", who.text);
    }
    if let Some(rule) = rule {
        who.text = match who.text.as_str() {
            "" => format!("whoever matches {rule}"),
            text => format!("{text}, matching {rule}"),
        };
    }
    if let Some(of) = of {
        // Whoever is named, holds something or matches a rule is there; and what stands in brackets has none itself.
        let of = of.replace(" (in the directory)", "");
        let of = of.replace(" (", ", ").replace(')', "");
        who.text = format!("{} ({of})", who.text);
    }
    who
}

/// Says whose people are whom an address names, by how they sign in.
pub(in crate::impact) fn belonging(parts: &[&Part<'_>]) -> String {
    let all: BTreeSet<Belongs<'_>> = parts.iter().flat_map(|it| &it.belongs).copied().collect();
    let names = all.iter().filter_map(|belongs| match belongs {
        Belongs::To(name) => Some((*name).to_owned()),
        Belongs::ToAnother | Belongs::ToNone => None,
    });
    let names: Vec<String> = names.collect();
    let mut words = Vec::new();
    words.extend((!names.is_empty()).then(|| joined(&names, "or")));
    let other = all.contains(&Belongs::ToAnother);
    words.extend(other.then(|| "another organization".to_owned()));
    let none = match words.is_empty() {
        true => "no known organization",
        false => "none",
    };
    words.extend(all.contains(&Belongs::ToNone).then(|| none.to_owned()));
    format!("as somebody of {}", words.join(" or of "))
}

/// Says of people whom addresses name that the directory does not have them, beside whose they are.
pub(in crate::impact) fn nobody_yet(part: &Part<'_>, of: Option<String>) -> String {
    let nobody = match part.alike.first().map(Vec::len) {
        Some(0 | 1) | None => "nobody in the directory has this address yet",
        Some(_) => "nobody in the directory has these addresses yet",
    };
    match of {
        Some(of) => format!("{of}; {nobody}"),
        None => nobody.to_owned(),
    }
}
