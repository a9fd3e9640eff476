//! Golden files: what the program said once, kept to the byte. `UPDATE=1` rewrites them; review the rewrite like code.

use std::path::Path;

use similar::TextDiff;

/// Returns true when golden files are rewritten instead of compared.
fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Collects the differences between golden files and what came out, so that a run shows all of them.
#[derive(Debug, Default)]
pub(crate) struct Golden {
    differences: Vec<String>,
}

impl Golden {
    /// Compares a text with a file, or rewrites the file.
    pub(crate) fn compare(&mut self, file: &Path, found: &str) {
        let expected = std::fs::read_to_string(file).unwrap_or_default();
        if expected == found {
            return;
        }
        if updating() {
            let folder = file.parent().expect("a golden file lies in a folder");
            std::fs::create_dir_all(folder).expect("the folder of a golden file can be made");
            std::fs::write(file, found).expect("a golden file can be written");
            return;
        }
        let diff = TextDiff::from_lines(expected.as_str(), found);
        let diff = diff.unified_diff().header("expected", "found").to_string();
        self.differences.push(format!("{}\n{diff}", file.display()));
    }

    /// Compares a page: its title and its body with a file, everything else with the one page that is kept whole.
    ///
    /// Style, script and what a browser is told are the same on every page.
    pub(crate) fn page(&mut self, file: &Path, found: &str) {
        let between = |from: &str, to: &str| {
            let start = found.find(from)? + from.len();
            let end = start + found[start..].find(to)?;
            Some(start..end)
        };
        let parts = (
            between("<title>", "</title>"),
            between("<body>", "<script>"),
        );
        let (Some(title), Some(body)) = parts else {
            self.fail(format!("{}: no page\n{found}", file.display()));
            return;
        };
        let own = format!("{}\n{}\n", &found[title.clone()], &found[body.clone()]);
        self.compare(file, &own);
        let frame = [
            &found[..title.start],
            "TITLE",
            &found[title.end..body.start],
            "BODY",
            &found[body.end..],
        ];
        self.compare(&super::repository("tests/kept/page.html"), &frame.concat());
    }

    /// Removes a file that is no longer expected, or counts it as a difference.
    pub(crate) fn absent(&mut self, file: &Path) {
        if !file.exists() {
            return;
        }
        if updating() {
            std::fs::remove_file(file).expect("a golden file can be removed");
        } else {
            self.fail(format!("{}: nothing comes out here", file.display()));
        }
    }

    /// Adds a difference in words.
    pub(crate) fn fail(&mut self, difference: impl Into<String>) {
        self.differences.push(difference.into());
    }

    /// Takes over the differences of another collection.
    pub(crate) fn extend(&mut self, other: Self) {
        self.differences.extend(other.differences);
    }

    /// Fails with everything that differs.
    pub(crate) fn finish(self) {
        assert!(
            self.differences.is_empty(),
            "{} differences; if they are meant, run again with UPDATE=1 and review\n\n{}",
            self.differences.len(),
            self.differences.join("\n\n")
        );
    }
}
