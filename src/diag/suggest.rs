//! Near names for what is misspelt.

/// Returns the known name nearest to a misspelt one, if any is near enough to be meant.
///
/// Near means: at most a third of the letters differ (a transposition counts once), or only case and separators do.
/// Of equally near names the first in the order given wins.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    fn plain(text: &str) -> impl Iterator<Item = char> {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
    }
    let length = wrong.chars().count();
    let limit = length.max(3) / 3;
    known
        .into_iter()
        .filter(|name| name.len().abs_diff(wrong.len()) <= limit * 4)
        .filter_map(|name| {
            if plain(name).eq(plain(wrong)) {
                return Some((0, name));
            }
            // As many letters differ as one word is longer.
            let letters = name.chars().count();
            if letters.abs_diff(length) > limit {
                return None;
            }
            let distance = strsim::damerau_levenshtein(wrong, name);
            let meant = distance <= limit && distance < length.min(name.len());
            meant.then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Returns the line of help that offers the nearest known name.
#[must_use]
pub fn offer<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["displayName", "description", "domains"];
        assert_eq!(nearest("dispalyName", known), Some("displayName"));
        assert_eq!(nearest("display-name", known), Some("displayName"));
        assert_eq!(nearest("domain", known), Some("domains"));
        assert_eq!(nearest("sponsors", known), None);
    }

    #[test]
    fn offers_nothing_for_short_or_unlike_words() {
        assert_eq!(nearest("x", ["abc"]), None);
        assert_eq!(nearest("", ["a", "b"]), None);
    }
}
