-- What a company was before it went up in another: a list that still knows it so finds who it is now.
CREATE TABLE company_alias (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    domain TEXT,
    name_key TEXT NOT NULL,
    -- JSON of kiem::engine::audience::conflicts.
    facts TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, company_id) REFERENCES company (workspace_id, id)
);
CREATE INDEX company_alias_company ON company_alias (workspace_id, company_id);
CREATE INDEX company_alias_domain ON company_alias (workspace_id, domain) WHERE domain IS NOT NULL;
CREATE INDEX company_alias_name ON company_alias (workspace_id, name_key);
