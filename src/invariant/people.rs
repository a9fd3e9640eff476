//! The sorts of people that an invariant is about: who may come in through this tree or was here before, and fits its terms.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::impact::{Account, Base, Border, Census, Estate, SignIn, Sort, Traits, Zone};
use crate::model::OneOrMore;
use crate::model::invariant::{Terms, Who};
use crate::model::kinds::OrganizationState;
use crate::model::text::Domain;

use super::naming::Naming;

/// People whom the tree cannot tell apart, as far as nothing names them.
#[derive(Debug, Clone)]
pub(super) struct Kind<'t> {
    /// One of them.
    pub(super) base: Base,
    /// What the tree sees in them.
    pub(super) traits: Traits<'t>,
    /// The organization that names their domain, whatever they have proved.
    pub(super) claimed: Option<(&'t str, OrganizationState)>,
    /// Whether they sign in as people of their domain do.
    pub(super) is_natural: bool,
    /// What lets nobody else of their sort in, of people who were here before.
    pub(super) before: Option<Before>,
}

/// What keeps people out who are not here yet. Whoever was here before stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// The tenant's list refuses a domain.
    Refused(Domain),
    /// The cross-tenant settings of an organization let nobody in.
    Closed(String),
}

impl Kind<'_> {
    /// Returns true for people who have, or get, a guest account.
    pub(super) const fn is_guest(&self) -> bool {
        matches!(
            self.base.account,
            Account::None | Account::Guest | Account::InternalGuest
        )
    }

    /// Returns true for people without an account who prove the same with any address.
    pub(super) const fn may_be_vouched_for(&self) -> bool {
        let anywhere = matches!(
            self.base.sign_in,
            SignIn::Tenant(_) | SignIn::OtherTenant | SignIn::Facebook | SignIn::Personal
        );
        anywhere && matches!(self.base.account, Account::None)
    }
}

/// What packages can tell of people whom nothing names, and whether they are kept out.
type Look<'t> = (
    Account,
    Traits<'t>,
    Option<(&'t str, OrganizationState)>,
    bool,
);

/// Everybody who is here or may come in, and how people of organizations sign in.
pub(super) struct Everybody<'e, 't> {
    estate: &'e Estate<'t>,
    naming: &'e Naming<'t>,
    kinds: Vec<Arc<Kind<'t>>>,
    /// Those who are not here and cannot come in: nothing happens to them, and yet statements are about them.
    refused: Vec<Arc<Kind<'t>>>,
    /// Domains that the tree tells apart, also those of which people are like others.
    zones: Vec<Zone>,
    tenants: Vec<SignIn>,
    issuers: BTreeSet<String>,
    facebook: bool,
}

impl<'e, 't> Everybody<'e, 't> {
    /// Lists the sorts of people that a tree can tell apart.
    pub(super) fn of(estate: &'e Estate<'t>, naming: &'e Naming<'t>) -> Self {
        let mut everybody = Self {
            estate,
            naming,
            kinds: Vec::new(),
            refused: Vec::new(),
            zones: Vec::new(),
            tenants: Vec::new(),
            issuers: BTreeSet::new(),
            facebook: false,
        };
        for (_, organization) in estate.organizations() {
            if let Some(tenant) = &organization.tenant {
                everybody.tenants.push(SignIn::Tenant(tenant.clone()));
            }
            if let Some(federation) = &organization.federation {
                let _ = everybody
                    .issuers
                    .insert(federation.issuer.as_str().to_owned());
            }
            everybody.facebook |= organization.social.is_some();
        }
        let census = Census::of(&[estate]);
        let mut listed = Listed::default();
        // Of those who are alike, one is shown who needs the least to be explained.
        let mut bases: Vec<&Base> = census.bases().iter().collect();
        bases.sort_by_cached_key(|base| {
            let strange = !naming.is_natural(base);
            let late = everybody.border(base).is_some();
            (late, strange, strange && base.zone.sort != Sort::Other)
        });
        let mut domains = HashSet::new();
        for base in bases {
            if domains.insert(&base.zone.witness) {
                everybody.zones.push(base.zone.clone());
            }
            everybody.add(base.clone(), &mut listed);
        }
        everybody.kinds = listed.kinds;
        everybody.refused = listed.refused;
        everybody
    }

