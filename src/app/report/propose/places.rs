//! Where guests hold roles: the resources of the tree, and those that a proposal has to declare.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::paper::{Ground, Paper};
use crate::app::import::plain;
use crate::governance::record::{Hold, Key, Place};
use crate::load::refused_character;
use crate::model::kinds::{Origin, Resource};
use crate::model::text::{HttpsUrl, Line};
use crate::model::{Address, Desired, Kind, Name, Object};

/// Resources by where they are: those of the tree, and those that the proposal declares with the roles that it needs.
#[derive(Debug)]
pub(super) struct Places {
    declared: BTreeMap<Key, (Name, Resource)>,
    known: BTreeMap<(Origin, String), (Name, BTreeSet<String>, bool)>,
}

impl Places {
    /// Knows the resources that the tree declares.
    pub(super) fn of(ground: &Ground<'_>) -> Self {
        let objects = ground.desired.into_iter().flat_map(Desired::objects);
        let declared = objects.filter_map(|declaration| {
            let Object::Resource(resource) = &*declaration.object else {
                return None;
            };
            let (origin, name) = resource.origin()?;
            let place = Place {
                origin,
                name: name.to_owned(),
            };
            let address = Name::parse(declaration.address.own_name()).ok()?;
            Some((place.key(), (address, resource.clone())))
        });
        Self {
            declared: declared.collect(),
            known: BTreeMap::new(),
        }
    }

    /// Returns the resource that a role is of, or why no package can give it.
    pub(super) fn resource(&mut self, paper: &mut Paper<'_>, hold: &Hold) -> Result<Name, String> {
        let place = &hold.place;
        let declared = self.declared.get(&place.key());
        let named = match declared {
            Some((name, _)) => Address::new(Kind::Resource, name).to_string(),
            None => format!("{} `{}`", place.origin.key(), place.name),
        };
        if place.origin == Origin::DirectoryRole {
            return Err(format!(
                "{named} is given to administrators, not by a proposal"
            ));
        }
        let is_group = matches!(place.origin, Origin::Group | Origin::Team);
        if is_group && let Some(why) = paper.ground.closed.get(&place.name.to_lowercase()) {
            return Err(format!("{named} {why}"));
        }
        if let Some((name, resource)) = declared {
            let address = Address::new(Kind::Resource, name);
            if resource.membership_rule.is_some() {
                return Err(format!("{address} has its members by rule"));
            }
            if !resource.guests {
                return Err(format!("{address} takes no guests"));
            }
            if !resource.offered_roles().any(|role| role == hold.role) {
                return Err(format!("{address} offers no role `{}`", hold.role));
            }
            let known = (name.clone(), BTreeSet::new(), true);
            self.known.entry(key(place)).or_insert(known);
            return Ok(name.clone());
        }
        let sound = match place.origin {
            Origin::Site => HttpsUrl::parse(&place.name).is_ok(),
            _ => Line::parse(&place.name).is_ok(),
        };
        let fixed = is_group && !place.origin.usual_roles().contains(&&*hold.role);
        if !sound || fixed || place.name.contains("${") || hold.role.contains("${") {
            return Err(format!(
                "{named} with the role `{}` cannot be declared",
                hold.role
            ));
        }
        let refused = [&place.name, &hold.role].map(|text| refused_character(text));
        if let Some(why) = refused.into_iter().flatten().next() {
            return Err(format!("{named} cannot be declared: {why}"));
        }
        if Line::parse(&hold.role).is_err() {
            return Err(format!("{named} has a role that cannot be declared"));
        }
        if let Some((name, roles, _)) = self.known.get_mut(&key(place)) {
            roles.insert(hold.role.clone());
            return Ok(name.clone());
        }
        // Of a site's address, what tells it from others.
        let called = match place.origin {
            Origin::Site => place.name.rsplit('/').find(|part| !part.is_empty()),
            _ => None,
        };
        let called = plain(called.unwrap_or(&place.name));
        let name = paper.fresh(
            Kind::Resource,
            &called.unwrap_or_else(|| "resource".to_owned()),
        );
        let roles = BTreeSet::from([hold.role.clone()]);
        self.known.insert(key(place), (name.clone(), roles, false));
        Ok(name)
    }

    /// Returns what people call a resource.
    pub(super) fn title(&self, resource: &Name) -> String {
        let mut known = self.known.iter();
        let found = known.find(|(_, (name, _, _))| name == resource);
        let place = found.map(|((_, place), _)| place.as_str());
        place.map_or_else(|| resource.to_string(), str::to_owned)
    }

    /// Declares those of these resources that the tree does not declare.
    pub(super) fn declare(&self, paper: &mut Paper<'_>, used: &BTreeSet<Name>) {
        for ((origin, place), (name, roles, declared)) in &self.known {
            if *declared || !used.contains(name) {
                continue;
            }
            let mut body = json!({ origin.key(): place });
            let usual = origin.usual_roles();
            if roles.iter().any(|role| !usual.contains(&&**role)) {
                let all = usual.iter().map(|role| (*role).to_owned());
                body["roles"] = match origin {
                    Origin::Application => json!(roles),
                    _ => json!(all.chain(roles.iter().cloned()).collect::<BTreeSet<_>>()),
                };
            }
            paper.declare(Address::new(Kind::Resource, name), body);
        }
    }
}

/// Returns what tells a place from every other: a team is a group with a conversation.
fn key(place: &Place) -> (Origin, String) {
    let origin = match place.origin {
        Origin::Team => Origin::Group,
        other => other,
    };
    (origin, place.name.clone())
}
