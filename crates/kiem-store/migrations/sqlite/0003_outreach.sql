-- Mailboxes, campaigns and the messages they produce.

CREATE TABLE mailbox (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('smtp_imap', 'sandbox')),
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    -- Host, port and security of both servers as JSON; the password is in `secret`, encrypted, bound to this row.
    servers TEXT NOT NULL,
    secret BLOB,
    signature TEXT NOT NULL,
    daily_cap INTEGER NOT NULL,
    gap_seconds_min INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'failing')),
    state_reason TEXT,
    -- Earliest moment for the next outreach mail: the minimum gap, kept in the row that every sender updates.
    next_send_at INTEGER NOT NULL,
    imap_uid_validity INTEGER NOT NULL,
    imap_last_uid INTEGER NOT NULL,
    imap_n_server INTEGER,
    imap_n_seen INTEGER,
    imap_checked_at INTEGER,
    -- Why the last look failed, in the server's words; none when it went well.
    imap_problem TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, address)
);

-- How many outreach mails left a mailbox on a day (workspace time zone): the daily cap counts here.
CREATE TABLE mailbox_day (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    mailbox_id BLOB NOT NULL,
    day TEXT NOT NULL,
    n_sent INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mailbox_id, day),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

CREATE TABLE campaign (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'finished')),
    mailbox_id BLOB NOT NULL,
    -- Sending window as JSON: days, from, to; counted in the recipient's time zone.
    sending_window TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

CREATE TABLE sequence_step (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    campaign_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'wait', 'task')),
    wait_days INTEGER,
    subject_template TEXT,
    body_template TEXT,
    task_text TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, campaign_id, position),
    FOREIGN KEY (workspace_id, campaign_id) REFERENCES campaign (workspace_id, id)
);

CREATE TABLE enrolment (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    campaign_id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopped', 'finished')),
    reason TEXT,
    -- The step that comes next, and when; null when nothing is left.
    position INTEGER NOT NULL,
    due_at INTEGER,
    paused_until INTEGER,
    created_at INTEGER NOT NULL,
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
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('outreach', 'reply', 'booking', 'quote', 'notice')),
    mailbox_id BLOB NOT NULL,
    campaign_id BLOB,
    enrolment_id BLOB,
    step_id BLOB,
    lead_id BLOB,
    contact_id BLOB,
    company_id BLOB,
    prospect_id BLOB,
    recipient TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'claimed', 'committing', 'sent', 'deferred', 'failed', 'uncertain', 'stopped')),
    reason TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Set when a template could not be filled: such a draft cannot be approved.
    problem TEXT,
    raw BLOB,
    message_id TEXT,
    in_reply_to TEXT,
    reference_ids TEXT,
    approved_by BLOB,
    approved_at INTEGER,
    due_at INTEGER,
    epoch INTEGER NOT NULL,
    worker TEXT,
    lease_until INTEGER,
    attempt INTEGER NOT NULL,
    committed_at INTEGER,
    finished_at INTEGER,
    server_reply TEXT,
    resolved_by TEXT,
    created_at INTEGER NOT NULL,
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
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    contact_id BLOB,
    company_id BLOB,
    target_url TEXT NOT NULL,
    page_kind TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, message_id) REFERENCES message (workspace_id, id)
);
CREATE INDEX link_message ON link (workspace_id, message_id);

-- The practice mailbox: what Kiem "sent" and what the user answered as the lead. Never leaves the machine.
CREATE TABLE sandbox_mail (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    mailbox_id BLOB NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('to_lead', 'from_lead')),
    address TEXT NOT NULL,
    message_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL,
    uid INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, mailbox_id, direction, uid),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailbox (workspace_id, id)
);

-- Steps that the send journal knows to be handed over although this database does not: filled when a backup is
-- restored, so that a step which left after the backup was made is never sent a second time.
CREATE TABLE journal_step (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    step_key BLOB NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('committing', 'sent', 'refused')),
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, step_key)
);
