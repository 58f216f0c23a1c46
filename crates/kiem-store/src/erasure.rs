//! Erasing a person (GDPR article 17): every text that says who they are or what they wrote. Rows that others need stay,
//! so that counts and timelines keep their shape; what could identify somebody goes.
//!
//! Three circles: rows that belong to the person; rows of the pursuits that are about them, where colleagues
//! wrote; and free text anywhere in the workspace that mentions their name or address. Kept on purpose: the
//! keyed hash on the suppression list, quotes that were accepted (book-keeping law asks for them), and the audit trail,
//! which holds no leads.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::value::Value;

/// Under what the person is known in free text.
#[derive(Debug, Clone, Copy)]
pub struct Traces<'a> {
    /// The person.
    pub contact: ContactId,
    /// Address.
    pub email: Option<&'a str>,
    /// Full name; a single word is too common to be searched for.
    pub full_name: Option<&'a str>,
    /// What stands in the place of a next action that named the person.
    pub next_action: &'a str,
}

/// Keeps the keyed hash of a name that was erased at a company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keep_name(
    tx: &mut Tx,
    id: Uuid,
    company: CompanyId,
    name_hash: &[u8],
    erased_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO erased_name (workspace_id, id, company_id, name_hash, erased_at) VALUES ($1, $2, $3, $4, $5)",
        args![id, company, name_hash, erased_at],
    )
    .await?;
    Ok(())
}

/// The keyed hashes of names that were erased at these companies.
///
/// # Errors
/// Whatever the database refuses.
pub async fn names_at(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<(CompanyId, Vec<u8>)>> {
    // Nearly always nobody asked: a list that comes in learns that by one look.
    let any = "SELECT 1 AS one FROM erased_name WHERE workspace_id = $1 LIMIT 1";
    if companies.is_empty() || tx.fetch_optional(any, vec![]).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT company_id, name_hash FROM erased_name WHERE workspace_id = $1 AND company_id IN {}
             ORDER BY company_id, id LIMIT 100000",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push((row.id("company_id")?, row.get("name_hash")?));
        }
    }
    Ok(found)
}

