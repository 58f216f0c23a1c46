//! One record per person: who is one beyond doubt becomes one, who may be one waits for somebody to say so, what is made one
//! can be taken back exactly, and nobody is written to who said no under either name.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use kiem::engine::audience::{ConflictPolicy, DuplicateDecision, Upload};
use kiem::engine::{EngineError, Role};
use kiem_domain::contact::EmailAddress;
use kiem_domain::dedupe::PersonSign;
use kiem_domain::id::{CampaignId, ContactId, ImportId};
use kiem_domain::lead::LeadState;
use kiem_store::contact::{self, Contact};
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::PairState;
use kiem_store::merge::{Merge, MergeCause};
use kiem_store::suppression::{self, Suppression};
use kiem_store::{args, contact_alias, lead, merge};
use support::House;
use support::lists::{everything, file_order, upload_order};
use uuid::Uuid;

const HEAD: &str =
    "Bedrijfsnaam;Website;Plaats;Land;Voornaam;Tussenvoegsel;Achternaam;E-mail;Functie;LinkedIn persoon\r\n";
const FIRM: &str = "De Vries Bouw;devriesbouw.example;Delft;NL";

async fn houses() -> [House; 2] {
    [House::sqlite().await, House::postgres().await]
}

/// "Jan;de;Vries;jan@devriesbouw.example;Directeur;" at the one company.
fn lines(people: &[&str]) -> String {
    people.iter().map(|person| format!("{FIRM};{person}\r\n")).collect()
}

async fn bring_in(house: &House, people: &[&str]) -> ImportId {
    let caller = house.caller(Role::Marketing);
    let bytes = format!("{HEAD}{}", lines(people)).into_bytes();
    let preview =
        house.engine.import_preview(&caller, Upload { file_name: "lijst.csv".to_owned(), bytes }).await;
    let preview = preview.unwrap();
    let mapping = preview.proposals.iter().map(|p| (p.column, p.field)).collect();
    let order = upload_order(mapping, ConflictPolicy::Fill);
    house.engine.import_start(&caller, preview.run.id, order).await.unwrap();
    house.run_jobs().await;
    preview.run.id
}

/// The same list, the way a shell brings it in.
async fn bring_in_from_disk(house: &House, people: &[&str]) {
    let path = std::env::temp_dir().join(format!("kiem-{}.csv", Uuid::from_bytes(support::random())));
    std::fs::write(&path, format!("{HEAD}{}", lines(people))).unwrap();
    let done = house.engine.import_file(&house.caller(Role::Marketing), file_order(&path)).await;
    std::fs::remove_file(&path).unwrap();
    done.unwrap();
    house.run_jobs().await;
}

/// Everybody, by name; nobody who is erased.
async fn people(house: &House) -> Vec<Contact> {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let ids: Vec<ContactId> =
        contact::keys(&mut tx, None, 100).await.unwrap().into_iter().map(|keys| keys.id).collect();
    let mut found = contact::by_ids(&mut tx, &ids).await.unwrap();
    found.retain(|person| person.erased_at.is_none());
    found.sort_by_key(Contact::full_name);
    found
}

async fn named(house: &House, name: &str) -> Contact {
    let found = people(house).await.into_iter().find(|person| person.full_name() == name);
    found.unwrap_or_else(|| panic!("nobody is called {name}"))
}

async fn waiting(house: &House) -> Vec<ContactPair> {
    let caller = house.caller(Role::Marketing);
    let page = house.engine.person_duplicates(&caller, PairState::Open, None, 50).await.unwrap();
    page.pairs.into_iter().map(|listed| listed.pair).collect()
}

async fn same(house: &House, pair: &ContactPair, chosen: Option<ContactId>) -> Merge {
    let caller = house.caller(Role::Marketing);
    let merged =
        house.engine.decide_person_duplicate(&caller, pair.id, DuplicateDecision::Same, chosen).await;
    merged.unwrap().unwrap()
}

async fn is_suppressed(house: &House, address: &str) -> bool {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let hash = house.engine.keys().address_hash(&EmailAddress::parse(address).unwrap());
    !suppression::reasons(&mut tx, &[hash]).await.unwrap().is_empty()
}

const JAN: &str = "Jan;de;Vries;jan@devriesbouw.example;Directeur;";
const J: &str = "J.;de;Vries;jdv@devriesbouw.example;Eigenaar;";
const PIET: &str = "Piet;de;Vries;piet@devriesbouw.example;Werkvoorbereider;";

