//! One record per company and person: what two records become when they are made one, and that every merge can be taken back
//! exactly.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use jiff::SignedDuration;
use kiem::engine::audience::{CompanyEdit, DuplicateDecision};
use kiem::engine::{Caller, EngineError, Role};
use kiem_domain::audience::{Ask, IdealProfile, Importance, Wish};
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_domain::lead::LeadState;
use kiem_store::duplicate::{self, PairState};
use kiem_store::merge::{Merge, OF_COMPANY, OF_CONTACT, OF_LEAD, Reference};
use kiem_store::{Tx, Value, args, company, contact, lead, register, suppression, website};
use support::House;
use support::lists::everything;
use uuid::Uuid;

async fn houses() -> [House; 2] {
    [House::sqlite().await, House::postgres().await]
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_00d0_0000 + n)
}

const KEPT: u128 = 1;
const LOST: u128 = 2;

/// A statement and its values.
type Row = (&'static str, Vec<Value>);

fn company_row(n: u128, name: &str, domain: Option<&str>, phone: Option<&str>) -> Row {
    (
        "INSERT INTO company (workspace_id, id, name, name_key, domain, phone, street, house_number, city, country,
             fit_known_percent, fit_reasons, source, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'Kerkstraat', '12', 'Delft', 'NL', 0, '[]', 'lijst.csv', $7, $7)",
        args![id(n), name, kiem_domain::names::company_key(name), domain, phone, support::tuesday_ten()],
    )
}

fn person_rows(n: u128, company: u128, given: &str, family: &str, email: Option<&str>) -> Vec<Row> {
    let now = support::tuesday_ten();
    let key = kiem_domain::names::PersonName::from_parts(given, "", family).unwrap().key();
    vec![
        (
            "INSERT INTO contact (workspace_id, id, company_id, given_name, family_name, name_key, email, source, created_at,
                 updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'lijst.csv', $8, $8)",
            args![id(n), id(company), given, family, key, email, now],
        ),
        (
            "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name,
                 sort_company, fit_score, created_at) VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, '', '', -1, $5)",
            args![id(n + 100), id(n), id(company), now],
        ),
    ]
}

/// Two companies that are one, each with a Jan de Vries; with the second we had everything that one can have.
fn two_of_one() -> Vec<Row> {
    let mut rows = vec![
        company_row(KEPT, "De Vries Bouw B.V.", None, Some("+31152000001")),
        company_row(LOST, "De Vries Bouw", Some("devriesbouw.example"), None),
        company_row(3, "Iemand Anders", None, None),
    ];
    rows.extend(person_rows(11, KEPT, "Jan", "Vries", None));
    rows.extend(person_rows(12, KEPT, "Eva", "Smit", Some("eva@devriesbouw.example")));
    rows.extend(person_rows(21, LOST, "Jan", "Vries", Some("jan@devriesbouw.example")));
    rows.extend(person_rows(22, LOST, "Kees", "Bos", None));
    rows
}

