-- Format 5: people stand in the audit log and in runs as opaque ids. Who that is can be erased here, and only here.
-- Entries that are written already stay as they are: the chain covers them.

CREATE TABLE person (
    id    TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    value TEXT NOT NULL UNIQUE CHECK (value <> ''),  -- who: an address in canonical form, or the name of an account
    salt  BLOB NOT NULL CHECK (length(salt) = 32)    -- the key of the hash that entries hold
) STRICT, WITHOUT ROWID;

INSERT INTO person (id, value, salt)
    SELECT substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || substr(h, 21, 12),
        actor, randomblob(32)
    FROM (SELECT actor, lower(hex(randomblob(16))) AS h FROM (SELECT DISTINCT actor FROM run WHERE actor <> '') AS a);

UPDATE run SET actor = coalesce((SELECT id FROM person WHERE value = run.actor), '');
