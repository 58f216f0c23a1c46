-- Who leads nobody is called "ic" (individual contributor); "staff" was the word before assistants, interns and former
-- people had one of their own. What a title does not say stays NULL.

-- Row-level security holds for the owner too; a migration changes the rows of all workspaces.
SET LOCAL app.backup = 'on';
UPDATE contact SET seniority = 'ic' WHERE seniority = 'staff';
-- Only in the list of seniorities: "staff" may also be a word of a title that somebody looks for.
UPDATE ideal_profile
SET definition = substr(definition, 1, strpos(definition, '"seniorities":') - 1)
    || replace(substr(definition, strpos(definition, '"seniorities":')), '"staff"', '"ic"')
WHERE strpos(definition, '"seniorities":') > 0;
