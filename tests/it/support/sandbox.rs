//! A temporary folder and an empty environment to run the program in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::{Span, Timestamp, Unit};
use regex::Regex;

/// The settings of a project that brings none of its own.
const SETTINGS: &str = "\
project = \"contoso\"

[tenant]
name = \"Contoso\"
domains = [\"contoso.com\"]
time-zone = \"Europe/Amsterdam\"

[store]
url = \"sqlite:guestlist.db\"
";

/// A folder that goes away with the value, and the program in it.
#[derive(Debug)]
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    /// Returns an empty folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self { folder }
    }

    /// Returns a folder with the usual settings and no policy file.
    pub(crate) fn project() -> Self {
        Self::new().write("guestlist.toml", SETTINGS)
    }

    /// Returns the folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Returns a path below the folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        let folder = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(folder).expect("a folder of the sandbox can be made");
        std::fs::write(path, bytes).expect("a file of the sandbox can be written");
        self
    }

    /// Puts a tree in place of the one that is there and leaves the store alone. A tree without settings gets the usual.
    pub(crate) fn holds(&self, tree: &Path) {
        for file in super::files_below(self.root()) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if !name.contains(".db") {
                std::fs::remove_file(&file).expect("a file of the sandbox can be removed");
            }
        }
        std::fs::write(self.path("guestlist.toml"), SETTINGS).expect("settings can be written");
        for file in super::files_below(tree) {
            let below = file.strip_prefix(tree).expect("a file lies below its tree");
            let target = self.root().join(below);
            let folder = target.parent().expect("a file lies in a folder");
            std::fs::create_dir_all(folder).expect("a folder of the sandbox can be made");
            std::fs::copy(&file, target).expect("a file of a tree can be copied");
        }
    }

    /// Runs the program in the folder, without a terminal, and waits for it.
    pub(crate) fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Outcome {
        let arguments: Vec<&str> = arguments.into_iter().collect();
        self.outcome(&arguments, &mut self.command(&arguments))
    }

    /// Waits for a command that was made ready by [`Self::command`] or in its place.
    pub(crate) fn outcome(&self, arguments: &[&str], command: &mut Command) -> Outcome {
        let output = command.output().expect("the program can be started");
        Outcome {
            command: arguments.join(" "),
            code: output.status.code(),
            stdout: self.steady(&output.stdout),
            stderr: self.steady(&output.stderr),
        }
    }

    /// Runs the program and returns what it wrote to standard output as it is, ids and instants included.
    pub(crate) fn exactly<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        let arguments: Vec<&str> = arguments.into_iter().collect();
        String::from_utf8(self.start(&arguments).stdout).expect("the program writes UTF-8")
    }

    /// Returns the program with its arguments, ready to be started in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Self::program());
        command.args(arguments);
        self.settle(command)
    }

    /// Returns where the program is.
    pub(crate) fn program() -> &'static Path {
        assert_cmd::cargo::cargo_bin!("guestlist")
    }

    /// Gives a command the folder and the empty environment.
    pub(crate) fn settle(&self, mut command: Command) -> Command {
        command
            .current_dir(self.root())
            .env_clear()
            .env("HOME", self.root())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        #[cfg(feature = "planted")]
        command.envs(super::planted().map(|bug| ("GUESTLIST_PLANTED", bug)));
        command
    }

    fn start(&self, arguments: &[&str]) -> Output {
        self.command(arguments)
            .output()
            .expect("the program can be started")
    }

    /// Takes out of an output what differs from run to run: the folder, fresh ids, the present time.
    fn steady(&self, bytes: &[u8]) -> String {
        let text = std::str::from_utf8(bytes).expect("the program writes UTF-8");
        let real = std::fs::canonicalize(self.root()).expect("the sandbox is there");
        let text = text
            .replace(&*real.to_string_lossy(), "<folder>")
            .replace(&*self.root().to_string_lossy(), "<folder>");
        let text = numbered_ids(&text, &self.texts());
        without_present(&without_digest(&text))
    }

    fn texts(&self) -> String {
        super::files_below(self.root())
            .into_iter()
            .filter(|file| !file.to_string_lossy().contains(".db"))
            // A pipe would wait for a writer.
            .filter(|file| std::fs::symlink_metadata(file).is_ok_and(|found| found.is_file()))
            .filter_map(|file| std::fs::read_to_string(file).ok())
            .collect()
    }
}

/// Numbers the ids of an output that stand nowhere in the tree, in order of appearance.
fn numbered_ids(text: &str, tree: &str) -> String {
    let id = Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
        .expect("a valid expression");
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    id.replace_all(text, |found: &regex::Captures<'_>| {
        if tree.contains(&found[0]) {
            return found[0].to_owned();
        }
        let next = seen.len() + 1;
        let number = seen.entry(found[0].to_owned()).or_insert(next);
        format!("<id {number}>")
    })
    .into_owned()
}

/// Blanks the digest of a plan, which covers the ids of a store that is another one in every run.
fn without_digest(text: &str) -> String {
    let digest = Regex::new("(digest\": \"|[Dd]igest:? ?(?:`|<code>))[0-9a-f]{32}")
        .expect("a valid expression");
    digest.replace_all(text, "${1}<digest>").into_owned()
}

/// Blanks instants of today, of yesterday and of tomorrow.
fn without_present(text: &str) -> String {
    let now = Timestamp::now().round(Unit::Second).unwrap_or_default();
    let days = [-24, 0, 24].map(|hours| {
        let day = now.checked_add(Span::new().hours(hours)).unwrap_or(now);
        day.to_string()[..10].to_owned()
    });
    let instant = Regex::new("([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.]+(Z| UTC)?")
        .expect("a valid expression");
    instant
        .replace_all(text, |found: &regex::Captures<'_>| {
            if days.iter().any(|day| *day == found[1]) {
                "<now>".to_owned()
            } else {
                found[0].to_owned()
            }
        })
        .into_owned()
}

/// What a run of the program left: its exit code and what it wrote.
#[derive(Debug)]
#[must_use = "a run that nobody looks at proves nothing"]
pub(crate) struct Outcome {
    command: String,
    /// The exit code; `None` for a program that a signal ended.
    pub(crate) code: Option<i32>,
    /// What it wrote to standard output.
    pub(crate) stdout: String,
    /// What it wrote to standard error.
    pub(crate) stderr: String,
}

impl Outcome {
    /// Fails unless the program ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "`guestlist {}` ended otherwise\n{}",
            self.command,
            self.text()
        );
        self
    }

    /// Fails unless standard output or standard error holds this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "`guestlist {}` does not say `{text}`\n{}",
            self.command,
            self.text()
        );
        self
    }

    /// Returns the exit code and both outputs as one text.
    pub(crate) fn text(&self) -> String {
        let Self {
            command: _,
            code,
            stdout,
            stderr,
        } = self;
        let code = code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
        format!("exit {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}
