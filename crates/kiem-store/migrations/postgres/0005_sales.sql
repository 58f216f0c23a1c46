-- Prospects, what we know of them, deals and quotes, and the plan.

CREATE TABLE prospect (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    owner_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('to_qualify', 'in_conversation', 'nurture', 'disqualified', 'lost', 'won', 'undone')),
    step TEXT NOT NULL CHECK (step IN ('to_qualify', 'first_meeting', 'demo_proposal', 'negotiation', 'closing')),
    -- Null while closed, so that a company has at most one open pursuit (unique below).
    open_company_id UUID,
    rule TEXT NOT NULL,
    reason_nl TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    promoted_at BIGINT NOT NULL,
    step_since BIGINT NOT NULL,
    response_due_at BIGINT NOT NULL,
    responded_at BIGINT,
    -- Whose turn it is follows from these two.
    theirs_at BIGINT,
    ours_at BIGINT,
    next_action TEXT,
    next_action_kind TEXT,
    next_action_at BIGINT,
    nurture_until BIGINT,
    closed_at BIGINT,
    close_reason TEXT,
    close_note TEXT,
    value_cents BIGINT,
    currency TEXT NOT NULL,
    chance_percent BIGINT NOT NULL,
    sort_company TEXT NOT NULL,
    search_text TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, open_company_id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id)
);
CREATE INDEX prospect_step ON prospect (workspace_id, state, step, next_action_at, id);
CREATE INDEX prospect_owner ON prospect (workspace_id, owner_id, state, next_action_at);
CREATE INDEX prospect_company ON prospect (workspace_id, company_id);
CREATE INDEX prospect_promoted ON prospect (workspace_id, promoted_at);
CREATE INDEX prospect_closed ON prospect (workspace_id, closed_at);

CREATE TABLE prospect_contact (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    prospect_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (workspace_id, prospect_id, contact_id),
    FOREIGN KEY (workspace_id, prospect_id) REFERENCES prospect (workspace_id, id)
);

-- One finding about one of the five things; the newest per aspect counts, the rest is history.
CREATE TABLE finding (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    prospect_id UUID NOT NULL,
    aspect TEXT NOT NULL CHECK (aspect IN ('fit', 'need', 'authority', 'budget', 'timing')),
    level TEXT NOT NULL CHECK (level IN ('unknown', 'indicated', 'confirmed', 'contradicted')),
    note TEXT NOT NULL,
    source_kind TEXT NOT NULL CHECK (source_kind IN ('reply', 'person', 'profile', 'booking', 'form')),
    source_id UUID,
    found_at BIGINT NOT NULL,
    found_by UUID,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, prospect_id) REFERENCES prospect (workspace_id, id)
);
CREATE INDEX finding_prospect ON finding (workspace_id, prospect_id, found_at);

CREATE TABLE task (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    prospect_id UUID,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    enrolment_id UUID,
    inbound_id UUID,
    assignee_id UUID,
    due_at BIGINT NOT NULL,
    snoozed_until BIGINT,
    done_at BIGINT,
    done_by UUID,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX task_open ON task (workspace_id, done_at, due_at);
CREATE INDEX task_prospect ON task (workspace_id, prospect_id);

CREATE TABLE note (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    prospect_id UUID,
    company_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('note', 'call', 'meeting')),
    text TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX note_company ON note (workspace_id, company_id, created_at);

CREATE TABLE opportunity (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    prospect_id UUID NOT NULL,
    company_id UUID NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    opened_by TEXT NOT NULL CHECK (opened_by IN ('quote', 'intent')),
    opened_evidence TEXT NOT NULL,
    value_cents BIGINT NOT NULL,
    currency TEXT NOT NULL,
    expected_close_on TEXT,
    chance_own_percent BIGINT,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    lost_reason TEXT,
    won_by TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, prospect_id) REFERENCES prospect (workspace_id, id)
);
CREATE INDEX opportunity_prospect ON opportunity (workspace_id, prospect_id);
CREATE INDEX opportunity_state ON opportunity (workspace_id, state, opened_at);
CREATE INDEX opportunity_opened ON opportunity (workspace_id, opened_at);
CREATE INDEX opportunity_closed ON opportunity (workspace_id, closed_at);

CREATE TABLE quote (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    opportunity_id UUID,
    prospect_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    -- "2026-0042", given when it is sent; a draft has none.
    number TEXT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'expired', 'replaced')),
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    title TEXT NOT NULL,
    intro TEXT NOT NULL,
    terms TEXT NOT NULL,
    currency TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    net_cents BIGINT NOT NULL,
    vat_cents BIGINT NOT NULL,
    gross_cents BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    viewed_at BIGINT,
    decided_at BIGINT,
    decided_name TEXT,
    decided_note TEXT,
    pdf BYTEA,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, number),
    FOREIGN KEY (workspace_id, prospect_id) REFERENCES prospect (workspace_id, id)
);
CREATE INDEX quote_prospect ON quote (workspace_id, prospect_id);

CREATE TABLE quote_line (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    quote_id UUID NOT NULL,
    position BIGINT NOT NULL,
    description TEXT NOT NULL,
    -- Thousandths, so that 1.5 hours is exact.
    quantity_milli BIGINT NOT NULL,
    unit_price_cents BIGINT NOT NULL,
    discount_bp BIGINT NOT NULL,
    vat_bp BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, quote_id, position),
    FOREIGN KEY (workspace_id, quote_id) REFERENCES quote (workspace_id, id)
);

CREATE TABLE quote_counter (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    year BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, year)
);

CREATE TABLE plan (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    year BIGINT NOT NULL,
    definition TEXT NOT NULL,
    updated_by UUID NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, year)
);
