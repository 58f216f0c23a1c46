-- What a list says of everybody in it is written once: its ground, and that they came in with it.
-- Row-level security holds for the owner too; a migration changes the rows of all workspaces.
SET LOCAL app.backup = 'on';

-- A ground as it was declared. That of a list has the id of the upload, that of one person the id of the person.
CREATE TABLE ground (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('consent', 'existing_customer', 'designated_address', 'legitimate_interest')),
    source TEXT NOT NULL,
    source_detail TEXT NOT NULL,
    -- The page on which the proof stands; the words are in source_detail.
    evidence_url TEXT,
    obtained_on TEXT NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
INSERT INTO ground (workspace_id, id, basis, source, source_detail, evidence_url, obtained_on, recorded_by, recorded_at)
SELECT workspace_id, contact_id, basis, source, source_detail, evidence_url, obtained_on, recorded_by, recorded_at
FROM contact_ground;

-- Why this person may be approached. Missing means: may not be mailed.
ALTER TABLE contact ADD COLUMN ground_id UUID;
UPDATE contact SET ground_id = id WHERE EXISTS (
    SELECT 1 FROM contact_ground g WHERE g.workspace_id = contact.workspace_id AND g.contact_id = contact.id);
DROP TABLE contact_ground;

-- Who came in with a list is known by their place in it.
DELETE FROM event WHERE kind = 'lead.imported' AND EXISTS (
    SELECT 1 FROM lead l WHERE l.workspace_id = event.workspace_id AND l.id = event.subject_id AND l.import_id IS NOT NULL);