fn mails_with_the_lost() -> Vec<Row> {
    let (t, firm, jan, lead) = (support::tuesday_ten(), id(LOST), id(21), id(121));
    vec![
        ("UPDATE lead SET state = 'promoted', approached_at = $3, cycle = 1, warmth = 40 WHERE workspace_id = $1 AND id = $2",
         args![lead, t]),
        ("UPDATE contact SET ground_id = id WHERE workspace_id = $1 AND id = $2", args![jan]),
        ("INSERT INTO ground (workspace_id, id, basis, source, source_detail, obtained_on, recorded_by,
              recorded_at) VALUES ($1, $2, 'designated_address', 'site', 'hierheen', '2026-11-01', $2, $3)", args![jan, t]),
        ("INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
              state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
          VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 1, 1, 'active', $3, 0, 0, $3)", args![id(40), t]),
        ("INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
          VALUES ($1, $2, '', 'nl', 'paused', $3, '{}', $2, $4)", args![id(41), id(40), t]),
        ("INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, 'stopped', 0, $7)", args![id(42), id(41), lead, jan, firm, t]),
        ("INSERT INTO message (workspace_id, id, kind, mailbox_id, lead_id, contact_id, company_id, recipient, recipient_name,
              state, subject, body, message_id, epoch, attempt, created_at)
          VALUES ($1, $2, 'outreach', $3, $4, $5, $6, 'jan@devriesbouw.example', 'Jan', 'sent', 's', 'b', 'm1', 0, 0, $7)",
         args![id(43), id(40), lead, jan, firm, t]),
        ("INSERT INTO link (workspace_id, id, message_id, contact_id, company_id, target_url, page_kind)
          VALUES ($1, $2, $3, $4, $5, '', 'other')", args![id(44), id(43), jan, firm]),
        ("INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, from_address, from_name, subject,
              text, quoted, outcome, outcome_reason, match_level, lead_id, contact_id, company_id, flags, needs_look, auth)
          VALUES ($1, $2, $3, 'k', $4, '', '', '', '', '', 'reply', '', 'm2', $5, $6, $7, '{}', FALSE, 'none')",
         args![id(45), id(40), t, lead, jan, firm]),
        ("INSERT INTO engagement (workspace_id, id, kind, occurred_at, recorded_at, lead_id, contact_id, company_id, grade, rule,
              data, source, external_id) VALUES ($1, $2, 'click', $3, $3, $4, $5, $6, 'unknown', 'C13', '{}', 'click', 'x')",
         args![id(46), t, lead, jan, firm]),
        ("INSERT INTO web_session (workspace_id, id, site_id, started_at, seen_at, lead_id, contact_id, company_id, source_hash,
              consented) VALUES ($1, $2, $2, $3, $3, $4, $5, $6, $7, TRUE)", args![id(47), t, lead, jan, firm, vec![0_u8]]),
        ("INSERT INTO lead_override (workspace_id, id, lead_id, value, reason, created_by, created_at)
          VALUES ($1, $2, $3, 'keep_lead', 'r', $2, $4)", args![id(48), lead, t]),
        ("INSERT INTO booking (workspace_id, id, provider, uid, state, starts_at, ends_at, guest_name, guest_email, note, language,
              ics_sequence, lead_id, contact_id, company_id, created_at)
          VALUES ($1, $2, 'own', 'u', 'confirmed', $3, $3, '', '', '', 'nl', 0, $4, $5, $6, $3)",
         args![id(49), t, lead, jan, firm]),
        ("INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text, lead_id, contact_id,
              company_id, created_at) VALUES ($1, $2, 'k', '', '', '', '', '', $3, $4, $5, $6)",
         args![id(50), lead, jan, firm, t]),
    ]
}

