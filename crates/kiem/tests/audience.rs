//! Bringing lists in, the marketing list, who may be mailed.

mod support;

use jiff::SignedDuration;
use kiem::engine::audience::profile_form::RangeForm;
use kiem::engine::audience::{
    CompanyEdit, ConflictPolicy, ContactEdit, ImportOrder, MeantCompany, NewGround, NewLead, Preview, Upload,
};
use kiem::engine::audience::{ProfileForm, WishForm};
use kiem::engine::{Caller, EngineError, Role};
use kiem::messages::Lang;
use kiem_adapters::import::Field;
use kiem_domain::consent::Basis;
use kiem_domain::gate::{Channel, Reason};
use kiem_domain::id::ImportId;
use kiem_domain::lead::LeadState;
use kiem_store::import::{ImportRun, ImportState};
use support::House;

const LIST: &str = "Bedrijfsnaam;KvK-nummer;Website;Land;Plaats;Medewerkers;Naam;E-mail;Functie;Niet mailen\r\n\
    Bakkerij Jansen B.V.;12345678;www.jansen.example;Nederland;Utrecht;11-50;Jan de Vries;jan@jansen.example;Eigenaar;\r\n\
    Bakkerij Jansen;12345678;;;;;Eva Smit;eva@jansen.example;Hoofd inkoop;ja\r\n\
    De Brug;;brug.example;België;Gent;;;geen-adres;;\r\n\
    ;;;;;;Piet;piet@gmail.com;;\r\n\
    ;;;;;;;;;\r\n";

fn ground() -> NewGround {
    NewGround {
        basis: Basis::ExistingCustomer,
        source: "uw bestelling".to_owned(),
        source_detail: String::new(),
        evidence_url: String::new(),
        obtained_on: jiff::civil::date(2026, 11, 1),
    }
}

async fn upload(house: &House, caller: &Caller, text: &str) -> Preview {
    let upload = Upload { file_name: "lijst.csv".to_owned(), bytes: text.as_bytes().to_vec() };
    house.engine.import_preview(caller, upload).await.unwrap()
}

fn order(preview: &Preview) -> ImportOrder {
    ImportOrder {
        mapping: preview.proposals.iter().map(|p| (p.column, p.field)).collect(),
        ground: ground(),
        default_country: None,
        encoding: None,
        policy: ConflictPolicy::Fill,
        rows: Vec::new(),
        values: Vec::new(),
        date_order: None,
    }
}

async fn bring_in(house: &House, text: &str) -> ImportRun {
    let caller = house.caller(Role::Marketing);
    let preview = upload(house, &caller, text).await;
    house.engine.import_start(&caller, preview.run.id, order(&preview)).await.unwrap();
    house.run_jobs().await;
    house.engine.import_run(&caller, preview.run.id).await.unwrap()
}

#[tokio::test]
async fn a_dutch_list_is_brought_in_with_every_row_accounted_for() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let preview = upload(&house, &caller, LIST).await;
    assert_eq!(preview.run.n_rows, 5);
    assert_eq!(preview.proposals.len(), 10, "every column has a meaning: {:?}", preview.proposals);
    assert!(preview.warnings.is_empty(), "{:?}", preview.warnings);
    let run = bring_in(&house, LIST).await;
    let p = run.progress;
    assert_eq!((run.state, p.n_done, p.n_companies_created), (ImportState::Finished, 5, 2));
    assert_eq!((p.n_contacts_created, p.n_suppressed, p.n_errors), (2, 1, 2));

    let csv = house.engine.import_errors_csv(&caller, run.id, Lang::Nl).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains("geen-adres") && csv.contains("E-mail"), "{csv}");
    assert!(
        csv.contains("\"5\"") && csv.contains("overgeslagen"),
        "the row number is the spreadsheet's: {csv}"
    );

    let rows = house.marketing_list("").await;
    let names: Vec<&str> = rows.iter().map(|r| r.person_name.as_str()).collect();
    assert_eq!(names, ["Eva Smit", "Jan de Vries"], "sorted on the family name");
    assert_eq!(rows[0].lead.state, LeadState::Blocked, "do not mail comes in blocked");
    let jan = house.engine.lead(&caller, rows[1].lead.id).await.unwrap();
    assert_eq!(jan.verdict.basis(), Some(Basis::ExistingCustomer));
    assert_eq!(jan.company.employees_n, Some(30));
    assert_eq!(jan.events[0].kind, "lead.imported");
    let eva = house.engine.lead(&caller, rows[0].lead.id).await.unwrap();
    assert_eq!(eva.verdict.reason(), Some(Reason::Suppressed));
    house.close().await;
}

