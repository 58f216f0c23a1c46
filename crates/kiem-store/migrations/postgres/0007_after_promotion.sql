-- What people decide against the rule: an answer to somebody who opted out, a decision about a lead that is lifted; and how
-- a task ended.

-- A person confirmed, with a reason in the audit trail, that this mail goes to a suppressed address.
ALTER TABLE message ADD COLUMN ignores_suppression BOOLEAN NOT NULL DEFAULT FALSE;
-- From then on the decision does not hold.
ALTER TABLE lead_override ADD COLUMN lifted_at BIGINT;
-- done, skipped, overdue (the sequence went on without it) or withdrawn (the outreach was stopped); null while open.
ALTER TABLE task ADD COLUMN outcome TEXT CHECK (outcome IN ('done', 'skipped', 'overdue', 'withdrawn'));
CREATE INDEX task_enrolment ON task (workspace_id, enrolment_id);
CREATE INDEX task_inbound ON task (workspace_id, inbound_id);
CREATE INDEX prospect_contact_of ON prospect_contact (workspace_id, contact_id);
CREATE INDEX inbound_from ON inbound (workspace_id, from_address, received_at);
