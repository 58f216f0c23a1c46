-- What the send gate looks at: the legal form with its source and day, whether an address is a guess, where a designation
-- stands, the non-mailing indicator, and what a workspace loosened.

-- Who named the legal form, in words, and the day on which it was so (ISO 8601).
ALTER TABLE company ADD COLUMN legal_form_source TEXT;
ALTER TABLE company ADD COLUMN legal_form_on TEXT;
-- The company set the non-mailing indicator in its register.
ALTER TABLE company ADD COLUMN is_non_mailing BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE company SET legal_form_source = source, legal_form_on = strftime('%Y-%m-%d', created_at / 1000000, 'unixepoch') WHERE legal_form IS NOT NULL;

-- A guess was made from a name and a pattern; nobody has seen it.
ALTER TABLE contact ADD COLUMN email_origin TEXT NOT NULL DEFAULT 'stated' CHECK (email_origin IN ('stated', 'guessed'));
-- The page on which the proof stands; the words are in source_detail.
ALTER TABLE contact_ground ADD COLUMN evidence_url TEXT;

-- A ground that the pack of a country does not accept suffices here, because a named person decided so.
CREATE TABLE policy_loosening (
    workspace_id BLOB NOT NULL REFERENCES workspace (id),
    id BLOB NOT NULL,
    country TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'phone', 'post')),
    person_kind TEXT NOT NULL CHECK (person_kind IN ('legal_person', 'natural_person')),
    -- Of mail; empty for telephone and post. A guess cannot be loosened.
    address_class TEXT NOT NULL CHECK (address_class IN ('', 'role', 'personal')),
    basis TEXT NOT NULL
        CHECK (basis IN ('consent', 'existing_customer', 'designated_address', 'legitimate_interest')),
    reason TEXT NOT NULL,
    decided_by BLOB NOT NULL,
    decided_at INTEGER NOT NULL,
    -- From then on it does not hold.
    ended_at INTEGER,
    ended_by BLOB,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX policy_loosening_in_force
    ON policy_loosening (workspace_id, country, channel, person_kind, address_class, basis) WHERE ended_at IS NULL;
