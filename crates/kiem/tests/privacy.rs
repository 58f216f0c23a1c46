//! Who asks gets everything that is held about them, or is forgotten, in one action and within a month.

mod support;

use jiff::civil::date;
use kiem::engine::privacy::NewPrivacyRequest;
use kiem::engine::privacy::export::Papers;
use kiem::engine::privacy::person_words::{LEFT_OUT, column_label, has_table_name, is_left_out};
use kiem::engine::{EngineError, Role};
use kiem::messages::Lang;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::ContactId;
use kiem_store::privacy_request::{PrivacyKind, PrivacyOutcome};
use kiem_store::{args, person_data};
use support::{House, user_id};
use uuid::Uuid;

async fn ask(house: &House, kind: PrivacyKind, address: &str) -> Uuid {
    let new = NewPrivacyRequest {
        kind,
        address: address.to_owned(),
        received_on: date(2026, 11, 20),
        note: "per mail".to_owned(),
    };
    house.engine.add_privacy_request(&house.caller(Role::Marketing), new).await.unwrap()
}

async fn is_suppressed(house: &House, address: &str) -> bool {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    house.engine.is_suppressed(&mut tx, &EmailAddress::parse(address).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_request_finds_what_is_held_and_says_by_when() {
    for house in [House::sqlite().await, House::postgres().await] {
        house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
        let caller = house.caller(Role::Marketing);
        let id = ask(&house, PrivacyKind::Access, " eva@klant.example ").await;
        let case = house.engine.privacy_case(&caller, id).await.unwrap();
        assert_eq!(case.request.due_on, date(2026, 12, 20), "within a month");
        let found: Vec<&str> = case.held.iter().map(|(table, _)| *table).collect();
        assert!(["contact", "ground", "lead"].iter().all(|t| found.contains(t)), "{found:?}");
        let packed = house.engine.export_for_request(&caller, id).await.unwrap();
        assert_eq!(packed.get(..2), Some(b"PK".as_slice()));

        let nobody = ask(&house, PrivacyKind::Access, "wie@onbekend.example").await;
        let case = house.engine.privacy_case(&caller, nobody).await.unwrap();
        assert!(case.person.is_none() && case.held.is_empty(), "{:?}", case.held);
        let trail = house.engine.audit_trail(&house.caller(Role::Owner), None, 20).await.unwrap();
        assert!(trail.iter().any(|(entry, _)| entry.action == "person.exported"));
        assert!(trail.iter().all(|(entry, _)| !entry.detail.contains("eva@")), "the trail names nobody");
        house.close().await;
    }
}

#[tokio::test]
async fn erasing_by_request_forgets_the_person_and_their_request_and_keeps_them_out() {
    let house = House::sqlite().await;
    let lead = house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let caller = house.caller(Role::Marketing);
    let id = ask(&house, PrivacyKind::Erasure, "eva@klant.example").await;
    house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Erased, "").await.unwrap();
    assert_eq!(house.engine.lead(&caller, lead).await.unwrap().contact.email, None);
    assert!(is_suppressed(&house, "eva@klant.example").await);
    let request = house.engine.privacy_requests(&caller).await.unwrap().remove(0);
    assert_eq!((request.address.as_str(), request.note.as_str()), ("", ""), "the request forgets them too");
    assert_eq!(request.outcome, Some(PrivacyOutcome::Erased));
    let again = house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Answered, "").await;
    assert!(matches!(again, Err(EngineError::Refused { code: "privacy_request_closed", .. })));
    house.close().await;
}

#[tokio::test]
async fn an_address_of_nobody_we_know_is_wiped_and_kept_out_too() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text, created_at)
         VALUES ($1, $2, 'x', 'Wie', 'wie@onbekend.example', '', '', 'Graag een prijs', $3)",
        args![Uuid::from_u128(9), house.clock.now()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let id = ask(&house, PrivacyKind::Erasure, "wie@onbekend.example").await;
    let held = house.engine.privacy_case(&caller, id).await.unwrap().held;
    assert_eq!(held, [("quote_request", 1)]);
    house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Erased, "").await.unwrap();
    let after = house.engine.privacy_case(&caller, id).await.unwrap();
    assert!(after.held.is_empty(), "{:?}", after.held);
    assert!(is_suppressed(&house, "wie@onbekend.example").await);
    house.close().await;
}

#[tokio::test]
async fn an_objection_stops_at_once_and_a_refusal_needs_a_reason() {
    let house = House::sqlite().await;
    house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let caller = house.caller(Role::Marketing);
    let id = ask(&house, PrivacyKind::Objection, "eva@klant.example").await;
    let bare = house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Refused, " ").await;
    assert!(matches!(bare, Err(EngineError::Invalid(e)) if e[0].field == "note"));
    house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Suppressed, "").await.unwrap();
    assert!(is_suppressed(&house, "eva@klant.example").await);
    let (list, _) = house.engine.suppressions(&caller, None, 10).await.unwrap();
    assert_eq!(list[0].reason, "objection");
    let future = NewPrivacyRequest {
        kind: PrivacyKind::Access,
        address: "eva@klant.example".to_owned(),
        received_on: date(2027, 1, 1),
        note: String::new(),
    };
    let refused = house.engine.add_privacy_request(&caller, future).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "received_on"));
    house.close().await;
}

