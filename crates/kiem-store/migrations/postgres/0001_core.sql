-- People, workspaces, events, jobs. Times are microseconds since 1970 in UTC; ids are UUIDv7 made by the program.
-- Tables without workspace_id first are the global ones of the allow-list in `cargo xtask tidy`.

CREATE TABLE instance_setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE workspace (
    id UUID NOT NULL PRIMARY KEY,
    -- Short number that stands in public links and API tokens, so that a link finds its workspace without a search.
    number BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'practice')),
    time_zone TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    settings TEXT NOT NULL,
    sending_paused_reason TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE app_user (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    theme TEXT NOT NULL CHECK (theme IN ('auto', 'light', 'dark')),
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE session (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    user_id UUID NOT NULL REFERENCES app_user (id),
    workspace_id UUID,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);

-- One row per account or address that guessed wrong; the key is a keyed hash, never the address itself.
CREATE TABLE login_attempt (
    key BYTEA NOT NULL PRIMARY KEY,
    n_failed BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

-- Global because "which workspaces may this user open" is asked before a workspace is known.
CREATE TABLE membership (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    user_id UUID NOT NULL REFERENCES app_user (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'marketing', 'sales', 'read_only')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX membership_user ON membership (user_id, workspace_id);

CREATE TABLE api_token (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('manager', 'marketing', 'sales', 'read_only')),
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, token_hash)
);

-- Who did what. Append-only; each row carries the hash of the one before, so that a removed row shows.
CREATE TABLE audit_entry (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'system', 'public')),
    actor_id UUID,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    detail TEXT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

-- Everything that happened: the timeline of a company and the feed of the live page. Append-only.
CREATE TABLE event (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    company_id UUID,
    contact_id UUID,
    prospect_id UUID,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'system', 'lead')),
    actor_id UUID,
    data TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, source, external_id)
);
CREATE INDEX event_company ON event (workspace_id, company_id, occurred_at);
CREATE INDEX event_prospect ON event (workspace_id, prospect_id, occurred_at);
CREATE INDEX event_kind ON event (workspace_id, kind, occurred_at);

CREATE TABLE job (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- At most one waiting job per key: asking twice for the same work is one piece of work.
    dedup_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
    run_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    attempts_max BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, dedup_key)
);
CREATE INDEX job_due ON job (workspace_id, state, run_at);

-- Which workspace has work, and when. The only table that a worker polls across workspaces.
CREATE TABLE job_wakeup (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    queue TEXT NOT NULL CHECK (queue IN ('job', 'send')),
    due_at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, queue)
);
CREATE INDEX job_wakeup_due ON job_wakeup (queue, due_at);

CREATE TABLE idempotency_key (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key, operation)
);

CREATE TABLE notification (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    mailed_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX notification_user ON notification (workspace_id, user_id, created_at);
