-- People, workspaces, events, jobs. Times are microseconds since 1970 in UTC; ids are UUIDv7 made by the program.
-- Tables without workspace_id first are the global ones of the allow-list in `cargo xtask tidy`.

CREATE TABLE instance_setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE workspace (
    id BLOB NOT NULL PRIMARY KEY,
    -- Short number that stands in public links and API tokens, so that a link finds its workspace without a search.
    number INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'practice')),
    time_zone TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    settings TEXT NOT NULL,
    sending_paused_reason TEXT,
    created_at INTEGER NOT NULL
);

CREATE TABLE app_user (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    theme TEXT NOT NULL CHECK (theme IN ('auto', 'light', 'dark')),
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
);

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES app_user (id),
    workspace_id BLOB,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);

-- One row per account or address that guessed wrong; the key is a keyed hash, never the address itself.
CREATE TABLE login_attempt (
    key BLOB NOT NULL PRIMARY KEY,
    n_failed INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
);

-- Global because "which workspaces may this user open" is asked before a workspace is known.
CREATE TABLE membership (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    user_id BLOB NOT NULL REFERENCES app_user (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'marketing', 'sales', 'read_only')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX membership_user ON membership (user_id, workspace_id);

CREATE TABLE api_token (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('manager', 'marketing', 'sales', 'read_only')),
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, token_hash)
);

-- Who did what. Append-only; each row carries the hash of the one before, so that a removed row shows.
CREATE TABLE audit_entry (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'system', 'public')),
    actor_id BLOB,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

-- Everything that happened: the timeline of a company and the feed of the live page. Append-only.
CREATE TABLE event (
    workspace_id BLOB NOT NULL,
    id BLOB NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    company_id BLOB,
    contact_id BLOB,
    prospect_id BLOB,
    subject_kind TEXT NOT NULL,
    subject_id BLOB,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'system', 'lead')),
    actor_id BLOB,
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
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    -- At most one waiting job per key: asking twice for the same work is one piece of work.
    dedup_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
    run_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    attempts_max INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, dedup_key)
);
CREATE INDEX job_due ON job (workspace_id, state, run_at);

-- Which workspace has work, and when. The only table that a worker polls across workspaces.
CREATE TABLE job_wakeup (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    queue TEXT NOT NULL CHECK (queue IN ('job', 'send')),
    due_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, queue)
);
CREATE INDEX job_wakeup_due ON job_wakeup (queue, due_at);

CREATE TABLE idempotency_key (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, key, operation)
);

CREATE TABLE notification (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    mailed_at INTEGER,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX notification_user ON notification (workspace_id, user_id, created_at);
