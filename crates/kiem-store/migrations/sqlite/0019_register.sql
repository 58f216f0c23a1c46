-- Checks in the Dutch company register: access, what was paid, rounds over many companies, and what each last answer said.

-- One row when somebody changed what is built in.
CREATE TABLE register_access (
    workspace_id BLOB NOT NULL PRIMARY KEY REFERENCES workspace (id),
    -- The key, sealed.
    secret BLOB,
    -- Of one profile, in thousandths of a euro.
    price_mills INTEGER NOT NULL,
    -- No more than this is spent in a calendar month.
    ceiling_mills INTEGER NOT NULL,
    -- A company is not paid for again within so many days, unless a person asks.
    fresh_days INTEGER NOT NULL
);

-- One round: companies one after the other, with progress.
CREATE TABLE register_run (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'stopped', 'failed')),
    -- Waits until somebody lets it go on.
    paused_at INTEGER,
    paused_why TEXT CHECK (paused_why IN ('person', 'ceiling', 'key')),
    -- Asked for again by a person, however fresh the last answer is.
    is_again BOOLEAN NOT NULL,
    n_companies INTEGER NOT NULL,
    n_done INTEGER NOT NULL,
    -- Of those: a profile was read; facts filled or replaced; for a person to look at; no longer in the register.
    n_checked INTEGER NOT NULL,
    n_filled INTEGER NOT NULL,
    n_look INTEGER NOT NULL,
    n_ended INTEGER NOT NULL,
    -- Times in a row that the register asked to come back later.
    n_waits INTEGER NOT NULL,
    paid_mills INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX register_run_created ON register_run (workspace_id, created_at);

-- The companies of a round. Those that wait are all that a worker needs to know to go on.
CREATE TABLE register_run_company (
    workspace_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    -- How it ended; missing while it waits.
    outcome TEXT,
    PRIMARY KEY (workspace_id, run_id, company_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES register_run (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX register_run_waiting ON register_run_company (workspace_id, run_id, position) WHERE outcome IS NULL;
CREATE INDEX register_run_of_company ON register_run_company (workspace_id, company_id);

-- Every profile that was asked for, written down before it is asked. Without a reference: what was paid stays when the
-- company goes.
CREATE TABLE register_payment (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    -- Asked and not answered counts as paid: it may have been.
    state TEXT NOT NULL CHECK (state IN ('asked', 'paid', 'free')),
    price_mills INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX register_payment_at ON register_payment (workspace_id, asked_at);
CREATE INDEX register_payment_company ON register_payment (workspace_id, company_id, asked_at);

-- The last answer about a company; replaced by the next.
CREATE TABLE register_reading (
    workspace_id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    -- What else is known of the outcome: the register's code.
    outcome_detail TEXT,
    -- The number that was asked about.
    kvk_number TEXT,
    -- It is no longer in the register.
    is_ended BOOLEAN NOT NULL,
    ended_on TEXT,
    -- What the register said, JSON; missing when no profile was read.
    profile TEXT,
    -- Companies that it may be, JSON.
    candidates TEXT NOT NULL,
    -- Each fact beside what was known, JSON.
    takings TEXT NOT NULL,
    PRIMARY KEY (workspace_id, company_id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX register_reading_ended ON register_reading (workspace_id, company_id) WHERE is_ended = TRUE;

-- What companies' websites are made with and say, one a line: compared with the ideal profile. Missing as long as no site
-- was read.
ALTER TABLE company ADD COLUMN site_technologies TEXT;
ALTER TABLE company ADD COLUMN site_words TEXT;
UPDATE company SET
    site_technologies = COALESCE((SELECT group_concat(f.value, char(10)) FROM website_fact f
        WHERE f.workspace_id = company.workspace_id AND f.company_id = company.id AND f.kind = 'technology'), ''),
    site_words = COALESCE((SELECT group_concat(f.value, char(10)) FROM website_fact f
        WHERE f.workspace_id = company.workspace_id AND f.company_id = company.id
          AND f.kind IN ('description', 'news', 'vacancy')), '')
WHERE EXISTS (SELECT 1 FROM website_reading r
    WHERE r.workspace_id = company.workspace_id AND r.company_id = company.id AND r.outcome = 'read');