#[tokio::test]
async fn the_same_list_again_changes_nothing_and_a_later_list_fills_only_blanks() {
    let house = House::sqlite().await;
    bring_in(&house, LIST).await;
    let before = house.marketing_list("").await;
    let again = bring_in(&house, LIST).await.progress;
    assert_eq!((again.n_companies_created, again.n_contacts_created), (0, 0));
    assert_eq!((again.n_companies_matched, again.n_contacts_matched), (2, 2));
    assert_eq!(house.marketing_list("").await, before);

    let later = "Bedrijf;Website;Branche;Plaats;Naam;E-mail;Functie\n\
        Jansen Bakkerij;jansen.example;Voeding;Zeist;J. Anders;jan@jansen.example;Directeur\n";
    let preview = upload(&house, &house.caller(Role::Marketing), LIST).await;
    assert!(preview.warnings.contains(&"same_file"));
    bring_in(&house, later).await;
    let rows = house.marketing_list("jan vries").await;
    assert_eq!(rows.len(), 1);
    let jan = house.engine.lead(&house.caller(Role::Marketing), rows[0].lead.id).await.unwrap();
    assert_eq!(jan.company.name, "Bakkerij Jansen B.V.", "what is known stays");
    assert_eq!(jan.company.city.as_deref(), Some("Utrecht"));
    assert_eq!(jan.company.industry.as_deref(), Some("Voeding"), "a blank is filled");
    assert_eq!(jan.contact.title.as_deref(), Some("Eigenaar"));
    assert_eq!(jan.lead.industry.as_deref(), Some("Voeding"), "the list shows it");

    // Somebody who turns up under another name works for two, or moved: the one is not filled with what is said of the other.
    let other = "Bedrijf;Website;Aantal medewerkers;Telefoon;Naam;E-mail\n\
        Zaagmolen Verhuur;zaagmolen.example;700;030-2000009;Jan de Vries;jan@jansen.example\n";
    let done = bring_in(&house, other).await.progress;
    assert_eq!((done.n_companies_created, done.n_contacts_created), (1, 0), "he is there already");
    let jan_now = house.engine.lead(&house.caller(Role::Marketing), rows[0].lead.id).await.unwrap();
    assert_eq!(jan_now.company, jan.company, "he stays where he is");
    let again = bring_in(&house, other).await.progress;
    assert_eq!((again.n_companies_created, again.n_companies_matched), (0, 1));
    house.close().await;
}

