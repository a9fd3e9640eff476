//! Failures: which exit code each means, and how it is told.

use std::error::Error as _;
use std::io;

use jiff::Timestamp;

use super::context::Context;
use super::{Exit, Format};
use crate::app::{AppError, DiffError, Since};
use crate::apply::ApplyError;
use crate::diag::{Diagnostics, SHOWN};
use crate::governance::Ground;
use crate::guard::{Refusal, Stale};
use crate::model::{Address, Digest};
use crate::plan::Action;
use crate::render::finding::{self, Findings};
use crate::render::{Writer, json, view};
use crate::store::StoreError;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure(Box<Told>);

/// What is told of a failure.
#[derive(Debug)]
struct Told {
    exit: Exit,
    message: String,
    causes: Vec<String>,
    help: Option<String>,
    diagnostics: Diagnostics,
    /// The diagnostics with their places below the root of the repository, where the others have them otherwise.
    placed: Diagnostics,
    refusals: Vec<Refusal>,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self(Box::new(Told {
            exit,
            message: message.into(),
            causes: Vec::new(),
            help: None,
            diagnostics: Diagnostics::new(),
            placed: Diagnostics::new(),
            refusals: Vec::new(),
        }))
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Leaves out what stands against a plan, because it was told with the plan.
    pub(super) fn without_refusals(mut self) -> Self {
        self.0.refusals.clear();
        self
    }

    /// Returns the failure to write a result.
    pub(super) fn output(error: &io::Error) -> Self {
        let mut failure = Self::new(
            file(error),
            "the result cannot be written to standard output",
        );
        failure.0.causes.push(error.to_string());
        failure
    }

    /// Tells it and returns how the program ends.
    pub(super) fn report(self, cx: &Context) -> Exit {
        if cx.is_json() {
            // Whoever closed standard output has read enough; a result that it does not take is told where errors are.
            let written = self.write_json();
            if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
                cx.aside(|out| self.tell(out));
            }
            return self.0.exit;
        }
        let format = cx.globals.format;
        if format.is_document() && !cx.has_written() && self.0.exit != Exit::Usage {
            // There is nowhere left to say that standard output is gone; the exit code still tells.
            let _ = cx.failed(|out| self.tell(out));
        }
        if format.is_of_findings() && self.0.exit != Exit::Usage {
            let _ = self.write_findings(cx);
        }
        if format == Format::GitlabTerraform && !cx.has_written() && self.0.exit != Exit::Usage {
            let error = self.0.exit.as_str();
            let _ = cx.write(|out| finding::no_terraform(out, error));
        }
        cx.aside(|out| self.tell(out));
        self.0.exit
    }

    /// Tells it beside another failure, which is how the program ends.
    pub(super) fn aside(&self, cx: &Context) {
        cx.aside(|out| self.tell(out));
    }

    fn tell(&self, out: &mut dyn Writer) -> io::Result<()> {
        if !self.0.refusals.is_empty() {
            view::refusals(&self.0.refusals, out)?;
        }
        // Diagnostics speak for themselves.
        if self.0.diagnostics.is_empty() {
            return view::error(&self.0.message, &self.0.causes, self.0.help.as_deref(), out);
        }
        view::invalid(&self.0.diagnostics, out)
    }

    /// Writes what was found.
    fn write_findings(&self, cx: &Context) -> Result<(), Self> {
        if cx.has_written() {
            return Ok(());
        }
        cx.findings(&self.findings(&cx.setting()), |_| Ok(()))
    }

    /// Returns what was found; of an error that is no finding, that it is one.
    pub(super) fn findings(&self, setting: &finding::Setting<'_>) -> Findings {
        if !self.0.placed.is_empty() {
            let root = finding::Setting {
                folder: "",
                ..*setting
            };
            return root.diagnostics(&self.0.placed);
        }
        if !self.0.diagnostics.is_empty() {
            return setting.diagnostics(&self.0.diagnostics);
        }
        let message = std::iter::once(&self.0.message).chain(&self.0.causes);
        let message: Vec<&str> = message.map(String::as_str).collect();
        let help = self.0.help.as_deref();
        setting.failed(self.0.exit.as_str(), &message.join(": "), help)
    }

    /// Writes it to standard output, where the report would have been.
    pub(super) fn write_json(&self) -> io::Result<()> {
        let failed = json::v1::Failed {
            format_version: json::v1::FormatVersion,
            error: json::v1::Error {
                code: self.0.exit.as_str(),
                message: self.0.message.clone(),
                causes: self.0.causes.clone(),
                help: self.0.help.clone(),
                exit: self.0.exit.code(),
            },
            diagnostics: self.0.diagnostics.iter().map(Into::into).collect(),
            refusals: self.0.refusals.iter().map(Into::into).collect(),
        };
        let mut out = io::stdout().lock();
        json::write(&mut out, &failed)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let (exit, help) = judge(&error);
        let mut failure = Self::new(exit, error.to_string());
        let mut source = error.source();
        while let Some(cause) = source {
            failure.0.causes.push(cause.to_string());
            source = cause.source();
        }
        failure.0.help = help;
        match error {
            AppError::Settings(diagnostics) | AppError::Invalid(diagnostics) => {
                failure.0.diagnostics = diagnostics;
            }
            AppError::Incomparable { told, placed } => {
                failure.0.diagnostics = told;
                failure.0.placed = placed;
            }
            AppError::Refused(planned) => failure.0.refusals = planned.verdict.refusals.clone(),
            _ => {}
        }
        failure
    }
}

