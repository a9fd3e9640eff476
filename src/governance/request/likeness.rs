//! Domains that look like another one: letters of other alphabets, `rn` for `m`.

use std::sync::LazyLock;

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
    plain(domain.as_str()).unwrap_or_else(|| {
        let (shown, _) = idna::domain_to_unicode(domain.as_str());
        skeleton(&shown).collect()
    })
}

/// Returns the shape of a text of plain letters, sign by sign; `None` for one that is shown in others. Thousands of domains
/// are held against each other, and nearly all are like this.
fn plain(text: &str) -> Option<String> {
    static EACH: LazyLock<Vec<Option<String>>> = LazyLock::new(|| {
        let signs = (0..128_u8).map(char::from);
        let shapes = signs.map(|sign| skeleton(sign.encode_utf8(&mut [0; 4])).collect::<String>());
        shapes
            .map(|shape| shape.is_ascii().then_some(shape))
            .collect()
    });
    if text.contains("xn--") {
        return None;
    }
    let mut shape = String::with_capacity(text.len() + 4);
    for byte in text.bytes() {
        shape.push_str(EACH.get(usize::from(byte))?.as_deref()?);
    }
    Some(shape)
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

    #[test]
    fn plain_letters_have_the_shape_that_all_have() {
        for text in [
            "abcdefghijklmnopqrstuvwxyz.example",
            "0123456789-a.b-c",
            "rnm.mm-1l0o.com",
        ] {
            let whole: String = skeleton(text).collect();
            assert_eq!(plain(text), Some(whole), "{text}");
        }
        assert_eq!(plain("xn--fbrikam-2fg.com"), None);
        assert_eq!(plain("f\u{430}brikam.com"), None);
    }
}