/// Rows of the person. `$2` is the contact.
const OWN: &[&str] = &[
    // First the mails that Kiem wrote about the person into the practice inbox, while their ids can still be found.
    "DELETE FROM sandbox_mail WHERE workspace_id = $1 AND message_id IN
         (SELECT m.message_id FROM message m WHERE m.workspace_id = $1 AND m.contact_id = $2)",
    "UPDATE message SET state = 'stopped', reason = 'erased'
     WHERE workspace_id = $1 AND contact_id = $2 AND state IN ('draft', 'queued', 'claimed', 'deferred')",
    "UPDATE message SET recipient = '', recipient_name = '', subject = '', body = '', problem = NULL, raw = NULL,
         in_reply_to = NULL, reference_ids = NULL, server_reply = NULL,
         reason = CASE WHEN state = 'stopped' THEN reason ELSE NULL END
     WHERE workspace_id = $1 AND contact_id = $2",
    "DELETE FROM link WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE inbound SET from_address = '', from_name = '', subject = '', raw = NULL, text = '', quoted = '', flags = '{}',
         auth = 'none', outcome_reason = '', message_header_id = NULL, reference_ids = NULL
     WHERE workspace_id = $1 AND contact_id = $2",
    // What was noted from their words, wherever it stands: also in the pursuit of a colleague.
    "UPDATE finding SET note = '' WHERE workspace_id = $1 AND source_id IN
         (SELECT i.id FROM inbound i WHERE i.workspace_id = $1 AND i.contact_id = $2
          UNION SELECT b.id FROM booking b WHERE b.workspace_id = $1 AND b.contact_id = $2
          UNION SELECT r.id FROM quote_request r WHERE r.workspace_id = $1 AND r.contact_id = $2)",
    "DELETE FROM engagement WHERE workspace_id = $1 AND contact_id = $2",
    "DELETE FROM page_view WHERE workspace_id = $1 AND session_id IN
         (SELECT s.id FROM web_session s WHERE s.workspace_id = $1 AND s.contact_id = $2)",
    "DELETE FROM web_session WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE booking SET guest_name = '', guest_email = '', note = '' WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE quote_request SET name = '', email = '', company_name = '', phone = '', text = ''
     WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE webhook_delivery SET body = '{}', last_error = NULL,
         state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END
     WHERE workspace_id = $1 AND event_id IN (SELECT e.id FROM event e WHERE e.workspace_id = $1 AND e.contact_id = $2)",
    "UPDATE event SET data = '{}' WHERE workspace_id = $1 AND contact_id = $2",
    // What uploads changed about them, and the lists that are kept for their results: any may name them.
    "DELETE FROM import_change WHERE workspace_id = $1 AND subject_kind = 'contact' AND subject_id = $2",
    "UPDATE import_run SET trial = NULL WHERE workspace_id = $1 AND trial IS NOT NULL
       AND EXISTS (SELECT 1 FROM contact c WHERE c.workspace_id = $1 AND c.id = $2)",
    "DELETE FROM import_file WHERE workspace_id = $1 AND import_id IN
         (SELECT r.id FROM import_run r WHERE r.workspace_id = $1 AND r.finished_at IS NOT NULL
          AND EXISTS (SELECT 1 FROM contact c WHERE c.workspace_id = $1 AND c.id = $2))",
    // What they asked; that it was asked and answered stays.
    "UPDATE privacy_request SET address = '', note = '', outcome_note = '' WHERE workspace_id = $1 AND contact_id = $2",
    // What was kept of the records that became theirs.
    "DELETE FROM merge_piece WHERE workspace_id = $1 AND contact_id = $2",
    "DELETE FROM contact_alias WHERE workspace_id = $1 AND contact_id = $2",
    "DELETE FROM contact_pair WHERE workspace_id = $1 AND (first_contact_id = $2 OR second_contact_id = $2)",
    "UPDATE promotion SET evidence = '[]', undo_reason = CASE WHEN undo_reason IS NULL THEN NULL ELSE '' END
     WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE lead_override SET reason = '' WHERE workspace_id = $1 AND lead_id IN
         (SELECT l.id FROM lead l WHERE l.workspace_id = $1 AND l.contact_id = $2)",
    "UPDATE lead SET sort_name = '', state = 'blocked', needs_look = FALSE
     WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE prospect_contact SET role = '' WHERE workspace_id = $1 AND contact_id = $2",
    "UPDATE quote SET title = '', intro = '', terms = '', decided_name = NULL, decided_note = NULL, pdf = NULL
     WHERE workspace_id = $1 AND contact_id = $2 AND state <> 'accepted'",
    "UPDATE quote_line SET description = '' WHERE workspace_id = $1 AND quote_id IN
         (SELECT q.id FROM quote q WHERE q.workspace_id = $1 AND q.contact_id = $2 AND q.state <> 'accepted')",
    "UPDATE notification SET data = '{}' WHERE workspace_id = $1 AND subject_kind = 'inbound' AND subject_id IN
         (SELECT i.id FROM inbound i WHERE i.workspace_id = $1 AND i.contact_id = $2)",
    "UPDATE notification SET data = '{}' WHERE workspace_id = $1 AND subject_kind = 'booking' AND subject_id IN
         (SELECT b.id FROM booking b WHERE b.workspace_id = $1 AND b.contact_id = $2)",
];

/// The pursuits that are about the person. Where somebody is one of several, only what names them goes: a deal does not
/// lose its notes because a colleague of the customer asked to be forgotten. `$2` is the contact.
const PURSUITS: &str = "(SELECT p.id FROM prospect p WHERE p.workspace_id = $1 AND p.contact_id = $2)";

/// What was written in those pursuits, `{pursuits}` standing for them.
const IN_PURSUITS: &[&str] = &[
    "UPDATE finding SET note = '' WHERE workspace_id = $1 AND prospect_id IN {pursuits}",
    "UPDATE note SET text = '' WHERE workspace_id = $1 AND prospect_id IN {pursuits}",
    "UPDATE opportunity SET opened_evidence = '' WHERE workspace_id = $1 AND prospect_id IN {pursuits}",
    "UPDATE event SET data = '{}' WHERE workspace_id = $1 AND prospect_id IN {pursuits}",
    "UPDATE notification SET data = '{}' WHERE workspace_id = $1 AND subject_kind = 'prospect'
       AND subject_id IN {pursuits}",
    "UPDATE prospect SET search_text = sort_company, close_note = CASE WHEN close_note IS NULL THEN NULL ELSE '' END
     WHERE workspace_id = $1 AND id IN {pursuits}",
];