/// Returns how the program ends when the engine refuses.
const fn answer(ground: Ground) -> Exit {
    match ground {
        Ground::NotAllowed => Exit::Denied,
        Ground::Decided | Ground::State | Ground::Late => Exit::Conflict,
        Ground::Unknown => Exit::Error,
        _ => Exit::Refused,
    }
}

/// Returns what an error means to scripts, and what a person can do.
fn judge(error: &AppError) -> (Exit, Option<String>) {
    let help = |text: &str| Some(text.to_owned());
    match error {
        AppError::NoProject { .. } => (
            Exit::Error,
            help("`guestlist init` makes a project; `-C DIR` works in another folder"),
        ),
        AppError::Settings(_) | AppError::Invalid(_) | AppError::Incomparable { .. } => {
            (Exit::Findings, None)
        }
        AppError::Refused(_) => (Exit::Refused, None),
        AppError::Changed { now, since, .. } => (Exit::Conflict, Some(changed(*now, since))),
        AppError::Stale(error) => (Exit::Conflict, Some(stale(error))),
        AppError::InTheMiddle { held } => (
            Exit::Conflict,
            Some(format!(
                "wait for it with `--wait 5m`, or end process {} on {}: the store is then as it was before",
                held.holder.pid, held.holder.host
            )),
        ),
        AppError::Store(error) | AppError::Apply(ApplyError::Store(error)) => store(error),
        AppError::Apply(ApplyError::OtherGeneration { .. }) => (Exit::Conflict, None),
        AppError::Apply(ApplyError::Interrupted) => (Exit::Interrupted, None),
        AppError::Restored { .. } => (
            Exit::Integrity,
            help(
                "find out who put it back: `guestlist audit verify` says more; with the store as it is, `guestlist apply \
                --accept-restore` goes on",
            ),
        ),
        AppError::Broken { .. } => (
            Exit::Integrity,
            help("keep the store as it is, and compare it with a copy that verifies"),
        ),
        AppError::Heads { .. } => (
            Exit::Integrity,
            help("compare the heads with what applies printed; no command writes such a line"),
        ),
        AppError::HeadLost { .. } => (
            Exit::Integrity,
            help(
                "find out who took it away, and hold the log against a copy with `--head FILE`; the next apply keeps a new head",
            ),
        ),
        AppError::NoHead { .. } => (
            Exit::Integrity,
            help("give the heads of this store; each apply prints one where there is a key"),
        ),
        AppError::Key { .. } => (
            Exit::Denied,
            help("`guestlist audit key new` writes a key as it must be"),
        ),
        AppError::KeyExists { .. } => (Exit::Error, help("name another file")),
        AppError::NoKey => (
            Exit::Denied,
            help("give the key in GUESTLIST_AUDIT_KEY, or name its file under `[audit]`"),
        ),
        AppError::NoSigner => (
            Exit::Denied,
            help(
                "give the key in GUESTLIST_AUDIT_KEY, or name its file under `[audit]`; `guestlist audit key new` makes one",
            ),
        ),
        AppError::NoTrust => (
            Exit::Usage,
            help(
                "give the public key, as in `--require-signature=ed25519:…`, or list it in `public-keys` under `[audit]`",
            ),
        ),
        AppError::Unanswered { .. } => (
            Exit::Integrity,
            help(
                "nothing was written; have it made again by somebody who counts, with `guestlist plan --out FILE --sign`",
            ),
        ),
        AppError::Unkept { .. } => (
            Exit::Error,
            help("see to the heads file and give `--accept-restore` again"),
        ),
        AppError::Unsigned { .. } => (Exit::Error, help("see to the heads file and try again")),
        AppError::NoSuchPerson { .. } => (
            Exit::Error,
            help("`guestlist audit list` shows who acted; erasing somebody twice does nothing"),
        ),
        AppError::Output { .. } => (Exit::Error, None),
        AppError::BadPattern(_) => (
            Exit::Usage,
            help(
                "patterns are addresses such as `package/sales-*` or `policy/**`; quote them for the shell",
            ),
        ),
        AppError::NoTest { near, .. } => (
            Exit::Usage,
            near.clone().or_else(|| {
                help("`guestlist test` without a name plays all; `*` stands for anything")
            }),
        ),
        AppError::NoMatch { help, .. } => {
            let offer = help.as_ref().map(|near| format!("did you mean `{near}`?"));
            let rule =
                "`*` stands for one part of an address, `**` for any; `guestlist list` shows all";
            (Exit::Error, offer.or_else(|| Some(rule.to_owned())))
        }
        AppError::Torn { .. } => (
            Exit::Error,
            help("leave out the `--exclude` that names it, or choose other targets"),
        ),
        AppError::NoSuchObject { help, .. } => {
            let offer = help.as_ref().map(|near| format!("did you mean `{near}`?"));
            (
                Exit::Error,
                offer.or_else(|| Some("`guestlist list` shows all".to_owned())),
            )
        }
        AppError::Governance(refusal) => (answer(refusal.ground), refusal.help.clone()),
        AppError::Diff(error) => (compared(error), compared_help(error)),
        AppError::Unseen => (Exit::Error, None),
        AppError::SeveralRuns { found, .. } => {
            let mut lines = vec!["give more of the one that is meant:".to_owned()];
            lines.extend(some(found.iter().cloned()));
            (Exit::Error, Some(lines.join("\n")))
        }
        AppError::NoSuchRun { .. } => (Exit::Error, help("`guestlist history` shows all")),
        AppError::File {
            doing: "written", ..
        } => (Exit::Unavailable, None),
        AppError::File { source, .. } => (file(source), None),
        AppError::OddName { .. } => (
            Exit::Error,
            help("use letters, digits, `-`, `_` and `.` in the names of folders and of the branch"),
        ),
        AppError::Occupied { .. } => (
            Exit::Error,
            help("nothing was overwritten; name another file, or move that one away first"),
        ),
        AppError::Exists { .. } => (
            Exit::Error,
            help(
                "nothing was overwritten; move that file away first, or begin in another folder or repository",
            ),
        ),
    }
}

