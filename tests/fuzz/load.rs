//! Any bytes as policy files: the loader gives a tree or says why not, every place lies in its file, and nothing panics.
#![no_main]

use std::collections::BTreeMap;

use guestlist::load::{decode_text, load};
use guestlist::model::Project;
use guestlist::source::Sources;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // A line of `%%` separates files.
    let mut files = Vec::new();
    let mut rest = bytes;
    loop {
        let end = rest.windows(4).position(|window| window == b"\n%%\n");
        let part = &rest[..end.unwrap_or(rest.len())];
        let Ok(file) = decode_text(format!("{}.yaml", files.len()), part.to_vec()) else {
            return;
        };
        files.push(file);
        match end {
            Some(end) if files.len() < 4 => rest = &rest[end + 4..],
            _ => break,
        }
    }
    let sources = Sources::new(files);
    let project = Project {
        name: "contoso".to_owned(),
        own_domains: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        vars: BTreeMap::from([("site".to_owned(), "somewhere".to_owned())]),
    };
    let now = jiff::Timestamp::from_second(1_772_000_000).expect("an instant");
    let loaded = load(&sources, &project, now);
    assert_eq!(loaded.desired.is_none(), loaded.diagnostics.has_errors());
    for diagnostic in loaded.diagnostics.iter() {
        assert!(!diagnostic.message.contains('\n'), "{diagnostic:?}");
        let related = diagnostic.related.iter().map(|label| &label.place);
        for place in related.chain(diagnostic.primary.as_deref()) {
            let file = sources.iter().find(|(_, file)| file.path() == place.path);
            let (_, file) = file.expect("the file is there");
            let line = file.text().split('\n').nth(place.line as usize - 1);
            let line = line.expect("the line is there");
            assert!(place.column as usize <= line.chars().count() + 1, "{place:?}");
        }
    }
});