fn pursuit_of_the_lost() -> Vec<Row> {
    let (t, firm, jan, lead, pursuit) = (support::tuesday_ten(), id(LOST), id(21), id(121), id(60));
    vec![
        ("INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, open_company_id, rule, reason_nl,
              reason_en, promoted_at, step_since, response_due_at, currency, chance_percent, sort_company, search_text, version)
          VALUES ($1, $2, $3, $4, $2, 'in_conversation', 'first_meeting', $3, 'R1', '', '', $5, $5, $5, 'EUR', 10, '', '', 1)",
         args![pursuit, firm, jan, t]),
        ("INSERT INTO prospect_contact (workspace_id, prospect_id, contact_id, role) VALUES ($1, $2, $3, 'beslist')",
         args![pursuit, jan]),
        ("INSERT INTO promotion (workspace_id, id, lead_id, contact_id, company_id, prospect_id, cycle, rule, config_version,
              model_digest, evidence, explanation_nl, explanation_en, decided_at, restore)
          VALUES ($1, $2, $3, $4, $5, $6, 1, 'R1', 1, '', '[]', '', '', $7, '{}')",
         args![id(61), lead, jan, firm, pursuit, t]),
        ("INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by, opened_evidence, value_cents,
              currency, opened_at) VALUES ($1, $2, $3, $4, '', 'open', 'intent', '', 1, 'EUR', $5)",
         args![id(62), pursuit, firm, t]),
        ("INSERT INTO quote (workspace_id, id, prospect_id, contact_id, state, language, title, intro, terms, currency, valid_until,
              net_cents, vat_cents, gross_cents, created_by, created_at)
          VALUES ($1, $2, $3, $4, 'sent', 'nl', '', '', '', 'EUR', '2026-12-01', 0, 0, 0, $2, $5)",
         args![id(63), pursuit, jan, t]),
        ("INSERT INTO task (workspace_id, id, kind, text, prospect_id, lead_id, contact_id, company_id, due_at, created_at)
          VALUES ($1, $2, 'call', 't', $3, $4, $5, $6, $7, $7)", args![id(64), pursuit, lead, jan, firm, t]),
        ("INSERT INTO note (workspace_id, id, prospect_id, company_id, kind, text, created_by, created_at)
          VALUES ($1, $2, $3, $4, 'note', 'n', $2, $5)", args![id(65), pursuit, firm, t]),
        ("INSERT INTO event (workspace_id, id, occurred_at, recorded_at, kind, company_id, contact_id, prospect_id, subject_kind,
              actor_kind, data, source, external_id)
          VALUES ($1, $2, $3, $3, 'x', $4, $5, $6, 'lead', 'system', '{}', 'kiem', 'a')",
         args![id(66), t, firm, jan, pursuit]),
        ("INSERT INTO company_group_member (workspace_id, company_id, group_id, linked_at) VALUES ($1, $2, $3, $4)",
         args![firm, id(3), t]),
        ("INSERT INTO duplicate_pair (workspace_id, id, first_company_id, second_company_id, state, centibits, place, found_at)
          VALUES ($1, $2, $3, $4, 'open', 900, 5, $5)", args![id(70), id(KEPT), firm, t]),
        ("INSERT INTO duplicate_pair (workspace_id, id, first_company_id, second_company_id, state, centibits, place, found_at,
              decided_at) VALUES ($1, $2, $3, $4, 'different', 100, 1, $5, $5)", args![id(71), firm, id(3), t]),
    ]
}

