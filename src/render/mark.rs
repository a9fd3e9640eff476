//! What tells the reports of one repository apart: the folder that a command worked in and the environment it was given. Both
//! are known before anything is read, so a tree with errors or other settings cannot change them.

use std::fmt::Write;

/// How many characters of a folder or an environment are shown.
const MOST: usize = 200;

/// Returns the comment that nobody sees, by which the next document finds this one.
///
/// `folder` is the one below the root of the repository, with `/` between folders; both are empty where there is none.
#[must_use]
pub fn marker(report: &str, folder: &str, environment: &str) -> String {
    let folder = if folder.is_empty() { "." } else { folder };
    let mut marker = format!("<!-- guestlist:{report} {}", plain(folder));
    if !environment.is_empty() {
        marker.push(' ');
        marker.push_str(&plain(environment));
    }
    marker.push_str(" -->");
    marker
}

/// Returns the category of a log of findings: code scanning keeps the last log of each.
#[must_use]
pub fn category(command: &str, folder: &str, environment: &str) -> String {
    let mut category = format!("guestlist/{command}");
    if !environment.is_empty() {
        category.push('@');
        category.push_str(&plain(environment));
    }
    category.push('/');
    if !folder.is_empty() {
        category.push_str(&plain(folder));
        category.push('/');
    }
    category
}

/// Returns text of letters, digits and a few signs, others by their bytes, as in an address. Two hyphens could end a comment.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "._/".contains(c) || (c == '-' && !out.ends_with('-')) {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Text takes whatever is written to it.
                let _ = write!(out, "%{byte:02X}");
            }
        }
        if out.len() >= MOST {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_tells_folder_and_environment_apart() {
        assert_eq!(marker("plan", "", ""), "<!-- guestlist:plan . -->");
        assert_eq!(
            marker("plan", "it/access", "staging"),
            "<!-- guestlist:plan it/access staging -->"
        );
        let all = [("a-b", ""), ("a/b", ""), ("a", "b"), ("a b", ""), ("", "a")];
        let markers = all.map(|(folder, environment)| marker("plan", folder, environment));
        for (at, one) in markers.iter().enumerate() {
            assert!(markers[..at].iter().all(|other| !one.starts_with(other)));
        }
    }

    #[test]
    fn a_marker_stays_a_comment_of_one_line() {
        assert_eq!(
            marker("plan", "a--><b>--\n", "ä"),
            "<!-- guestlist:plan a-%2D%3E%3Cb%3E-%2D%0A %C3%A4 -->"
        );
        assert!(marker("plan", &"ä".repeat(4_000), "").len() < 300);
    }

    #[test]
    fn a_category_tells_folder_and_environment_apart() {
        assert_eq!(category("plan", "", ""), "guestlist/plan/");
        assert_eq!(
            category("lint", "it/access", ""),
            "guestlist/lint/it/access/"
        );
        assert_eq!(category("plan", "it", "b"), "guestlist/plan@b/it/");
    }
}
