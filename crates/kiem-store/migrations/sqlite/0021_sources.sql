-- Companies are found by their legal entity identifier and VAT number as well: who has one is checked again.
INSERT INTO company_to_match (workspace_id, company_id, asked_at)
SELECT workspace_id, id, updated_at FROM company WHERE lei IS NOT NULL OR vat_id IS NOT NULL
ON CONFLICT (workspace_id, company_id) DO NOTHING;

-- Which list gave a fact stays as long as the record; what the fact was before goes when the upload cannot be taken back
-- any more.
ALTER TABLE import_change ADD COLUMN fields TEXT NOT NULL DEFAULT '';
CREATE INDEX import_change_subject ON import_change (workspace_id, subject_id, subject_kind);
