//! What a report is counted by, as the command line offers it.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::app::report::{Grouping, Said};

/// Reads one of the groupings of a report: by its name here, or as programs read it.
pub(super) fn grouping<G: Grouping>() -> impl TypedValueParser<Value = G> {
    let offered = G::ALL.iter().map(|by| {
        let Said {
            name, flag, about, ..
        } = by.said();
        PossibleValue::new(flag).alias(name).help(about.trim())
    });
    PossibleValuesParser::new(offered).map(|text| {
        let fits = |by: &G| text == by.said().flag || text == by.said().name;
        let found = G::ALL.iter().copied().find(fits);
        found.expect("INVARIANT: clap takes nothing else")
    })
}

/// Returns the grouping that is taken where nobody says.
pub(super) fn first<G: Grouping>() -> &'static str {
    G::ALL.first().map_or("", |by| by.said().flag)
}