    /// Returns why nobody like somebody from outside comes in, unless they are here already.
    fn border(&self, base: &Base) -> Option<Border<'t>> {
        let newcomer = Base {
            account: Account::None,
            ..base.clone()
        };
        let border = || self.estate.traits(&newcomer).border;
        base.account.is_outside().then(border).flatten()
    }

    /// Adds a sort of people, unless they are like others that are listed.
    fn add(&self, base: Base, listed: &mut Listed<'t>) {
        let border = self.border(&base);
        // Nobody from outside has an address of our own.
        if let Some(Border::Own) = border {
            return;
        }
        let kind = Kind {
            traits: self.estate.traits(&base),
            claimed: self.naming.claimed(&base),
            is_natural: self.naming.is_natural(&base),
            before: border.map(|border| Before::of(border, &base)),
            base,
        };
        let into = match kind.traits.border {
            Some(_) => &mut listed.refused,
            None => &mut listed.kinds,
        };
        let mut bare = kind.traits;
        bare.border = None;
        let refused = kind.traits.border.is_some();
        if listed
            .seen
            .insert((kind.base.account, bare, kind.claimed, refused))
        {
            into.push(Arc::new(kind));
        }
    }

    /// Returns the people that some terms are about.
    pub(super) fn fitting(&self, terms: &Terms) -> People<'t> {
        let fitting = |kinds: &[Arc<Kind<'t>>]| -> Vec<Arc<Kind<'t>>> {
            let fits = kinds.iter().filter(|kind| fits(terms, kind));
            fits.cloned().collect()
        };
        let Some(domains) = &terms.domain else {
            return People::of(fitting(&self.kinds), fitting(&self.refused));
        };
        let mut listed = Listed::default();
        for base in domains.iter().flat_map(|domain| self.of_domain(domain)) {
            self.add(base, &mut listed);
        }
        People::of(fitting(&listed.kinds), fitting(&listed.refused))
    }

    /// Returns the sorts of people with addresses of a domain, or of one below it.
    fn of_domain(&self, domain: &Domain) -> Vec<Base> {
        let known = self.zones.iter();
        let known = known.filter(|zone| domain.covers(&zone.witness) && zone.witness != *domain);
        let mut zones: Vec<Zone> = vec![Zone {
            sort: Sort::Listed,
            witness: domain.clone(),
        }];
        zones.extend(known.cloned());
        zones.extend(self.below(domain).map(|witness| Zone {
            sort: Sort::Below(domain.clone()),
            witness,
        }));
        zones.dedup();
        let mut bases = Vec::new();
        let mut everywhere = true;
        for zone in zones {
            // Whoever signs in here may have an address of any domain.
            for account in Account::INSIDE {
                bases.push(Base {
                    account,
                    zone: zone.clone(),
                    sign_in: SignIn::Own,
                });
            }
            if self.estate.own.contains(&zone.witness) {
                continue;
            }
            // A tenant and Facebook prove the same whatever the domain is.
            let refused = self.estate.unlisted(&zone.witness).is_some();
            let sign_ins = self.sign_ins(&zone.witness, everywhere || refused);
            everywhere &= refused;
            for sign_in in sign_ins {
                for account in Account::OUTSIDE {
                    bases.push(Base {
                        account,
                        zone: zone.clone(),
                        sign_in: sign_in.clone(),
                    });
                }
            }
        }
        bases
    }

    /// Returns the ways to sign in for people of a domain, the most natural one first.
    fn sign_ins(&self, domain: &Domain, everywhere: bool) -> Vec<SignIn> {
        let mut all = Vec::new();
        if let Some((_, organization)) = self.naming.of(domain) {
            if let Some(tenant) = &organization.tenant {
                all.push(SignIn::Tenant(tenant.clone()));
            }
            if let Some(federation) = &organization.federation {
                all.push(SignIn::Federation(federation.issuer.as_str().to_owned()));
            }
        }
        // Somebody whom an address names may prove nothing, whatever organization names their domain.
        all.extend([
            SignIn::Passcode,
            SignIn::OtherFederation,
            SignIn::Personal,
            SignIn::OtherTenant,
        ]);
        if everywhere {
            all.extend(self.facebook.then_some(SignIn::Facebook));
            all.extend(self.tenants.iter().cloned());
        }
        all
    }

    /// Returns a domain below another that nothing lists.
    fn below(&self, domain: &Domain) -> Option<Domain> {
        let mut names = (0_u32..100).map(|n| match n {
            0 => format!("sub.{domain}"),
            n => format!("sub{n}.{domain}"),
        });
        names.find_map(|text| {
            let below = Domain::parse(&text).ok()?;
            let free = !self.naming.lists(&below)
                && !self.estate.own.contains(&below)
                && !self.estate.looks_alike(&below);
            free.then_some(below)
        })
    }
}