/// Free text anywhere that may mention somebody, with what takes its place.
const FREE_TEXT: &[(&str, &str, &str)] = &[
    ("note", "text", "text = ''"),
    // Without a source the legal form proves nothing any more: the gate closes rather than opens.
    ("company", "legal_form_source", "legal_form_source = ''"),
    // News on a company's site may name somebody.
    ("company", "site_words", "site_words = ''"),
    ("task", "text", "text = ''"),
    ("prospect", "search_text", "search_text = sort_company"),
    ("prospect", "close_note", "close_note = ''"),
    ("opportunity", "name", "name = ''"),
    ("opportunity", "opened_evidence", "opened_evidence = ''"),
    ("lead_override", "reason", "reason = ''"),
    ("promotion", "undo_reason", "undo_reason = ''"),
    ("event", "data", "data = '{}'"),
    ("notification", "data", "data = '{}'"),
    (
        "webhook_delivery",
        "body",
        "body = '{}', state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END",
    ),
    ("import_error", "row_text", "row_text = '', value = ''"),
    ("import_error", "value", "row_text = '', value = ''"),
    ("job", "last_error", "last_error = NULL"),
    ("message", "server_reply", "server_reply = NULL"),
    ("finding", "note", "note = ''"),
    // Addresses of pages may hold a name.
    ("website_reading", "refused", "refused = '[]'"),
    // A sole trader's company is named after them in the register too.
    ("register_reading", "profile", "profile = NULL, candidates = '[]', takings = '[]'"),
    ("register_reading", "candidates", "candidates = '[]'"),
    ("register_reading", "takings", "takings = '[]'"),
    // What it was said of has another name now: it may be asked about again.
    ("register_reading", "refused_of", "refused_of = ''"),
    ("suppression_run", "reason", "reason = ''"),
    // A company that was named after them and went up in another: it cannot be put back any more.
    ("company_merge", "lost_name", "lost_name = ''"),
    ("merge_piece", "piece", "piece = '{}'"),
    // Somebody may have kept a search for them.
    ("list_view", "definition", "definition = '{}'"),
    ("list_view", "name", "name = ''"),
];

/// Rows that came in under the address before anybody knew whose it is. `$2` is the address.
const BY_ADDRESS: &[&str] = &[
    // A second person of a pursuit wrote in the thread of the first: their words are known by the address alone.
    "UPDATE finding SET note = '' WHERE workspace_id = $1 AND source_id IN
         (SELECT i.id FROM inbound i WHERE i.workspace_id = $1 AND i.from_address = $2)",
    "UPDATE event SET data = '{}' WHERE workspace_id = $1 AND subject_kind = 'inbound' AND subject_id IN
         (SELECT i.id FROM inbound i WHERE i.workspace_id = $1 AND i.from_address = $2)",
    "DELETE FROM sandbox_mail WHERE workspace_id = $1 AND address = $2",
    "UPDATE privacy_request SET address = '', note = '', outcome_note = '' WHERE workspace_id = $1 AND address = $2",
    "UPDATE inbound SET from_address = '', from_name = '', subject = '', raw = NULL, text = '', quoted = '', flags = '{}',
         auth = 'none', outcome_reason = '', message_header_id = NULL, reference_ids = NULL
     WHERE workspace_id = $1 AND from_address = $2",
    "UPDATE booking SET guest_name = '', guest_email = '', note = '' WHERE workspace_id = $1 AND guest_email = $2",
    "UPDATE quote_request SET name = '', email = '', company_name = '', phone = '', text = ''
     WHERE workspace_id = $1 AND email = $2",
];

/// Wipes the traces of a person outside the contact record.
///
/// # Errors
/// Whatever the database refuses.
pub async fn wipe_traces(tx: &mut Tx, traces: Traces<'_>, now: Timestamp) -> Result<()> {
    for sql in IN_PURSUITS {
        tx.execute(sql.replace("{pursuits}", PURSUITS), args![traces.contact]).await?;
    }
    wipe_plans(tx, &traces, now).await?;
    for sql in OWN {
        tx.execute(*sql, args![traces.contact]).await?;
    }
    if let Some(email) = traces.email {
        for sql in BY_ADDRESS {
            tx.execute(*sql, args![email]).await?;
        }
    }
    let known = [traces.email, traces.full_name.filter(|name| name.trim().contains(' '))];
    for words in known.into_iter().flatten() {
        wipe_mentions(tx, words, traces.next_action).await?;
    }
    Ok(())
}

/// Wipes what stands under an address that belongs to nobody we know.
///
/// # Errors
/// Whatever the database refuses.
pub async fn wipe_address(tx: &mut Tx, email: &str, next_action: &str) -> Result<()> {
    for sql in BY_ADDRESS {
        tx.execute(*sql, args![email]).await?;
    }
    wipe_mentions(tx, email, next_action).await
}