#[tokio::test]
async fn who_may_be_one_waits_for_somebody_to_say_so_and_it_can_be_taken_back() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &[JAN, J, PIET]).await;
        assert_eq!(people(&house).await.len(), 3, "nobody is made one by initials");
        let [pair]: [ContactPair; 1] = waiting(&house).await.try_into().unwrap();
        assert_eq!(pair.sign, PersonSign::Initials);
        let (jan, j) = (named(&house, "Jan de Vries").await, named(&house, "J. de Vries").await);
        let before = everything(&house).await;

        let view = house.engine.person_duplicate(&caller, pair.id, Some(j.id)).await.unwrap();
        let survives = |field: &str| {
            view.facts.iter().find(|fact| fact.field == field).and_then(|fact| fact.survives.clone())
        };
        assert_eq!(survives("given_name").as_deref(), Some("Jan"), "the fuller name stays");
        assert_eq!(survives("email").as_deref(), Some("jdv@devriesbouw.example"), "the chosen address");
        assert_eq!(view.obstacle, None);
        house.advance(jiff::SignedDuration::from_mins(5));
        let merged = same(&house, &pair, Some(j.id)).await;
        house.run_jobs().await;
        let one = named(&house, "Jan de Vries").await;
        assert_eq!(one.email.as_deref(), Some("jdv@devriesbouw.example"));
        assert_eq!(one.title.as_deref(), Some("Eigenaar"));
        assert_eq!(people(&house).await.len(), 2);
        assert!(waiting(&house).await.is_empty());
        let listed = house.engine.merges(&caller, None, 10).await.unwrap();
        assert_eq!(listed[0].person_name.as_deref(), Some("Jan de Vries"));
        assert_eq!(house.marketing_list("jdv").await.len(), 1, "found by either address");
        assert_eq!(house.marketing_list("jan@devries").await.len(), 1);
        let on_list = house.marketing_list("jdv").await[0].lead.id;
        let detail = house.engine.lead(&caller, on_list).await.unwrap();
        assert_eq!(detail.former_addresses, ["jan@devriesbouw.example"]);
        let gone = if one.id == jan.id { j.id } else { jan.id };
        assert_eq!(house.engine.company(&caller, one.company_id).await.unwrap().company.id, one.company_id);
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(
            merge::new_id_of(&mut tx, gone.0).await.unwrap(),
            Some(one.id.0),
            "old links keep working"
        );
        drop(tx);

        let undone = house.engine.undo_merge(&caller, merged.id).await.unwrap();
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
        house.close().await;
    }
}

#[tokio::test]
async fn a_list_that_has_two_records_of_one_person_brings_nothing_back() {
    for house in houses().await {
        bring_in(&house, &[JAN, J]).await;
        let pair = waiting(&house).await.remove(0);
        same(&house, &pair, None).await;
        house.run_jobs().await;
        let one = people(&house).await;
        assert_eq!(one.len(), 1);
        bring_in(&house, &[JAN, J]).await;
        assert_eq!(people(&house).await, one, "{}: the same list changes nothing", house.db.name);
        bring_in_from_disk(&house, &[J, JAN]).await;
        assert_eq!(people(&house).await, one, "{}: nor from a shell", house.db.name);
        // By name alone, and with a number that nobody knew.
        bring_in(&house, &["J.;de;Vries;;;https://www.linkedin.com/in/jdv"]).await;
        let now = people(&house).await;
        assert_eq!(now.len(), 1);
        assert_eq!(now[0].linkedin_url.as_deref(), Some("https://www.linkedin.com/in/jdv"));
        assert_eq!(now[0].full_name(), "Jan de Vries");
        house.close().await;
    }
}

#[tokio::test]
async fn one_page_on_linkedin_is_one_person_unless_somebody_says_otherwise() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        let first = bring_in(&house, &["Jan;de;Vries;jan@devriesbouw.example;;linkedin.com/in/jdv"]).await;
        let jan = people(&house).await.remove(0);
        house.advance(jiff::SignedDuration::from_mins(5));
        let other = "J.;de;Vries;jdv@devriesbouw.example;;https://www.linkedin.com/in/jdv/";
        let second = bring_in(&house, &[other]).await;
        assert_ne!(first, second);
        let [one]: [Contact; 1] = people(&house).await.try_into().unwrap();
        assert_eq!(one.full_name(), "Jan de Vries", "{}", house.db.name);
        let merged = house.engine.merges(&caller, None, 10).await.unwrap().remove(0).merge;
        assert_eq!(merged.cause, MergeCause::Evidence);

        house.engine.undo_merge(&caller, merged.id).await.unwrap();
        house.run_jobs().await;
        assert_eq!(people(&house).await.len(), 2, "{}: it stays as somebody said", house.db.name);
        assert!(waiting(&house).await.is_empty(), "and is not asked about");

        // An upload that is taken back takes along what Kiem made of it.
        bring_in(&house, &["Jan;de;Vries;j.devries@devriesbouw.example;;https://linkedin.com/in/JDV"]).await;
        house.engine.import_undo(&caller, second).await.unwrap();
        house.run_jobs().await;
        let left: Vec<Option<String>> = people(&house).await.into_iter().map(|person| person.email).collect();
        assert!(!left.contains(&Some("jdv@devriesbouw.example".to_owned())), "{}: {left:?}", house.db.name);
        assert!(people(&house).await.iter().any(|person| person.id == jan.id), "who was there before stays");
        house.close().await;
    }
}

