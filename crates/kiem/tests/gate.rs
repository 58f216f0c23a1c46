//! The send gate over the engine: evidence, legal form, guesses, and what a workspace loosens.

mod support;

use kiem::engine::audience::{
    CompanyEdit, ContactEdit, ImportOrder, LegalStanding, MeantCompany, NewGround, NewLead, NewLoosening,
    Upload,
};
use kiem::engine::{Caller, EngineError, Role};
use kiem_domain::consent::Basis;
use kiem_domain::gate::{
    AddressClass, AddressOrigin, Cell, Channel, FormSource, Outcome, PersonKind, Reason, Unlock,
};
use kiem_domain::id::LeadId;
use support::House;

fn ground(basis: Basis) -> NewGround {
    NewGround {
        basis,
        source: "uw website".to_owned(),
        source_detail: "Aanbiedingen graag naar dit adres".to_owned(),
        evidence_url: "https://klant.example/contact".to_owned(),
        obtained_on: jiff::civil::date(2026, 11, 1),
    }
}

async fn lead(house: &House, company: &str, country: &str, email: &str, ground: NewGround) -> LeadId {
    let new = NewLead {
        company: CompanyEdit {
            name: company.to_owned(),
            country: country.to_owned(),
            ..CompanyEdit::default()
        },
        meant: MeantCompany::Recognised,
        contact: ContactEdit { email: email.to_owned(), ..ContactEdit::default() },
        ground: Some(ground),
    };
    house.engine.add_lead(&house.caller(Role::Marketing), new).await.unwrap().id
}

async fn answer(house: &House, lead: LeadId) -> kiem::engine::audience::GateAnswer {
    house.engine.lead(&house.caller(Role::ReadOnly), lead).await.unwrap().verdict
}

fn risk(country: &str, class: AddressClass) -> NewLoosening {
    NewLoosening {
        country: country.to_owned(),
        cell: Cell { channel: Channel::Mail, person: PersonKind::LegalPerson, class: Some(class) },
        basis: Basis::LegitimateInterest,
        reason: "Bekendgemaakte adressen, risico aanvaard door de directie".to_owned(),
    }
}

async fn actions(house: &House, caller: &Caller) -> Vec<String> {
    let entries = house.engine.audit_trail(caller, None, 50).await.unwrap();
    entries.into_iter().map(|(entry, _)| entry.action).collect()
}

#[tokio::test]
async fn a_designated_address_needs_the_page_and_the_words() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let pageless = NewGround { evidence_url: String::new(), ..ground(Basis::DesignatedAddress) };
    let id = lead(&house, "Klant", "NL", "info@klant.example", pageless).await;
    let before = answer(&house, id).await;
    assert_eq!(before.outcome, Outcome::NeedsEvidence(Reason::DesignationUnproven));
    assert_eq!(before.unlocks[0], Unlock::ProveDesignation);
    assert_eq!((before.rule.country(), before.address), ("NL", Some(AddressClass::Role)));

    let contact = house.engine.lead(&caller, id).await.unwrap().contact.id;
    let vague = NewGround { evidence_url: "contactpagina".to_owned(), ..ground(Basis::DesignatedAddress) };
    let refused = house.engine.put_ground(&caller, contact, vague).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "ground.evidence_url"));
    house.engine.put_ground(&caller, contact, ground(Basis::DesignatedAddress)).await.unwrap();
    assert_eq!(answer(&house, id).await.outcome, Outcome::Allow(Basis::DesignatedAddress));
    house.close().await;
}

#[tokio::test]
async fn the_legal_form_opens_and_closes_where_the_country_asks_for_it() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let id = lead(&house, "Widgets", "GB", "tom@widgets.example", ground(Basis::LegitimateInterest)).await;
    let before = answer(&house, id).await;
    assert_eq!(before.outcome, Outcome::NeedsEvidence(Reason::LegalFormUnknown));
    assert_eq!(before.unlocks, [Unlock::FindLegalForm]);

    let company = house.engine.lead(&caller, id).await.unwrap().company.id;
    let standing = |form: &str, source: &str| LegalStanding {
        legal_form: form.to_owned(),
        source: source.to_owned(),
        known_on: jiff::civil::date(2026, 11, 20),
        is_non_mailing: false,
    };
    let sourceless = house.engine.put_legal_standing(&caller, company, standing("Ltd", " ")).await;
    assert!(matches!(sourceless, Err(EngineError::Invalid(e)) if e[0].field == "source"));
    let future = LegalStanding { known_on: jiff::civil::date(2026, 12, 20), ..standing("Ltd", "register") };
    let refused = house.engine.put_legal_standing(&caller, company, future).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "known_on"));
    // Half past midnight in Amsterdam: what is written there today is not in the future.
    house.clock.set("2026-12-01T23:30:00Z".parse().unwrap());
    let today = LegalStanding { known_on: jiff::civil::date(2026, 12, 2), ..standing("Ltd", "register") };
    house.engine.put_legal_standing(&caller, company, today).await.unwrap();
    house.engine.put_legal_standing(&caller, company, standing("Ltd", "Companies House")).await.unwrap();
    let open = answer(&house, id).await;
    assert_eq!(open.outcome, Outcome::Allow(Basis::LegitimateInterest));
    assert_eq!((open.form.person, open.form.from), (Some(PersonKind::LegalPerson), FormSource::Stated));
    house.engine.put_legal_standing(&caller, company, standing("Sole trader", "his site")).await.unwrap();
    assert_eq!(answer(&house, id).await.outcome, Outcome::Blocked(Reason::CountryNeedsConsent));
    house.close().await;
}

