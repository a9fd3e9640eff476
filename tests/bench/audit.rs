//! An audit log of many entries, made without as many applies: chained, with people, as the program writes them.

use std::io;
use std::path::Path;

use guestlist::audit::{Act, Chain, Hash, Person, Salt};
use rusqlite::{Connection, params};

/// How many people act in turn.
const PEOPLE: u8 = 50;

/// Fills the log of a store up to so many entries.
pub(crate) fn fill(store: &Path, entries: u64) -> io::Result<()> {
    append(store, entries).map_err(io::Error::other)
}

fn append(store: &Path, entries: u64) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut store = Connection::open(store)?;
    let get = |key: &str| -> rusqlite::Result<String> {
        let sql = "SELECT value FROM meta WHERE key = ?1";
        store.query_row(sql, [key], |row| row.get(0))
    };
    let hash: Hash = get("audit_hash")?.parse()?;
    let mut chain = Chain::resume(get("audit_size")?.parse()?, hash);
    let transaction = store.transaction()?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let value = format!("person-{number}@contoso.com");
        let salt = Salt::from_bytes([number; 32]);
        let id = format!("00000000-0000-4000-8000-0000000000{number:02x}");
        let add = "INSERT INTO person (id, value, salt) VALUES (?1, ?2, ?3)";
        transaction.execute(add, params![id, value, salt.as_bytes()])?;
        people.push(Person::new(id, &salt, &value));
    }
    let at = "2027-01-01T00:00:00Z".parse()?;
    {
        let mut insert =
            transaction.prepare("INSERT INTO audit (seq, entry, hash) VALUES (?1, ?2, ?3)")?;
        while chain.size() < entries {
            let seq = chain.size() + 1;
            let address = format!("package/campaign-{}", seq % 1000);
            let act = Act {
                action: "update",
                actor: "",
                address: Some(&address),
                after: None,
                at,
                before: None,
                reason: "differs",
                run: Some("0199f0c0-7d1e-7000-8000-000000000001"),
                target: None,
                via: "apply",
            };
            let person = &people[usize::try_from(seq)? % people.len()];
            let text = act.seal(seq, &mut |_| Ok::<_, io::Error>(person.clone()))?;
            let hash = chain.append(&text);
            insert.execute(params![i64::try_from(seq)?, text, hash.as_bytes()])?;
        }
    }
    let set = "UPDATE meta SET value = ?2 WHERE key = ?1";
    transaction.execute(set, params!["audit_size", chain.size().to_string()])?;
    transaction.execute(set, params!["audit_hash", chain.hash().to_string()])?;
    transaction.commit()?;
    Ok(())
}
