//! Puts people whom lists name into words: by address, as members of groups, as holders of packages.

use std::collections::BTreeSet;

use super::class::Named;
use super::part::{Belongs, Part};
use super::said::Said;
use super::who::{Who, joined};
use crate::impact::holding::Course;

/// Says who is meant by a part: whoever matches a rule, where one is told, is none of those whom `but` tells, and belongs to
/// whom `of` tells. `written` says how the tree writes a name.
pub(in crate::impact) fn called(
    part: &Part<'_>,
    written: impl Fn(&Named) -> String,
    rule: Option<Said>,
    [but, of]: [Option<&str>; 2],
) -> Who {
    let mut who = Who::default();
    let mut words = Said::default();
    let last = if part.alike.len() > 1 { "or" } else { "and" };
    for (at, alike) in part.alike.iter().enumerate() {
        let (held, named): (Vec<&Named>, Vec<&Named>) =
            alike.iter().partition(|named| named.course().is_some());
        let names: Vec<String> = named.into_iter().map(&written).collect();
        let courses: Vec<(&str, Course)> = held.into_iter().filter_map(Named::course).collect();
        let packages = courses.iter().map(|(name, _)| format!("package/{name}"));
        let packages: Vec<String> = packages.collect();
        who.holds
            .extend(courses.iter().map(|(name, _)| (*name).to_owned()));
        let also = at > 0;
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
            Said::from(format!("{who} {}", joined(&packages, last)))
        });
        let in_lists = (!names.is_empty()).then(|| {
            let is_moving = names.iter().any(|name| name.starts_with("whoever "));
            let said: Vec<Said> = names.iter().map(|name| named_so(name, also)).collect();
            let said = Said::joined(&said, last);
            match also && !is_moving {
                true => Said::from("who is also in ").and(said),
                false => said,
            }
        });
        if also {
            words = words.and(", ");
        }
        words = match (in_lists, holders) {
            (Some(named), Some(held)) => words.and(named).and(format!(" {last} ")).and(held),
            (one, other) => words.and(one.or(other).unwrap_or_default()),
        };
        who.named.extend(names);
    }
    if let Some(but) = but {
        words = words.and(format!(" {but}"));
    }
    if let Some(rule) = rule {
        words = match words.is_empty() {
            true => Said::from("whoever matches ").and(rule),
            false => words.and(", matching ").and(rule),
        };
    }
    if let Some(of) = of {
        // Whoever is named, holds something or matches a rule is there; and what stands in brackets has none itself.
        let of = of.replace(" (in the directory)", "");
        let of = of.replace(" (", ", ").replace(')', "");
        words = words.and(format!(" ({of})"));
    }
    who.told(words)
}

/// Says who somebody is whom a list names, or what becomes of them: what stands before the name are words of ours.
pub(in crate::impact) fn named(name: &str) -> Said {
    named_so(name, false)
}

/// What stands before a name, alone and beside others.
const VERBS: &[(&str, &str)] = &[
    ("whoever joins ", "who also join "),
    ("whoever leaves ", "who also leave "),
    ("holders of ", "who also have "),
    ("whoever loses ", "who also lose "),
    ("whoever gets ", "who also get "),
    ("whoever comes to hold ", "who also come to hold "),
];

/// As [`named`], beside others where `also` is set.
fn named_so(name: &str, also: bool) -> Said {
    for (verb, beside) in VERBS.iter().copied() {
        if let Some(name) = name.strip_prefix(verb) {
            return Said::from(if also { beside } else { verb }).and(Said::name(name));
        }
    }
    Said::name(name)
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
