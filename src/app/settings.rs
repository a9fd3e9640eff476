//! `guestlist.toml`: who we are, which store, and how strict. `SPEC` §2.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::load::Toml;
use crate::model::text::{Domain, Line};
use crate::model::{Name, Project};
use crate::source::{Route, SourceFile};
use crate::store::check_url;

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

    /// The store that is planned against and applied to.
    #[serde(default)]
    pub store: StoreSettings,

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
}

/// Settings of one environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Environment {
    /// The store of this environment.
    #[serde(default)]
    pub store: StoreSettings,

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
        let settings = toml::from_str::<Self>(file.text());
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
        out.sort();
        match settings {
            Ok(settings) if out.is_empty() => Ok(settings),
            _ => Err(out),
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
