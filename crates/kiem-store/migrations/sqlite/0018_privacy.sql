-- By when people must have been told that we have their data (GDPR article 14), and whether they were.

-- The last day (ISO 8601); missing for who gave their data themselves.
ALTER TABLE contact ADD COLUMN inform_by TEXT;
ALTER TABLE contact ADD COLUMN informed_at INTEGER;
ALTER TABLE contact ADD COLUMN informed_how TEXT
    CHECK (informed_how IN ('mail', 'letter', 'phone', 'in_person', 'before', 'exempt'));
-- How it was done, or why it need not be, in words.
ALTER TABLE contact ADD COLUMN informed_note TEXT;

-- Who was approached was told by the first mail. The others have the time that the law gives, and at least the days of a
-- warning from now on.
UPDATE contact SET inform_by = MAX(
    strftime('%Y-%m-%d', created_at / 1000000, 'unixepoch', '+30 days'), date('now', '+9 days'))
WHERE erased_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM ground g WHERE g.workspace_id = contact.workspace_id AND g.id = contact.ground_id
      AND g.basis IN ('consent', 'existing_customer'))
  -- They wrote or came by themselves.
  AND source NOT IN ('reply', 'booking page', 'calendly', 'cal.com', 'quote form');
UPDATE contact SET informed_how = 'mail', informed_at = (
    SELECT l.approached_at FROM lead l WHERE l.workspace_id = contact.workspace_id AND l.contact_id = contact.id)
WHERE inform_by IS NOT NULL AND EXISTS (
    SELECT 1 FROM lead l WHERE l.workspace_id = contact.workspace_id AND l.contact_id = contact.id
      AND l.approached_at IS NOT NULL);

-- Whose time runs, by the last day: a list of many people has one day, so its rows stand together.
CREATE INDEX contact_inform_by ON contact (workspace_id, inform_by, id) WHERE inform_by IS NOT NULL AND informed_at IS NULL;

-- What people ask about their data, by when they must be answered, and what was done.
CREATE TABLE privacy_request (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('access', 'correction', 'erasure', 'objection')),
    -- Empty once the person was erased.
    address TEXT NOT NULL,
    contact_id BLOB,
    received_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    note TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('answered', 'erased', 'suppressed', 'nothing_held', 'refused')),
    outcome_note TEXT NOT NULL,
    handled_at INTEGER,
    handled_by BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
