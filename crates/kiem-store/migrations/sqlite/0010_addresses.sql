-- What lists and registers say about a company besides name and town: where exactly it is, and by which numbers others know it.

ALTER TABLE company ADD COLUMN street TEXT;
-- With its addition.
ALTER TABLE company ADD COLUMN house_number TEXT;
ALTER TABLE company ADD COLUMN postcode TEXT;
-- In the register of another country; letters and digits only.
ALTER TABLE company ADD COLUMN register_number TEXT;
ALTER TABLE company ADD COLUMN vat_id TEXT;
ALTER TABLE company ADD COLUMN lei TEXT;
ALTER TABLE company ADD COLUMN legal_form TEXT;
ALTER TABLE company ADD COLUMN linkedin_url TEXT;
-- As text: the first digit may be a zero.
ALTER TABLE company ADD COLUMN sbi_code TEXT;
-- A day, or a year when no more is sure: ISO 8601.
ALTER TABLE company ADD COLUMN founded_on TEXT;
ALTER TABLE company ADD COLUMN revenue_cents INTEGER;
-- Unknown when the list does not say.
ALTER TABLE company ADD COLUMN revenue_currency TEXT;
CREATE INDEX company_register ON company (workspace_id, register_number) WHERE register_number IS NOT NULL;

ALTER TABLE contact ADD COLUMN linkedin_url TEXT;
