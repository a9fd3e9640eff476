//! What only a file can break: its mode, its format, its neighbours, and hands in it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use guestlist::audit::{Chain, verify};
use guestlist::model::{Bodies, Presence, Selection};
use guestlist::store::{OpenMode, StoreError, open};
use serde_json::json;
use tempfile::TempDir;

use crate::support::store::*;

fn filled() -> Place {
    let mut place = Place::sqlite();
    place.apply(vec![
        create(
            "organization/fabrikam",
            json!({ "displayName": "Fabrikam", "domains": ["fabrikam.com"] }),
        ),
        create("catalog/hr", json!({ "displayName": "Human resources" })),
        create(
            "package/hr",
            json!({ "catalog": "hr", "displayName": "Human resources" }),
        ),
        create(
            "policy/hr/outside",
            json!({ "requestors": { "organizations": ["fabrikam"] } }),
        ),
    ]);
    place
}

fn refusal(folder: &Path, mode: OpenMode) -> StoreError {
    match open("sqlite:test.db", folder, mode) {
        Err(error) => error,
        Ok(_) => panic!("it was opened"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_file_is_for_its_owner_only() {
    let place = filled();
    for entry in fs::read_dir(place.folder()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn the_file_is_durable_and_marked() {
    let place = filled();
    let hand = place.hand();
    let get = |pragma: &str| -> String {
        hand.query_row(&format!("PRAGMA {pragma}"), [], |row| {
            row.get::<_, rusqlite::types::Value>(0)
        })
        .map(|value| match value {
            rusqlite::types::Value::Integer(value) => value.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        })
        .unwrap()
    };
    assert_eq!(get("journal_mode"), "wal");
    assert_eq!(get("page_size"), "8192");
    assert_eq!(get("application_id"), 0x474c_5354.to_string());
    assert_eq!(get("user_version"), "6");
    assert_eq!(get("integrity_check"), "ok");
}

#[test]
fn a_store_that_is_not_there_reads_as_an_empty_one_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let store = open("sqlite:test.db", folder.path(), OpenMode::Read).unwrap();
    let live = store
        .read(&Selection {
            project: PROJECT,
            bodies: Bodies::All,
        })
        .unwrap();
    assert_eq!((live.lineage.as_str(), live.generation), ("", 0));
    assert!(live.bound().is_empty() && live.unmanaged.is_empty());
    assert!(store.runs(1).unwrap().is_empty());
    assert!(names(folder.path()).is_empty());
    // Nor can it be written by mistake.
    let mut store = store;
    assert!(store.lease(&ask("ana", now())).is_err());
}

#[test]
fn a_store_that_must_be_there_is_not_made() {
    let folder = TempDir::new().unwrap();
    let gone = |names_left: &[&str]| {
        let error = refusal(folder.path(), OpenMode::Existing);
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        assert!(error.to_string().contains("is gone"), "{error}");
        assert_eq!(names(folder.path()), names_left);
    };
    gone(&[]);
    fs::write(folder.path().join("test.db"), "").unwrap();
    gone(&["test.db"]);
    drop(open("sqlite:test.db", folder.path(), OpenMode::Write).unwrap());
    drop(open("sqlite:test.db", folder.path(), OpenMode::Existing).unwrap());
}

#[test]
fn an_empty_file_is_a_store_that_is_not_there_yet() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("test.db"), "").unwrap();
    let store = open("sqlite:test.db", folder.path(), OpenMode::Read).unwrap();
    assert_eq!(store.head().unwrap().generation, 0);
    assert_eq!(
        fs::metadata(folder.path().join("test.db")).unwrap().len(),
        0
    );
    let store = open("sqlite:test.db", folder.path(), OpenMode::Write).unwrap();
    assert!(!store.head().unwrap().lineage.is_empty());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
}

#[test]
fn a_store_that_another_process_is_making_is_busy_and_not_unavailable() {
    // Before there is anything, before the mark is in the file, and before there is a write-ahead log.
    for (made, held) in [
        ("", "BEGIN EXCLUSIVE"),
        ("", "BEGIN IMMEDIATE"),
        ("PRAGMA application_id = 0x474c5354", "BEGIN IMMEDIATE"),
    ] {
        let folder = TempDir::new().unwrap();
        let hand = rusqlite::Connection::open(folder.path().join("test.db")).unwrap();
        hand.execute_batch(made).unwrap();
        hand.execute_batch(held).unwrap();
        let error = refusal(folder.path(), OpenMode::Write);
        assert!(matches!(error, StoreError::Busy { .. }), "{held}: {error}");
        hand.execute_batch("ROLLBACK").unwrap();
        drop(open("sqlite:test.db", folder.path(), OpenMode::Write).unwrap());
    }
}

/// What a process leaves that ended after the mark was in the file and before the journal was gone.
#[test]
fn a_mark_that_was_never_finished_is_made_again() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    let hand = rusqlite::Connection::open(&file).unwrap();
    hand.execute_batch("PRAGMA page_size = 8192; PRAGMA application_id = 0x474c5354")
        .unwrap();
    drop(hand);
    // The journal of a file that had no page: no records, a sector of 512 bytes, pages of 8,192.
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [0_u32, 0x1234, 0, 512, 8192] {
        journal.extend(number.to_be_bytes());
    }
    journal.resize(512, 0);
    fs::write(folder.path().join("test.db-journal"), journal).unwrap();
    let open = |mode| open("sqlite:test.db", folder.path(), mode);
    assert_eq!(open(OpenMode::Read).unwrap().head().unwrap().generation, 0);
    for _ in 0..2 {
        assert_eq!(open(OpenMode::Write).unwrap().head().unwrap().generation, 0);
        assert!(fs::read(&file).unwrap()[68..72] == *b"GLST");
    }
}

#[test]
fn reading_leaves_the_file_as_it_is() {
    let mut place = filled();
    let bytes = |place: &Place| fs::read(place.file()).unwrap();
    let folder = place.folder().to_owned();
    place.store = open("sqlite:test.db", &folder, OpenMode::Read).unwrap();
    let before = bytes(&place);
    assert_eq!(place.read().bound().len(), 4);
    assert!(place.store.lease(&ask("ana", now())).is_err());
    assert_eq!(bytes(&place), before);
    place.store = Box::new(guestlist::store::memory::Memory::new("closed"));
    assert_eq!(bytes(&place), before);
}

#[test]
fn reading_makes_no_file() {
    let mut place = filled();
    let folder = place.folder().to_owned();
    place.store = Box::new(guestlist::store::memory::Memory::new("closed"));
    assert_eq!(names(&folder), ["test.db"]);
    place.store = open("sqlite:test.db", &folder, OpenMode::Read).unwrap();
    assert_eq!(place.read().bound().len(), 4);
    assert_eq!(place.store.runs(9).unwrap().len(), 1);
    assert_eq!(names(&folder), ["test.db"]);
    drop(place.store);
    assert_eq!(names(&folder), ["test.db"]);
}

#[test]
fn a_reader_sees_what_others_write_while_it_is_open() {
    let mut place = filled();
    let folder = place.folder().to_owned();
    place.store = Box::new(guestlist::store::memory::Memory::new("closed"));
    let reader = open("sqlite:test.db", &folder, OpenMode::Read).unwrap();
    assert_eq!(reader.head().unwrap().generation, 1);
    place.store = open("sqlite:test.db", &folder, OpenMode::Write).unwrap();
    place.apply(vec![create("catalog/it", json!({ "displayName": "IT" }))]);
    // First from the log of the writer, then from the file itself.
    assert_eq!(reader.head().unwrap().generation, 2);
    drop(place.store);
    assert_eq!(reader.head().unwrap().generation, 2);
}

#[test]
fn a_store_in_a_read_only_folder_can_be_read() {
    let mut place = filled();
    let folder = place.folder().to_owned();
    place.store = Box::new(guestlist::store::memory::Memory::new("closed"));
    let set = |mode: u32| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    fs::set_permissions(place.file(), fs::Permissions::from_mode(0o400)).unwrap();
    set(0o500);
    let read = open("sqlite:test.db", &folder, OpenMode::Read).and_then(|store| {
        store.read(&Selection {
            project: PROJECT,
            bodies: Bodies::All,
        })
    });
    set(0o700);
    assert_eq!(read.unwrap().bound().len(), 4);
}

#[test]
fn what_is_applied_outlives_the_process() {
    let mut place = filled();
    let before = format!("{:?}", place.read());
    let folder = place.folder().to_owned();
    place.store = open("sqlite:test.db", &folder, OpenMode::Write).unwrap();
    assert_eq!(format!("{:?}", place.read()), before);
}

#[test]
fn two_stores_are_never_the_same() {
    assert_ne!(
        Place::sqlite().read().lineage,
        Place::sqlite().read().lineage
    );
}

#[test]
fn an_older_format_is_brought_to_the_present_one() {
    let mut place = filled();
    let before = format!("{:?}", place.read());
    let folder = place.folder().to_owned();
    place
        .hand()
        .execute_batch(
            "UPDATE run SET actor = 'ana'; DROP TABLE person; \
             DROP TABLE record; DROP TABLE mark; DROP TABLE record_last; \
             ALTER TABLE run DROP COLUMN own; ALTER TABLE run DROP COLUMN lifted; \
             ALTER TABLE run DROP COLUMN purpose; \
             DELETE FROM migration WHERE step > 1; PRAGMA user_version = 1;",
        )
        .unwrap();
    let error = refusal(&folder, OpenMode::Read);
    assert!(error.to_string().contains("the old format 1"), "{error}");
    place.store = open("sqlite:test.db", &folder, OpenMode::Write).unwrap();
    assert_eq!(format!("{:?}", place.read()), before);
    let runs = place.store.runs(10).unwrap();
    let apply = guestlist::plan::Purpose::Apply;
    assert!(!runs.is_empty() && runs.iter().all(|run| run.purpose == apply));
    assert!(runs.iter().all(|run| run.lifted.is_empty()));
    assert!(runs.iter().all(|run| run.actor == "ana"));
}

#[test]
fn a_newer_format_is_refused() {
    let place = filled();
    place.hand().pragma_update(None, "user_version", 9).unwrap();
    for mode in [OpenMode::Read, OpenMode::Write] {
        let error = refusal(place.folder(), mode);
        assert!(
            matches!(
                error,
                StoreError::Newer {
                    found: 9,
                    known: 6,
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn a_format_made_by_another_program_is_refused() {
    let place = filled();
    place
        .hand()
        .execute("UPDATE migration SET checksum = 'x'", [])
        .unwrap();
    for mode in [OpenMode::Read, OpenMode::Write] {
        let error = refusal(place.folder(), mode);
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
}

#[test]
fn a_file_that_is_not_ours_is_not_touched() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    let other = folder.path().join("other.db");
    let foreign = rusqlite::Connection::open(&other).unwrap();
    foreign
        .execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)")
        .unwrap();
    drop(foreign);
    let foreign = fs::read(&other).unwrap();
    fs::remove_file(&other).unwrap();
    for bytes in [
        b"dear diary".to_vec(),
        vec![0; 4096],
        b"SQLite format 3\0".to_vec(),
        foreign,
    ] {
        fs::write(&file, &bytes).unwrap();
        for mode in [OpenMode::Read, OpenMode::Write] {
            let error = refusal(folder.path(), mode);
            assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
            assert_eq!(fs::read(&file).unwrap(), bytes);
            assert_eq!(names(folder.path()), ["test.db"]);
        }
    }
}

#[test]
fn a_link_or_a_folder_is_refused() {
    let place = filled();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("test.db");
    symlink(place.file(), &path).unwrap();
    for mode in [OpenMode::Read, OpenMode::Write] {
        let error = refusal(folder.path(), mode);
        assert!(error.to_string().contains("symbolic link"), "{error}");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    for mode in [OpenMode::Read, OpenMode::Write] {
        let error = refusal(folder.path(), mode);
        assert!(error.to_string().contains("regular file"), "{error}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = TempDir::new().unwrap();
    for mode in [OpenMode::Read, OpenMode::Write] {
        let error = refusal(&folder.path().join("missing"), mode);
        assert!(matches!(error, StoreError::Unavailable { .. }));
        let text = error.to_string();
        assert!(
            text.contains("missing/test.db") && text.contains("no such folder"),
            "{text}"
        );
    }
}

#[test]
fn damaged_rows_are_named_and_never_taken_for_absent() {
    for (damage, clue) in [
        (
            "UPDATE object SET address = 'nonsense' WHERE id = 1",
            "nonsense",
        ),
        ("UPDATE object SET address = NULL WHERE id = 1", "object 1"),
        ("UPDATE version SET body = '{' WHERE id = 2", "catalog/hr"),
        ("UPDATE version SET body = '[]' WHERE id = 2", "catalog/hr"),
        (
            "PRAGMA foreign_keys = off; DELETE FROM version WHERE id = 2",
            "catalog/hr",
        ),
        (
            "UPDATE object SET project = NULL, address = NULL, declared = NULL, applied = NULL, kind = 'x' WHERE id = 3",
            "object 3",
        ),
        (
            "UPDATE meta SET value = 'many' WHERE key = 'generation'",
            "generation",
        ),
        ("DELETE FROM meta WHERE key = 'lineage'", "lineage"),
        ("DROP TABLE object", "object"),
    ] {
        let place = filled();
        place.hand().execute_batch(damage).unwrap();
        let read = place.store.read(&Selection {
            project: PROJECT,
            bodies: Bodies::All,
        });
        let error = read
            .err()
            .unwrap_or_else(|| panic!("{damage}: it was read"));
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{damage}: {error}"
        );
        assert!(error.to_string().contains(clue), "{damage}: {error}");
    }
}

#[test]
fn a_torn_file_is_damaged() {
    let mut place = filled();
    let folder = place.folder().to_owned();
    place.store = Box::new(guestlist::store::memory::Memory::new("closed"));
    let mut bytes = fs::read(place.file()).unwrap();
    let half = bytes.len() / 2;
    bytes[8192..half].fill(0xaa);
    fs::write(place.file(), &bytes).unwrap();
    let read = open("sqlite:test.db", &folder, OpenMode::Read).and_then(|store| {
        store.read(&Selection {
            project: PROJECT,
            bodies: Bodies::All,
        })
    });
    let error = read.err().unwrap();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

#[test]
fn a_hand_in_the_store_is_seen() {
    let place = filled();
    let before = place.object("catalog/hr");
    place
        .hand()
        .execute_batch(
            "INSERT INTO version SELECT 100, object, run, 'update', address, NULL, id, \
                '{\"displayName\":\"HR\",\"externallyVisible\":true,\"published\":true}' FROM version WHERE id = 2; \
             UPDATE object SET version = 100 WHERE id = 2",
        )
        .unwrap();
    let declared = before.body.digest();
    let live = place
        .store
        .read(&Selection {
            project: PROJECT,
            bodies: Bodies::Differing(&|_| Some(declared)),
        })
        .unwrap();
    let Presence::Present(found) = live.get(&at("catalog/hr")) else {
        panic!("it was taken for the same");
    };
    assert_eq!(found.body.to_value()["displayName"], json!("HR"));
}

#[test]
fn a_hand_in_the_audit_log_is_found() {
    let place = filled();
    let head = place.store.head().unwrap();
    let check = || {
        verify(
            Chain::new(&head.lineage),
            &place.store.audit(0, 100).unwrap(),
        )
    };
    assert!(check().is_ok());
    place
        .hand()
        .execute(
            "UPDATE audit SET entry = replace(entry, '\"create\"', '\"update\"') WHERE seq = 3",
            [],
        )
        .unwrap();
    assert_eq!(check().err().map(|broken| broken.seq), Some(3));
    place
        .hand()
        .execute("DELETE FROM audit WHERE seq = 2", [])
        .unwrap();
    assert_eq!(check().err().map(|broken| broken.seq), Some(2));
}

#[test]
fn nothing_is_written_after_an_audit_log_that_was_cut() {
    let mut place = filled();
    place
        .hand()
        .execute("DELETE FROM audit WHERE seq = 5", [])
        .unwrap();
    let error = place.store.lease(&ask("ana", now())).err().unwrap();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    let everything = Selection {
        project: PROJECT,
        bodies: Bodies::All,
    };
    let error = place.store.read(&everything).err().unwrap();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_eq!(place.store.head().unwrap().generation, 1);
}

#[test]
fn a_rename_writes_one_row_and_no_other() {
    let mut place = filled();
    let rows = |place: &Place| -> Vec<String> {
        let hand = place.hand();
        let mut all = Vec::new();
        for sql in [
            "SELECT 'object' || quote(id) || quote(kind) || quote(address) || quote(declared) || quote(version) FROM object",
            "SELECT 'version' || quote(id) || quote(object) || quote(address) || quote(body) FROM version",
        ] {
            let mut statement = hand.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            all.extend(rows.map(|row| row.unwrap()));
        }
        all
    };
    let before = rows(&place);
    let organization = place.object("organization/fabrikam");
    place.apply(vec![rename(&organization, "organization/fab")]);
    let after = rows(&place);
    let changed: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].starts_with("object1"), "{changed:?}");
    assert_eq!(after.len(), before.len() + 1);
    let naming = place.object("policy/hr/outside").body.to_value();
    assert_eq!(naming["requestors"]["organizations"], json!(["fab"]));
}

#[test]
fn the_clock_is_noted_and_never_goes_back() {
    let mut place = filled();
    let highest = |place: &Place| -> String {
        let sql = "SELECT value FROM meta WHERE key = 'highest_time'";
        place.hand().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let lease = place.store.lease(&ask("ana", later(500))).unwrap();
    let lease = place.store.renew(&lease, later(100)).unwrap();
    place.store.release(lease).unwrap();
    assert_eq!(highest(&place), later(500).to_string());
}

#[test]
fn a_file_that_may_not_be_written_stays_as_it_was() {
    let place = filled();
    let before = format!("{:?}", place.read());
    let folder = place.folder().to_owned();
    fs::set_permissions(place.file(), fs::Permissions::from_mode(0o400)).unwrap();
    let opened = open("sqlite:test.db", &folder, OpenMode::Write);
    // The superuser may write what nobody else may.
    if let Err(error) = opened {
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    }
    assert_eq!(format!("{:?}", place.read()), before);
}
