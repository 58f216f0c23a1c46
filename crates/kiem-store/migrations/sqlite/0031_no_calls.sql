-- Telephone numbers at which nobody may be called stand on the suppression list too.
CREATE TABLE suppression_new (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    key_hash BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'domain', 'phone')),
    -- What a person sees in the list: "e…@klant.example", "+31…67". Never the whole address or number.
    hint TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'replied_stop', 'complaint', 'hard_bounce', 'objection', 'erased', 'manual', 'imported')),
    source TEXT NOT NULL,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, key_hash)
);
INSERT INTO suppression_new (workspace_id, key_hash, kind, hint, reason, source, created_by, created_at)
SELECT workspace_id, key_hash, kind, hint, reason, source, created_by, created_at FROM suppression;
DROP TABLE suppression;
ALTER TABLE suppression_new RENAME TO suppression;
CREATE INDEX suppression_created ON suppression (workspace_id, created_at);

-- Names are read otherwise (van der, v.d., more legal forms): companies are found by what they are now.
INSERT INTO company_to_match (workspace_id, company_id, asked_at)
SELECT workspace_id, id, updated_at FROM company WHERE TRUE
ON CONFLICT (workspace_id, company_id) DO NOTHING;
