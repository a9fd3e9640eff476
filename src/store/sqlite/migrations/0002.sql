-- Format 2: what a run was for.

ALTER TABLE run ADD COLUMN purpose TEXT NOT NULL DEFAULT 'apply';
