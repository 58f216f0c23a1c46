-- How complete the audience is: how many companies the open data of the register count, and how many of them are known, by
-- activity and postcode area.
CREATE TABLE market_cell (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    -- Digits of the code; of known companies as far as they are known.
    activity TEXT NOT NULL,
    -- The first two digits of the postcode.
    area INTEGER NOT NULL,
    register_n INTEGER NOT NULL,
    known_n INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, activity, area)
) WITHOUT ROWID;

-- The file that was counted, and what of the audience is counted nowhere, as JSON by reason.
CREATE TABLE market_load (
    workspace_id BLOB NOT NULL PRIMARY KEY REFERENCES workspace (id),
    file_name TEXT NOT NULL,
    edition TEXT NOT NULL CHECK (edition IN ('2008', '2025')),
    -- Day on which the register gave it out, as a person says.
    as_of TEXT NOT NULL,
    register_n INTEGER NOT NULL,
    is_sample BOOLEAN NOT NULL,
    loaded_by BLOB NOT NULL,
    loaded_at INTEGER NOT NULL,
    known_n INTEGER NOT NULL,
    uncounted TEXT NOT NULL,
    counted_at INTEGER
);