#[tokio::test]
async fn a_list_tells_guesses_forms_and_the_non_mailing_indicator() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let list = "Bedrijfsnaam;Rechtsvorm;Land;Straat;Plaats;E-mail;E-mail status;Non-mailing-indicator\r\n\
        Klant;Besloten Vennootschap;NL;Dam 1;Utrecht;jan@klant.example;Extrapolated;Ja\r\n\
        Ander;Eenmanszaak;NL;Dam 2;Utrecht;eva@ander.example;Verified;Nee\r\n";
    let upload = Upload { file_name: "lijst.csv".to_owned(), bytes: list.as_bytes().to_vec() };
    let preview = house.engine.import_preview(&caller, upload).await.unwrap();
    let order = ImportOrder {
        mapping: preview.proposals.iter().map(|p| (p.column, p.field)).collect(),
        ground: ground(Basis::DesignatedAddress),
        default_country: None,
        encoding: None,
        policy: kiem::engine::audience::ConflictPolicy::Fill,
        rows: Vec::new(),
        values: Vec::new(),
        date_order: None,
    };
    house.engine.import_start(&caller, preview.run.id, order).await.unwrap();
    house.run_jobs().await;
    let reach = house.engine.audience_reach(&caller).await.unwrap().counted.reach;
    let by = |channel| reach.by(channel).unwrap();
    assert_eq!((reach.total_n, reach.reachable_n, reach.lawful_n), (2, 2, 1));
    assert_eq!(by(Channel::Mail).reasons, [(Reason::GuessedAddress, 1)], "{reach:?}");
    assert_eq!(by(Channel::Post).reasons, [(Reason::NonMailing, 1)]);
    assert_eq!((by(Channel::Mail).lawful_n, by(Channel::Phone).lawful_n), (1, 0));
    assert_eq!(reach.unlocks[0].1, 1);

    // Somebody types the address in: now it is no guess any more.
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let people = kiem_store::contact::by_emails(&mut tx, &["jan@klant.example".to_owned()]).await.unwrap();
    drop(tx);
    assert_eq!(people[0].email_origin, AddressOrigin::Guessed);
    let edit = ContactEdit { email: "j.devries@klant.example".to_owned(), ..ContactEdit::default() };
    house.engine.edit_contact(&caller, people[0].id, edit).await.unwrap();
    let reach = house.engine.audience_reach(&caller).await.unwrap().counted.reach;
    assert_eq!(reach.by(Channel::Mail).unwrap().lawful_n, 2);
    house.close().await;
}

#[tokio::test]
async fn a_loosening_is_an_owners_named_and_logged_decision() {
    let house = House::sqlite().await;
    let owner = house.caller(Role::Owner);
    let id = lead(&house, "Klant B.V.", "NL", "info@klant.example", ground(Basis::LegitimateInterest)).await;
    assert_eq!(answer(&house, id).await.outcome, Outcome::Blocked(Reason::CountryNeedsConsent));

    let manager = house.engine.loosen(&house.caller(Role::Manager), risk("NL", AddressClass::Role)).await;
    assert!(matches!(manager, Err(EngineError::Forbidden)));
    for (reason, code) in [(" ", "required"), ("mag wel", "too_short")] {
        let silent = NewLoosening { reason: reason.to_owned(), ..risk("NL", AddressClass::Role) };
        let refused = house.engine.loosen(&owner, silent).await;
        assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].code == code), "{reason}");
    }
    for (new, code) in [
        (risk("NL", AddressClass::Guessed), "loosening_guessed"),
        (risk("US", AddressClass::Role), "loosening_no_pack"),
        (risk("GB", AddressClass::Role), "loosening_allowed_already"),
    ] {
        let refused = house.engine.loosen(&owner, new).await;
        assert!(matches!(refused, Err(EngineError::Refused { code: c, .. }) if c == code), "{code}");
    }

    let loosening = house.engine.loosen(&owner, risk("nl", AddressClass::Role)).await.unwrap();
    let again = house.engine.loosen(&owner, risk("NL", AddressClass::Role)).await;
    assert!(matches!(again, Err(EngineError::Refused { code: "loosening_allowed_already", .. })));
    let open = answer(&house, id).await;
    assert_eq!(open.outcome, Outcome::Allow(Basis::LegitimateInterest));
    let named = open.loosened.unwrap();
    assert!(!named.decided_by.is_empty() && named.reason.contains("risico"), "{named:?}");
    let reach = house.engine.audience_reach(&owner).await.unwrap();
    assert_eq!((reach.counted.reach.by(Channel::Mail).unwrap().loosened_n, reach.loosenings.len()), (1, 1));

    house.engine.suppress_by_hand(&owner, "info@klant.example", "vraagt om rust").await.unwrap();
    assert_eq!(answer(&house, id).await.outcome, Outcome::Blocked(Reason::Suppressed));
    house.engine.end_loosening(&owner, loosening).await.unwrap();
    assert!(matches!(house.engine.end_loosening(&owner, loosening).await, Err(EngineError::NotFound)));
    let known = house.engine.loosenings(&owner).await.unwrap();
    assert!(known.in_force.is_empty());
    let [ended] = known.ended.as_slice() else { panic!("{:?}", known.ended) };
    assert_eq!((ended.loosening.id, &ended.loosening.reason), (loosening, &named.reason));
    assert!(!ended.ended_by.is_empty() && ended.ended_by == named.decided_by, "{ended:?}");
    let trail = actions(&house, &owner).await;
    assert!(trail.contains(&"policy.loosened".to_owned()), "{trail:?}");
    assert!(trail.contains(&"policy.restored".to_owned()), "{trail:?}");
    house.close().await;
}
