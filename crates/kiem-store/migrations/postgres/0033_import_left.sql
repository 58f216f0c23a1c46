-- What an upload made that stayed when it was taken back, because a later one had changed it or had people there: it goes when
-- that one is taken back too. Rows as in import_outcome, without what is gone.

CREATE TABLE import_left (
    workspace_id UUID NOT NULL,
    import_id UUID NOT NULL,
    first_row BIGINT NOT NULL,
    outcomes BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, import_id, first_row),
    FOREIGN KEY (workspace_id, import_id) REFERENCES import_run (workspace_id, id)
);
