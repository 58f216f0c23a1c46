-- What is done with many companies at once, and what a person answers to the register.

-- Companies that are put on the suppression list together. Nothing but the reason and counts stays of it.
CREATE TABLE suppression_run (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    reason TEXT NOT NULL,
    n_companies BIGINT NOT NULL,
    n_done BIGINT NOT NULL,
    -- People at the companies that are done, and sequences of theirs that were stopped.
    n_people BIGINT NOT NULL,
    n_stopped BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX suppression_run_created ON suppression_run (workspace_id, created_at);

-- The companies that still wait; one that is done goes with the transaction that did it.
CREATE TABLE suppression_run_company (
    workspace_id UUID NOT NULL,
    run_id UUID NOT NULL,
    company_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, run_id, company_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES suppression_run (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX suppression_run_of_company ON suppression_run_company (workspace_id, company_id);

-- A person said that none of the companies that the register offered is the one: when, who, and of which name, place and
-- number it was said. As long as these are the same, it is not asked about again by itself.
ALTER TABLE register_reading ADD COLUMN refused_at BIGINT;
ALTER TABLE register_reading ADD COLUMN refused_by UUID;
ALTER TABLE register_reading ADD COLUMN refused_of TEXT;
