-- Leads are found by the terms of person and company, as people are: the text that was searched for a part of a word goes.
ALTER TABLE lead DROP COLUMN search_text;
-- The few that a person must look at are counted on every page.
CREATE INDEX lead_look ON lead (workspace_id, id) WHERE needs_look = TRUE;
-- Titles are terms now.
INSERT INTO terms_to_write (workspace_id, company_id)
    SELECT DISTINCT workspace_id, company_id FROM contact WHERE title IS NOT NULL
    ON CONFLICT (workspace_id, company_id) DO NOTHING;
