//! What a command runs in: where, in which format, and the way out for results and messages.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::failure::Failure;
use super::{Color, Exit, Format, Globals, Pii, process};
use crate::app::{self, AppError, Overrides, Patience, Workspace, World, repository};
use crate::model::Digest;
use crate::ports::{Clock, Ids, Secret, Timer};
use crate::render::finding::{self, Findings, Setting};
use crate::render::{
    Block, Html, Line, Markdown, Mask, Masked, Page, Role, Text, Writer, json, mark,
};

/// The prefix of variables for `${var.name}`: `GUESTLIST_VAR_PARTNER_MAIL` is `partner-mail`.
const VARIABLE: &str = "GUESTLIST_VAR_";

/// How much output is gathered before it is written.
const BUFFER: usize = 64 * 1024;

/// What a command runs in.
#[derive(Debug)]
pub(crate) struct Context {
    pub(super) globals: Globals,
    command: &'static str,
    project: OnceCell<Project>,
    /// Where its files lie below the root of the repository.
    below: OnceCell<String>,
    /// Where the project that the command is about lies, where that need not be the one that it works in.
    about: OnceCell<String>,
    /// What masks the mail addresses of results: the same ones alike in all that a run writes.
    mask: Mask,
    has_written: Cell<bool>,
    /// What is being written meanwhile.
    meanwhile: RefCell<Option<JoinHandle<io::Result<()>>>>,
    /// Why what was written meanwhile was not written whole.
    unwritten: RefCell<Option<io::Error>>,
}

/// What results say of the project.
#[derive(Debug, Default)]
struct Project {
    name: String,
    /// Where it lies below the root of its repository.
    folder: String,
}

impl Context {
    pub(super) fn new(globals: Globals, command: &'static str) -> Self {
        Self {
            globals,
            command,
            project: OnceCell::new(),
            below: OnceCell::new(),
            about: OnceCell::new(),
            mask: Mask::default(),
            has_written: Cell::new(false),
            meanwhile: RefCell::default(),
            unwritten: RefCell::default(),
        }
    }

