//! A store that is not there yet, as a read sees it: empty, at generation 0, with no identity.
//!
//! The lineage is empty and not random, so that planning for a new store gives the same bytes every time.

use rusqlite::Connection;

use super::connection::Fault;
use super::migrate::migrate;

/// Makes the tables of an empty store without identity.
pub(super) fn fill(connection: &Connection) -> Result<(), Fault> {
    migrate(connection)?;
    connection.execute("UPDATE meta SET value = '' WHERE key = 'lineage'", [])?;
    Ok(())
}
