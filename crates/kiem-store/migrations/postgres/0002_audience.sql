-- The audience: companies, people, on what ground they may be approached, and who must never be.

CREATE TABLE company (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    -- Normalised for matching and search: lower case, no accents, no legal form.
    name_key TEXT NOT NULL,
    domain TEXT,
    kvk_number TEXT,
    country TEXT,
    region TEXT,
    city TEXT,
    industry TEXT,
    employees_n BIGINT,
    website TEXT,
    phone TEXT,
    fit_score BIGINT,
    -- How much of the profile could be judged, in percent: unknown is not the same as a bad fit.
    fit_known_percent BIGINT NOT NULL,
    fit_reasons TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kvk_number),
    UNIQUE (workspace_id, domain)
);
CREATE INDEX company_name ON company (workspace_id, name_key);

CREATE TABLE contact (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    given_name TEXT,
    -- Dutch tussenvoegsel: "van der".
    infix TEXT,
    family_name TEXT,
    name_key TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    title TEXT,
    seniority TEXT,
    department TEXT,
    language TEXT,
    time_zone TEXT,
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    erased_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, email),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX contact_company ON contact (workspace_id, company_id);
CREATE INDEX contact_name ON contact (workspace_id, name_key);

-- Why this person may be approached. No row means: may not be mailed.
CREATE TABLE contact_ground (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    contact_id UUID NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('consent', 'existing_customer', 'designated_address', 'legitimate_interest')),
    source TEXT NOT NULL,
    source_detail TEXT NOT NULL,
    obtained_on TEXT NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, contact_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id)
);

-- Beats everything. Only a keyed hash is kept, so that it survives erasure without keeping the person.
CREATE TABLE suppression (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    key_hash BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'domain')),
    -- What a person sees in the list: "e…@klant.example". Never the whole address.
    hint TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'replied_stop', 'complaint', 'hard_bounce', 'objection', 'erased', 'manual', 'imported')),
    source TEXT NOT NULL,
    created_by UUID,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key_hash)
);
CREATE INDEX suppression_created ON suppression (workspace_id, created_at);

CREATE TABLE lead (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    company_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'approached', 'paused', 'resting', 'promoted', 'blocked')),
    paused_until BIGINT,
    approached_at BIGINT,
    touched_at BIGINT,
    engaged_at BIGINT,
    warmth BIGINT NOT NULL,
    -- Times promoted; a new pursuit after an undo or years later is a new cycle.
    cycle BIGINT NOT NULL,
    needs_look BOOLEAN NOT NULL,
    -- Lower case "name company domain title city", for search.
    search_text TEXT NOT NULL,
    -- Copies for sorting and filtering the list without a join.
    sort_name TEXT NOT NULL,
    sort_company TEXT NOT NULL,
    country TEXT,
    industry TEXT,
    -- Fit of company and person; -1 when nothing that the profile asks is known, so that it sorts last.
    fit_score BIGINT NOT NULL,
    fit_known_percent BIGINT NOT NULL DEFAULT 0,
    import_id UUID,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, contact_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX lead_created ON lead (workspace_id, created_at, id);
CREATE INDEX lead_name ON lead (workspace_id, sort_name, id);
CREATE INDEX lead_company_name ON lead (workspace_id, sort_company, id);
CREATE INDEX lead_fit ON lead (workspace_id, fit_score, id);
CREATE INDEX lead_warmth ON lead (workspace_id, warmth, id);
CREATE INDEX lead_state ON lead (workspace_id, state, created_at, id);
CREATE INDEX lead_company ON lead (workspace_id, company_id);
CREATE INDEX lead_approached ON lead (workspace_id, approached_at);

CREATE TABLE ideal_profile (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    version BIGINT NOT NULL,
    definition TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, version)
);

CREATE TABLE import_run (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    file_name TEXT NOT NULL,
    file_hash BYTEA NOT NULL,
    file BYTEA,
    state TEXT NOT NULL CHECK (state IN ('previewed', 'running', 'finished', 'failed', 'stopped')),
    dialect TEXT NOT NULL,
    mapping TEXT NOT NULL,
    ground TEXT NOT NULL,
    n_rows BIGINT NOT NULL,
    n_done BIGINT NOT NULL,
    n_companies_created BIGINT NOT NULL,
    n_companies_matched BIGINT NOT NULL,
    n_contacts_created BIGINT NOT NULL,
    n_contacts_matched BIGINT NOT NULL,
    n_errors BIGINT NOT NULL,
    n_suppressed BIGINT NOT NULL,
    failure TEXT,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE import_error (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    import_id UUID NOT NULL,
    row_number BIGINT NOT NULL,
    code TEXT NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    row_text TEXT NOT NULL,
    PRIMARY KEY (workspace_id, import_id, row_number, code),
    FOREIGN KEY (workspace_id, import_id) REFERENCES import_run (workspace_id, id)
);