/// Returns what a failure to read or write a file means: a name that is wrong, or a disk that is full, broken or closed to us.
fn file(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidFilename => Exit::Error,
        _ => Exit::Unavailable,
    }
}

/// Returns what it means that two sides cannot be compared.
const fn compared(error: &DiffError) -> Exit {
    match error {
        DiffError::BadName { .. } | DiffError::Ambiguous { .. } => Exit::Usage,
        DiffError::Unknown { .. }
        | DiffError::NoRepository { .. }
        | DiffError::NoProject { .. }
        | DiffError::NoGit { .. }
        | DiffError::Git { .. } => Exit::Error,
    }
}

fn compared_help(error: &DiffError) -> Option<String> {
    match error {
        DiffError::BadName { name, .. } => Some(match name.split_once("...") {
            Some((from, to)) if !from.is_empty() && !to.is_empty() => format!(
                "`git merge-base {from} {to}` names the commit where they parted: compare it with `{to}`"
            ),
            _ => "write a revision such as `main` or `HEAD~1`, or a folder".to_owned(),
        }),
        DiffError::Ambiguous { name } => Some(format!(
            "write `./{name}` for the folder, `refs/heads/{name}` for the branch, `refs/tags/{name}` for the tag"
        )),
        DiffError::Unknown { .. } => Some(
            "`git log --oneline --all` shows the revisions there are; a pipeline may have fetched only the last one"
                .to_owned(),
        ),
        DiffError::NoRepository { .. } => {
            Some("`-C DIR` works in another folder; folders can be compared without git".to_owned())
        }
        DiffError::NoProject { instead, .. } if !instead.is_empty() => {
            let named: Vec<String> = instead.iter().map(|one| format!("`{one}`")).collect();
            Some(format!("write {} for the folder that holds one", named.join(" or ")))
        }
        DiffError::NoProject { .. } => Some(
            "name the folder that holds it, or a revision in which this folder or one above has it"
                .to_owned(),
        ),
        DiffError::NoGit { .. } => {
            Some("revisions are read by git: install it, or compare two folders".to_owned())
        }
        DiffError::Git { .. } => None,
    }
}

