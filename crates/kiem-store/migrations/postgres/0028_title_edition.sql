-- With which edition of the word lists the titles of people were read; 0 before this was kept.
ALTER TABLE workspace ADD COLUMN title_edition BIGINT NOT NULL DEFAULT 0;
