-- What is done with many companies at once, and what a person answers to the register.

-- Companies that are put on the suppression list together. Nothing but the reason and counts stays of it.
CREATE TABLE suppression_run (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    reason TEXT NOT NULL,
    n_companies INTEGER NOT NULL,
    n_done INTEGER NOT NULL,
    -- People at the companies that are done, and sequences of theirs that were stopped.
    n_people INTEGER NOT NULL,
    n_stopped INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX suppression_run_created ON suppression_run (workspace_id, created_at);

-- The companies that still wait; one that is done goes with the transaction that did it.
CREATE TABLE suppression_run_company (
    workspace_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    PRIMARY KEY (workspace_id, run_id, company_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES suppression_run (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX suppression_run_of_company ON suppression_run_company (workspace_id, company_id);

-- A person said that none of the companies that the register offered is the one: when, who, and of which name, place and
-- number it was said. As long as these are the same, it is not asked about again by itself.
ALTER TABLE register_reading ADD COLUMN refused_at INTEGER;
ALTER TABLE register_reading ADD COLUMN refused_by BLOB;
ALTER TABLE register_reading ADD COLUMN refused_of TEXT;
