//! Who reaches what.

use schemars::JsonSchema;
use serde::Serialize;

use super::FormatVersion;
use crate::render::picture::{Class, Mark, Picture};

/// Who reaches what, as boxes and lines between them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Graph {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// What it shows.
    pub title: String,
    /// Why it is empty, where more is to be said of that: nothing was applied to the store yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nothing: Option<&'static str>,
    /// The boxes, in order of their ids.
    pub nodes: Vec<GraphNode>,
    /// The lines, from whoever asks to a policy, on to its package, on to resources.
    pub edges: Vec<GraphEdge>,
    /// The catalogs.
    pub groups: Vec<GraphGroup>,
    /// The picture in the format that was asked for; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// A box.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphNode {
    /// The address of an object, or `who/…` for requestors that are no object.
    pub id: String,
    /// What it stands for.
    pub class: GraphClass,
    /// Its name.
    pub name: String,
    /// More about it, in a few words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The catalog that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What becomes of it; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<GraphChange>,
}

/// A line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphEdge {
    /// The box that it starts at.
    pub from: String,
    /// The box that it ends at.
    pub to: String,
    /// The roles, or why it leads nowhere.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Whether nobody comes through at present.
    pub closed: bool,
    /// What becomes of it; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<GraphChange>,
}

/// A catalog.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphGroup {
    /// Its address.
    pub id: String,
    /// Its name.
    pub name: String,
    /// More about it, in a few words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What becomes of it; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<GraphChange>,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GraphClass {
    /// A partner organization.
    Organization,
    /// Others who may have a package.
    Requestor,
    /// A policy.
    Policy,
    /// A package.
    Package,
    /// A resource.
    Resource,
}

/// What becomes of something.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GraphChange {
    /// It is new.
    Create,
    /// It changes.
    Update,
    /// It goes.
    Delete,
}

impl From<Class> for GraphClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Organization => Self::Organization,
            Class::Requestor => Self::Requestor,
            Class::Policy => Self::Policy,
            Class::Package => Self::Package,
            Class::Resource => Self::Resource,
        }
    }
}

impl From<Mark> for GraphChange {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Created => Self::Create,
            Mark::Updated => Self::Update,
            Mark::Deleted => Self::Delete,
        }
    }
}

impl Graph {
    /// Returns the report, with the picture where one was asked for.
    #[must_use]
    pub fn new(picture: &Picture, drawn: Option<String>) -> Self {
        let nodes = picture.nodes.iter().map(|(key, node)| GraphNode {
            id: key.clone(),
            class: node.class.into(),
            name: node.label.clone(),
            detail: node.detail.clone(),
            group: node.group.clone(),
            change: node.mark.map(Into::into),
        });
        let edges = picture.edges.iter().map(|((from, to), edge)| GraphEdge {
            from: from.clone(),
            to: to.clone(),
            label: edge.label.clone(),
            closed: edge.closed,
            change: edge.mark.map(Into::into),
        });
        let groups = picture.groups.iter().map(|(key, group)| GraphGroup {
            id: key.clone(),
            name: group.label.clone(),
            detail: group.detail.clone(),
            change: group.mark.map(Into::into),
        });
        Self {
            format_version: FormatVersion,
            title: picture.title.clone(),
            nothing: picture.nothing,
            nodes: nodes.collect(),
            edges: edges.collect(),
            groups: groups.collect(),
            picture: drawn,
        }
    }
}
