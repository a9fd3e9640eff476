//! Marks: the ways records are looked for, and the keys they are looked for by.

use jiff::Timestamp;

use super::{ObjectId, PersonId};

/// A way in which records are looked for. Its code is what stores write, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Mark {
    /// Records of every kind but jobs, by the instant at which time makes something due.
    Due = 1,
    /// People by mail address, in lower case; every address of theirs.
    PersonMail = 10,
    /// People by user principal name, in lower case.
    PersonUpn = 11,
    /// People by manager.
    PersonManager = 12,
    /// People by sponsor.
    PersonSponsor = 13,
    /// People by mail domain.
    PersonDomain = 14,
    /// People by directory role.
    PersonRole = 15,
    /// People by every domain above their mail domain.
    PersonZone = 16,
    /// People by how they sign in.
    PersonIdentity = 17,
    /// Governed guests with an account.
    PersonGoverned = 18,
    /// People for whom something is due that waits until the clock is trusted.
    PersonHeld = 19,
    /// Groups by name, in lower case.
    GroupName = 20,
    /// Groups with a rule.
    GroupDynamic = 21,
    /// Groups by mail address, in lower case.
    GroupMail = 22,
    /// Groups by the declared resource that keeps them.
    GroupManaged = 23,
    /// Holds by person.
    HoldPerson = 30,
    /// Holds by place, then person.
    HoldPlace = 31,
    /// Open requests by the person they are for, then package.
    RequestOpen = 40,
    /// Requests by the person they are for, all.
    RequestPerson = 41,
    /// Open requests by package.
    RequestPackage = 42,
    /// Open requests by somebody who may decide now.
    RequestApprover = 43,
    /// Open requests by policy.
    RequestPolicy = 44,
    /// Assignments that count, by person, then package.
    AssignmentPerson = 50,
    /// Assignments that count, by package, then person.
    AssignmentPackage = 51,
    /// Assignments that count, by policy.
    AssignmentPolicy = 52,
    /// Assignments of every state, by person.
    AssignmentHistory = 53,
    /// Invitations by mail address, in lower case.
    InvitationMail = 60,
    /// Invitations by the hash of their ticket.
    InvitationTicket = 61,
    /// Passcodes by mail address, in lower case.
    PasscodeMail = 62,
    /// Open reviews by policy, and every review by policy and round.
    ReviewPolicy = 70,
    /// Reviews that are open.
    ReviewOpen = 71,
    /// Decisions by review.
    ItemReview = 72,
    /// Undecided items by reviewer.
    ItemReviewer = 73,
    /// Undecided items by assignment.
    ItemAssignment = 74,
    /// Rounds to come, by policy.
    SeriesPolicy = 75,
    /// Deliveries that are not done.
    DeliveryOpen = 80,
    /// Deliveries by their key, so that none is made twice.
    DeliveryKey = 81,
    /// Deliveries that were given up, by when they were planned.
    DeliveryFailed = 82,
    /// Mails by whom they go to, copies included.
    DeliveryMail = 83,
    /// Jobs by what they do.
    JobWork = 90,
    /// Jobs that go on, by project, then the instant at which they do.
    JobDue = 91,
    /// Automatic policies that leave people out, by project.
    JobLeftOut = 92,
    /// Proposed organizations by domain or tenant.
    SeenOrganization = 100,
}

impl Mark {
    /// Returns the number that stores write.
    #[must_use]
    pub const fn code(self) -> u16 {
        self as u16
    }
}

/// What records are looked for by: bytes that sort as their parts do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(Vec<u8>);

impl Key {
    /// Returns a key of no parts: the beginning of every other.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the key that these bytes are.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_owned())
    }

    /// Returns true when this key starts with another one.
    #[must_use]
    pub fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    /// Adds a person.
    #[must_use]
    pub fn person(self, person: PersonId) -> Self {
        self.number(person.0)
    }

    /// Adds an object.
    #[must_use]
    pub fn object(self, object: ObjectId) -> Self {
        self.number(object.0)
    }

    /// Adds an instant, in whole seconds: keys of earlier instants come first.
    #[must_use]
    pub fn instant(self, at: Timestamp) -> Self {
        // The sign bit is turned, so that seconds before 1970 sort before those after.
        let seconds = at.as_second().cast_unsigned() ^ (1 << 63);
        self.number(seconds)
    }

    /// Returns the instant that the key begins with; `None` for a key that is too short.
    #[must_use]
    pub fn as_instant(&self) -> Option<Timestamp> {
        let (bytes, _) = self.0.split_first_chunk::<8>()?;
        let seconds = u64::from_be_bytes(*bytes) ^ (1 << 63);
        Timestamp::from_second(seconds.cast_signed()).ok()
    }

    /// Adds a text, in lower case, with an end, so that no text is the beginning of another.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.extend(text.to_lowercase().as_bytes());
        self.0.push(0);
        self
    }

    /// Returns the text that the key begins with; `None` for a key that begins with none.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(self.0.get(..end)?).ok()
    }

    /// Returns the number that the key ends with; `None` for a key that is too short.
    #[must_use]
    pub fn last_number(&self) -> Option<u64> {
        let bytes = self.0.last_chunk::<8>()?;
        Some(u64::from_be_bytes(*bytes))
    }

    /// Returns the first key that does not start with this one; `None` when there is none.
    #[must_use]
    pub fn end(&self) -> Option<Self> {
        let mut bytes = self.0.clone();
        while let Some(last) = bytes.pop() {
            if let Some(next) = last.checked_add(1) {
                bytes.push(next);
                return Some(Self(bytes));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_what_they_are_made_of() {
        let at = |text: &str| Key::new().instant(text.parse().expect("an instant"));
        assert!(at("1960-01-01T00:00:00Z") < at("1970-01-01T00:00:00Z"));
        assert!(at("2026-01-01T00:00:00Z") < at("2026-01-01T00:00:01Z"));
        let instant = "2026-01-01T00:00:01Z";
        let back = at(instant).number(7).as_instant().map(|at| at.to_string());
        assert_eq!(back.as_deref(), Some(instant));
        assert!(Key::new().number(2) < Key::new().number(10));
        assert!(Key::new().text("ada") < Key::new().text("adam"));
        assert_eq!(Key::new().text("Ada"), Key::new().text("ada"));
        assert_eq!(Key::new().text("Ada").number(7).as_text(), Some("ada"));
        assert_eq!(Key::new().text("Ada").number(7).last_number(), Some(7));
    }

    #[test]
    fn the_end_of_a_key_comes_after_all_that_start_with_it() {
        let key = Key::new().number(7);
        let end = key.end().expect("an end");
        assert!(key.clone().text("zzz") < end && end <= Key::new().number(8));
        assert_eq!(
            Key::from_bytes(&[1, 255]).end(),
            Some(Key::from_bytes(&[2]))
        );
        assert_eq!(Key::from_bytes(&[255]).end(), None);
    }
}
