-- Colleagues who may be one person, waiting for somebody to say so; what a person was before they went up in another; and
-- merges of people alone, in which both companies are the one where they worked.

CREATE TABLE contact_pair (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    -- The smaller id is the first.
    first_contact_id UUID NOT NULL,
    second_contact_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'later', 'different')),
    -- Why they may be one: a name of kiem_domain::dedupe::PersonSign.
    sign TEXT NOT NULL,
    -- Place in the queue, the highest first: what is at stake, then fit, then evidence.
    place BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, first_contact_id, second_contact_id),
    FOREIGN KEY (workspace_id, first_contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, second_contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_pair_queue ON contact_pair (workspace_id, state, place, id);
CREATE INDEX contact_pair_second ON contact_pair (workspace_id, second_contact_id);

CREATE TABLE contact_alias (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    email TEXT,
    name_key TEXT NOT NULL,
    -- JSON of kiem::engine::audience::conflicts.
    facts TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_alias_contact ON contact_alias (workspace_id, contact_id);
CREATE INDEX contact_alias_email ON contact_alias (workspace_id, email) WHERE email IS NOT NULL;

ALTER TABLE company_merge ADD COLUMN kept_contact_id UUID;
ALTER TABLE company_merge ADD COLUMN lost_contact_id UUID;
CREATE INDEX company_merge_person ON company_merge (workspace_id, kept_contact_id) WHERE kept_contact_id IS NOT NULL;

-- Everybody who has colleagues is compared with them.
-- Row-level security holds for the owner too; a migration changes the rows of all workspaces.
SET LOCAL app.backup = 'on';
INSERT INTO terms_to_write (workspace_id, company_id)
SELECT c.workspace_id, c.company_id FROM contact c
WHERE NOT EXISTS (SELECT 1 FROM company_to_match m WHERE m.workspace_id = c.workspace_id AND m.company_id = c.company_id)
GROUP BY c.workspace_id, c.company_id HAVING COUNT(*) > 1
ON CONFLICT (workspace_id, company_id) DO NOTHING;
