//! `guestlist.toml`: who we are, which store, and how strict. `SPEC` §2.

mod mail;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use super::manifest::Listed;
use crate::audit::PublicKey;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::guard::Thresholds;
use crate::lint::Levels;
use crate::load::Toml;
use crate::model::text::{Domain, Line};
use crate::model::{Name, Project};
use crate::source::{Route, SourceFile};
use crate::store::check_url;

pub(in crate::app) use mail::is_language;
pub use mail::{MailSettings, Server};

/// The file at the root of a project.
pub const FILE: &str = "guestlist.toml";

/// The store of a project that names none.
pub const DEFAULT_STORE: &str = "sqlite:guestlist.db";

/// Settings of a project. Secrets never stand here: they come from the environment or a file of their own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "guestlist.toml")]
pub struct Settings {
    /// The project's name: who owns what it creates in a store that several projects share.
    pub project: Name,

    /// Our own tenant.
    #[serde(default)]
    pub tenant: Tenant,

    /// The line that says the domains of our own people; `None` where none does.
    #[serde(skip)]
    pub own_line: Option<u32>,

    /// The store that is planned against and applied to.
    #[serde(default)]
    pub store: StoreSettings,

    /// How strict the guards are.
    #[serde(default)]
    pub guard: GuardSettings,

    /// How bad the findings of lints are: `error`, `warning`, `note`, or `off`. `guestlist lint --list` shows all lints.
    #[serde(default)]
    pub lint: Levels,

    /// What the tree must hold.
    #[serde(default)]
    pub tree: TreeSettings,

    /// Where signed heads of the audit log are kept, and the key that signs them.
    #[serde(default)]
    pub audit: AuditSettings,

    /// Who mails come from and how they leave.
    #[serde(default)]
    pub mail: MailSettings,

    /// Other settings for an environment, chosen with `--env`.
    #[serde(default)]
    pub environments: BTreeMap<Name, Environment>,

    /// Variables for `${var.name}`; those of the tree win.
    #[serde(default)]
    pub vars: BTreeMap<Name, String>,
}

/// Our own tenant.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tenant {
    /// The name that people read.
    #[serde(default)]
    pub name: Option<Line>,

    /// The verified domains of our own people.
    #[serde(default)]
    pub domains: Vec<Domain>,

    /// The zone of dates without a time, as the IANA database names it.
    #[serde(default = "utc")]
    pub time_zone: String,
}

impl Default for Tenant {
    fn default() -> Self {
        Self {
            name: None,
            domains: Vec::new(),
            time_zone: utc(),
        }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Where live objects are kept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StoreSettings {
    /// The store: `sqlite:FILE`, relative to the project's root.
    #[serde(default)]
    pub url: Option<String>,

    /// Whether the store is one to try things in: there commands may act as anybody (`--as`) and at any time (`--at`). By
    /// default a SQLite store is one and every other store is not.
    #[serde(default)]
    pub development: Option<bool>,
}

/// How strict the guards are. Settings only tighten them; a flag lifts them for one plan.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GuardSettings {
    /// So many objects of a kind may be deleted within 24 hours in any case; 2 at most, which is the default.
    #[serde(default)]
    #[schemars(range(max = 2))]
    pub always_deletes: Option<u64>,

    /// So many objects of a kind may be deleted within 24 hours at the most; 5 at most, which is the default.
    #[serde(default)]
    #[schemars(range(max = 5))]
    pub most_deletes: Option<u64>,

    /// In between, so many of a hundred objects of a kind may be deleted; 10 at most, which is the default.
    #[serde(default)]
    #[schemars(range(max = 10))]
    pub delete_percent: Option<u64>,
}

impl GuardSettings {
    /// Returns the numbers; those that are not set are the built-in ones.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        let Self {
            always_deletes,
            most_deletes,
            delete_percent,
        } = *self;
        let built_in = Thresholds::BUILT_IN;
        built_in.and(Thresholds {
            always: always_deletes.unwrap_or(built_in.always),
            most: most_deletes.unwrap_or(built_in.most),
            percent: delete_percent.unwrap_or(built_in.percent),
        })
    }

    /// Refuses numbers that would loosen a guard.
    fn check(&self, at: &Route, toml: &Toml<'_>, out: &mut Diagnostics) {
        let Thresholds {
            always,
            most,
            percent,
        } = Thresholds::BUILT_IN;
        for (key, set, limit) in [
            ("always-deletes", self.always_deletes, always),
            ("most-deletes", self.most_deletes, most),
            ("delete-percent", self.delete_percent, percent),
        ] {
            let Some(set) = set.filter(|set| *set > limit) else {
                continue;
            };
            let message =
                format!("`{key} = {set}` would loosen a guard, whose built-in number is {limit}");
            let help = format!(
                "settings only tighten guards: write {limit} or less; `--allow-deletes N` lifts the guard for one plan"
            );
            let diagnostic = Diagnostic::error(code::SETTINGS, message).help(help);
            out.push(toml.at(&at.clone().key(key), diagnostic));
        }
    }
}

