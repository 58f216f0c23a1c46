//! Nothing that says who somebody is survives their erasure, wherever it stood.

use kiem_domain::id::{ContactId, WorkspaceId};
use kiem_store::erasure::{self, Traces};
use kiem_store::person_data::{self, Known};
use kiem_store::testing::TestStore;
use kiem_store::{Tx, Value, args, company, contact, testing};
use uuid::Uuid;

use crate::audience::a_company;
use crate::sales::now;

/// Stands in every text that can hold a person. Found in small letters, and in hexadecimal in bytes.
const MARK: &str = "Zqeva Vandermark <zqeva@klant.example>";
const SEARCHED: [&str; 2] = ["zqeva", "5a71657661"];

/// Tables without anything about the people whom we reach: settings, accounts, counters, the audit trail.
const NOT_ABOUT_PEOPLE: &[&str] = &[
    "_sqlx_migrations",
    "instance_setting",
    "workspace",
    "app_user",
    "session",
    "login_attempt",
    "membership",
    "api_token",
    "audit_entry",
    "job_wakeup",
    "idempotency_key",
    "mailbox",
    "mailbox_day",
    "campaign",
    "sequence_step",
    "site",
    "inlet",
    "webhook_endpoint",
    "booking_page",
    "ideal_profile",
    "import_run",
    // Removed with every erasure when the upload is over; whoever was erased meanwhile is refused by one that runs.
    "import_file",
    // Ids of records and what became of rows.
    "import_outcome",
    "import_left",
    "plan",
    "quote_counter",
    "journal_step",
    "booking_cell",
    "suppression",
    "policy_loosening",
    // Names of hosts, for minutes.
    "host_turn",
    // Which companies' sites are read, and counts.
    "website_run",
    "website_run_company",
    // Access, which companies were asked about, what it cost.
    "register_access",
    "register_run",
    "register_run_company",
    "register_payment",
    // Which companies wait to be put on the suppression list.
    "suppression_run_company",
    // Counts, with nobody in them.
    "audience_count",
    // Counts by activity and area, and the file that they are from.
    "market_cell",
    "market_load",
    // The keyed hash that keeps who was erased from coming back.
    "erased_name",
    // Hashes and counts of what companies say, and ids.
    "company_block",
    "company_to_match",
    "match_terms",
    // Words of what companies are called; those of a company that was named after the person go with its name.
    "company_term",
    "terms_to_write",
    "list_columns",
    "company_group_member",
    "duplicate_pair",
    "merged_record",
    "sqlite_sequence",
];

/// Columns that hold codes, technical ids or something of the company, as `table.column` or as `column` of any table.
const NO_PERSON: &[&str] = &[
    "id",
    "workspace_id",
    "kind",
    "state",
    "subject_kind",
    "actor_kind",
    "source",
    "external_id",
    "dedup_key",
    "payload",
    "language",
    "country",
    "industry",
    "region",
    "city",
    "domain",
    "kvk_number",
    "fit_reasons",
    "sort_company",
    "outcome",
    "match_level",
    "label",
    "label_by",
    "auth",
    "grade",
    "rule",
    "message_id",
    "worker",
    "resolved_by",
    "page_kind",
    "direction",
    "external_key",
    "model_digest",
    "explanation_nl",
    "explanation_en",
    "restore",
    "value",
    "provider",
    "uid",
    "replaces_uid",
    "step",
    "reason_nl",
    "reason_en",
    "next_action_kind",
    "currency",
    "aspect",
    "level",
    "source_kind",
    "opened_by",
    "lost_reason",
    "won_by",
    "close_reason",
    "number",
    "valid_until",
    "expected_close_on",
    "code",
    "column_name",
    "spam_reason",
    "basis",
    "obtained_on",
    "basis",
    "last_status",
    "contact.seniority",
    "contact.department",
    "contact.email_origin",
    "task.channel",
    "contact.inform_by",
    "privacy_request.received_on",
    "privacy_request.due_on",
    "contact.informed_how",
    "source_hash",
    "enrolment.reason",
    "company.name_key",
    "company.website",
    "company.phone",
    "company.source",
    "company.street",
    "company.house_number",
    "company.postcode",
    "company.register_number",
    "company.lei",
    "company.legal_form",
    "company.legal_form_on",
    "company.linkedin_url",
    "company.sbi_code",
    "company.sbi_version",
    // Codes and facts of the company.
    "finding.reasons",
    "company.founded_on",
    "company.revenue_currency",
    "company.site_technologies",
    "prospect.next_action",
    "content_hash",
    "website_reading.site",
    "website_reading.outcome_detail",
    "register_reading.outcome_detail",
    "register_reading.ended_on",
    "company_merge.cause",
    // Numbers only.
    "company_merge.undo_report",
    "contact_pair.sign",
    "contact_pair.state",
    "list_view.list",
];

