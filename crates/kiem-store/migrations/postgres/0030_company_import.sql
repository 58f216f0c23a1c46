-- Which upload a company came in with, also when the list names nobody there.
-- Row-level security holds for the owner too; a migration changes the rows of all workspaces.
SET LOCAL app.backup = 'on';
ALTER TABLE company ADD COLUMN import_id UUID;
UPDATE company SET import_id = (
    SELECT i.id FROM import_run i
    WHERE i.workspace_id = company.workspace_id AND i.file_name = company.source
      AND company.created_at BETWEEN i.created_at AND COALESCE(i.finished_at, i.created_at)
    ORDER BY i.created_at DESC LIMIT 1);
CREATE INDEX company_import ON company (workspace_id, import_id, id) WHERE import_id IS NOT NULL;