#[tokio::test]
async fn the_register_says_what_is_set_up_in_both_languages() {
    let house = House::sqlite().await;
    house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let owner = house.caller(Role::Owner);
    let refused = house.engine.processing_register(&house.caller(Role::Sales), None).await;
    assert!(matches!(refused, Err(EngineError::Forbidden)));
    for (lang, words) in [
        (Lang::Nl, ["Kiem Voorbeeld BV", "uw website (1)", "bekendgemaakt adres", "365 dagen", "Ontvangers"]),
        (Lang::En, ["Kiem Voorbeeld BV", "uw website (1)", "Address published", "365 days", "Recipients"]),
    ] {
        let page = house.engine.processing_register(&owner, Some(lang)).await.unwrap();
        for word in words {
            assert!(page.contains(word), "{lang}: {word}");
        }
        let is_key = |place: &&str| page.contains(&format!("{place}register."));
        assert_eq!(
            ["<td>", "\">", "<h2>", "<br>"].iter().find(|place| is_key(place)),
            None,
            "a key without words"
        );
        assert!(!page.contains("eva@"), "it names nobody");
    }
    house.close().await;
}

/// Tells what the house knows about Eva, in a language, as it goes into the archive.
async fn papers(house: &House, lang: &str) -> Papers {
    let mut global = house.db.store.global().await.unwrap();
    global
        .execute("UPDATE workspace SET language = $2 WHERE id = $1", args![house.workspace, lang])
        .await
        .unwrap();
    global.commit().await.unwrap();
    let eva = ContactId(Uuid::from_u128((1 << 16) + 2));
    house.engine.papers_of_person(&house.caller(Role::Marketing), eva).await.unwrap()
}

/// Something of every kind that a person would want to understand, with a mail that tries to be a page.
async fn a_past_with_eva(house: &House) {
    house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant & Co BV").await;
    ask(house, PrivacyKind::Access, "eva@klant.example").await;
    let (now, host) = (house.clock.now(), user_id(1));
    let id = |n: u128| Uuid::from_u128((1 << 16) + n);
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO booking (workspace_id, id, provider, uid, state, host_user_id, starts_at, ends_at, guest_name, guest_email,
             note, language, ics_sequence, contact_id, company_id, created_at)
         VALUES ($1, $2, 'own', 'uid-of-the-booking', 'confirmed', $3, $4, $4, 'Eva Jansen', 'eva@klant.example', '', 'nl', 0,
             $5, $6, $4)",
        args![id(10), host, now, id(2), id(1)],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text, contact_id,
             company_id, created_at)
         VALUES ($1, $2, 'key-of-the-request', 'Eva Jansen', 'eva@klant.example', '', '', '<script>alert(1)</script>', $3, $4,
             $5)",
        args![id(11), id(2), id(1), now],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO event (workspace_id, id, occurred_at, recorded_at, kind, contact_id, company_id, subject_kind, actor_kind,
             actor_id, data, source, external_id)
         VALUES ($1, $2, $3, $3, 'lead.promoted', $4, $5, 'promotion', 'user', $6, $7, 'kiem', 'key-of-the-event')",
        args![
            id(12),
            now,
            id(2),
            id(1),
            host,
            format!(
                "{{\"contact\":\"Eva Jansen\",\"contact_id\":\"{}\",\"owner\":\"{host}\",\"at\":\"{now}\",\"rule\":\"R2\",\
                 \"unheard_of\":\"Bel na drie uur\"}}",
                id(2)
            )
        ],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    sales_and_visits_of_eva(house).await;
}