    /// Returns the name of the command.
    pub(super) const fn command(&self) -> &'static str {
        self.command
    }

    pub(super) fn is_json(&self) -> bool {
        self.globals.format == Format::Json
    }

    /// Returns true when there is one result, written at the end, and what comes before it goes aside.
    pub(super) fn tells_once(&self) -> bool {
        self.globals.format != Format::Text
    }

    /// Returns true once something was written to standard output.
    pub(super) fn has_written(&self) -> bool {
        self.has_written.get()
    }

    /// Refuses a format that the command does not have, before anything is done.
    pub(super) fn demand_format(&self) -> Result<(), Failure> {
        let Globals { format, pii, .. } = &self.globals;
        format.demand(self.command, Format::of(self.command))?;
        if (*format, *pii) == (Format::Json, Some(Pii::Masked)) {
            return Err(Failure::new(
                Exit::Usage,
                "JSON is for programs and shows mail addresses as they are",
            )
            .help("leave out `--pii masked`, or choose another format"));
        }
        Ok(())
    }

    /// Returns what masks mail addresses; `None` where they are shown whole.
    pub(super) fn mask(&self) -> Option<&Mask> {
        let masks = match self.globals.pii {
            Some(pii) => pii == Pii::Masked,
            None => !matches!(
                self.globals.format,
                Format::Text | Format::Json | Format::Csv
            ),
        };
        masks.then_some(&self.mask)
    }

    /// Returns where a file is that the command line names: below the folder that `-C` works in, as if started there.
    pub(super) fn path(&self, named: &Path) -> PathBuf {
        let dir = &self.globals.dir;
        if dir.as_os_str() == "." || named.as_os_str() == "-" {
            named.to_owned()
        } else {
            dir.join(named)
        }
    }

    /// Returns what masks mail addresses in files and pictures, which leave the terminal whatever is shown there.
    pub(super) fn mask_of_files(&self) -> Option<&Mask> {
        (self.globals.pii != Some(Pii::Full)).then_some(&self.mask)
    }

    /// Finds the project.
    pub(super) fn workspace(&self) -> Result<Workspace, Failure> {
        Ok(self.found()?)
    }

    /// Finds the project, for what can do without one.
    pub(super) fn workspace_if_any(&self) -> Result<Option<Workspace>, Failure> {
        match self.found() {
            Ok(workspace) => Ok(Some(workspace)),
            Err(AppError::NoProject { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn found(&self) -> Result<Workspace, AppError> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let overrides = Overrides {
            store: given(&self.globals.store),
            heads: variable("GUESTLIST_AUDIT_HEADS"),
            key_file: variable("GUESTLIST_AUDIT_KEY_FILE"),
        };
        let environment = given(&self.globals.env);
        let workspace = app::workspace(&self.globals.dir, environment.as_deref(), &overrides)?;
        self.detail(&format!("project at {}", workspace.root.display()));
        let _ = self.project.set(Project {
            name: workspace.project().to_owned(),
            folder: repository::below_root(&workspace.root),
        });
        Ok(workspace)
    }

    /// Returns the name of the project that was found.
    pub(super) fn project(&self) -> &str {
        self.project
            .get()
            .map_or("", |project| project.name.as_str())
    }

    /// Says where the project lies below the root of the repository that the command is about.
    pub(super) fn is_about(&self, folder: String) {
        let _ = self.about.set(folder);
    }

    /// Says which project a result is of that needs no folder of a project.
    pub(super) fn is_of(&self, project: &str) {
        let _ = self.project.set(Project {
            name: project.to_owned(),
            folder: String::new(),
        });
    }

    /// Returns the outside world as it is.
    pub(super) fn world(&self) -> World<'static> {
        let holder = process::holder();
        let actor = std::env::var("GUESTLIST_ACTOR").ok();
        World {
            clock: &SystemClock,
            ids: &FreshIds,
            timer: &SystemTimer,
            patience: Patience::none(),
            is_gone: process::is_gone,
            actor: actor
                .filter(|actor| !actor.trim().is_empty())
                .unwrap_or_else(|| holder.user.clone()),
            holder,
            commit: repository::commit(&self.globals.dir),
            audit_key: std::env::var("GUESTLIST_AUDIT_KEY")
                .ok()
                .filter(|key| !key.trim().is_empty())
                .map(Secret::new),
            smtp_password: smtp_password(),
            vars: variables(),
        }
    }

    /// Writes a result to standard output, in the format asked for.
    pub(super) fn report<T: Serialize>(
        &self,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
        value: impl FnOnce() -> T,
    ) -> Result<(), Failure> {
        match self.globals.format {
            Format::Json => self.write(|out| json::write(out, &value())),
            format if format.is_document() => self.document(self.command, None, view),
            _ => self.text(view),
        }
    }

    /// Writes a result to standard output as text.
    pub(super) fn text(
        &self,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let colour = self.colour(&io::stdout());
        self.write(|out| self.through(&mut Text::new(out, colour), view))
    }

    /// Writes a result to standard output as text while the command goes on: whoever reads slowly, or not at all, holds up
    /// nothing that others wait for. Whatever is written later comes after it.
    pub(super) fn text_meanwhile(
        &self,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let bytes = self.lowered(self.colour(&io::stdout()), view)?;
        self.has_written.set(true);
        self.go_on(move || {
            let mut out = io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()
        });
        Ok(())
    }

    /// As [`Self::text_meanwhile`], to standard error.
    pub(super) fn aside_meanwhile(
        &self,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let bytes = self.lowered(self.colour(&io::stderr()), view)?;
        self.go_on(move || {
            // There is nowhere left to say that standard error is gone.
            let _ = io::stderr().lock().write_all(&bytes);
            Ok(())
        });
        Ok(())
    }

    fn lowered(
        &self,
        colour: bool,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let lowered = self.through(&mut Text::new(&mut bytes, colour), view);
        lowered.map_err(|error| Failure::output(&error))?;
        Ok(bytes)
    }

    fn go_on(&self, write: impl FnOnce() -> io::Result<()> + Send + 'static) {
        self.catch_up();
        self.meanwhile.replace(Some(std::thread::spawn(write)));
    }

    /// Waits until everything is written that is being written meanwhile.
    pub(super) fn catch_up(&self) {
        // It only writes; what it may have panicked with was said already.
        let written = self.meanwhile.take().and_then(|thread| thread.join().ok());
        if let Some(Err(error)) = written {
            self.unwritten.replace(Some(error));
        }
    }

    /// Writes a result to standard output as a document of Markdown or HTML.
    pub(super) fn document(
        &self,
        report: &'static str,
        digest: Option<Digest>,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let name = self.project.get().map(|project| project.name.clone());
        let page = Page {
            report,
            project: name.unwrap_or_default(),
            environment: self.environment().to_owned(),
            folder: self.folder(),
            digest: digest.map(|digest| digest.to_string()),
        };
        self.write(|out| {
            if self.globals.format == Format::Html {
                let mut html = Html::new(out, page);
                self.through(&mut html, view)?;
                html.finish()
            } else {
                let mut markdown = Markdown::new(out, page);
                self.through(&mut markdown, view)?;
                markdown.finish()
            }
        })
    }

    /// Writes a failure to standard output as a document, in the place of the report that there is none of.
    pub(super) fn failed(
        &self,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let title = Line::new().and(Role::Strong, format!("guestlist {}", self.command));
        self.document(self.command, None, |out| {
            out.block(&Block::Heading(title))?;
            view(out)
        })
    }

    /// Writes findings to standard output. The log of a pipeline has the report before its commands.
    pub(super) fn findings(
        &self,
        findings: &Findings,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let write = match self.globals.format {
            Format::Junit => finding::junit,
            Format::Sarif => {
                let category = mark::category(self.command, &self.folder(), self.environment());
                return self.write(|out| finding::sarif(out, findings, &category));
            }
            Format::Gitlab => finding::code_quality,
            Format::Github => finding::github,
            Format::Azure => finding::azure,
            _ => return self.text(view),
        };
        if matches!(self.globals.format, Format::Github | Format::Azure) {
            self.text(view)?;
        }
        self.write(|out| write(out, findings))
    }

    /// Returns the environment that was asked for; empty for the settings as they stand.
    fn environment(&self) -> &str {
        self.globals.env.as_deref().unwrap_or_default()
    }

    /// Returns where the project that the command works in lies below the root of the repository, whatever stands there.
    fn folder(&self) -> String {
        match self.about.get() {
            Some(folder) => folder.clone(),
            None => repository::named_below_root(&self.globals.dir),
        }
    }

    /// Returns how findings are told.
    pub(super) fn setting(&self) -> Setting<'_> {
        Setting {
            command: self.command,
            folder: self.below.get_or_init(|| match self.project.get() {
                Some(project) => project.folder.clone(),
                // Whatever keeps it from being read, its files lie where they lie.
                None => self.folder(),
            }),
            settings: app::FILE,
            mask: self.mask(),
        }
    }

    /// Lowers a view to a writer, with mail addresses masked where they are to be.
    fn through(
        &self,
        writer: &mut dyn Writer,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.mask() {
            Some(mask) => view(&mut Masked::new(mask, writer)),
            None => view(writer),
        }
    }

    /// Writes to standard output. That nobody reads on is no failure: what was done is done.
    pub(super) fn write(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.has_written.set(true);
        self.catch_up();
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        let earlier = self.unwritten.take().map_or(Ok(()), Err);
        match earlier
            .and_then(|()| fill(&mut out))
            .and_then(|()| out.flush())
        {
            Ok(()) => Ok(()),
            Err(error) => {
                // What is left in the buffer cannot be written either.
                let _ = out.into_parts();
                match error.kind() {
                    io::ErrorKind::BrokenPipe => Ok(()),
                    _ => Err(Failure::output(&error)),
                }
            }
        }
    }

    /// Writes a view to standard error.
    pub(super) fn aside(&self, view: impl FnOnce(&mut dyn Writer) -> io::Result<()>) {
        self.catch_up();
        let colour = self.colour(&io::stderr());
        let mut out = BufWriter::with_capacity(BUFFER, io::stderr().lock());
        // There is nowhere left to say that standard error is gone.
        let _ = self
            .through(&mut Text::new(&mut out, colour), view)
            .and_then(|()| out.flush());
    }

    /// Leaves a value to the end of the process, which is near: giving a large tree back piece by piece takes a while.
    pub(super) fn leave<T>(value: T) {
        std::mem::forget(value);
    }

    /// Says something that is neither result nor error.
    pub(super) fn say(&self, message: &str) {
        if !self.globals.quiet {
            self.aside(|out| out.block(&Block::Paragraph(vec![Line::plain(message)])));
        }
    }

    /// Says something for those who want to know more.
    pub(super) fn detail(&self, message: &str) {
        if self.globals.verbose {
            let line = Line::new().and(Role::Faint, message);
            self.aside(|out| out.block(&Block::Paragraph(vec![line])));
        }
    }

    /// Returns true when progress can be shown.
    pub(super) fn shows_progress(&self) -> bool {
        !self.globals.quiet && io::stderr().is_terminal() && !is_pipeline()
    }

    /// Returns true where there is somebody to ask.
    pub(super) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal() && !is_pipeline()
    }

    fn colour(&self, stream: &impl anstream::stream::RawStream) -> bool {
        match self.globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if is_pipeline() => false,
            Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        }
    }
}

/// Returns true in the job of a pipeline, which may have a terminal that nobody sits at.
fn is_pipeline() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

fn smtp_password() -> Option<Secret> {
    let password = std::env::var(app::governance::mail::PASSWORD).ok();
    password
        .filter(|password| !password.is_empty())
        .map(Secret::new)
}

fn variables() -> BTreeMap<String, String> {
    let named = |(key, value): (std::ffi::OsString, std::ffi::OsString)| {
        let name = key.to_str()?.strip_prefix(VARIABLE)?;
        let name = name.to_ascii_lowercase().replace('_', "-");
        Some((name, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(named).collect()
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct SystemTimer;

impl Timer for SystemTimer {
    fn elapsed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

struct FreshIds;

impl Ids for FreshIds {
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
}