/// What the tree must hold.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TreeSettings {
    /// Files that must be there, as paths or patterns below the project's root: `policies/*.yaml`. While one is missing, or a
    /// pattern matches nothing, the tree is not complete and nothing is planned.
    #[serde(default)]
    pub files: Vec<String>,
}

/// Where signed heads of the audit log are kept, and the key that signs them. The key itself comes from
/// `GUESTLIST_AUDIT_KEY` or a file of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuditSettings {
    /// The file that signed heads are appended to, relative to the project's root. Keep it where nobody who can write the store
    /// can write it: then a store that was put back or written anew is found out.
    #[serde(default)]
    pub heads: Option<String>,

    /// The file that holds the key, relative to the project's root, for its owner only; `guestlist audit key new` writes one.
    #[serde(default)]
    pub key_file: Option<String>,

    /// The public keys whose signatures count. Without one, every head counts whose own key it fits.
    #[serde(default)]
    pub public_keys: Vec<String>,
}

impl AuditSettings {
    /// Refuses what is no public key.
    fn check(&self, at: &Route, toml: &Toml<'_>, out: &mut Diagnostics) {
        for (index, text) in self.public_keys.iter().enumerate() {
            if let Err(error) = text.parse::<PublicKey>() {
                let diagnostic = Diagnostic::error(code::SETTINGS, error.to_string()).help(
                    "`guestlist audit key new` prints the public key of the key that it writes",
                );
                out.push(toml.at(&at.clone().key("public-keys").index(index), diagnostic));
            }
        }
    }
}

/// Settings of one environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Environment {
    /// The store of this environment.
    #[serde(default)]
    pub store: StoreSettings,

    /// How strict the guards are here; the stricter of this and the project's counts.
    #[serde(default)]
    pub guard: GuardSettings,

    /// How bad the findings of lints are here; for what is not set here the project's level counts.
    #[serde(default)]
    pub lint: Levels,

    /// What is otherwise about the audit log here: each key replaces the project's.
    #[serde(default)]
    pub audit: AuditSettings,

    /// How mails leave here; what is not said here is as for the project.
    #[serde(default)]
    pub mail: MailSettings,

    /// Variables of this environment; they win over those of the project.
    #[serde(default)]
    pub vars: BTreeMap<Name, String>,
}

impl Settings {
    /// Reads the settings of a project.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file, each with its place.
    pub fn read(file: &SourceFile) -> Result<Self, Diagnostics> {
        let toml = Toml::parse(file, code::SETTINGS)?;
        let mut out = toml.secrets();
        let mut settings = toml::from_str::<Self>(file.text());
        if let Err(error) = &settings {
            let told = toml.explain(schema(), code::SETTINGS);
            if told.is_empty() && out.is_empty() {
                let span = error.span().unwrap_or_default();
                let place = file.place(span.start as u32, span.end as u32);
                let message = error.message().lines().next().unwrap_or_default();
                out.push(Diagnostic::error(code::SETTINGS, message).at(place));
            }
            out.extend(told);
        }
        time_zone(&toml, &mut out);
        store_urls(&toml, &mut out);
        if let Ok(settings) = &mut settings {
            settings.own_line = toml.line(&Route::root().key("tenant").key("domains"));
            settings.check(&toml, &mut out);
        }
        out.sort();
        match settings {
            Ok(settings) if out.is_empty() => Ok(settings),
            _ => Err(out),
        }
    }

