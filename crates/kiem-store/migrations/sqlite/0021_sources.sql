-- Companies are found by their legal entity identifier and VAT number as well: who has one is checked again.
INSERT INTO company_to_match (workspace_id, company_id, asked_at)
SELECT workspace_id, id, updated_at FROM company WHERE lei IS NOT NULL OR vat_id IS NOT NULL
ON CONFLICT (workspace_id, company_id) DO NOTHING;

-- Which list gave a fact stays as long as the record; what the fact was before goes when the upload cannot be taken back
-- any more.
ALTER TABLE import_change ADD COLUMN fields TEXT NOT NULL DEFAULT '';
CREATE INDEX import_change_subject ON import_change (workspace_id, subject_id, subject_kind);

-- Who was erased does not come back by name at the same company, also when no address was known. A keyed hash: it recognises a
-- name and gives it to nobody.
CREATE TABLE erased_name (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    name_hash BLOB NOT NULL,
    erased_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX erased_name_company ON erased_name (workspace_id, company_id);
