-- How the task of a step reaches somebody, so that the gate is asked about that channel; nothing when it reaches nobody, and for
-- every step that was there before.
ALTER TABLE sequence_step ADD COLUMN task_channel TEXT CHECK (task_channel IN ('phone', 'post'));

-- The same of a task that was handed out.
ALTER TABLE task ADD COLUMN channel TEXT CHECK (channel IN ('phone', 'post'));
