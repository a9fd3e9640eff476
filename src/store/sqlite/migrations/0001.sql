-- Format 1: objects with their versions, runs, the lease, the audit chain.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lease (
    scope     TEXT    NOT NULL PRIMARY KEY,
    token     INTEGER NOT NULL CHECK (token >= 0),
    holder    TEXT    CHECK (holder IS NULL OR json_valid(holder)),
    operation TEXT,
    acquired  TEXT,
    expires   TEXT,
    CHECK ((holder IS NULL) = (operation IS NULL)),
    CHECK ((holder IS NULL) = (acquired IS NULL)),
    CHECK ((holder IS NULL) = (expires IS NULL))
) STRICT, WITHOUT ROWID;

-- One row a committed apply. Its changes are the versions first..last.
CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    project    TEXT    NOT NULL CHECK (project <> ''),
    generation INTEGER NOT NULL UNIQUE CHECK (generation > 0),
    actor      TEXT    NOT NULL,
    host       TEXT    NOT NULL,
    revision   TEXT,
    tree       BLOB    NOT NULL CHECK (length(tree) = 16),
    plan       BLOB    NOT NULL CHECK (length(plan) = 16),
    started    TEXT    NOT NULL,
    finished   TEXT    NOT NULL,
    counts     TEXT    NOT NULL CHECK (json_valid(counts)),
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL CHECK (last >= first - 1)
) STRICT;

-- One row a change of an object: at once where its body is kept and the record of the change. Never updated.
CREATE TABLE version (
    id      INTEGER PRIMARY KEY,
    object  INTEGER NOT NULL CHECK (object > 0),
    run     INTEGER NOT NULL REFERENCES run (id),
    action  TEXT    NOT NULL CHECK (action IN ('create', 'update', 'replace', 'adopt', 'prune', 'forget')),
    address TEXT    NOT NULL,
    renamed TEXT    CHECK (renamed <> address),  -- the address before
    before  INTEGER REFERENCES version (id),
    body    TEXT,                                -- none: the object is gone
    CHECK ((action = 'create') = (before IS NULL)),
    CHECK ((action = 'prune') = (body IS NULL))
) STRICT;

-- What every body has to be read through: who was renamed, and when.
CREATE INDEX version_renamed ON version (id) WHERE renamed IS NOT NULL;

-- One row a living object.
CREATE TABLE object (
    id       INTEGER PRIMARY KEY,
    kind     TEXT    NOT NULL,
    project  TEXT,                               -- the owner; none: nobody
    address  TEXT,
    declared BLOB    CHECK (length(declared) = 16),  -- what the owner's tree said when it was last applied
    version  INTEGER NOT NULL REFERENCES version (id),
    applied  INTEGER,                            -- the version that the owner last applied
    CHECK (project IS NOT NULL OR (address IS NULL AND declared IS NULL AND applied IS NULL))
) STRICT;

CREATE UNIQUE INDEX object_binding ON object (project, address) WHERE project IS NOT NULL;
CREATE INDEX object_unowned ON object (id) WHERE project IS NULL;

CREATE TABLE audit (
    seq   INTEGER PRIMARY KEY CHECK (seq > 0),
    entry TEXT    NOT NULL,
    hash  BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO meta (key, value) VALUES ('generation', '0'), ('objects', '0');
INSERT INTO lease (scope, token) VALUES ('store', 0);
