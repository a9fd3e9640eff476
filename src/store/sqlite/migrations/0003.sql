-- Format 3: a run records the guards that were lifted for it, and by what.

ALTER TABLE run ADD COLUMN lifted TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(lifted));