fn website_of_the_lost() -> Vec<Row> {
    let (t, firm) = (support::tuesday_ten(), id(LOST));
    vec![
        ("INSERT INTO website_run (workspace_id, id, state, n_companies, n_done, n_read, n_refused, n_facts, n_filled,
              n_suppressed, created_by, created_at, finished_at)
          VALUES ($1, $2, 'finished', 1, 1, 1, 0, 1, 0, 0, $2, $3, $3)", args![id(72), t]),
        ("INSERT INTO website_run_company (workspace_id, run_id, company_id, position, host, outcome)
          VALUES ($1, $2, $3, 0, 'devriesbouw.example', 'read')", args![id(72), firm]),
        ("INSERT INTO website_reading (workspace_id, company_id, site, read_at, outcome, n_pages, refused, content_hash)
          VALUES ($1, $2, 'devriesbouw.example', $3, 'read', 1, '[]', 'ab')", args![firm, t]),
        ("INSERT INTO website_fact (workspace_id, id, company_id, kind, value, details, url, snippet, read_at, content_hash,
              is_personal)
          VALUES ($1, $2, $3, 'news', 'Nieuw pand', '{}', 'https://devriesbouw.example/', 'Nieuw pand', $4, 'cd', FALSE)",
         args![id(73), firm, t]),
    ]
}

fn register_of_the_lost() -> Vec<Row> {
    let (t, firm) = (support::tuesday_ten(), id(LOST));
    vec![
        ("INSERT INTO register_run (workspace_id, id, state, is_again, n_companies, n_done, n_checked, n_filled, n_look, n_ended,
              n_waits, paid_mills, created_by, created_at, finished_at)
          VALUES ($1, $2, 'finished', FALSE, 1, 1, 1, 3, 0, 0, 0, 20, $2, $3, $3)", args![id(74), t]),
        ("INSERT INTO register_run_company (workspace_id, run_id, company_id, position, outcome)
          VALUES ($1, $2, $3, 0, 'checked')", args![id(74), firm]),
        ("INSERT INTO register_payment (workspace_id, id, run_id, company_id, state, price_mills, asked_at)
          VALUES ($1, $2, $3, $4, 'paid', 20, $5)", args![id(75), id(74), firm, t]),
        ("INSERT INTO suppression_run (workspace_id, id, reason, n_companies, n_done, n_people, n_stopped, created_by, created_at)
          VALUES ($1, $2, 'Klant van ons', 1, 0, 0, 0, $2, $3)", args![id(77), t]),
        ("INSERT INTO suppression_run_company (workspace_id, run_id, company_id) VALUES ($1, $2, $3)", args![id(77), firm]),
        ("INSERT INTO register_reading (workspace_id, company_id, asked_at, outcome, is_ended, profile, candidates, takings)
          VALUES ($1, $2, $3, 'checked', FALSE, '{}', '[]', '[]')", args![firm, t]),
    ]
}

fn erased_of_the_lost() -> Row {
    (
        "INSERT INTO erased_name (workspace_id, id, company_id, name_hash, erased_at) VALUES ($1, $2, $3, $4, $5)",
        args![id(77), id(LOST), vec![1_u8, 2], support::tuesday_ten()],
    )
}

fn alias_of_the_lost() -> Row {
    (
        "INSERT INTO company_alias (workspace_id, id, company_id, domain, name_key, facts)
         VALUES ($1, $2, $3, 'vroeger.example', 'vroeger', '{}')",
        args![id(78), id(LOST)],
    )
}

fn former_name_of_jan() -> Row {
    (
        "INSERT INTO contact_alias (workspace_id, id, contact_id, email, name_key, facts)
         VALUES ($1, $2, $3, 'jdv@devriesbouw.example', 'j vries', '{}')",
        args![id(79), id(21)],
    )
}

fn request_of_the_lost() -> Row {
    (
        "INSERT INTO privacy_request (workspace_id, id, kind, address, contact_id, received_on, due_on, note, outcome_note,
             created_at) VALUES ($1, $2, 'access', 'eva@devriesbouw.example', $3, '2026-11-20', '2026-12-20', '', '', $4)",
        args![id(76), id(21), support::tuesday_ten()],
    )
}

async fn write(house: &House, rows: Vec<Row>) {
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    for (sql, params) in rows {
        tx.execute(sql, params).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
    }
    // What lists copy from company and person is as the program writes it.
    tx.commit().await.unwrap();
    let wish = Wish { ask: Ask::Country(vec!["NL".to_owned()]), importance: Importance::Wanted(10) };
    let profile = IdealProfile { wishes: vec![wish], ..IdealProfile::default() };
    let caller = house.caller(Role::Marketing);
    house.engine.put_ideal_profile(&caller, &profile, None).await.unwrap();
    for n in [KEPT, LOST] {
        let firm = house.engine.company(&caller, CompanyId(id(n))).await.unwrap().company;
        let edit = CompanyEdit {
            name: firm.name,
            website: firm.domain.unwrap_or_default(),
            phone: firm.phone.unwrap_or_default(),
            city: firm.city.unwrap_or_default(),
            country: firm.country.unwrap_or_default(),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&caller, firm.id, edit).await.unwrap();
    }
    house.run_jobs().await;
}

/// The two become one; the first stays.
async fn join(house: &House, caller: &Caller) -> Merge {
    let keep = Some(CompanyId(id(KEPT)));
    let merged = house.engine.decide_duplicate(caller, id(70), DuplicateDecision::Same, keep).await;
    merged.unwrap().unwrap()
}

async fn pointing(tx: &mut Tx, references: &[Reference], to: Uuid) -> Vec<String> {
    let mut found = Vec::new();
    for one in references {
        let sql = format!(
            "SELECT COUNT(*) AS n FROM {} WHERE workspace_id = $1 AND {} = $2",
            one.table, one.column
        );
        if tx.fetch_one(sql, args![to]).await.unwrap().get::<i64>("n").unwrap() > 0 {
            found.push(format!("{}.{}", one.table, one.column));
        }
    }
    found
}

#[tokio::test]
async fn a_merge_moves_everything_and_taking_it_back_leaves_everything_as_it_was() {
    for house in houses().await {
        let mut rows = two_of_one();
        rows.extend(mails_with_the_lost());
        rows.extend(pursuit_of_the_lost());
        rows.extend(website_of_the_lost());
        rows.extend(register_of_the_lost());
        rows.extend([request_of_the_lost(), erased_of_the_lost(), alias_of_the_lost(), former_name_of_jan()]);
        write(&house, rows).await;
        let before = everything(&house).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(pointing(&mut tx, OF_COMPANY, id(LOST)).await.len(), OF_COMPANY.len(), "one row of each");
        assert_eq!(pointing(&mut tx, OF_CONTACT, id(21)).await.len(), OF_CONTACT.len());
        assert_eq!(pointing(&mut tx, OF_LEAD, id(121)).await.len(), OF_LEAD.len());
        drop(tx);
        let caller = house.caller(Role::Marketing);
        house.advance(jiff::SignedDuration::from_mins(5));
        let merge = join(&house, &caller).await;
        assert_eq!((merge.people_joined_n, merge.people_apart_n), (1, 0));

        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        for (references, gone) in [(OF_COMPANY, id(LOST)), (OF_CONTACT, id(11)), (OF_LEAD, id(111))] {
            assert_eq!(pointing(&mut tx, references, gone).await, Vec::<String>::new(), "{}", house.db.name);
        }
        let firm = company::get(&mut tx, CompanyId(id(KEPT))).await.unwrap().unwrap();
        assert_eq!(firm.domain.as_deref(), Some("devriesbouw.example"), "what only one knew is known");
        assert_eq!(firm.phone.as_deref(), Some("+31152000001"));
        assert!(website::reading(&mut tx, firm.id).await.unwrap().is_some(), "what its site said goes along");
        assert!(register::reading(&mut tx, firm.id).await.unwrap().is_some(), "and what the register said");
        // With Jan of the second we had history: his record is the one that stays.
        let jan = contact::get(&mut tx, ContactId(id(21))).await.unwrap().unwrap();
        assert_eq!(jan.company_id, firm.id);
        let on_list = lead::of_contact(&mut tx, jan.id).await.unwrap().unwrap();
        assert_eq!(on_list.state, LeadState::Promoted);
        assert_eq!(on_list.sort_company, "de vries bouw b.v.");
        let carried = duplicate::of(&mut tx, firm.id, CompanyId(id(3))).await.unwrap().unwrap();
        assert_eq!(carried.state, PairState::Different, "what was said about the one holds for the other");
        drop(tx);
        for old in [id(LOST)] {
            let found = house.engine.company(&caller, CompanyId(old)).await.unwrap();
            assert_eq!(found.company.id, firm.id, "old links keep working");
            assert_eq!(found.merged[0].lost_name, "De Vries Bouw");
        }
        assert_eq!(house.engine.lead(&caller, LeadId(id(111))).await.unwrap().lead.id, LeadId(id(121)));

        let undone = house.engine.undo_merge(&caller, merge.id).await.unwrap();
        let report: serde_json::Value = serde_json::from_str(&undone.undo_report.unwrap()).unwrap();
        assert_eq!(
            (report["facts_kept_n"].as_u64(), report["gone_n"].as_u64()),
            (Some(0), Some(0)),
            "{report}"
        );
        let after = everything(&house).await;
        let lost: Vec<&String> = before.iter().filter(|row| !after.contains(row)).collect();
        let new: Vec<&String> = after.iter().filter(|row| !before.contains(row)).collect();
        assert!(lost.is_empty() && new.is_empty(), "{}:\n{lost:#?}\n{new:#?}", house.db.name);
        let again = house.engine.undo_merge(&caller, merge.id).await;
        assert!(matches!(again, Err(EngineError::Refused { code: "merge_undone", .. })));
        house.close().await;
    }
}

#[tokio::test]
async fn what_changed_since_a_merge_stays_and_is_said() {
    for house in houses().await {
        let mut rows = two_of_one();
        rows.extend(pursuit_of_the_lost());
        write(&house, rows).await;
        let caller = house.caller(Role::Marketing);
        let merge = join(&house, &caller).await;
        let edit = CompanyEdit {
            name: "De Vries Bouw B.V.".to_owned(),
            website: "www.anders.example".to_owned(),
            city: "Delft".to_owned(),
            country: "NL".to_owned(),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&caller, CompanyId(id(KEPT)), edit).await.unwrap();
        house.run_jobs().await;
        let undone = house.engine.undo_merge(&caller, merge.id).await.unwrap();
        let report: serde_json::Value = serde_json::from_str(&undone.undo_report.unwrap()).unwrap();
        assert!(report["facts_kept_n"].as_u64() > Some(0), "{report}");
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let kept = company::get(&mut tx, CompanyId(id(KEPT))).await.unwrap().unwrap();
        assert_eq!(kept.domain.as_deref(), Some("anders.example"), "{}", house.db.name);
        let back = company::get(&mut tx, CompanyId(id(LOST))).await.unwrap().unwrap();
        assert_eq!(back.domain.as_deref(), Some("devriesbouw.example"));
        drop(tx);
        house.close().await;
    }
}

#[tokio::test]
async fn two_pursuits_and_two_register_numbers_are_never_made_one() {
    for house in houses().await {
        let mut rows = two_of_one();
        rows.extend(pursuit_of_the_lost());
        rows.push((
            "INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, open_company_id, rule,
                 reason_nl, reason_en, promoted_at, step_since, response_due_at, currency, chance_percent, sort_company,
                 search_text, version)
             VALUES ($1, $2, $3, $4, $2, 'to_qualify', 'to_qualify', $3, 'R1', '', '', $5, $5, $5, 'EUR', 10, '', '', 1)",
            args![id(80), id(KEPT), id(11), support::tuesday_ten()],
        ));
        write(&house, rows).await;
        let caller = house.caller(Role::Marketing);
        let view = house.engine.duplicate(&caller, id(70), None).await.unwrap();
        assert_eq!(view.obstacle, Some("merge_two_pursuits"));
        let refused = house.engine.decide_duplicate(&caller, id(70), DuplicateDecision::Same, None).await;
        assert!(matches!(refused, Err(EngineError::Refused { code: "merge_two_pursuits", .. })));
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        for (n, number) in [(KEPT, "12345678"), (LOST, "87654321")] {
            let sql = "UPDATE company SET kvk_number = $3 WHERE workspace_id = $1 AND id = $2";
            tx.execute(sql, args![id(n), number]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let refused = house.engine.decide_duplicate(&caller, id(70), DuplicateDecision::Same, None).await;
        assert!(matches!(refused, Err(EngineError::Refused { code: "merge_two_numbers", .. })));
        house.close().await;
    }
}

#[tokio::test]
async fn who_must_not_be_approached_stays_so() {
    for house in houses().await {
        let mut rows = two_of_one();
        rows.extend(pursuit_of_the_lost());
        rows.push((
            "UPDATE company SET domain = 'bouwdevries.example', updated_at = updated_at + 5 WHERE workspace_id = $1 AND id = $2",
            args![id(KEPT)],
        ));
        rows.push(("UPDATE lead SET state = 'blocked' WHERE workspace_id = $1 AND id = $2", args![id(121)]));
        write(&house, rows).await;
        let caller = house.caller(Role::Marketing);
        house.engine.suppress_by_hand(&caller, "devriesbouw.example", "belde ons").await.unwrap();
        let merge = join(&house, &caller).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let firm = company::get(&mut tx, CompanyId(id(KEPT))).await.unwrap().unwrap();
        assert_eq!(firm.domain.as_deref(), Some("bouwdevries.example"));
        assert_eq!(
            suppression::count(&mut tx).await.unwrap(),
            2,
            "{}: the domain that stays is on the list",
            house.db.name
        );
        let jan = contact::of_company(&mut tx, firm.id, 10).await.unwrap();
        let jan = jan.iter().find(|person| person.given_name.as_deref() == Some("Jan")).unwrap();
        assert_eq!(lead::of_contact(&mut tx, jan.id).await.unwrap().unwrap().state, LeadState::Blocked);
        drop(tx);
        house.engine.undo_merge(&caller, merge.id).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(suppression::count(&mut tx).await.unwrap(), 1, "what was said before stays");
        drop(tx);
        house.close().await;
    }
}

#[tokio::test]
async fn never_approach_holds_for_what_stays_whichever_of_the_two_gave_it_up() {
    for house in houses().await {
        let mut rows = two_of_one();
        rows.extend(pursuit_of_the_lost());
        rows.push((
            "UPDATE company SET domain = 'oud.example' WHERE workspace_id = $1 AND id = $2",
            args![id(KEPT)],
        ));
        write(&house, rows).await;
        let caller = house.caller(Role::Marketing);
        house.advance(SignedDuration::from_hours(1));
        let edit = CompanyEdit {
            name: "De Vries Bouw".to_owned(),
            website: "nieuw.example".to_owned(),
            phone: "+31152000002".to_owned(),
            city: "Delft".to_owned(),
            country: "NL".to_owned(),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&caller, CompanyId(id(LOST)), edit).await.unwrap();
        house.run_jobs().await;
        for what in ["oud.example", "+31152000001"] {
            house.engine.suppress_by_hand(&caller, what, "belde ons").await.unwrap();
        }
        let merge = join(&house, &caller).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let firm = company::get(&mut tx, CompanyId(id(KEPT))).await.unwrap().unwrap();
        assert_eq!(firm.domain.as_deref(), Some("nieuw.example"), "the newer one wins");
        assert_eq!(firm.phone.as_deref(), Some("+31152000002"));
        assert_eq!(firm.name, "De Vries Bouw B.V.", "the name that says the legal form");
        let keys = house.engine.keys();
        let stays = [("domain", "nieuw.example"), ("phone", "+31152000002")];
        let hashes = stays.map(|(kind, value)| keys.suppression_hash(kind, value));
        assert_eq!(suppression::found(&mut tx, &hashes).await.unwrap().len(), 2, "{}", house.db.name);
        drop(tx);
        house.engine.undo_merge(&caller, merge.id).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(suppression::found(&mut tx, &hashes).await.unwrap().len(), 0, "{}", house.db.name);
        assert_eq!(suppression::count(&mut tx).await.unwrap(), 2, "what was said before stays");
        drop(tx);
        house.close().await;
    }
}

#[tokio::test]
async fn after_an_erasure_nothing_of_the_person_is_kept_for_an_undo() {
    for house in houses().await {
        let mut rows = two_of_one();
        rows.extend(pursuit_of_the_lost());
        write(&house, rows).await;
        let caller = house.caller(Role::Owner);
        let merge = join(&house, &caller).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let people = contact::of_company(&mut tx, CompanyId(id(KEPT)), 10).await.unwrap();
        drop(tx);
        let jan = people.iter().find(|person| person.given_name.as_deref() == Some("Jan")).unwrap();
        house.engine.erase_contact(&caller, jan.id).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let rows = tx
            .fetch_all("SELECT piece FROM merge_piece WHERE workspace_id = $1 AND piece LIKE '%Jan%'", vec![])
            .await
            .unwrap();
        assert!(rows.is_empty(), "{}", house.db.name);
        drop(tx);
        house.engine.undo_merge(&caller, merge.id).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let back = contact::of_company(&mut tx, CompanyId(id(LOST)), 10).await.unwrap();
        assert!(back.iter().all(|person| person.given_name.as_deref() != Some("Jan")), "erased is erased");
        drop(tx);
        house.close().await;
    }
}
