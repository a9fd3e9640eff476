//! Everybody of whom the engine is asked.

use guestlist::governance::people::PersonRow;
use guestlist::governance::record::{Identity, UserType};

use super::super::asking::tenant;
use super::super::scene::mail;
use super::worlds::World;

/// What somebody is to the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    None,
    Guest,
    ExternalMember,
    Member,
    InternalGuest,
}

/// Somebody of whom the engine is asked.
#[derive(Debug, Clone)]
pub(super) struct Someone {
    pub(super) address: String,
    pub(super) account: Account,
    pub(super) identity: Option<Identity>,
    pub(super) group: Option<&'static str>,
    pub(super) department: Option<&'static str>,
}

impl Someone {
    /// Whether policies name them.
    pub(super) fn is_named(&self) -> bool {
        self.address.starts_with(['e', 'j'])
    }

    pub(super) fn domain(&self) -> &str {
        self.address.split('@').nth(1).unwrap()
    }

    pub(super) fn is_outside(&self) -> bool {
        matches!(
            self.account,
            Account::None | Account::Guest | Account::ExternalMember
        )
    }

    /// The organization that their sign-in proves.
    pub(super) fn organization(&self) -> Option<&'static str> {
        if !self.is_outside() {
            return None;
        }
        match (&self.identity, self.domain()) {
            (Some(Identity::Passcode | Identity::Federation { .. }), "fabrikam.com") => {
                Some("fabrikam")
            }
            (Some(Identity::Passcode | Identity::Federation { .. }), "seen.example") => {
                Some("seen")
            }
            (Some(Identity::Tenant { .. }), _) => Some("tailspin"),
            _ => None,
        }
    }

    /// Whether they are here already, or the world lets them in.
    pub(super) fn may_be_here(&self, world: &World) -> bool {
        if self.account != Account::None {
            return true;
        }
        let blocked = self.domain().ends_with("competitor.example") && world.blocks;
        let by_tenant = matches!(self.identity, Some(Identity::Tenant { .. }));
        let tailspin = by_tenant || self.domain() == "tailspin.example";
        !(blocked || tailspin && world.closed)
    }

    /// Their row, for those whom the directory knows.
    pub(super) fn row(&self) -> PersonRow {
        let mut row = PersonRow::new(mail(&self.address));
        row.name = Some(self.address.split('@').next().unwrap().to_owned());
        row.user_type = Some(match self.account {
            Account::Guest | Account::InternalGuest => UserType::Guest,
            _ => UserType::Member,
        });
        row.external = Some(self.is_outside());
        row.identities = self.identity.clone().map(|identity| vec![identity]);
        let department = self.department.map(str::to_owned);
        let _ = row.attributes.insert("department".to_owned(), department);
        row
    }
}

/// Everybody: each sort of account, address and sign-in that a world can tell apart, in the group or out of it.
pub(super) fn everybody() -> Vec<Someone> {
    let federation = || Identity::Federation {
        issuer: "https://sts.example/".to_owned(),
    };
    let signs = [
        ("fabrikam.com", Identity::Passcode),
        ("fabrikam.com", federation()),
        ("fabrikam.com", tenant()),
        ("fabrikam.com", Identity::Google),
        ("tailspin.example", tenant()),
        ("tailspin.example", Identity::Google),
        ("competitor.example", Identity::Passcode),
        ("competitor.example", tenant()),
        ("competitor.example", Identity::Google),
        ("sub.competitor.example", Identity::Passcode),
        ("sub.competitor.example", tenant()),
        ("sub.competitor.example", Identity::Google),
        ("elsewhere.example", Identity::Passcode),
        ("elsewhere.example", Identity::Google),
        ("elsewhere.example", tenant()),
        ("seen.example", Identity::Passcode),
        ("seen.example", federation()),
        ("seen.example", Identity::Google),
    ];
    let mut all = Vec::new();
    let mut add = |account, domain: &str, identity: Option<Identity>, group, department| {
        let local = format!("p{}", all.len());
        all.push(Someone {
            address: format!("{local}@{domain}"),
            account,
            identity,
            group,
            department,
        });
    };
    let marks = [(None, None), (Some("buyers"), None), (None, Some("Sales"))];
    for (domain, identity) in signs {
        add(Account::None, domain, Some(identity.clone()), None, None);
        for account in [Account::Guest, Account::ExternalMember] {
            for (group, department) in marks {
                add(account, domain, Some(identity.clone()), group, department);
            }
            let (group, department) = (Some("buyers"), Some("Sales"));
            add(account, domain, Some(identity.clone()), group, department);
        }
    }
    for account in [Account::Member, Account::InternalGuest] {
        // Whoever signs in here may have an address from elsewhere.
        let domains = [
            "contoso.com",
            "fabrikam.com",
            "sub.competitor.example",
            "elsewhere.example",
        ];
        for domain in domains {
            for (group, department) in marks {
                add(account, domain, None, group, department);
            }
            let (group, department) = (Some("buyers"), Some("Sales"));
            add(account, domain, None, group, department);
        }
    }
    // Whom policies name may be anybody: they are made over before each question.
    for (group, department) in marks {
        let mut named = |address: &str, account, identity| {
            all.push(Someone {
                address: address.to_owned(),
                account,
                identity,
                group,
                department,
            });
        };
        // What a rule could not give a guest is not tried again on the same day, so members come before.
        for (inside, outside) in [
            (Account::Member, Account::ExternalMember),
            (Account::InternalGuest, Account::Guest),
        ] {
            named("eva@contoso.com", inside, None);
            named("jane@fabrikam.com", inside, None);
            for identity in [Identity::Passcode, Identity::Google, federation(), tenant()] {
                named("jane@fabrikam.com", outside, Some(identity));
            }
        }
    }
    all
}