    /// Checks what a schema does not say.
    fn check(&self, toml: &Toml<'_>, out: &mut Diagnostics) {
        let root = Route::root();
        self.guard.check(&root.clone().key("guard"), toml, out);
        self.audit.check(&root.clone().key("audit"), toml, out);
        self.mail.check(&root.clone().key("mail"), toml, out);
        for (name, environment) in &self.environments {
            let at = root.clone().key("environments").key(name.as_str());
            environment.guard.check(&at.clone().key("guard"), toml, out);
            environment.audit.check(&at.clone().key("audit"), toml, out);
            environment.mail.check(&at.key("mail"), toml, out);
        }
        for (index, pattern) in self.tree.files.iter().enumerate() {
            if let Err(message) = Listed::new(pattern) {
                let diagnostic = Diagnostic::error(code::SETTINGS, message)
                    .help("write a path below the project's root, such as `policies/*.yaml`");
                out.push(toml.at(&listed(index), diagnostic));
            }
        }
    }

    /// Returns the environment of a name; the project's own settings without one.
    ///
    /// # Errors
    ///
    /// Says which environments there are.
    pub fn environment(&self, name: Option<&str>) -> Result<Environment, Diagnostic> {
        let Some(name) = name else {
            return Ok(Environment::default());
        };
        let known = || self.environments.keys().map(Name::as_str);
        self.environments
            .iter()
            .find(|(known, _)| known.as_str() == name)
            .map(|(_, found)| found.clone())
            .ok_or_else(|| {
                let listed: Vec<String> = known().map(|name| format!("`{name}`")).collect();
                let help = offer(name, known()).unwrap_or_else(|| match listed.is_empty() {
                    true => format!("{FILE} has none: add `[environments.{name}.store]`"),
                    false => format!("{FILE} has {}", listed.join(", ")),
                });
                Diagnostic::error(code::SETTINGS, format!("there is no environment `{name}`"))
                    .help(help)
            })
    }

    /// Returns what the tree is read with.
    #[must_use]
    pub fn project(&self, environment: &Environment, more: &BTreeMap<String, String>) -> Project {
        let text = |(name, text): (&Name, &String)| (name.to_string(), text.clone());
        let mut vars: BTreeMap<String, String> = self.vars.iter().map(text).collect();
        vars.extend(environment.vars.iter().map(text));
        vars.extend(more.clone());
        Project {
            name: self.project.to_string(),
            own_domains: self.tenant.domains.clone(),
            zone: TimeZone::get(&self.tenant.time_zone).unwrap_or(TimeZone::UTC),
            vars,
        }
    }
}

/// Returns where a file that the tree must hold is listed.
pub(super) fn listed(index: usize) -> Route {
    Route::root().key("tree").key("files").index(index)
}

fn time_zone(toml: &Toml<'_>, out: &mut Diagnostics) {
    let Some((zone, place)) = toml.text(&Route::root().key("tenant").key("time-zone")) else {
        return;
    };
    if TimeZone::get(zone).is_ok() {
        return;
    }
    let known: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .collect();
    let near = offer(zone, known.iter().map(String::as_str));
    let help = near.unwrap_or_else(|| {
        "write a name of the IANA database, such as `Europe/Amsterdam`".to_owned()
    });
    out.push(
        Diagnostic::error(code::SETTINGS, format!("there is no time zone `{zone}`"))
            .at(place)
            .help(help),
    );
}

/// The URLs of stores say where one is, also of stores that this build does not know how to use.
fn store_urls(toml: &Toml<'_>, out: &mut Diagnostics) {
    let root = Route::root();
    let environments = root.clone().key("environments");
    let own = toml
        .keys(&environments)
        .into_iter()
        .map(|name| environments.clone().key(name));
    for of in std::iter::once(root).chain(own) {
        let found = toml.text(&of.key("store").key("url"));
        if let Some((Err(why), place)) = found.map(|(url, place)| (check_url(url), place)) {
            out.push(
                Diagnostic::error(code::SETTINGS, format!("the URL names no store: {why}"))
                    .at(place),
            );
        }
    }
}

/// Returns the schema of the settings file, as it is published.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Settings>()
        .to_value();
    crate::load::schema::publish(&mut schema);
    schema
}

/// Returns the root of the project that a folder is in: the nearest folder upwards that holds the settings.
#[must_use]
pub(super) fn find_root(from: &Path) -> Option<&Path> {
    from.ancestors()
        .find(|folder| folder.join(FILE).symlink_metadata().is_ok())
}