#[tokio::test]
async fn an_import_that_was_interrupted_goes_on_and_a_stopped_one_does_not() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let mut text = "Bedrijf;Naam;E-mail\n".to_owned();
    for n in 0..2_500 {
        text.push_str(&format!("Bedrijf {n};Naam {n};n{n}@b{n}.example\n"));
    }
    let preview = upload(&house, &caller, &text).await;
    house.engine.import_start(&caller, preview.run.id, order(&preview)).await.unwrap();
    // What a crash after the first chunk leaves behind: its rows and its counts, and the job still waiting.
    let mut tx = house.engine.store().begin(house.workspace).await.unwrap();
    let done =
        kiem_store::import::Progress { n_done: 1_000, n_contacts_created: 1_000, ..Default::default() };
    assert!(kiem_store::import::advance(&mut tx, preview.run.id, 0, &done).await.unwrap());
    tx.commit().await.unwrap();
    house.run_jobs().await;
    let run = house.engine.import_run(&caller, preview.run.id).await.unwrap();
    assert_eq!(
        (run.state, run.progress.n_done, run.progress.n_contacts_created),
        (ImportState::Finished, 2_500, 2_500)
    );
    let rows = house.marketing_list("n999@b999.example").await;
    assert!(rows.is_empty(), "rows that were done are not done twice");
    assert_eq!(house.marketing_list("n1000@b1000.example").await.len(), 1);

    let stopped = upload(&house, &caller, &text).await;
    house.engine.import_start(&caller, stopped.run.id, order(&stopped)).await.unwrap();
    house.engine.import_stop(&caller, stopped.run.id).await.unwrap();
    house.run_jobs().await;
    let run = house.engine.import_run(&caller, stopped.run.id).await.unwrap();
    assert_eq!((run.state, run.progress.n_done), (ImportState::Stopped, 0));
    let late = house.engine.import_stop(&caller, stopped.run.id).await;
    assert!(matches!(late, Err(EngineError::Refused { code: "import_over", .. })));
    house.close().await;
}

#[tokio::test]
async fn the_ground_is_asked_and_never_assumed() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let preview = upload(&house, &caller, "Bedrijf;E-mail;Toestemming\nA;a@a.example;ja\n").await;
    assert!(preview.proposals.iter().all(|p| p.column != 2), "a consent column means nothing");
    for (change, field) in [
        (NewGround { source: " ".to_owned(), ..ground() }, "ground.source"),
        (NewGround { basis: Basis::Consent, ..ground() }, "ground.source_detail"),
        (NewGround { obtained_on: jiff::civil::date(2026, 11, 25), ..ground() }, "ground.obtained_on"),
    ] {
        let order = ImportOrder { ground: change, ..order(&preview) };
        let refused = house.engine.import_start(&caller, preview.run.id, order).await;
        assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == field), "{field}");
    }
    let no_company = ImportOrder { mapping: vec![(0, Field::City)], ..order(&preview) };
    let refused = house.engine.import_start(&caller, preview.run.id, no_company).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].code == "mapping_company"));
    let nobody = house.engine.import_start(&house.caller(Role::Sales), preview.run.id, order(&preview)).await;
    assert!(matches!(nobody, Err(EngineError::Forbidden)));
    let elsewhere = house.engine.import_run(&caller, ImportId(uuid::Uuid::nil())).await;
    assert!(matches!(elsewhere, Err(EngineError::NotFound)));
    house.close().await;
}

#[tokio::test]
async fn files_that_cannot_be_read_are_refused_with_a_reason() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    for (bytes, code) in [
        (b" \r\n".to_vec(), "import_empty"),
        (b"PK\x03\x04 half a workbook".to_vec(), "import_damaged"),
        (b"\x89PNG a picture".to_vec(), "import_not_text"),
        (vec!["x"; 300].join(";").into_bytes(), "import_too_wide"),
    ] {
        let upload = Upload { file_name: "x.csv".to_owned(), bytes };
        let refused = house.engine.import_preview(&caller, upload).await.unwrap_err();
        assert!(matches!(refused, EngineError::Refused { code: c, .. } if c == code), "{code}: {refused:?}");
    }
    house.close().await;
}

