-- Whose turn it is at a website, across workspaces and processes: one reads at a time, with a gap before the next.
CREATE TABLE host_turn (
    host TEXT PRIMARY KEY,
    -- The round that reads there; all zeros between two.
    holder BLOB NOT NULL,
    held_until INTEGER NOT NULL
);