#[tokio::test]
async fn an_upload_that_is_taken_back_takes_the_people_apart_that_it_made_one() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &["Jan;de;Vries;jan@devriesbouw.example;;linkedin.com/in/jdv"]).await;
        let before = people(&house).await;
        house.advance(jiff::SignedDuration::from_mins(5));
        let second =
            bring_in(&house, &["Jan;de;Vries;jdv@devriesbouw.example;Directeur;linkedin.com/in/jdv"]).await;
        assert_eq!(people(&house).await.len(), 1);
        house.engine.import_undo(&caller, second).await.unwrap();
        house.run_jobs().await;
        let now = people(&house).await;
        let facts = |people: &[Contact]| {
            people.iter().map(|p| (p.id, p.email.clone(), p.title.clone())).collect::<Vec<_>>()
        };
        assert_eq!(facts(&now), facts(&before), "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn two_people_of_one_name_are_asked_about_once() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        let two = ["Eva;;Bos;eva@devriesbouw.example;;", "Eva;;Bos;e.bos@devriesbouw.example;;"];
        bring_in(&house, &two).await;
        let pair = waiting(&house).await.remove(0);
        assert_eq!(pair.sign, PersonSign::Name);
        let later = DuplicateDecision::Later;
        house.engine.decide_person_duplicate(&caller, pair.id, later, None).await.unwrap();
        assert!(waiting(&house).await.is_empty());
        house.engine.reopen_person_duplicate(&caller, pair.id).await.unwrap();
        let different = DuplicateDecision::Different;
        house.engine.decide_person_duplicate(&caller, pair.id, different, None).await.unwrap();
        bring_in(&house, &["Eva;;Bos;e.bos@devriesbouw.example;Inkoper;"]).await;
        assert!(waiting(&house).await.is_empty(), "{}: never asked about again", house.db.name);
        assert_eq!(people(&house).await.len(), 2);
        let gone = house.engine.decide_person_duplicate(&caller, Uuid::nil(), different, None).await;
        assert!(matches!(gone, Err(EngineError::NotFound)));
        house.close().await;
    }
}

#[tokio::test]
async fn somebody_puts_two_colleagues_side_by_side_whom_no_sign_connects() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(
            &house,
            &["Jan;de;Vries;jan@devriesbouw.example;Directeur;", "Eva;;Smit;eva@devriesbouw.example;;"],
        )
        .await;
        let (jan, eva) = (named(&house, "Jan de Vries").await.id, named(&house, "Eva Smit").await.id);
        let elsewhere = house.lead(1, "ria@elders.example", "Ria", "Bos", "Elders").await;
        assert!(waiting(&house).await.is_empty());
        let ria = named(&house, "Ria Bos").await.id;
        let two_firms = house.engine.pair_people(&caller, jan, ria).await;
        assert!(
            matches!(two_firms, Err(EngineError::Refused { code: "people_two_companies", .. })),
            "{elsewhere}"
        );
        assert!(matches!(house.engine.pair_people(&caller, jan, jan).await, Err(EngineError::Invalid(_))));

        let id = house.engine.pair_people(&caller, eva, jan).await.unwrap();
        // They are compared anew, and still wait.
        bring_in(&house, &["Eva;;Smit;eva@devriesbouw.example;Inkoper;"]).await;
        let found = waiting(&house).await;
        assert_eq!(
            found.iter().map(|pair| (pair.id, pair.sign)).collect::<Vec<_>>(),
            [(id, PersonSign::Chosen)]
        );
        let view = house.engine.person_duplicate(&caller, id, None).await.unwrap();
        assert_eq!((view.sign, view.obstacle), (PersonSign::Chosen, None));
        same(&house, &found[0], Some(eva)).await;
        assert_eq!(people(&house).await.len(), 2, "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn nobody_is_written_to_who_said_no_under_either_name() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &[JAN, J]).await;
        let jan = named(&house, "Jan de Vries").await;
        house.engine.suppress_by_hand(&caller, "jdv@devriesbouw.example", "belde ons").await.unwrap();
        let pair = waiting(&house).await.remove(0);
        let merged = same(&house, &pair, Some(jan.id)).await;
        let one = people(&house).await.remove(0);
        assert_eq!(one.email.as_deref(), Some("jan@devriesbouw.example"));
        assert!(is_suppressed(&house, "jan@devriesbouw.example").await, "{}", house.db.name);
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(lead::of_contact(&mut tx, one.id).await.unwrap().unwrap().state, LeadState::Blocked);
        drop(tx);
        house.engine.undo_merge(&caller, merged.id).await.unwrap();
        assert!(!is_suppressed(&house, "jan@devriesbouw.example").await, "two people again");
        assert!(is_suppressed(&house, "jdv@devriesbouw.example").await, "what was said before stays");
        house.close().await;
    }
}