#[tokio::test]
async fn an_erased_person_is_gone_everywhere_and_does_not_come_back() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    bring_in(&house, LIST).await;
    let jan = house.marketing_list("jan vries").await.remove(0);
    house.engine.erase_contact(&caller, jan.lead.contact_id).await.unwrap();
    assert!(house.marketing_list("vries").await.is_empty());
    let detail = house.engine.lead(&caller, jan.lead.id).await.unwrap();
    assert_eq!((detail.contact.full_name(), detail.contact.email.clone()), (String::new(), None));
    assert_eq!(detail.verdict.reason(), Some(Reason::Erased));
    let mut own = detail.events.iter().filter(|e| e.contact_id == Some(jan.lead.contact_id));
    assert!(own.all(|e| !e.data.contains("lijst")), "{:?}", detail.events);

    let run = bring_in(&house, LIST).await;
    assert_eq!(run.progress.n_contacts_created, 0, "the list does not bring the person back");
    assert!(house.marketing_list("vries").await.is_empty());
    let again = house.engine.erase_contact(&caller, jan.lead.contact_id).await;
    assert!(matches!(again, Err(EngineError::Refused { code: "person_erased", .. })));
    let (entries, _) = house.engine.suppressions(&caller, None, 10).await.unwrap();
    let erased = entries.iter().find(|e| e.reason == "erased").unwrap();
    let off = house.engine.unsuppress(&caller, &erased.key_hash, "vergissing").await;
    assert!(matches!(off, Err(EngineError::Refused { code: "person_erased", .. })));
    house.close().await;
}

#[tokio::test]
async fn who_was_erased_without_an_address_does_not_come_back_by_name() {
    const NAMES: &str = "Bedrijfsnaam;Plaats;Naam;Functie\r\n\
        De Brug;Goes;Piet van Puk;Directeur\r\n\
        De Sluis;Urk;Piet van Puk;Eigenaar\r\n";
    for house in [House::sqlite().await, House::postgres().await] {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, NAMES).await;
        let piet = house.marketing_list("brug").await.remove(0).lead;
        let edit = ContactEdit {
            given_name: "Piet".to_owned(),
            infix: "van".to_owned(),
            family_name: "Puk".to_owned(),
            title: "Eigenaar".to_owned(),
            ..ContactEdit::default()
        };
        house.engine.edit_contact(&caller, piet.contact_id, edit).await.unwrap();
        house.engine.erase_contact(&caller, piet.contact_id).await.unwrap();
        let run = bring_in(&house, &NAMES.replace("Piet van Puk", "PIET VAN PUK")).await;
        assert_eq!((run.progress.n_contacts_created, run.progress.n_errors), (0, 1), "{}", house.db.name);
        assert!(house.marketing_list("puk").await.iter().all(|row| row.lead.company_id != piet.company_id));
        assert_eq!(house.marketing_list("sluis").await.len(), 1, "their namesake elsewhere is somebody else");
        let company = house.engine.company(&caller, piet.company_id).await.unwrap();
        assert_eq!(company.sources, [], "what was said about them is gone, and the company can be read");
        house.close().await;
    }
}

#[tokio::test]
async fn reach_counts_each_person_once_with_the_first_reason() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    bring_in(&house, LIST).await;
    let no_ground = NewLead {
        company: CompanyEdit {
            name: "Zonder grond".to_owned(),
            country: "NL".to_owned(),
            ..CompanyEdit::default()
        },
        meant: MeantCompany::Recognised,
        contact: ContactEdit { email: "x@zonder.example".to_owned(), ..ContactEdit::default() },
        ground: None,
    };
    let id = house.engine.add_lead(&caller, no_ground.clone()).await.unwrap().id;
    let double = house.engine.add_lead(&caller, no_ground).await;
    assert!(matches!(double, Err(EngineError::Refused { code: "contact_exists", .. })));
    let reach = house.engine.audience_reach(&caller).await.unwrap().counted;
    let mail = reach.reach.by(Channel::Mail).unwrap();
    assert_eq!((reach.companies_n, reach.reach.total_n, mail.lawful_n), (3, 3, 1));
    assert_eq!(mail.reasons, [(Reason::Suppressed, 1), (Reason::NoGround, 1)], "the first reason only");

    let contact = house.engine.lead(&caller, id).await.unwrap().contact.id;
    let weighed = NewGround { basis: Basis::LegitimateInterest, ..ground() };
    house.engine.put_ground(&caller, contact, weighed).await.unwrap();
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let answer = house.engine.gate_for(&mut tx, contact).await.unwrap();
    assert_eq!(answer.reason(), Some(Reason::CountryNeedsConsent));
    drop(tx);
    house.engine.suppress_by_hand(&caller, "zonder.example", "vraagt om rust").await.unwrap();
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let answer = house.engine.gate_for(&mut tx, contact).await.unwrap();
    assert_eq!(answer.reason(), Some(Reason::Suppressed), "a whole domain");
    drop(tx);
    let free = house.engine.suppress_by_hand(&caller, "gmail.com", "x").await;
    assert!(matches!(free, Err(EngineError::Refused { code: "suppress_free_mail", .. })));
    house.close().await;
}

