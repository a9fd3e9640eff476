-- Format 4: the ledger of the engine: records by number, and the marks they are found by.

-- The number holds the kind in its upper bits, so that records of a kind lie together.
CREATE TABLE record (
    id   INTEGER PRIMARY KEY,
    body TEXT    NOT NULL
) STRICT;

CREATE TABLE mark (
    mark INTEGER NOT NULL,
    key  BLOB    NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (mark, key, id)
) STRICT, WITHOUT ROWID;

-- The highest number ever given to a record of a kind: none is given twice.
CREATE TABLE record_last (
    kind INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
