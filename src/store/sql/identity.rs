//! The ids that people see: made from a store's identity and an object's number, and read back into the number.

use uuid::{Builder, Uuid};

use crate::model::{Digest, RemoteId};

/// The numbers of objects fit beside the two bits that mark the layout of a UUID.
const MOST: i64 = (1 << 62) - 1;

/// Gives ids to the objects of one store: UUIDs of version 8, half the store's identity, half the object's number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity([u8; 8]);

impl Identity {
    pub(crate) fn new(lineage: &str) -> Self {
        let mut half = [0; 8];
        half.copy_from_slice(&Digest::of(lineage.as_bytes()).as_bytes()[..8]);
        Self(half)
    }

    fn uuid(self, number: i64) -> Uuid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0);
        bytes[8..].copy_from_slice(&number.to_be_bytes());
        Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// Returns the id of an object.
    pub(crate) fn id(self, number: i64) -> RemoteId {
        RemoteId(self.uuid(number).hyphenated().to_string())
    }

    /// Returns the object that an id names; `None` for an id that is none of this store's.
    pub(crate) fn number(self, id: &RemoteId) -> Option<i64> {
        let uuid = Uuid::try_parse(&id.0).ok()?;
        let (_, half) = uuid.as_u64_pair();
        let number = i64::try_from(half & u64::try_from(MOST).ok()?).ok()?;
        (number > 0 && self.id(number) == *id).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_one_object_of_one_store() {
        let (here, there) = (Identity::new("here"), Identity::new("there"));
        for number in [1, 2, 4096, MOST] {
            let id = here.id(number);
            assert_eq!(here.number(&id), Some(number));
            assert_eq!(there.number(&id), None);
            assert!(crate::model::text::Guid::parse(&id.0).is_ok(), "{id}");
        }
        assert_eq!(here.number(&here.id(0)), None);
        assert_eq!(here.number(&RemoteId("nonsense".to_owned())), None);
    }
}
