//! Objects that are named on the command line: `campaign-partner`, or `package/campaign-partner` as everything prints it.

use crate::model::text::Malformed;
use crate::model::{Address, Kind, Name};

/// Reads a package.
pub(super) fn package(text: &str) -> Result<Name, Malformed> {
    of(Kind::Package, text)
}

/// Reads an organization.
pub(super) fn organization(text: &str) -> Result<Name, Malformed> {
    of(Kind::Organization, text)
}

fn of(kind: Kind, text: &str) -> Result<Name, Malformed> {
    if let Ok(other) = text.parse::<Address>()
        && other.kind() != kind
        && !other.kind().is_singleton()
    {
        let wrong = Malformed::new(format!("{other} is no {kind}"));
        let meant = other.parent().filter(|parent| parent.kind() == kind);
        return Err(match meant {
            Some(parent) => wrong.help(format!("write `{}`", parent.name())),
            None => wrong,
        });
    }
    let name = text.strip_prefix(kind.as_str());
    Name::parse(name.and_then(|name| name.strip_prefix('/')).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_called_by_its_name_or_its_address() {
        for text in ["site", "package/site"] {
            assert_eq!(package(text).expect("a package").as_str(), "site");
        }
        assert_eq!(package("package").expect("a name").as_str(), "package");
        for text in [
            "package/",
            "organization/site",
            "package/Site",
            "package/a/b",
        ] {
            assert!(package(text).is_err(), "{text}");
        }
        let told = package("policy/site/partners").expect_err("a policy");
        assert_eq!(told.help.as_deref(), Some("write `site`"));
        let fabrikam = organization("organization/fabrikam").expect("an organization");
        assert_eq!(fabrikam.as_str(), "fabrikam");
    }
}