/// What the gate says about calling somebody, and about mailing them.
async fn may_be_called(house: &House, name: &str) -> (Option<Reason>, Option<Reason>) {
    let one = house.marketing_list(name).await.remove(0);
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let call = house.engine.channel_gate(&mut tx, one.lead.contact_id, Channel::Phone).await.unwrap();
    let mail = house.engine.channel_gate(&mut tx, one.lead.contact_id, Channel::Mail).await.unwrap();
    (call.reason(), mail.reason())
}

#[tokio::test]
async fn who_wants_no_calls_is_not_called_and_may_be_mailed() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let list = "Bedrijfsnaam;Land;Telefoon bedrijf;Naam;Telefoon;E-mail;Niet bellen;Niet mailen\r\n\
        Jansen B.V.;NL;+31 20 123 4567;Jan de Vries;+31 6 1234 5678;jan@jansen.example;ja;\r\n\
        Jansen B.V.;NL;+31 20 123 4567;Eva Smit;;eva@jansen.example;nee;\r\n\
        De Brug B.V.;NL;+31 30 123 4567;Wim Bos;;wim@brug.example;x;nee\r\n\
        Elders B.V.;NL;;Ria Kok;;ria@elders.example;ja;\r\n";
    bring_in(&house, list).await;
    assert_eq!(may_be_called(&house, "vries").await, (Some(Reason::NoCalls), None));
    assert_eq!(may_be_called(&house, "eva").await, (None, None), "a colleague did not object");
    assert_eq!(
        may_be_called(&house, "wim").await,
        (Some(Reason::NoCalls), None),
        "reached at the general number"
    );
    assert_eq!(may_be_called(&house, "ria").await, (Some(Reason::NoPhone), None), "there is nothing to call");
    let (entries, total) = house.engine.suppressions(&caller, None, 10).await.unwrap();
    let mut hints: Vec<_> = entries.iter().map(|e| (e.kind.as_str(), e.hint.as_str())).collect();
    hints.sort_unstable();
    assert_eq!((hints, total), (vec![("phone", "+31…67"), ("phone", "+31…78")], 2));

    let by_hand = |text: &'static str| house.engine.suppress_by_hand(&caller, text, "belde af");
    assert!(by_hand("+31 (0)20 123 4567").await.unwrap());
    assert!(!by_hand("0031201234567").await.unwrap(), "the same number");
    assert_eq!(may_be_called(&house, "eva").await, (Some(Reason::NoCalls), None));
    for wrong in ["020 123 4567", "12"] {
        let refused = by_hand(wrong).await;
        assert!(matches!(&refused, Err(EngineError::Invalid(f)) if f[0].code == "blockable"), "{refused:?}");
    }
    let (entries, _) = house.engine.suppressions(&caller, None, 10).await.unwrap();
    let by_hand = entries.iter().find(|entry| entry.reason == "manual").unwrap();
    house.engine.unsuppress(&caller, &by_hand.key_hash, "vergissing").await.unwrap();
    assert_eq!(may_be_called(&house, "eva").await, (None, None));
    house.close().await;
}