/// Tasks about the person are over; a pursuit keeps its one next action, in words that name nobody.
async fn wipe_plans(tx: &mut Tx, traces: &Traces<'_>, now: Timestamp) -> Result<()> {
    tx.execute(
        format!(
            "UPDATE task SET text = '', done_at = COALESCE(done_at, $3) WHERE workspace_id = $1
               AND (contact_id = $2 OR prospect_id IN {PURSUITS}
                    OR lead_id IN (SELECT l.id FROM lead l WHERE l.workspace_id = $1 AND l.contact_id = $2)
                    OR inbound_id IN (SELECT i.id FROM inbound i WHERE i.workspace_id = $1 AND i.contact_id = $2))"
        ),
        args![traces.contact, now],
    )
    .await?;
    tx.execute(
        format!(
            "UPDATE prospect SET next_action = $3
             WHERE workspace_id = $1 AND next_action IS NOT NULL AND id IN {PURSUITS}"
        ),
        args![traces.contact, traces.next_action],
    )
    .await?;
    Ok(())
}

/// What companies and other people were that speaks of them: lists that still do find these no more.
async fn wipe_aliases(tx: &mut Tx, params: impl Fn() -> Vec<Value>) -> Result<()> {
    for (table, known_by) in [("company_alias", "domain"), ("contact_alias", "email")] {
        let sql = format!(
            "DELETE FROM {table} WHERE workspace_id = $1
               AND (facts LIKE $2 ESCAPE '\\' OR LOWER(facts) LIKE $3 ESCAPE '\\'
                    OR name_key LIKE $3 ESCAPE '\\' OR {known_by} LIKE $3 ESCAPE '\\')"
        );
        tx.execute(sql, params()).await?;
    }
    Ok(())
}

async fn wipe_mentions(tx: &mut Tx, words: &str, next_action: &str) -> Result<()> {
    let escaped = words.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    // As written, and in small letters: SQLite's LOWER knows ASCII only.
    let params = || -> Vec<Value> { args![format!("%{escaped}%"), format!("%{}%", escaped.to_lowercase())] };
    for (table, column, wiped) in FREE_TEXT {
        tx.execute(
            format!(
                "UPDATE {table} SET {wiped} WHERE workspace_id = $1
                   AND ({column} LIKE $2 ESCAPE '\\' OR LOWER({column}) LIKE $3 ESCAPE '\\')"
            ),
            params(),
        )
        .await?;
    }
    tx.execute(
        "DELETE FROM website_fact WHERE workspace_id = $1
           AND (value LIKE $2 ESCAPE '\\' OR LOWER(value) LIKE $3 ESCAPE '\\'
                OR snippet LIKE $2 ESCAPE '\\' OR LOWER(snippet) LIKE $3 ESCAPE '\\'
                OR details LIKE $2 ESCAPE '\\' OR LOWER(details) LIKE $3 ESCAPE '\\'
                OR LOWER(url) LIKE $3 ESCAPE '\\')",
        params(),
    )
    .await?;
    wipe_aliases(tx, params).await?;
    let mut plan = params();
    plan.push(next_action.into());
    tx.execute(
        "UPDATE prospect SET next_action = $4 WHERE workspace_id = $1
           AND (next_action LIKE $2 ESCAPE '\\' OR LOWER(next_action) LIKE $3 ESCAPE '\\')",
        plan,
    )
    .await?;
    // Somebody who came in from a free mail address is their own company.
    tx.execute(
        "UPDATE lead SET sort_company = '' WHERE workspace_id = $1 AND company_id IN
             (SELECT c.id FROM company c WHERE c.workspace_id = $1 AND c.name = $2)",
        args![words],
    )
    .await?;
    tx.execute(
        "UPDATE prospect SET sort_company = '', search_text = '' WHERE workspace_id = $1 AND company_id IN
             (SELECT c.id FROM company c WHERE c.workspace_id = $1 AND c.name = $2)",
        args![words],
    )
    .await?;
    // What it is found by was made from the name.
    for table in ["company_block", "company_term"] {
        let sql = format!(
            "DELETE FROM {table} WHERE workspace_id = $1 AND company_id IN
                 (SELECT c.id FROM company c WHERE c.workspace_id = $1 AND c.name = $2)"
        );
        tx.execute(sql, args![words]).await?;
    }
    tx.execute(
        "UPDATE company SET name = '', name_key = '', phone = NULL, website = NULL
         WHERE workspace_id = $1 AND name = $2",
        args![words],
    )
    .await?;
    Ok(())
}
