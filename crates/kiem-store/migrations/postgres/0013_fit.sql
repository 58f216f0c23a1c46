-- The ideal profile in its second form: which edition a code of activity is of, how far a scoring is, which version was
-- taken up again, and why a company fits as data instead of a sentence.

ALTER TABLE company ADD COLUMN sbi_version TEXT NOT NULL DEFAULT 'unknown'
    CHECK (sbi_version IN ('2008', '2025', 'unknown'));

-- The version whose wishes were taken over, when a person went back to it.
ALTER TABLE ideal_profile ADD COLUMN restored_from BIGINT;

-- Reasons of the fit as JSON; the words are made in the reader's language.
ALTER TABLE finding ADD COLUMN reasons TEXT;

-- Scoring all companies against one version of the profile.
CREATE TABLE fit_run (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    profile_version BIGINT NOT NULL,
    n_total BIGINT NOT NULL,
    n_done BIGINT NOT NULL,
    -- The company up to which all are scored.
    after_id UUID,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (workspace_id, profile_version)
);
