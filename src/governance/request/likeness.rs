//! Domains that look like another one: letters of other alphabets, `rn` for `m`.

use unicode_security::confusable_detection::skeleton;

use crate::governance::{Desk, Unread};
use crate::model::Kind;
use crate::model::text::Domain;

/// Returns what a domain looks like without being it, in words: a partner's domain, or one of our own. Whoever asks from
/// such a domain is never let in without a person's decision.
pub(super) fn warning(desk: &Desk<'_>, domain: &str) -> Result<Option<String>, Unread> {
    let Ok(domain) = Domain::parse(domain) else {
        return Ok(None);
    };
    let shape = shape(&domain);
    let looks = |known: &Domain, subdomains: bool| {
        let is_it = domain == *known || subdomains && known.covers(&domain);
        !is_it && shape == self::shape(known)
    };
    let tenant = &desk.moment.tenant;
    if let Some(own) = tenant.domains.iter().find(|own| looks(own, true)) {
        let name = &tenant.name;
        return Ok(Some(format!(
            "{domain} looks like {own}, a domain of {name}, and is another"
        )));
    }
    for thing in desk.things(Kind::Organization, None)? {
        let rules = thing.organization().map(|partner| &partner.domains);
        for rule in rules.into_iter().flatten() {
            if looks(&rule.domain, rule.subdomains) {
                return Ok(Some(format!(
                    "{domain} looks like {}, a domain of {}, and is another",
                    rule.domain, thing.address
                )));
            }
        }
    }
    Ok(None)
}

/// Returns what a domain looks like to the eye: alike domains have one shape.
#[must_use]
pub fn shape(domain: &Domain) -> String {
    let (shown, _) = idna::domain_to_unicode(domain.as_str());
    skeleton(&shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_have_one_shape() {
        let of = |text: &str| shape(&Domain::parse(text).expect(text));
        assert_eq!(of("fabrikam.com"), of("fabrikarn.com"));
        assert_eq!(of("fabrikam.com"), of("xn--fbrikam-2fg.com"));
        assert_ne!(of("fabrikam.com"), of("fabricam.com"));
    }
}