#[tokio::test]
async fn a_changed_profile_scores_everybody_again() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    bring_in(&house, LIST).await;
    assert_eq!(house.marketing_list("jan").await[0].lead.fit_score, None, "nothing is asked yet");
    let wish = |criterion: &str, weight| WishForm {
        criterion: criterion.to_owned(),
        importance: "wanted".to_owned(),
        weight: Some(weight),
        ..WishForm::default()
    };
    let sizes = vec![RangeForm { min: Some(20), max: Some(40) }];
    let wishes = vec![
        WishForm { sizes, ..wish("size", 25) },
        WishForm { countries: vec!["Nederland".to_owned()], ..wish("country", 10) },
        WishForm { seniorities: vec!["owner".to_owned()], ..wish("title", 25) },
    ];
    let form = ProfileForm { wishes, ..ProfileForm::default() };
    let profile = form.read().unwrap();
    assert_eq!(house.engine.put_ideal_profile(&caller, &profile, None).await.unwrap(), 1);
    house.run_jobs().await;
    let jan = house.marketing_list("jan vries").await.remove(0);
    assert_eq!((jan.lead.fit_score, jan.lead.fit_known_percent), (Some(100), 100));
    let eva = house.marketing_list("eva").await.remove(0);
    assert_eq!(eva.lead.fit_score, Some(58), "size and country fit, the title does not");
    assert_eq!(house.engine.ideal_profile(&caller).await.unwrap(), (profile, 1));
    house.close().await;
}

#[tokio::test]
async fn editing_by_hand_shows_in_the_list_and_keeps_keys_unique() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    bring_in(&house, LIST).await;
    house.advance(SignedDuration::from_hours(1));
    let jan = house.marketing_list("jan vries").await.remove(0);
    let edit = ContactEdit {
        given_name: "Johan".to_owned(),
        family_name: "van der Berg".to_owned(),
        email: "johan@jansen.example".to_owned(),
        title: "Assistent van de directeur".to_owned(),
        ..ContactEdit::default()
    };
    house.engine.edit_contact(&caller, jan.lead.contact_id, edit.clone()).await.unwrap();
    house.run_jobs().await;
    let rows = house.marketing_list("johan berg").await;
    assert_eq!(rows[0].person_name, "Johan van der Berg");
    assert_eq!(house.marketing_list("assistent").await.len(), 1, "by the title as well");
    let taken = ContactEdit { email: "eva@jansen.example".to_owned(), ..edit };
    let refused = house.engine.edit_contact(&caller, jan.lead.contact_id, taken).await;
    assert!(matches!(refused, Err(EngineError::Refused { code: "contact_exists", .. })));
    let firm = CompanyEdit {
        name: "Jansen Groep".to_owned(),
        kvk_number: "12".to_owned(),
        ..CompanyEdit::default()
    };
    let refused = house.engine.edit_company(&caller, jan.lead.company_id, firm.clone()).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "kvk_number"));
    let nowhere = CompanyEdit {
        country: "NL".to_owned(),
        street: Some("Dorpsstraat 3a".to_owned()),
        postcode: Some("12".to_owned()),
        kvk_number: "12345678".to_owned(),
        ..firm
    };
    let refused = house.engine.edit_company(&caller, jan.lead.company_id, nowhere.clone()).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "postcode"));
    let right = CompanyEdit { postcode: Some("1234ab".to_owned()), ..nowhere };
    house.engine.edit_company(&caller, jan.lead.company_id, right.clone()).await.unwrap();
    let firm = house.engine.company(&caller, jan.lead.company_id).await.unwrap();
    let details = &firm.company.details;
    assert_eq!(
        (details.street.as_deref(), details.house_number.as_deref(), details.postcode.as_deref()),
        (Some("Dorpsstraat 3a"), None, Some("1234 AB"))
    );
    let typed = |field: &str| firm.sources.iter().any(|source| source.field == field);
    assert!(typed("street") && typed("postcode"), "{:?}", firm.sources);
    // Who says nothing of the address leaves it.
    let silent = CompanyEdit { street: None, postcode: None, ..right };
    house.engine.edit_company(&caller, jan.lead.company_id, silent).await.unwrap();
    let firm = house.engine.company(&caller, jan.lead.company_id).await.unwrap();
    assert_eq!(firm.company.details.postcode.as_deref(), Some("1234 AB"));
    house.run_jobs().await;
    assert_eq!(house.marketing_list("jansen groep").await.len(), 2);
    house.close().await;
}
