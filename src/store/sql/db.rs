//! The seam between the shared statements and a database: few methods, so that a second one is a thin adapter.
//!
//! Statements are written with `?1`; each is a constant, so that an adapter can prepare it once.

use std::fmt::Display;

use crate::store::StoreError;

/// A database with guestlist's tables, inside one connection.
pub(crate) trait Db {
    /// Returns how the store is named to people.
    fn name(&self) -> &str;

    /// Checks that the database fits together below its rows: pages, indexes, constraints.
    fn sound(&self) -> Result<(), StoreError>;

    /// Leaves the files of the database as they are, from here to the end of the connection.
    fn leave(&self);

    /// Starts or ends a transaction.
    fn transact(&self, step: Step) -> Result<(), StoreError>;

    /// Runs a statement and returns how many rows it changed.
    fn execute(&self, sql: &'static str, params: &[Param<'_>]) -> Result<usize, StoreError>;

    /// Runs a query and hands over each row.
    fn query(
        &self,
        sql: &'static str,
        params: &[Param<'_>],
        see: See<'_>,
    ) -> Result<(), StoreError>;
}

/// Takes the rows of a query, one by one.
pub(crate) type See<'s> = &'s mut dyn FnMut(&dyn Row) -> Result<(), StoreError>;

/// A step of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// One unchanging view for several reads.
    Read,
    /// The only writer from here on, once others are done.
    Write,
    /// The only writer from here on, at once or not at all.
    Claim,
    /// All of it, durably.
    Commit,
    /// Nothing of it.
    Rollback,
}

/// A value given to a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'p> {
    Null,
    Int(i64),
    Text(&'p str),
    Blob(&'p [u8]),
}

impl<'p> Param<'p> {
    pub(crate) fn text(text: Option<&'p str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// A value from a row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'r> {
    Null,
    Int(i64),
    Text(&'r str),
    Blob(&'r [u8]),
    /// Of a type, or in an encoding, that no column of ours has.
    Alien,
}

/// A row of a query.
pub(crate) trait Row {
    /// Returns the value at a position, counted from 0.
    fn cell(&self, at: usize) -> Cell<'_>;

    /// Returns the error for a row that no version of guestlist wrote.
    fn damaged(&self, cause: String) -> StoreError;
}

impl dyn Row + '_ {
    /// Returns a whole number.
    pub(crate) fn int(&self, at: usize, what: impl Display + Copy) -> Result<i64, StoreError> {
        match self.cell(at) {
            Cell::Int(value) => Ok(value),
            _ => Err(self.damaged(format!("{what} is no number"))),
        }
    }

    /// Returns a count.
    pub(crate) fn count(&self, at: usize, what: impl Display + Copy) -> Result<u64, StoreError> {
        u64::try_from(self.int(at, what)?)
            .map_err(|_| self.damaged(format!("{what} is a negative number")))
    }

    /// Returns a text, if there is one.
    pub(crate) fn maybe_text(
        &self,
        at: usize,
        what: impl Display + Copy,
    ) -> Result<Option<&str>, StoreError> {
        match self.cell(at) {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            _ => Err(self.damaged(format!("{what} is no text"))),
        }
    }

    /// Returns a text.
    pub(crate) fn text(&self, at: usize, what: impl Display + Copy) -> Result<&str, StoreError> {
        self.maybe_text(at, what)?
            .ok_or_else(|| self.damaged(format!("{what} is missing")))
    }

    /// Returns so many bytes.
    pub(crate) fn bytes<const N: usize>(
        &self,
        at: usize,
        what: impl Display + Copy,
    ) -> Result<[u8; N], StoreError> {
        match self.cell(at) {
            Cell::Blob(bytes) => bytes
                .try_into()
                .map_err(|_| self.damaged(format!("{what} has not {N} bytes"))),
            _ => Err(self.damaged(format!("{what} is missing"))),
        }
    }

    /// Reads a text as a value of ours.
    pub(crate) fn parse<T: std::str::FromStr>(
        &self,
        at: usize,
        what: impl Display + Copy,
    ) -> Result<T, StoreError> {
        let text = self.text(at, what)?;
        text.parse()
            .map_err(|_| self.damaged(format!("{what} is `{}`", text.escape_debug())))
    }
}

/// Runs reads inside one transaction.
pub(crate) fn reading<T>(
    db: &impl Db,
    read: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    db.transact(Step::Read)?;
    let result = read();
    let ended = db.transact(Step::Rollback);
    let value = result?;
    ended.map(|()| value)
}

/// Runs a short write inside one transaction.
pub(crate) fn writing<T>(
    db: &impl Db,
    write: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    within(db, Step::Write, write)
}

/// Runs a short write inside one transaction, and does not wait long for others that write.
pub(crate) fn claiming<T>(
    db: &impl Db,
    write: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    within(db, Step::Claim, write)
}

fn within<T>(
    db: &impl Db,
    start: Step,
    write: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    db.transact(start)?;
    let result = write().and_then(|value| db.transact(Step::Commit).map(|()| value));
    if result.is_err() {
        // The first error is the one to tell; a connection that cannot roll back has none open any more.
        let _ = db.transact(Step::Rollback);
    }
    result
}