/// Returns true for people whom the terms are about.
fn fits(terms: &Terms, kind: &Kind<'_>) -> bool {
    let Kind { base, traits, .. } = kind;
    let organization = traits.seen.organization;
    let state = organization.map(|(_, state)| state);
    let is = |who: &Who| match who {
        Who::Anyone => true,
        Who::External => base.account.is_outside(),
        Who::Visitors => base.account == Account::None,
        Who::Internal => !base.account.is_outside(),
        Who::Members => matches!(base.account, Account::Member | Account::ExternalMember),
        Who::Guests => kind.is_guest(),
        Who::ConfiguredOrganizations => state == Some(OrganizationState::Configured),
        Who::ProposedOrganizations => state == Some(OrganizationState::Proposed),
        Who::Unlisted => base.account.is_outside() && organization.is_none(),
    };
    let who = terms
        .requestors
        .as_ref()
        .is_none_or(|who| who.iter().any(is));
    let of = |globs: &OneOrMore<crate::model::invariant::Glob>| {
        organization.is_some_and(|(name, _)| globs.iter().any(|glob| glob.matches(name)))
    };
    let within = |domains: &OneOrMore<Domain>| {
        domains
            .iter()
            .any(|domain| domain.covers(&base.zone.witness))
    };
    who && terms.organization.as_ref().is_none_or(of) && terms.domain.as_ref().is_none_or(within)
}

impl Before {
    pub(super) fn of(border: Border<'_>, base: &Base) -> Self {
        match border {
            Border::Blocked(rule) => Self::Refused(rule.domain.clone()),
            Border::Closed(settings) => Self::Closed(settings.own_name().to_owned()),
            Border::NotAllowed | Border::Own => Self::Refused(base.zone.witness.clone()),
        }
    }
}

/// Sorts of people, each once.
#[derive(Default)]
struct Listed<'t> {
    kinds: Vec<Arc<Kind<'t>>>,
    refused: Vec<Arc<Kind<'t>>>,
    seen: HashSet<Look<'t>>,
}

/// The people whom some terms are about, by what packages can tell of them.
#[derive(Debug)]
pub(super) struct People<'t> {
    kinds: Vec<Arc<Kind<'t>>>,
    /// Those of them who are not here and cannot come in.
    refused: Vec<Arc<Kind<'t>>>,
    by_organization: HashMap<&'t str, Vec<usize>>,
    /// Kinds that are alike where a package names none of their organizations.
    general: Vec<Vec<usize>>,
}

impl<'t> People<'t> {
    fn of(kinds: Vec<Arc<Kind<'t>>>, refused: Vec<Arc<Kind<'t>>>) -> Self {
        let mut by_organization: HashMap<&'t str, Vec<usize>> = HashMap::new();
        let mut general: Vec<Vec<usize>> = Vec::new();
        let mut known = HashMap::new();
        for (at, kind) in kinds.iter().enumerate() {
            let mut bare = kind.traits;
            let is_shut = bare.shut.take().is_some();
            bare.seen.organization = None;
            let state = |of: Option<(&str, OrganizationState)>| of.map(|(_, state)| state);
            let key = (
                kind.base.account,
                (bare, is_shut),
                state(kind.traits.seen.organization),
                state(kind.claimed),
            );
            let place = *known.entry(key).or_insert_with(|| {
                general.push(Vec::new());
                general.len() - 1
            });
            if let Some(alike) = general.get_mut(place) {
                alike.push(at);
            }
            let names = [kind.traits.seen.organization, kind.claimed];
            let names: BTreeSet<&'t str> = names.iter().flatten().map(|(name, _)| *name).collect();
            for name in names {
                by_organization.entry(name).or_default().push(at);
            }
        }
        Self {
            kinds,
            refused,
            by_organization,
            general,
        }
    }

    /// Returns true for terms that nobody fits who is here or may come in.
    pub(super) const fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Returns those who fit and cannot come in.
    pub(super) fn refused(&self) -> impl Iterator<Item = &Kind<'t>> {
        self.refused.iter().map(|kind| &**kind)
    }

    /// Returns everybody who fits, also those who cannot come in.
    pub(super) fn all(&self) -> impl Iterator<Item = &Kind<'t>> {
        self.kinds.iter().map(|kind| &**kind).chain(self.refused())
    }

    /// Returns one of each sort of people that packages naming these organizations tell apart.
    pub(super) fn apart(&self, named: &BTreeSet<&str>) -> Vec<&Kind<'t>> {
        let mut chosen: BTreeSet<usize> = BTreeSet::new();
        for name in named {
            chosen.extend(self.by_organization.get(name).into_iter().flatten());
        }
        let free = |at: &&usize| {
            self.kinds.get(**at).is_some_and(|kind| {
                let names = [kind.traits.seen.organization, kind.claimed];
                !names.iter().flatten().any(|(name, _)| named.contains(name))
            })
        };
        for alike in &self.general {
            chosen.extend(alike.iter().find(free));
        }
        let chosen = chosen.iter().filter_map(|at| self.kinds.get(*at));
        chosen.map(|kind| &**kind).collect()
    }
}
