-- The lists of companies and people at a million rows: every order is served by an index that ends in the id, and words,
-- places and activities are found by terms. Who was not looked at yet stands in a list of its own.

DROP INDEX company_name;
CREATE INDEX company_name ON company (workspace_id, name_key, id);
-- Unknown sorts last.
CREATE INDEX company_fit ON company (workspace_id, COALESCE(fit_score, -1), id);
CREATE INDEX company_size ON company (workspace_id, COALESCE(employees_n, -1), id);
CREATE INDEX lead_import ON lead (workspace_id, import_id, id) WHERE import_id IS NOT NULL;

-- The words under which a record is found; see kiem_domain::listing.
CREATE TABLE company_term (
    workspace_id UUID NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    company_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, term, company_id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX company_term_company ON company_term (workspace_id, company_id, term);
CREATE TABLE contact_term (
    workspace_id UUID NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    contact_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, term, contact_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_term_contact ON contact_term (workspace_id, contact_id, term);

-- Companies whose people are new or changed. A company that waits to be matched is not written here as well: its terms and
-- those of its people are written then. Without a reference: who is gone needs no terms.
CREATE TABLE terms_to_write (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    company_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, company_id)
);
-- Row-level security holds for the owner too; a migration reads the companies of all workspaces.
SET LOCAL app.backup = 'on';
INSERT INTO terms_to_write (workspace_id, company_id) SELECT workspace_id, id FROM company;

-- A list as somebody set it up: conditions, words, order and columns.
CREATE TABLE list_view (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    list TEXT NOT NULL CHECK (list IN ('companies', 'people')),
    name TEXT NOT NULL,
    -- Everybody in the workspace sees a shared one.
    is_shared BOOLEAN NOT NULL,
    definition TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX list_view_list ON list_view (workspace_id, list, name);

-- The columns that a person chose for a list, in their order.
CREATE TABLE list_columns (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    user_id UUID NOT NULL,
    list TEXT NOT NULL CHECK (list IN ('companies', 'people')),
    columns TEXT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, list)
);