#[tokio::test]
async fn who_says_no_under_an_old_address_is_not_written_to_under_the_present_one() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &[JAN, J]).await;
        let jan = named(&house, "Jan de Vries").await;
        let pair = waiting(&house).await.remove(0);
        same(&house, &pair, Some(jan.id)).await;
        house.engine.suppress_by_hand(&caller, "jdv@devriesbouw.example", "belde ons").await.unwrap();
        assert!(is_suppressed(&house, "jan@devriesbouw.example").await, "{}", house.db.name);
        let one = people(&house).await.remove(0);
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(lead::of_contact(&mut tx, one.id).await.unwrap().unwrap().state, LeadState::Blocked);
        drop(tx);
        house.close().await;
    }
}

#[tokio::test]
async fn an_address_to_which_no_mail_can_be_delivered_gives_way() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &[JAN, J]).await;
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let dead = EmailAddress::parse("jan@devriesbouw.example").unwrap();
        let entry = Suppression {
            key_hash: house.engine.keys().address_hash(&dead),
            kind: "email".to_owned(),
            hint: "j…@devriesbouw.example".to_owned(),
            reason: "hard_bounce".to_owned(),
            source: "test".to_owned(),
            created_by: None,
            created_at: support::tuesday_ten(),
        };
        suppression::insert(&mut tx, &entry).await.unwrap();
        tx.commit().await.unwrap();
        let jan = named(&house, "Jan de Vries").await;
        let pair = waiting(&house).await.remove(0);
        let view = house.engine.person_duplicate(&caller, pair.id, Some(jan.id)).await.unwrap();
        let email = view.facts.iter().find(|fact| fact.field == "email").unwrap();
        assert_eq!(email.survives.as_deref(), Some("jdv@devriesbouw.example"), "whoever is chosen");
        same(&house, &pair, Some(jan.id)).await;
        assert!(!is_suppressed(&house, "jdv@devriesbouw.example").await, "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn two_who_are_in_one_campaign_stay_two() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &[JAN, J]).await;
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let (campaign, t) = (CampaignId(Uuid::from_u128(41)), support::tuesday_ten());
        tx.execute(
            "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
                 state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
             VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 1, 1, 'active', $3, 0, 0, $3)",
            args![campaign, t],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
             VALUES ($1, $2, '', 'nl', 'paused', $2, '{}', $2, $3)",
            args![campaign, t],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position, created_at)
             SELECT l.workspace_id, l.id, $2, l.id, l.contact_id, l.company_id, 'stopped', 0, $3 FROM lead l
             WHERE l.workspace_id = $1",
            args![campaign, t],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let pair = waiting(&house).await.remove(0);
        let view = house.engine.person_duplicate(&caller, pair.id, None).await.unwrap();
        assert_eq!(view.obstacle, Some("merge_two_campaigns"), "{}", house.db.name);
        let refused =
            house.engine.decide_person_duplicate(&caller, pair.id, DuplicateDecision::Same, None).await;
        assert!(matches!(refused, Err(EngineError::Refused { code: "merge_two_campaigns", .. })));
        assert_eq!(people(&house).await.len(), 2, "nothing half done");
        house.close().await;
    }
}

#[tokio::test]
async fn who_is_erased_comes_back_under_none_of_their_names() {
    for house in houses().await {
        let caller = house.caller(Role::Owner);
        bring_in(&house, &[JAN, J]).await;
        let pair = waiting(&house).await.remove(0);
        let merged = same(&house, &pair, None).await;
        let one = people(&house).await.remove(0);
        house.engine.erase_contact(&caller, one.id).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert!(contact_alias::of_contacts(&mut tx, &[one.id]).await.unwrap().is_empty());
        assert!(contact_pair::of_contacts(&mut tx, &[one.id]).await.unwrap().is_empty());
        drop(tx);
        let refused = house.engine.undo_merge(&caller, merged.id).await;
        assert!(matches!(refused, Err(EngineError::Refused { code: "merge_erased", .. })), "{refused:?}");
        bring_in(&house, &[JAN, J, "J.;de;Vries;;;"]).await;
        assert_eq!(people(&house).await, [], "{}", house.db.name);
        house.close().await;
    }
}
