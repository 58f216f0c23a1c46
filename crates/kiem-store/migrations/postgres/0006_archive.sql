-- Put away: out of the lists, with its history. Removing would take the mails and appointments along that rest on it.

ALTER TABLE campaign ADD COLUMN archived_at BIGINT;
ALTER TABLE mailbox ADD COLUMN archived_at BIGINT;
ALTER TABLE booking_page ADD COLUMN archived_at BIGINT;
