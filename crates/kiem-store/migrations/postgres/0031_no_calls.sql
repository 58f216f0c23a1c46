-- Telephone numbers at which nobody may be called stand on the suppression list too.
ALTER TABLE suppression DROP CONSTRAINT suppression_kind_check;
ALTER TABLE suppression ADD CONSTRAINT suppression_kind_check CHECK (kind IN ('email', 'domain', 'phone'));

-- Names are read otherwise (van der, v.d., more legal forms): companies are found by what they are now.
-- Row-level security holds for the owner too; a migration changes the rows of all workspaces.
SET LOCAL app.backup = 'on';
INSERT INTO company_to_match (workspace_id, company_id, asked_at)
SELECT workspace_id, id, updated_at FROM company WHERE TRUE
ON CONFLICT (workspace_id, company_id) DO NOTHING;
