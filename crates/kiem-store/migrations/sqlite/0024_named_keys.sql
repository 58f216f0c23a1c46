-- What makes a number, a domain and an address unique becomes an index with a name, so that a large list that has the database
-- to itself can let it rest. SQLite cannot take a key off a table: the table is built anew. Outside a transaction of the
-- migrator, because only there can SQLite be told not to follow the references to the table; twice does no harm.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

CREATE TABLE company_anew (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    -- Normalised for matching and search: lower case, no accents, no legal form.
    name_key TEXT NOT NULL,
    domain TEXT,
    kvk_number TEXT,
    country TEXT,
    region TEXT,
    city TEXT,
    industry TEXT,
    employees_n INTEGER,
    website TEXT,
    phone TEXT,
    fit_score INTEGER,
    -- How much of the profile could be judged, in percent: unknown is not the same as a bad fit.
    fit_known_percent INTEGER NOT NULL,
    fit_reasons TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    street TEXT,
    house_number TEXT,
    postcode TEXT,
    register_number TEXT,
    vat_id TEXT,
    lei TEXT,
    legal_form TEXT,
    linkedin_url TEXT,
    sbi_code TEXT,
    founded_on TEXT,
    revenue_cents INTEGER,
    revenue_currency TEXT,
    legal_form_source TEXT,
    legal_form_on TEXT,
    is_non_mailing BOOLEAN NOT NULL DEFAULT FALSE,
    sbi_version TEXT NOT NULL DEFAULT 'unknown' CHECK (sbi_version IN ('2008', '2025', 'unknown')),
    site_technologies TEXT,
    site_words TEXT,
    PRIMARY KEY (workspace_id, id)
);
INSERT INTO company_anew SELECT workspace_id, id, name, name_key, domain, kvk_number, country, region, city, industry,
    employees_n, website, phone, fit_score, fit_known_percent, fit_reasons, source, created_at, updated_at, street,
    house_number, postcode, register_number, vat_id, lei, legal_form, linkedin_url, sbi_code, founded_on, revenue_cents,
    revenue_currency, legal_form_source, legal_form_on, is_non_mailing, sbi_version, site_technologies, site_words
FROM company;
DROP TABLE company;
ALTER TABLE company_anew RENAME TO company;
CREATE UNIQUE INDEX company_kvk_number ON company (workspace_id, kvk_number);
CREATE UNIQUE INDEX company_domain ON company (workspace_id, domain);
CREATE INDEX company_register ON company (workspace_id, register_number) WHERE register_number IS NOT NULL;
CREATE INDEX company_name ON company (workspace_id, name_key, id);
CREATE INDEX company_fit ON company (workspace_id, COALESCE(fit_score, -1), id);
CREATE INDEX company_size ON company (workspace_id, COALESCE(employees_n, -1), id);

CREATE TABLE contact_anew (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    given_name TEXT,
    -- Dutch tussenvoegsel: "van der".
    infix TEXT,
    family_name TEXT,
    name_key TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    title TEXT,
    seniority TEXT,
    department TEXT,
    language TEXT,
    time_zone TEXT,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    erased_at INTEGER,
    linkedin_url TEXT,
    email_origin TEXT NOT NULL DEFAULT 'stated' CHECK (email_origin IN ('stated', 'guessed')),
    -- Why this person may be approached. Missing means: may not be mailed.
    ground_id BLOB,
    inform_by TEXT,
    informed_at INTEGER,
    informed_how TEXT CHECK (informed_how IN ('mail', 'letter', 'phone', 'in_person', 'before', 'exempt')),
    informed_note TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
INSERT INTO contact_anew SELECT workspace_id, id, company_id, given_name, infix, family_name, name_key, email, phone, title,
    seniority, department, language, time_zone, source, created_at, updated_at, erased_at, linkedin_url, email_origin,
    ground_id, inform_by, informed_at, informed_how, informed_note
FROM contact;
DROP TABLE contact;
ALTER TABLE contact_anew RENAME TO contact;
CREATE UNIQUE INDEX contact_email ON contact (workspace_id, email);
CREATE INDEX contact_company ON contact (workspace_id, company_id, id);
CREATE INDEX contact_inform_by ON contact (workspace_id, inform_by, id)
    WHERE inform_by IS NOT NULL AND informed_at IS NULL;

COMMIT;
PRAGMA foreign_keys = ON;
