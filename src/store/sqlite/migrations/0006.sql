-- Format 6: a run records the domains of our own people that it was applied with; none: it left them as they were.

ALTER TABLE run ADD COLUMN own TEXT CHECK (json_valid(own));