async fn sales_and_visits_of_eva(house: &House) {
    let (now, host) = (house.clock.now(), user_id(1));
    let id = |n: u128| Uuid::from_u128((1 << 16) + n);
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, rule, reason_nl, reason_en,
             promoted_at, step_since, response_due_at, next_action, currency, chance_percent, sort_company, search_text,
             version)
         VALUES ($1, $2, $3, $4, $5, 'to_qualify', 'to_qualify', 'R2', 'Afspraak op 24 nov', 'Appointment on 24 Nov', $6, $6, $6,
             'Bel Eva', 'EUR', 10, '', '', 1)",
        args![id(15), id(1), id(2), host, now],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO quote (workspace_id, id, prospect_id, contact_id, state, language, title, intro, terms, currency,
             valid_until, net_cents, vat_cents, gross_cents, created_by, created_at)
         VALUES ($1, $2, $3, $4, 'sent', 'nl', 'Rooster', '', '', 'EUR', '2026-12-24', 100000, 21000, 121000, $5, $6)",
        args![id(13), id(15), id(2), host, now],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO site (workspace_id, id, host, visit_mode, case_paths, created_at)
         VALUES ($1, $2, 'kiem.example', 'consented', '', $3)",
        args![id(2), now],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO web_session (workspace_id, id, site_id, started_at, seen_at, contact_id, source_hash, consented)
         VALUES ($1, $2, $2, $3, $3, $4, $5, TRUE)",
        args![id(14), now, id(2), vec![0_u8]],
    )
    .await
    .unwrap();
    let visit = format!(
        "{{\"type\":\"session\",\"id\":\"{}\",\"source\":\"0f3a\",\"actor\":\"lead\",\"pages\":[{{\"path\":\"/prijzen\",\
         \"kind\":\"pricing\",\"visible_ms\":12500,\"trusted_events\":3}}]}}",
        id(14)
    );
    tx.execute(
        "INSERT INTO engagement (workspace_id, id, kind, occurred_at, recorded_at, contact_id, grade, rule, data, source,
             external_id)
         VALUES ($1, $2, 'session', $3, $3, $4, 'human_likely', 'C12', $5, 'visit', 'key-of-the-visit')",
        args![id(16), now, id(2), visit],
    )
    .await
    .unwrap();
    tx.execute(
        "UPDATE contact SET title = 'Hoofd planning', email_origin = 'stated' WHERE workspace_id = $1",
        vec![],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Whether a text has an id of a record anywhere.
fn has_an_id(text: &str) -> bool {
    text.as_bytes()
        .windows(36)
        .any(|part| std::str::from_utf8(part).is_ok_and(|part| Uuid::try_parse(part).is_ok()))
}

/// What stands between the tags and is no word of people: `given_name`, `lead.promoted`, a key of something outside.
fn names_of_the_program(page: &str) -> Vec<String> {
    let texts =
        page.split('>').filter_map(|part| part.split('<').next()).filter(|text| !text.contains("{font:"));
    let words = texts.flat_map(str::split_whitespace);
    let is_of_the_program = |word: &&str| {
        let plain = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        plain.contains('_')
            || plain.starts_with("key-of-")
            || plain.starts_with("held.")
            || plain == "lead.promoted"
    };
    words.filter(is_of_the_program).map(str::to_owned).collect()
}

/// What Eva reads about herself, in each language.
const PLAIN_WORDS: [(&str, [&str; 22]); 2] = [
    (
        "nl",
        [
            "<html lang=\"nl\">",
            "Eva Jansen",
            "Kiem Voorbeeld BV",
            "Dam 1, Amsterdam",
            "<dt>Voornaam</dt><dd>Eva</dd>",
            "<dt>Functie</dt><dd>Hoofd planning</dd>",
            "<dt>Bedrijf</dt><dd>Klant &amp; Co BV</dd>",
            "Voor zulke mail bekendgemaakt adres",
            "uw website (01-11-2026)",
            "<dt>Begint</dt><dd>24-11-2026 10:00</dd>",
            "<dt>Met uw toestemming</dt><dd>ja</dd>",
            "<dt>Met</dt><dd>een medewerker van ons</dd>",
            "Werd prospect",
            "€\u{a0}1.210,00",
            "Bel na drie uur",
            "Soort: Prijzen\nPagina: /prijzen\nZichtbaar, in seconden: 12,5",
            "<dt>Deed een mens het?</dt><dd>waarschijnlijk</dd>",
            "Autoriteit Persoonsgegevens",
            "<dt>Doel</dt><dd>Een gesprek voeren met wie reageerde",
            "<dt>Grondslag</dt><dd>Voor zulke mail bekendgemaakt adres",
            "Benaderd zonder reactie: 365 dagen.",
            "Wie uw gegevens krijgt",
        ],
    ),
    (
        "en",
        [
            "<html lang=\"en\">",
            "Eva Jansen",
            "Kiem Voorbeeld BV",
            "Dam 1, Amsterdam",
            "<dt>First name</dt><dd>Eva</dd>",
            "<dt>Job title</dt><dd>Hoofd planning</dd>",
            "<dt>Company</dt><dd>Klant &amp; Co BV</dd>",
            "Address published for such mail",
            "uw website (1 November 2026)",
            "<dt>Begins</dt><dd>24 November 2026 10:00</dd>",
            "<dt>With your consent</dt><dd>yes</dd>",
            "<dt>With</dt><dd>one of our people</dd>",
            "Became a prospect",
            "€1,210.00",
            "Bel na drie uur",
            "Kind: Prices\nPage: /prijzen\nVisible, in seconds: 12.5",
            "<dt>Did a person do it?</dt><dd>probably</dd>",
            "data protection authority",
            "<dt>Purpose</dt><dd>Talking with who reacted",
            "<dt>Legal basis</dt><dd>Address published for such mail",
            "Approached without a reaction: 365 days.",
            "Who gets your data",
        ],
    ),
];

#[tokio::test]
async fn who_asks_reads_their_data_in_plain_words_in_the_language_of_the_workspace() {
    for house in [House::sqlite().await, House::postgres().await] {
        a_past_with_eva(&house).await;
        for (lang, words) in PLAIN_WORDS {
            let page = papers(&house, lang).await.page;
            for word in words {
                assert!(page.contains(word), "{lang}: no {word:?} in {page}");
            }
            let names = names_of_the_program(&page);
            assert!(names.is_empty(), "{lang}: only the program says so: {names:?}");
            assert!(!has_an_id(&page), "{lang}: an id of a record stands on the page");
            assert!(
                !page.contains("<script") && page.contains("&lt;script&gt;"),
                "{lang}: what was written stays text"
            );
            for outside in ["src=", "href=\"http", "url(", "@import", "<link"] {
                assert!(
                    !page.contains(outside),
                    "{lang}: the page asks for something from elsewhere: {outside}"
                );
            }
        }
        house.close().await;
    }
}

#[tokio::test]
async fn the_data_for_a_program_stay_complete_and_as_they_are_stored() {
    let house = House::sqlite().await;
    a_past_with_eva(&house).await;
    let data: serde_json::Value = serde_json::from_str(&papers(&house, "nl").await.data).unwrap();
    let eva = &data["data"]["contact"][0];
    assert_eq!(eva["given_name"], "Eva");
    assert_eq!(eva["company_id"], Uuid::from_u128((1 << 16) + 1).to_string());
    assert_eq!(eva["created_at"], "2026-11-24T09:00:00Z");
    assert_eq!(data["data"]["booking"][0]["uid"], "uid-of-the-booking");
    assert_eq!(data["data"]["event"][0]["data"]["unheard_of"], "Bel na drie uur");
    assert_eq!((&data["version"], &data["made_at"]), (&1.into(), &"2026-11-24T09:00:00Z".into()));
    house.close().await;
}

#[tokio::test]
async fn who_is_not_known_reads_that_nothing_is_held() {
    let house = House::sqlite().await;
    let id = ask(&house, PrivacyKind::Access, "wie@onbekend.example").await;
    let papers = house.engine.papers_for_request(&house.caller(Role::Marketing), id).await.unwrap();
    assert!(papers.page.contains("wie@onbekend.example") && papers.page.contains("Kiem Voorbeeld BV"));
    house.close().await;
}

#[tokio::test]
async fn every_column_that_is_told_has_a_label_or_is_left_out_on_purpose() {
    let house = House::sqlite().await;
    let mut global = house.db.store.global_read().await.unwrap();
    let sql = "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
               WHERE m.type = 'table' ORDER BY m.name, c.cid";
    let rows = global.fetch_all(sql, vec![]).await.unwrap();
    let all: Vec<(String, String)> =
        rows.iter().map(|row| (row.get("t").unwrap(), row.get("c").unwrap())).collect();
    drop(global);
    let tables = person_data::tables();
    let (mut wrong, mut n) = (Vec::new(), 0);
    for table in &tables {
        if Lang::ALL.iter().any(|lang| !has_table_name(table, *lang)) {
            wrong.push(format!("{table} has no name in words"));
        }
        let columns = all.iter().filter(|(of, column)| of == table && person_data::is_told(column));
        for (_, column) in columns {
            n += 1;
            let labelled =
                Lang::ALL.iter().filter(|lang| column_label(table, column, **lang).is_some()).count();
            match (is_left_out(table, column), labelled) {
                // A label of the same name may belong to another table.
                (true, _) if !LEFT_OUT.contains(&column.as_str()) => {}
                (true, 0) | (false, 2) => {}
                (false, _) => wrong.push(format!("{table}.{column} has no label and is not left out")),
                (true, _) => wrong.push(format!("{table}.{column} has a label and is left out")),
            }
        }
    }
    assert!(n > 300, "only {n} columns");
    assert_eq!(wrong, Vec::<String>::new(), "add it to [held.column] in both languages, or to LEFT_OUT");
    let is_there = |entry: &&&str| {
        let (table, column) = entry.split_once('.').unwrap_or(("", entry));
        all.iter()
            .any(|(t, c)| c == column && tables.contains(&t.as_str()) && (table.is_empty() || t == table))
    };
    let gone: Vec<_> = LEFT_OUT.iter().filter(|entry| !is_there(entry)).collect();
    assert!(gone.is_empty(), "left out, and not there: {gone:?}");
    house.close().await;
}
