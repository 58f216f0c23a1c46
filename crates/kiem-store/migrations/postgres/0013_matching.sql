-- One record per company and person: by what companies are found when a new one is checked, which pairs wait for a
-- person, and what a merge did, so that it can be taken back.

-- The values under which a company is found, as 64-bit hashes.
CREATE TABLE company_block (
    workspace_id UUID NOT NULL,
    key_hash BIGINT NOT NULL,
    company_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, key_hash, company_id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX company_block_company ON company_block (workspace_id, company_id);

-- New and changed companies that were not checked yet. Without a reference: who is gone needs no check, and a list that
-- is brought in writes one row less per company.
CREATE TABLE company_to_match (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    company_id UUID NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, company_id)
);
-- Row-level security holds for the owner too; a migration reads the companies of all workspaces.
SET LOCAL app.backup = 'on';
INSERT INTO company_to_match (workspace_id, company_id, asked_at) SELECT workspace_id, id, updated_at FROM company;

-- How often words, towns and activities occur, packed.
CREATE TABLE match_terms (
    workspace_id UUID NOT NULL PRIMARY KEY REFERENCES workspace (id),
    counts BYTEA NOT NULL
);

-- Companies of one group: they share a domain under other names.
CREATE TABLE company_group_member (
    workspace_id UUID NOT NULL,
    company_id UUID NOT NULL,
    group_id UUID NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, company_id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX company_group ON company_group_member (workspace_id, group_id);

-- Two companies that may be one. The smaller id is the first.
CREATE TABLE duplicate_pair (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    first_company_id UUID NOT NULL,
    second_company_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'later', 'different')),
    -- The evidence, in hundredths of a bit.
    centibits BIGINT NOT NULL,
    -- Place in the queue, the highest first: what is at stake, then fit, then evidence.
    place BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, first_company_id, second_company_id),
    FOREIGN KEY (workspace_id, first_company_id) REFERENCES company (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, second_company_id) REFERENCES company (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX duplicate_pair_queue ON duplicate_pair (workspace_id, state, place, id);
CREATE INDEX duplicate_pair_second ON duplicate_pair (workspace_id, second_company_id);

CREATE TABLE company_merge (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    kept_company_id UUID NOT NULL,
    lost_company_id UUID NOT NULL,
    -- What the one was called that went up in the other.
    lost_name TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('evidence', 'person')),
    centibits BIGINT NOT NULL,
    people_joined_n BIGINT NOT NULL,
    people_apart_n BIGINT NOT NULL,
    merged_at BIGINT NOT NULL,
    merged_by UUID,
    undone_at BIGINT,
    undone_by UUID,
    -- What taking it back found, JSON.
    undo_report TEXT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX company_merge_kept ON company_merge (workspace_id, kept_company_id);
CREATE INDEX company_merge_at ON company_merge (workspace_id, merged_at, id);

-- What exactly a merge moved, removed, changed and added, in order.
CREATE TABLE merge_piece (
    workspace_id UUID NOT NULL,
    merge_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    -- The person who stayed, when it is about two people who became one: it goes when they are erased.
    contact_id UUID,
    piece TEXT NOT NULL,
    PRIMARY KEY (workspace_id, merge_id, seq),
    FOREIGN KEY (workspace_id, merge_id) REFERENCES company_merge (workspace_id, id)
);
CREATE INDEX merge_piece_contact ON merge_piece (workspace_id, contact_id);

-- Where a record went that is gone: old links keep working.
CREATE TABLE merged_record (
    workspace_id UUID NOT NULL,
    old_id UUID NOT NULL,
    new_id UUID NOT NULL,
    merge_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, old_id),
    FOREIGN KEY (workspace_id, merge_id) REFERENCES company_merge (workspace_id, id)
);
CREATE INDEX merged_record_merge ON merged_record (workspace_id, merge_id);

-- A merge asks every table for the rows of a company.
CREATE INDEX link_company ON link (workspace_id, company_id);
CREATE INDEX inbound_company ON inbound (workspace_id, company_id);
CREATE INDEX web_session_company ON web_session (workspace_id, company_id);
CREATE INDEX task_company ON task (workspace_id, company_id);
CREATE INDEX booking_company ON booking (workspace_id, company_id);
CREATE INDEX quote_request_company ON quote_request (workspace_id, company_id);
CREATE INDEX promotion_company ON promotion (workspace_id, company_id);
CREATE INDEX opportunity_company ON opportunity (workspace_id, company_id);
