-- Mailboxes, campaigns and the messages they produce.

CREATE TABLE mailbox (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('smtp_imap', 'sandbox')),
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    -- Host, port and security of both servers as JSON; the password is in `secret`, encrypted, bound to this row.
    servers TEXT NOT NULL,
    secret BYTEA,
    signature TEXT NOT NULL,
    daily_cap BIGINT NOT NULL,
    gap_seconds_min BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'failing')),
    state_reason TEXT,
    -- Earliest moment for the next outreach mail: the minimum gap, kept in the row that every sender updates.
    next_send_at BIGINT NOT NULL,
    imap_uid_validity BIGINT NOT NULL,
    imap_last_uid BIGINT NOT NULL,
    imap_n_server BIGINT,
    imap_n_seen BIGINT,
    imap_checked_at BIGINT,
    -- Why the last look failed, in the server's words; none when it went well.
    imap_problem TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, address)
);

-- How many outreach mails left a mailbox on a day (workspace time zone): the daily cap counts here.
CREATE TABLE mailbox_day (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    mailbox_id UUID NOT NULL,
    day TEXT NOT NULL,
    n_sent BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mailbox_id, day),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

CREATE TABLE campaign (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'finished')),
    mailbox_id UUID NOT NULL,
    -- Sending window as JSON: days, from, to; counted in the recipient's time zone.
    sending_window TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

CREATE TABLE sequence_step (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'wait', 'task')),
    wait_days BIGINT,
    subject_template TEXT,
    body_template TEXT,
    task_text TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, campaign_id, position),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaign (workspace_id, id)
);

CREATE TABLE enrolment (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    company_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopped', 'finished')),
    reason TEXT,
    -- The step that comes next, and when; null when nothing is left.
    position BIGINT NOT NULL,
    due_at BIGINT,
    paused_until BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, campaign_id, lead_id),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaign (workspace_id, id),
    FOREIGN KEY (workspace_id, lead_id) REFERENCES lead (workspace_id, id)
);
CREATE INDEX enrolment_due ON enrolment (workspace_id, state, due_at);
CREATE INDEX enrolment_lead ON enrolment (workspace_id, lead_id);
CREATE INDEX enrolment_company ON enrolment (workspace_id, company_id);

-- One planned mail. For outreach unique per enrolment and step, for ever. Bytes, date and Message-ID are frozen
-- before the first try.
CREATE TABLE message (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('outreach', 'reply', 'booking', 'quote', 'notice')),
    mailbox_id UUID NOT NULL,
    campaign_id UUID,
    enrolment_id UUID,
    step_id UUID,
    lead_id UUID,
    contact_id UUID,
    company_id UUID,
    prospect_id UUID,
    recipient TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'claimed', 'committing', 'sent', 'deferred', 'failed', 'uncertain', 'stopped')),
    reason TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Set when a template could not be filled: such a draft cannot be approved.
    problem TEXT,
    raw BYTEA,
    message_id TEXT,
    in_reply_to TEXT,
    reference_ids TEXT,
    approved_by UUID,
    approved_at BIGINT,
    due_at BIGINT,
    epoch BIGINT NOT NULL,
    worker TEXT,
    lease_until BIGINT,
    attempt BIGINT NOT NULL,
    committed_at BIGINT,
    finished_at BIGINT,
    server_reply TEXT,
    resolved_by TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, enrolment_id, step_id),
    UNIQUE (workspace_id, message_id),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);
CREATE INDEX message_due ON message (workspace_id, state, due_at);
CREATE INDEX message_contact ON message (workspace_id, contact_id, created_at);
CREATE INDEX message_company ON message (workspace_id, company_id, created_at);
CREATE INDEX message_campaign ON message (workspace_id, campaign_id, state, created_at);
CREATE INDEX message_recipient ON message (workspace_id, recipient, finished_at);

CREATE TABLE link (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    message_id UUID NOT NULL,
    contact_id UUID,
    company_id UUID,
    target_url TEXT NOT NULL,
    page_kind TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);
CREATE INDEX link_message ON link (workspace_id, message_id);

-- The practice mailbox: what Kiem "sent" and what the user answered as the lead. Never leaves the machine.
CREATE TABLE sandbox_mail (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    mailbox_id UUID NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('to_lead', 'from_lead')),
    address TEXT NOT NULL,
    message_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BYTEA NOT NULL,
    uid BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, mailbox_id, direction, uid),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

-- Steps that the send journal knows to be handed over although this database does not: filled when a backup is
-- restored, so that a step which left after the backup was made is never sent a second time.
CREATE TABLE journal_step (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    step_key BYTEA NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('committing', 'sent', 'refused')),
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, step_key)
);
