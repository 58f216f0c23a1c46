-- What an upload did, so that it can be read row by row and undone, exactly, for seven days.

-- Waits until somebody lets it go on.
ALTER TABLE import_run ADD COLUMN paused_at INTEGER;
-- Taken back: what was made is gone, what was changed is as before.
ALTER TABLE import_run ADD COLUMN undone_at INTEGER;
-- What a trial found, JSON; missing before one was asked for.
ALTER TABLE import_run ADD COLUMN trial TEXT;
-- What taking it back has done so far, JSON.
ALTER TABLE import_run ADD COLUMN undo_report TEXT;
-- Rows about what an earlier row of the file spoke of, and rows that may mean several companies.
ALTER TABLE import_run ADD COLUMN n_repeated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN n_ambiguous INTEGER NOT NULL DEFAULT 0;

-- What became of the rows, packed: one row here for a thousand of the file.
CREATE TABLE import_outcome (
    workspace_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    -- Data row of the file, from 0.
    first_row INTEGER NOT NULL,
    outcomes BLOB NOT NULL,
    PRIMARY KEY (workspace_id, import_id, first_row),
    FOREIGN KEY (workspace_id, import_id) REFERENCES import_run (workspace_id, id)
);

-- Facts of records that were there and that an upload changed: before and after, JSON.
CREATE TABLE import_change (
    workspace_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('company', 'contact', 'ground')),
    subject_id BLOB NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (workspace_id, import_id, subject_kind, subject_id),
    FOREIGN KEY (workspace_id, import_id) REFERENCES import_run (workspace_id, id)
);

-- People and leads of a company in the order of their ids: without the id in the index the whole workspace is read for it.
DROP INDEX contact_company;
CREATE INDEX contact_company ON contact (workspace_id, company_id, id);
DROP INDEX lead_company;
CREATE INDEX lead_company ON lead (workspace_id, company_id, id);