/// The text and byte columns of each table, as the database itself lists them.
async fn columns(db: &TestStore) -> Vec<(String, String)> {
    let mut global = db.store.global_read().await.unwrap();
    let sql = if db.name == "sqlite" {
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.type IN ('TEXT', 'BLOB') ORDER BY m.name, c.cid"
    } else {
        "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type IN ('text', 'bytea') ORDER BY table_name, ordinal_position"
    };
    let rows = global.fetch_all(sql, vec![]).await.unwrap();
    rows.iter().map(|row| (row.get("t").unwrap(), row.get("c").unwrap())).collect()
}

fn is_about_people(table: &str) -> bool {
    !NOT_ABOUT_PEOPLE.contains(&table)
}

fn can_hold_a_person(table: &str, column: &str) -> bool {
    // On SQLite ids are bytes too.
    let is_id = column.ends_with("_id") || column.ends_with("_by");
    let is_code = NO_PERSON.contains(&column) || NO_PERSON.contains(&format!("{table}.{column}").as_str());
    !is_id && !is_code || column == "message_header_id" || column == "reference_ids"
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0xe000 + n)
}

/// A statement and its values.
type Row = (&'static str, Vec<Value>);

/// One row in every table that can speak of somebody, all of the same person.
async fn one_of_everything(tx: &mut Tx) {
    for (sql, params) in [rows_before_the_answer(), rows_of_the_answer(), rows_around_it()].concat() {
        tx.execute(sql, params).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
    }
}

/// What we know and sent.
fn rows_before_the_answer() -> Vec<Row> {
    let t = now();
    let (company, person, lead, mailbox, message) = (id(1), id(2), id(3), id(4), id(5));
    vec![
        ("INSERT INTO company (workspace_id, id, name, name_key, fit_known_percent, fit_reasons, source, created_at, updated_at)
          VALUES ($1, $2, '', '', 0, '[]', '', $3, $3)", args![company, t]),
        ("INSERT INTO contact (workspace_id, id, company_id, name_key, source, created_at, updated_at, ground_id)
          VALUES ($1, $2, $3, '', '', $4, $4, $2)", args![person, company, t]),
        ("INSERT INTO ground (workspace_id, id, basis, source, source_detail, obtained_on, recorded_by,
              recorded_at) VALUES ($1, $2, 'consent', '', '', '2026-11-01', $2, $3)", args![person, t]),
        ("INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name,
              sort_company, fit_score, created_at) VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, '', '', 0, $5)",
         args![lead, person, company, t]),
        ("INSERT INTO contact_term (workspace_id, term, contact_id) VALUES ($1, '', $2)", args![person]),
        ("INSERT INTO list_view (workspace_id, id, list, name, is_shared, definition, created_by, created_at, updated_at)
          VALUES ($1, $2, 'people', '', FALSE, '{}', $2, $3, $3)", args![id(16_000), t]),
        ("INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
              state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
          VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 1, 1, 'active', $3, 0, 0, $3)", args![mailbox, t]),
        ("INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
          VALUES ($1, $2, '', 'nl', 'running', $3, '{}', $2, $4)", args![id(8), mailbox, t]),
        ("INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, 'active', 0, $7)", args![id(9), id(8), lead, person, company, t]),
        ("INSERT INTO message (workspace_id, id, kind, mailbox_id, contact_id, recipient, recipient_name, state, subject, body,
              message_id, epoch, attempt, created_at) VALUES ($1, $2, 'outreach', $3, $4, '', '', 'failed', '', '', 'm1', 0, 0, $5)",
         args![message, mailbox, person, t]),
        ("INSERT INTO message (workspace_id, id, kind, mailbox_id, contact_id, recipient, recipient_name, state, subject, body,
              message_id, epoch, attempt, created_at) VALUES ($1, $2, 'notice', $3, $4, '', '', 'queued', '', '', 'm2', 0, 0, $5)",
         args![id(10), mailbox, person, t]),
        ("INSERT INTO link (workspace_id, id, message_id, contact_id, target_url, page_kind)
          VALUES ($1, $2, $3, $4, '', 'other')", args![id(11), message, person]),
        ("INSERT INTO sandbox_mail (workspace_id, id, mailbox_id, direction, address, message_id, subject, raw, uid, created_at)
          VALUES ($1, $2, $3, 'to_lead', '', 'm2', '', $4, 1, $5)", args![id(12), mailbox, vec![0_u8], t]),
    ]
}

/// What came back, and what it made.
fn rows_of_the_answer() -> Vec<Row> {
    let t = now();
    let (company, person, lead, mailbox, inbound, prospect) = (id(1), id(2), id(3), id(4), id(6), id(7));
    vec![
        ("INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, from_address, from_name, subject,
              text, quoted, outcome, outcome_reason, match_level, contact_id, flags, needs_look, auth)
          VALUES ($1, $2, $3, 'k', $4, '', '', '', '', '', 'reply', '', 'm2', $5, '{}', FALSE, 'none')",
         args![inbound, mailbox, t, person]),
        ("INSERT INTO engagement (workspace_id, id, kind, occurred_at, recorded_at, lead_id, contact_id, grade, rule, data, source,
              external_id) VALUES ($1, $2, 'click', $3, $3, $4, $5, 'unknown', 'C13', '{}', 'click', 'x')",
         args![id(13), t, lead, person]),
        ("INSERT INTO web_session (workspace_id, id, site_id, started_at, seen_at, contact_id, source_hash, consented)
          VALUES ($1, $2, $2, $3, $3, $4, $5, TRUE)", args![id(14), t, person, vec![0_u8]]),
        ("INSERT INTO page_view (workspace_id, session_id, id, path, page_kind, at, visible_ms, trusted_events_n, scroll_percent)
          VALUES ($1, $2, $2, '', 'other', $3, 0, 0, 0)", args![id(14), t]),
        ("INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, rule, reason_nl, reason_en,
              promoted_at, step_since, response_due_at, next_action, currency, chance_percent, sort_company, search_text, version)
          VALUES ($1, $2, $3, $4, $2, 'to_qualify', 'to_qualify', 'R1', '', '', $5, $5, $5, 'Bel Zqeva', 'EUR', 10, '', '', 1)",
         args![prospect, company, person, t]),
        ("INSERT INTO prospect_contact (workspace_id, prospect_id, contact_id, role) VALUES ($1, $2, $3, '')",
         args![prospect, person]),
        ("INSERT INTO promotion (workspace_id, id, lead_id, contact_id, company_id, prospect_id, cycle, rule, config_version,
              model_digest, evidence, explanation_nl, explanation_en, decided_at, restore)
          VALUES ($1, $2, $3, $4, $5, $6, 1, 'R1', 1, '', '[]', '', '', $7, '{}')",
         args![id(15), lead, person, company, prospect, t]),
        ("INSERT INTO lead_override (workspace_id, id, lead_id, value, reason, created_by, created_at)
          VALUES ($1, $2, $3, 'undo', '', $2, $4)", args![id(16), lead, t]),
        ("INSERT INTO booking (workspace_id, id, provider, uid, state, starts_at, ends_at, guest_name, guest_email, note, language,
              ics_sequence, contact_id, created_at)
          VALUES ($1, $2, 'own', 'u', 'confirmed', $3, $3, '', '', '', 'nl', 0, $4, $3)", args![id(17), t, person]),
        ("INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text, contact_id, created_at)
          VALUES ($1, $2, 'k', '', '', '', '', '', $3, $4)", args![id(18), person, t]),
    ]
}

/// What was written down about it.
fn rows_around_it() -> Vec<Row> {
    let t = now();
    let (company, person, prospect) = (id(1), id(2), id(7));
    vec![
        ("INSERT INTO event (workspace_id, id, occurred_at, recorded_at, kind, contact_id, subject_kind, actor_kind, data, source,
              external_id) VALUES ($1, $2, $3, $3, 'x', $4, 'lead', 'system', '{}', 'kiem', 'a')", args![id(19), t, person]),
        ("INSERT INTO event (workspace_id, id, occurred_at, recorded_at, kind, subject_kind, actor_kind, data, source, external_id)
          VALUES ($1, $2, $3, $3, 'x', 'lead', 'system', '{}', 'kiem', 'b')", args![id(20), t]),
        ("INSERT INTO webhook_endpoint (workspace_id, id, url, secret, kinds, active, created_at)
          VALUES ($1, $2, '', $3, '', TRUE, $4)", args![id(21), vec![0_u8], t]),
        ("INSERT INTO webhook_delivery (workspace_id, id, endpoint_id, event_id, kind, body, state, attempt, created_at)
          VALUES ($1, $2, $3, $4, 'x', '{}', 'waiting', 0, $5)", args![id(22), id(21), id(19), t]),
        ("INSERT INTO notification (workspace_id, id, user_id, kind, subject_kind, subject_id, data, created_at)
          VALUES ($1, $2, $2, 'lead.promoted', 'prospect', $3, '{}', $4)", args![id(23), prospect, t]),
        ("INSERT INTO notification (workspace_id, id, user_id, kind, subject_kind, subject_id, data, created_at)
          VALUES ($1, $2, $2, 'booking.confirmed', 'booking', $3, '{}', $4)", args![id(24), id(17), t]),
        ("INSERT INTO finding (workspace_id, id, prospect_id, aspect, level, note, source_kind, found_at)
          VALUES ($1, $2, $3, 'need', 'indicated', '', 'reply', $4)", args![id(25), prospect, t]),
        ("INSERT INTO task (workspace_id, id, kind, text, contact_id, due_at, created_at)
          VALUES ($1, $2, 'sequence', '', $3, $4, $4)", args![id(26), person, t]),
        ("INSERT INTO note (workspace_id, id, company_id, kind, text, created_by, created_at)
          VALUES ($1, $2, $3, 'note', '', $2, $4)", args![id(27), company, t]),
        ("INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by, opened_evidence, value_cents,
              currency, opened_at) VALUES ($1, $2, $3, $4, '', 'open', 'intent', '', 1, 'EUR', $5)",
         args![id(28), prospect, company, t]),
        ("INSERT INTO quote (workspace_id, id, prospect_id, contact_id, state, language, title, intro, terms, currency, valid_until,
              net_cents, vat_cents, gross_cents, created_by, created_at)
          VALUES ($1, $2, $3, $4, 'sent', 'nl', '', '', '', 'EUR', '2026-12-01', 0, 0, 0, $2, $5)",
         args![id(29), prospect, person, t]),
        ("INSERT INTO quote_line (workspace_id, quote_id, position, description, quantity_milli, unit_price_cents, discount_bp,
              vat_bp) VALUES ($1, $2, 1, '', 1, 1, 0, 0)", args![id(29)]),
        ("INSERT INTO import_run (workspace_id, id, file_name, file_hash, state, dialect, mapping, ground, n_rows, n_done,
              n_companies_created, n_companies_matched, n_contacts_created, n_contacts_matched, n_errors, n_suppressed,
              created_by, created_at)
          VALUES ($1, $2, '', $3, 'finished', '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, $2, $4)", args![id(30), vec![0_u8], t]),
        ("INSERT INTO import_error (workspace_id, import_id, row_number, code, column_name, value, row_text)
          VALUES ($1, $2, 1, 'email', '', '', '')", args![id(30)]),
        ("INSERT INTO import_change (workspace_id, import_id, subject_kind, subject_id, facts)
          VALUES ($1, $2, 'contact', $3, '{}')", args![id(30), person]),
        ("INSERT INTO website_reading (workspace_id, company_id, site, read_at, outcome, n_pages, refused, content_hash)
          VALUES ($1, $2, '', $3, 'read', 1, '[]', '')", args![company, t]),
        ("INSERT INTO website_fact (workspace_id, id, company_id, kind, value, details, url, snippet, read_at, content_hash,
              is_personal) VALUES ($1, $2, $3, 'person', '', '{}', '', '', $4, '', TRUE)", args![id(32), company, t]),
        ("INSERT INTO register_reading (workspace_id, company_id, asked_at, outcome, is_ended, profile, candidates, takings)
          VALUES ($1, $2, $3, 'checked', FALSE, '{}', '[]', '[]')", args![company, t]),
        ("INSERT INTO suppression_run (workspace_id, id, reason, n_companies, n_done, n_people, n_stopped, created_by, created_at)
          VALUES ($1, $2, '', 1, 1, 1, 0, $2, $3)", args![id(34), t]),
        ("INSERT INTO company_alias (workspace_id, id, company_id, name_key, facts) VALUES ($1, $2, $2, '', '{}')",
         args![id(1)]),
        ("INSERT INTO contact_alias (workspace_id, id, contact_id, email, name_key, facts)
          VALUES ($1, $2, $3, '', '', '{}')", args![id(35), person]),
        ("INSERT INTO company_merge (workspace_id, id, kept_company_id, lost_company_id, lost_name, cause, centibits,
              people_joined_n, people_apart_n, merged_at) VALUES ($1, $2, $3, $2, '', 'person', 0, 1, 0, $4)",
         args![id(32), company, t]),
        ("INSERT INTO merge_piece (workspace_id, merge_id, seq, contact_id, piece) VALUES ($1, $2, 0, $3, '{}')",
         args![id(32), person]),
        ("INSERT INTO merge_piece (workspace_id, merge_id, seq, piece) VALUES ($1, $2, 1, '{}')", args![id(32)]),
        ("INSERT INTO privacy_request (workspace_id, id, kind, address, contact_id, received_on, due_on, note, outcome_note,
              created_at) VALUES ($1, $2, 'access', '', $3, '2026-11-01', '2026-12-01', '', '', $4)", args![id(33), person, t]),
        ("INSERT INTO job (workspace_id, id, kind, dedup_key, payload, state, run_at, attempt, attempts_max, epoch, lease_until,
              last_error, created_at) VALUES ($1, $2, 'x', 'x', '{}', 'dead', $3, 1, 1, 0, $3, '', $3)", args![id(31), t]),
    ]
}

/// How many rows of a table have the mark in a column.
async fn marked(tx: &mut Tx, table: &str, column: &str) -> i64 {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM {table} WHERE workspace_id = $1
           AND (LOWER(CAST({column} AS TEXT)) LIKE $2 OR LOWER(CAST({column} AS TEXT)) LIKE $3)"
    );
    let likes = args![format!("%{}%", SEARCHED[0]), format!("%{}%", SEARCHED[1])];
    tx.fetch_one(sql, likes).await.unwrap().get("n").unwrap()
}

async fn plant(tx: &mut Tx, db: &TestStore, all: &[(String, String)]) {
    let bytes = ["raw", "pdf"];
    for (table, column) in all {
        if !is_about_people(table) || !can_hold_a_person(table, column) {
            continue;
        }
        let value: Value = match column.as_str() {
            "email" if table == "contact" => "zqeva@klant.example".into(),
            "given_name" => "Zqeva".into(),
            "family_name" => "Vandermark".into(),
            "infix" => "".into(),
            "name" if table == "company" => "Zqeva Vandermark".into(),
            c if bytes.contains(&c) => MARK.as_bytes().into(),
            _ => MARK.into(),
        };
        let sql = format!("UPDATE {table} SET {column} = $2 WHERE workspace_id = $1");
        let n = tx
            .execute(sql, vec![value])
            .await
            .unwrap_or_else(|e| panic!("{}: {table}.{column}: {e}", db.name));
        assert!(n > 0, "{}: no row in {table}; add one to `one_of_everything`", db.name);
    }
}

/// Tables that hold the person for the program's own sake: copies for lists and search, and errors of jobs.
const TOLD_ELSEWHERE: &[&str] = &["job", "lead", "contact_term"];

/// Who asks which data we have gets every table that says who they are.
async fn everything_is_told(tx: &mut Tx, db: &TestStore, all: &[(String, String)]) {
    let known = Known {
        contact: Some(ContactId(id(2))),
        email: Some("zqeva@klant.example"),
        full_name: Some("Zqeva Vandermark"),
    };
    let held = person_data::of(tx, known).await.unwrap();
    let told = |table: &str| {
        held.iter().filter(|one| one.table == table).any(|one| {
            let text = serde_json::to_string(&one.rows).unwrap().to_lowercase();
            SEARCHED.iter().any(|mark| text.contains(mark))
        })
    };
    let mut missing = Vec::new();
    for (table, column) in all {
        let is_told = TOLD_ELSEWHERE.contains(&table.as_str()) || told(table);
        if is_about_people(table) && can_hold_a_person(table, column) && !is_told {
            missing.push(format!("{table}.{column}"));
        }
    }
    assert!(missing.is_empty(), "{}: not told: {missing:?}", db.name);
}

#[tokio::test]
async fn nothing_that_says_who_somebody_is_survives_their_erasure() {
    for db in testing::both().await {
        let ws: WorkspaceId = db.workspace(1, now()).await;
        let all = columns(&db).await;
        assert!(all.len() > 150, "{}: {}", db.name, all.len());
        let mut tx = db.store.begin(ws).await.unwrap();
        one_of_everything(&mut tx).await;
        plant(&mut tx, &db, &all).await;
        let person = contact::get(&mut tx, ContactId(id(2))).await.unwrap().unwrap();
        everything_is_told(&mut tx, &db, &all).await;
        assert!(contact::erase(&mut tx, person.id, now()).await.unwrap());
        let traces = Traces {
            contact: person.id,
            email: Some("zqeva@klant.example"),
            full_name: Some("Zqeva Vandermark"),
            next_action: "Neem contact op",
        };
        erasure::wipe_traces(&mut tx, traces, now()).await.unwrap();
        let mut left = Vec::new();
        for (table, column) in &all {
            let has_workspace =
                is_about_people(table) || ["suppression", "audit_entry"].contains(&table.as_str());
            if has_workspace && marked(&mut tx, table, column).await > 0 {
                left.push(format!("{table}.{column}"));
            }
        }
        assert!(left.is_empty(), "{}: {left:?}", db.name);
        let row =
            tx.fetch_one("SELECT next_action FROM prospect WHERE workspace_id = $1", vec![]).await.unwrap();
        assert_eq!(row.get::<String>("next_action").unwrap(), "Neem contact op");
        let row = tx
            .fetch_one(
                "SELECT COUNT(*) AS n FROM message WHERE workspace_id = $1 AND state = 'stopped'",
                vec![],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 1, "what waited does not go any more");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_accepted_quote_is_kept_and_others_are_left_alone() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        one_of_everything(&mut tx).await;
        tx.execute("UPDATE quote SET state = 'accepted', intro = $2 WHERE workspace_id = $1", args![MARK])
            .await
            .unwrap();
        tx.execute("UPDATE note SET text = 'Tom belde' WHERE workspace_id = $1", vec![]).await.unwrap();
        let traces =
            Traces { contact: ContactId(id(2)), email: None, full_name: Some("Zqeva"), next_action: "" };
        erasure::wipe_traces(&mut tx, traces, now()).await.unwrap();
        assert_eq!(marked(&mut tx, "quote", "intro").await, 1, "{}: book-keeping needs it", db.name);
        let note = tx.fetch_one("SELECT text FROM note WHERE workspace_id = $1", vec![]).await.unwrap();
        assert_eq!(note.get::<String>("text").unwrap(), "Tom belde");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_name_that_was_erased_is_kept_as_a_hash_at_its_company() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = [a_company(1, "Noord"), a_company(2, "Zuid")];
        company::insert_many(&mut tx, &firms).await.unwrap();
        let ids = firms.map(|firm| firm.id);
        assert_eq!(erasure::names_at(&mut tx, &ids).await.unwrap(), []);
        erasure::keep_name(&mut tx, id(90), ids[0], &[7, 8], now()).await.unwrap();
        assert_eq!(erasure::names_at(&mut tx, &ids).await.unwrap(), [(ids[0], vec![7, 8])], "{}", db.name);
        assert_eq!(erasure::names_at(&mut tx, &ids[1..]).await.unwrap(), []);
        drop(tx);
        db.remove().await;
    }
}
