-- What is counted of everybody in a large audience, and when: it takes seconds, which no page waits for.
CREATE TABLE audience_count (
    workspace_id UUID NOT NULL REFERENCES workspace (id),
    counted_at BIGINT NOT NULL,
    -- JSON of kiem::engine::audience::counted.
    counts TEXT NOT NULL,
    PRIMARY KEY (workspace_id)
);