/// Returns what is other than it was when somebody approved, a line each, and how to look at it.
fn changed(now: Digest, since: &Since) -> String {
    let mut lines = match since {
        Since::Plan(differences) => some(differences.iter().map(ToString::to_string)),
        Since::Unknown(actions) if actions.is_empty() => {
            vec!["there is nothing to do now".to_owned()]
        }
        Since::Unknown(actions) => {
            let would = |(address, action): &(Address, Action)| {
                format!("{address} would be {}", action.done())
            };
            some(actions.iter().map(would))
        }
        Since::Drift(addresses) => {
            let line = |address: &Address| format!("{address} is not as it was shown");
            some(addresses.iter().map(line))
        }
    };
    lines.push(match since {
        Since::Unknown(actions) if !actions.is_empty() => format!(
            "look at it with `guestlist plan`, and if it is right give its digest: `--expect {now}`"
        ),
        Since::Drift(_) => "look at `guestlist drift` and try again".to_owned(),
        Since::Plan(_) | Since::Unknown(_) => "try again and look at the new plan".to_owned(),
    });
    lines.join("\n")
}

/// Returns lines, up to as many as anybody reads.
fn some(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = lines.take(SHOWN).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

/// Returns every difference between a saved plan and the present one, a line each, or how to go on.
fn stale(stale: &Stale) -> String {
    if let Stale::FromTheFuture { .. } = stale {
        return "nothing was written; set the clock right and make a new plan with `guestlist plan --out FILE`"
            .to_owned();
    }
    let Stale::Differs { differences } = stale else {
        return "nothing was written; make a new plan with `guestlist plan --out FILE`".to_owned();
    };
    let mut lines = some(differences.iter().map(ToString::to_string));
    lines.push("nothing was written; look at a new plan".to_owned());
    lines.join("\n")
}

fn store(error: &StoreError) -> (Exit, Option<String>) {
    let help = |text: &str| Some(text.to_owned());
    match error {
        StoreError::Held(held) if held.since > Timestamp::now() => (
            Exit::Conflict,
            Some(format!(
                "it began in the future: set the clocks of both machines right, then look at `guestlist lease break {}`",
                held.token
            )),
        ),
        StoreError::Held(_) => (
            Exit::Conflict,
            help("wait for it to end, as `--wait 5m` does; `guestlist lease status` says more"),
        ),
        StoreError::Busy { .. } => (
            Exit::Conflict,
            help("try again, or wait for it to end with `--wait 5m`"),
        ),
        StoreError::OtherLease { .. } => (
            Exit::Conflict,
            help("nothing was broken; `guestlist lease status` shows who holds the lease"),
        ),
        StoreError::LeaseEnded { .. } => (Exit::Conflict, help("run the command again")),
        StoreError::LeaseLost | StoreError::Moved { .. } => {
            (Exit::Conflict, help("plan again and look at the new plan"))
        }
        StoreError::Unavailable { .. } | StoreError::Older { .. } => (Exit::Unavailable, None),
        StoreError::Newer { .. } => (
            Exit::Findings,
            help("install the version of guestlist that wrote it, or a later one"),
        ),
        StoreError::Damaged { .. } | StoreError::Unfit { .. } => (
            Exit::Integrity,
            help("keep the file as it is and restore a backup beside it"),
        ),
        StoreError::UnknownUrl { .. } => (
            Exit::Findings,
            help("write `url = \"sqlite:guestlist.db\"` under `[store]` of guestlist.toml"),
        ),
    }
}
