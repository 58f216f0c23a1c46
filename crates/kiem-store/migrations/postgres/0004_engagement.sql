-- What the other side did, how sure we are that it was a person, and what followed from it.

CREATE TABLE inbound (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    mailbox_id UUID NOT NULL,
    -- Message-ID, or a hash of the bytes when there is none: the same mail is taken once.
    external_key TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    sent_at BIGINT,
    from_address TEXT NOT NULL,
    from_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_header_id TEXT,
    reference_ids TEXT,
    raw BYTEA,
    -- What the other side added; quotes, signature and our own text taken off.
    text TEXT NOT NULL,
    quoted TEXT NOT NULL,
    outcome TEXT NOT NULL,
    outcome_reason TEXT NOT NULL,
    match_level TEXT NOT NULL,
    message_id UUID,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    prospect_id UUID,
    label TEXT,
    label_by TEXT,
    probability_permille BIGINT,
    margin_permille BIGINT,
    flags TEXT NOT NULL,
    needs_look BOOLEAN NOT NULL,
    auth TEXT NOT NULL,
    handled_at BIGINT,
    read_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, mailbox_id, external_key),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);
CREATE INDEX inbound_received ON inbound (workspace_id, received_at, id);
CREATE INDEX inbound_look ON inbound (workspace_id, needs_look, received_at);
CREATE INDEX inbound_contact ON inbound (workspace_id, contact_id, received_at);

-- The numbers in a mailbox that were dealt with. A row per number, not per mail: two copies of one mail are two numbers,
-- and an erased mail keeps its number, so that it is not taken in again.
CREATE TABLE inbound_uid (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    mailbox_id UUID NOT NULL,
    uid BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mailbox_id, uid),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

-- One thing that the other side did. The raw facts stay (data), so that a grade can be judged again.
CREATE TABLE engagement (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    message_id UUID,
    link_id UUID,
    inbound_id UUID,
    web_session_id UUID,
    grade TEXT NOT NULL CHECK (grade IN ('human_certain', 'human_likely', 'unknown', 'machine')),
    rule TEXT NOT NULL,
    data TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, source, external_id)
);
CREATE INDEX engagement_lead ON engagement (workspace_id, lead_id, occurred_at);
CREATE INDEX engagement_company ON engagement (workspace_id, company_id, occurred_at);
CREATE INDEX engagement_kind ON engagement (workspace_id, kind, occurred_at);
CREATE INDEX engagement_message ON engagement (workspace_id, message_id);

-- A visit that the site snippet measured.
CREATE TABLE web_session (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    site_id UUID NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    entry_link_id UUID,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    -- Day-salted hash of address and browser; the address itself is not kept.
    source_hash BYTEA NOT NULL,
    consented BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX web_session_lead ON web_session (workspace_id, lead_id, started_at);

CREATE TABLE page_view (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    session_id UUID NOT NULL,
    id UUID NOT NULL,
    path TEXT NOT NULL,
    page_kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    visible_ms BIGINT NOT NULL,
    trusted_events_n BIGINT NOT NULL,
    scroll_percent BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, session_id, id)
);

CREATE TABLE site (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    host TEXT NOT NULL,
    -- 'click_session': only the session that began with our click; 'consented': across days after consent.
    visit_mode TEXT NOT NULL CHECK (visit_mode IN ('off', 'click_session', 'consented')),
    case_paths TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, host)
);

CREATE TABLE promotion (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    lead_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    company_id UUID NOT NULL,
    prospect_id UUID NOT NULL,
    cycle BIGINT NOT NULL,
    rule TEXT NOT NULL,
    config_version BIGINT NOT NULL,
    model_digest TEXT NOT NULL,
    -- Dated evidence with engagement ids, as JSON; and the sentence, in both languages.
    evidence TEXT NOT NULL,
    explanation_nl TEXT NOT NULL,
    explanation_en TEXT NOT NULL,
    message_id UUID,
    campaign_id UUID,
    decided_at BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by UUID,
    undo_reason TEXT,
    -- What has to be put back when it is undone: stopped enrolments and their positions.
    restore TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, lead_id, cycle),
    FOREIGN KEY (workspace_id, lead_id) REFERENCES lead (workspace_id, id)
);
CREATE INDEX promotion_decided ON promotion (workspace_id, decided_at);
CREATE INDEX promotion_prospect ON promotion (workspace_id, prospect_id);

CREATE TABLE lead_override (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    lead_id UUID NOT NULL,
    value TEXT NOT NULL CHECK (value IN ('force_prospect', 'keep_lead', 'never', 'undo', 'label')),
    until_at BIGINT,
    inbound_id UUID,
    label TEXT,
    reason TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, lead_id) REFERENCES lead (workspace_id, id)
);
CREATE INDEX lead_override_lead ON lead_override (workspace_id, lead_id, created_at);

CREATE TABLE booking_page (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    slug TEXT NOT NULL,
    host_user_id UUID NOT NULL,
    mailbox_id UUID NOT NULL,
    title TEXT NOT NULL,
    -- Weekly hours, length, buffers, notice, horizon and limit per day, as JSON.
    availability TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, slug)
);

CREATE TABLE booking (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    -- 'own', 'cal_com' or 'calendly'
    provider TEXT NOT NULL,
    uid TEXT NOT NULL,
    replaces_uid TEXT,
    page_id UUID,
    host_user_id UUID,
    state TEXT NOT NULL CHECK (state IN ('confirmed', 'rescheduled', 'cancelled')),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    guest_name TEXT NOT NULL,
    guest_email TEXT NOT NULL,
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    ics_sequence BIGINT NOT NULL,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, provider, uid)
);
CREATE INDEX booking_starts ON booking (workspace_id, starts_at);

-- One row per five minutes that a host is busy: the unique key is what makes a double booking impossible.
CREATE TABLE booking_cell (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    host_user_id UUID NOT NULL,
    cell_at BIGINT NOT NULL,
    booking_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, host_user_id, cell_at)
);
CREATE INDEX booking_cell_booking ON booking_cell (workspace_id, booking_id);

CREATE TABLE quote_request (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    external_key TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    company_name TEXT NOT NULL,
    phone TEXT NOT NULL,
    text TEXT NOT NULL,
    spam_reason TEXT,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    created_at BIGINT NOT NULL,
    handled_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, external_key)
);

-- Public entrances of a workspace: the quote form, and webhooks from booking tools (with their secret, encrypted).
CREATE TABLE inlet (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('quote_form', 'cal_com', 'calendly')),
    name TEXT NOT NULL,
    secret BYTEA,
    allowed_origins TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE webhook_endpoint (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    old_secret BYTEA,
    old_secret_until BIGINT,
    kinds TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    failing_since BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE webhook_delivery (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    event_id UUID NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempt BIGINT NOT NULL,
    last_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, endpoint_id, event_id),
    FOREIGN KEY (workspace_id, endpoint_id) REFERENCES webhook_endpoint (workspace_id, id)
);
