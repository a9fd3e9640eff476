//! What a command runs in: where, in which format, and the way out for results and messages.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::failure::Failure;
use super::{Color, Format, Globals, commit, process};
use crate::app::{self, Overrides, Patience, Workspace, World};
use crate::ports::{Clock, Ids, Secret, Timer};
use crate::render::{Block, Line, Role, Text, Writer, json};

/// The prefix of variables for `${var.name}`: `GUESTLIST_VAR_PARTNER_MAIL` is `partner-mail`.
const VARIABLE: &str = "GUESTLIST_VAR_";

/// How much output is gathered before it is written.
const BUFFER: usize = 64 * 1024;

/// What a command runs in.
#[derive(Debug)]
pub(crate) struct Context {
    pub(super) globals: Globals,
}

impl Context {
    pub(super) fn new(globals: Globals) -> Self {
        Self { globals }
    }

    pub(super) fn is_json(&self) -> bool {
        self.globals.format == Format::Json
    }

    /// Finds the project.
    pub(super) fn workspace(&self) -> Result<Workspace, Failure> {
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
        Ok(workspace)
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
            commit: commit::of(&self.globals.dir),
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
        text: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
        value: impl FnOnce() -> T,
    ) -> Result<(), Failure> {
        if self.is_json() {
            self.write(|out| json::write(out, &value()))
        } else {
            self.text(text)
        }
    }

    /// Writes a result to standard output as text.
    pub(super) fn text(
        &self,
        view: impl FnOnce(&mut dyn Writer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let colour = self.colour(&io::stdout());
        self.write(|out| view(&mut Text::new(out, colour)))
    }

    /// Writes to standard output. That nobody reads on is no failure: what was done is done.
    pub(super) fn write(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        match fill(&mut out).and_then(|()| out.flush()) {
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
        let colour = self.colour(&io::stderr());
        let mut out = BufWriter::with_capacity(BUFFER, io::stderr().lock());
        // There is nowhere left to say that standard error is gone.
        let _ = view(&mut Text::new(&mut out, colour)).and_then(|()| out.flush());
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
        !self.globals.quiet && io::stderr().is_terminal() && std::env::var_os("CI").is_none()
    }

    fn colour(&self, stream: &impl anstream::stream::RawStream) -> bool {
        match self.globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        }
    }
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
