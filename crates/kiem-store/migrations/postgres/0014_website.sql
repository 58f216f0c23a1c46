-- What companies say about themselves on their own websites, and the rounds in which their sites are read.

-- One round: many sites, a few at a time, with progress.
CREATE TABLE website_run (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'stopped', 'failed')),
    -- Waits until somebody lets it go on.
    paused_at BIGINT,
    n_companies BIGINT NOT NULL,
    n_done BIGINT NOT NULL,
    -- Of those: read, and not read with a reason.
    n_read BIGINT NOT NULL,
    n_refused BIGINT NOT NULL,
    n_facts BIGINT NOT NULL,
    n_filled BIGINT NOT NULL,
    n_suppressed BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX website_run_created ON website_run (workspace_id, created_at);

-- The companies of a round. Those that wait are all that a worker needs to know to go on.
CREATE TABLE website_run_company (
    workspace_id UUID NOT NULL,
    run_id UUID NOT NULL,
    company_id UUID NOT NULL,
    position BIGINT NOT NULL,
    -- Two companies of one host are never read at the same time.
    host TEXT NOT NULL,
    -- How it ended; missing while it waits.
    outcome TEXT,
    PRIMARY KEY (workspace_id, run_id, company_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES website_run (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX website_run_waiting ON website_run_company (workspace_id, run_id, position) WHERE outcome IS NULL;
CREATE INDEX website_run_of_company ON website_run_company (workspace_id, company_id);

-- The last reading of a company's site; replaced by the next.
CREATE TABLE website_reading (
    workspace_id UUID NOT NULL,
    company_id UUID NOT NULL,
    site TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    -- What else is known of the outcome: a status, another site, a sign.
    outcome_detail TEXT,
    n_pages BIGINT NOT NULL,
    -- Pages that were not read, and why, JSON.
    refused TEXT NOT NULL,
    -- Of all pages together, hexadecimal.
    content_hash TEXT NOT NULL,
    -- The site asked not to be asked before.
    retry_at BIGINT,
    PRIMARY KEY (workspace_id, company_id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX website_reading_at ON website_reading (workspace_id, read_at);

CREATE TABLE website_fact (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    -- What else it says, JSON.
    details TEXT NOT NULL,
    url TEXT NOT NULL,
    -- The words that it was read from.
    snippet TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    -- Says who somebody is; gone when the workspace no longer wants people from websites.
    is_personal BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX website_fact_company ON website_fact (workspace_id, company_id, id);
