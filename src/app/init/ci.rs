//! The pipelines that plan on a pull request, apply on merge and look for drift at night.

use std::path::Path;

use crate::app::{AppError, repository};
use crate::render::mark::marker;

/// A host of pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab.
    Gitlab,
    /// Azure Pipelines.
    Azure,
}

/// The branch that is applied where no repository tells one.
const BRANCH: &str = "main";

/// The file that GitLab reads, which may hold other jobs already.
const GITLAB_ROOT: &str = ".gitlab-ci.yml";

const GITHUB: &[(&str, &str)] = &[
    (
        ".github/workflows/guestlist-plan.yml",
        include_str!("ci/github/plan.yml"),
    ),
    (
        ".github/workflows/guestlist-apply.yml",
        include_str!("ci/github/apply.yml"),
    ),
    (
        ".github/workflows/guestlist-copy.yml",
        include_str!("ci/github/copy.yml"),
    ),
    (
        ".github/workflows/guestlist-drift.yml",
        include_str!("ci/github/drift.yml"),
    ),
];
const GITLAB: &[(&str, &str)] = &[
    (
        ".gitlab/guestlist.yml",
        include_str!("ci/gitlab/pipeline.yml"),
    ),
    (GITLAB_ROOT, include_str!("ci/gitlab/root.yml")),
];
const AZURE: &[(&str, &str)] = &[(
    ".azure-pipelines/guestlist.yml",
    include_str!("ci/azure/pipeline.yml"),
)];

/// What a pipeline consists of.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    /// The files by their paths from the project's root, with their texts.
    pub(super) files: Vec<(String, String)>,
    /// What is left to do by hand.
    pub(super) hints: Vec<String>,
}

/// Returns the pipeline of a project.
///
/// # Errors
///
/// For a file that is there already, and a folder or a branch whose name a script could misread.
pub(super) fn files(root: &Path, ci: Ci) -> Result<Pipeline, AppError> {
    let repository = repository::root(root).unwrap_or(root);
    let folder = repository::below_root(root);
    let depth = folder.split('/').filter(|part| !part.is_empty()).count();
    let branch = repository::branch(root).unwrap_or_else(|| BRANCH.to_owned());
    for (what, name) in [("folder", &folder), ("branch", &branch)] {
        let is_calm = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if !name.chars().all(is_calm) {
            let name = name.clone();
            return Err(AppError::OddName { what, name });
        }
    }
    let up = "../".repeat(depth);
    let templates = match ci {
        Ci::Github => GITHUB,
        Ci::Gitlab => GITLAB,
        Ci::Azure => AZURE,
    };
    let mut found = Vec::new();
    let mut hints = Vec::new();
    if ci != Ci::Gitlab {
        hints.push(format!(
            "What comes into `{branch}` is applied: write another branch into the pipeline if it is not the default one."
        ));
    }
    for (file, text) in templates {
        let path = repository.join(file);
        if path.symlink_metadata().is_ok() {
            if *file != GITLAB_ROOT {
                return Err(AppError::Exists { path });
            }
            hints.push(format!(
                "{GITLAB_ROOT} is there already: add `- local: .gitlab/guestlist.yml` to its `include`."
            ));
            continue;
        }
        let text = text
            .replace("@FOLDER@", &folder)
            .replace("@BRANCH@", &branch)
            .replace("@MARKER@", &marker("plan", &folder, ""));
        found.push((format!("{up}{file}"), text));
    }
    Ok(Pipeline {
        files: found,
        hints,
    })
}
