//! Companies, people, grounds, the marketing list, the profile and uploads.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::consent::Basis;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId, ImportId, LeadId, UserId};
use kiem_domain::lead::LeadState;
use kiem_domain::listing::{Condition, FilterField, FilterOp, ListKind, ListSort, on_marketing_list};
use kiem_domain::titles::{Department, Seniority};
use kiem_store::company::{self, Company, CompanyDetails, CompanyKey};
use kiem_store::contact::{self, Contact, TitledPerson};
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::ideal_profile::{self, StoredProfile};
use kiem_store::import;
use kiem_store::lead::{self, Lead};
use kiem_store::listing::{self, ListFilter};
use kiem_store::matching;
use kiem_store::suppression::{self, Suppression};
use kiem_store::{StoreError, Tx, args, erasure, gate, testing};
use uuid::Uuid;

fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

pub(crate) fn a_company(n: u128, name: &str) -> Company {
    Company {
        id: CompanyId(Uuid::from_u128(n)),
        name: name.to_owned(),
        name_key: name.to_lowercase(),
        domain: Some(format!("{}.example", name.to_lowercase())),
        kvk_number: Some(format!("{n:08}")),
        country: Some("NL".to_owned()),
        region: None,
        city: Some("Utrecht".to_owned()),
        industry: Some("Bouw".to_owned()),
        employees_n: Some(25),
        website: None,
        phone: None,
        details: CompanyDetails {
            street: Some("Dorpsstraat".to_owned()),
            house_number: Some("12-B".to_owned()),
            postcode: Some("1234 AB".to_owned()),
            register_number: Some(format!("04{n:08}")),
            vat_id: Some("NL001234567B01".to_owned()),
            lei: Some("529900T8BM49AURSDO55".to_owned()),
            legal_form: Some("B.V.".to_owned()),
            legal_form_source: Some("KVK".to_owned()),
            legal_form_on: Some(jiff::civil::date(2026, 11, 1)),
            is_non_mailing: true,
            linkedin_url: Some("https://www.linkedin.example/company/x".to_owned()),
            sbi_code: Some("01110".to_owned()),
            sbi_version: kiem_domain::audience::ActivityVersion::V2025,
            founded_on: Some("1998".to_owned()),
            revenue_cents: Some(1_250_000_00),
            revenue_currency: Some("EUR".to_owned()),
            site_technologies: Some("Shopify".to_owned()),
            site_words: Some("Wij bouwen\nNieuwe loods".to_owned()),
        },
        fit_score: None,
        fit_known_percent: 0,
        fit_reasons: "[]".to_owned(),
        source: "test".to_owned(),
        import_id: Some(ImportId(Uuid::from_u128(600))),
        created_at: now(),
        updated_at: now(),
    }
}

pub(crate) fn a_contact(n: u128, company: &Company, email: Option<&str>) -> Contact {
    Contact {
        id: ContactId(Uuid::from_u128(n)),
        company_id: company.id,
        given_name: Some("Jan".to_owned()),
        infix: Some("de".to_owned()),
        family_name: Some("Vries".to_owned()),
        name_key: "jan de vries".to_owned(),
        email: email.map(str::to_owned),
        email_origin: AddressOrigin::Guessed,
        phone: None,
        title: Some("Directeur".to_owned()),
        seniority: Some(Seniority::Director),
        department: Some(Department::General),
        linkedin_url: Some("https://www.linkedin.example/in/jan".to_owned()),
        language: None,
        time_zone: None,
        source: "test".to_owned(),
        created_at: now(),
        updated_at: now(),
        erased_at: None,
        inform_by: None,
    }
}

pub(crate) fn a_lead(n: u128, company: &Company, contact: &Contact, search: &str) -> Lead {
    Lead {
        id: LeadId(Uuid::from_u128(n)),
        contact_id: contact.id,
        company_id: company.id,
        state: LeadState::New,
        paused_until: None,
        approached_at: None,
        touched_at: None,
        engaged_at: None,
        warmth: i64::try_from(n % 3).unwrap(),
        cycle: 0,
        needs_look: false,
        sort_name: search.to_owned(),
        sort_company: company.name_key.clone(),
        country: company.country.clone(),
        industry: company.industry.clone(),
        fit_score: n.is_multiple_of(2).then_some(i64::try_from(n % 100).unwrap()),
        fit_known_percent: 50,
        import_id: None,
        created_at: now() + SignedDuration::from_secs(i64::try_from(n).unwrap()),
    }
}

#[tokio::test]
async fn companies_are_found_by_their_keys_and_stay_unique() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        let (a, b) = (a_company(1, "Jansen"), a_company(2, "Bakker"));
        company::insert_many(&mut tx, &[a.clone(), b.clone()]).await.unwrap();
        assert_eq!(company::get(&mut tx, a.id).await.unwrap(), Some(a.clone()), "{}", db.name);
        for (key, value) in [
            (CompanyKey::KvkNumber, "00000001"),
            (CompanyKey::Domain, "jansen.example"),
            (CompanyKey::NameKey, "jansen"),
            (CompanyKey::RegisterNumber, "0400000001"),
        ] {
            let found = company::by_keys(&mut tx, key, &[value.to_owned(), "x".to_owned()]).await.unwrap();
            assert_eq!(found, std::slice::from_ref(&a), "{key:?} {}", db.name);
        }
        assert_eq!(company::by_ids(&mut tx, &[b.id, a.id]).await.unwrap().len(), 2);
        assert_eq!(company::page(&mut tx, Some(a.id), 10).await.unwrap(), std::slice::from_ref(&b));
        assert_eq!(company::count(&mut tx).await.unwrap(), 2);
        let changed = Company { city: Some("Zeist".to_owned()), employees_n: None, ..a.clone() };
        let details = CompanyDetails { street: Some("Kerkweg".to_owned()), ..CompanyDetails::default() };
        let changed = Company { details, ..changed };
        assert!(company::update(&mut tx, &changed).await.unwrap());
        assert_eq!(company::get(&mut tx, a.id).await.unwrap(), Some(changed));
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        let twin =
            Company { id: CompanyId(Uuid::from_u128(3)), domain: b.domain.clone(), ..a_company(3, "Twin") };
        assert!(
            matches!(company::insert_many(&mut tx, &[twin]).await, Err(StoreError::Duplicate(_))),
            "{}",
            db.name
        );
        drop(tx);
        let mut tx = db.store.read(other).await.unwrap();
        assert_eq!(company::get(&mut tx, a.id).await.unwrap(), None, "another workspace sees nothing");
        drop(tx);
        db.remove().await;
    }
}

/// What the gate reads about a person with a ground, beside one without.
async fn the_gate_reads(tx: &mut Tx, eva: &Contact, on_list: &Lead, name: &str) {
    let people = gate::page(tx, None, 10).await.unwrap();
    let basis = |at: usize| people[at].ground.as_ref().map(|g| g.basis);
    assert_eq!((people.len(), basis(0), basis(1)), (2, Some(Basis::LegitimateInterest), None));
    let asked = gate::of_contacts(tx, &[eva.id, ContactId(Uuid::from_u128(0xdead))]).await.unwrap();
    assert_eq!(asked, people[..1], "some people are read as in the page, and nobody else: {name}");
    assert_eq!(gate::of_contacts(tx, &[]).await.unwrap(), []);
    assert_eq!(people.iter().filter_map(|row| row.lead_id).collect::<Vec<_>>(), [on_list.id]);
    let placed = gate::of_leads(tx, &[on_list.id, LeadId(Uuid::from_u128(0xdead))]).await.unwrap();
    assert_eq!(placed, asked, "by their place on the list: {name}");
    assert_eq!(gate::of_leads(tx, &[]).await.unwrap(), []);
    let one = asked[0].clone();
    assert_eq!((one.country.as_deref(), one.legal_form.as_deref()), (Some("NL"), Some("B.V.")));
    assert_eq!(one.legal_form_on, Some(jiff::civil::date(2026, 11, 1)));
    assert_eq!((one.is_non_mailing, one.email_origin), (true, AddressOrigin::Guessed));
    assert_eq!((one.phone, one.company_phone), (None, None));
    assert_eq!((one.has_postal_address, one.is_erased), (true, false));
    assert_eq!(one.fit_score, on_list.fit_score, "the fit of the person, not of the company");
    let ground = one.ground.unwrap();
    assert_eq!(ground.evidence_url.as_deref(), Some("https://jansen.example/contact"));
    assert_eq!((ground.proof.as_str(), ground.source.as_str()), ("kaartje", "beurs"));
    assert_eq!(gate::page(tx, Some(people[1].contact_id), 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_titles_say_is_written_while_they_are_what_was_read() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Jansen");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let (eva, jan) = (a_contact(10, &firm, Some("eva@jansen.example")), a_contact(11, &firm, None));
        let eva = Contact { title: Some("Eigenaar".to_owned()), seniority: Some(Seniority::Owner), ..eva };
        contact::insert_many(&mut tx, &[eva.clone(), jan.clone()], None).await.unwrap();
        let titled = contact::titled(&mut tx, None, 1).await.unwrap();
        assert_eq!((titled.len(), titled[0].id, titled[0].title.as_str()), (1, eva.id, "Eigenaar"));
        assert_eq!(contact::titled(&mut tx, Some(eva.id), 10).await.unwrap()[0].id, jan.id);
        assert!(contact::titled(&mut tx, Some(jan.id), 10).await.unwrap().is_empty());
        let read =
            TitledPerson { seniority: None, department: Some(Department::General), ..titled[0].clone() };
        let since = TitledPerson { title: "Stagiair".to_owned(), ..read.clone() };
        assert_eq!(contact::write_titles(&mut tx, &[since]).await.unwrap(), 0, "it was changed since");
        assert_eq!(contact::write_titles(&mut tx, std::slice::from_ref(&read)).await.unwrap(), 1);
        assert_eq!(contact::titled(&mut tx, None, 1).await.unwrap(), [read], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn people_grounds_and_erasure() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Jansen");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let eva = a_contact(10, &firm, Some("eva@jansen.example"));
        let jan = a_contact(11, &firm, None);
        contact::insert_many(&mut tx, &[eva.clone(), jan.clone()], None).await.unwrap();
        assert_eq!(eva.full_name(), "Jan de Vries");
        let found = contact::by_emails(&mut tx, &["eva@jansen.example".to_owned()]).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&eva), "{}", db.name);
        let named = contact::named_at(&mut tx, &[firm.id], &["jan de vries".to_owned()]).await.unwrap();
        assert_eq!(named.len(), 2, "{}", db.name);
        assert!(contact::named_at(&mut tx, &[firm.id], &["x".to_owned()]).await.unwrap().is_empty());
        assert_eq!(contact::of_company(&mut tx, firm.id, 10).await.unwrap().len(), 2);
        let on_list = a_lead(20, &firm, &eva, "jan de vries jansen");
        lead::insert_many(&mut tx, std::slice::from_ref(&on_list)).await.unwrap();
        let changed =
            Contact { title: Some("Eigenaar".to_owned()), seniority: Some(Seniority::Owner), ..eva.clone() };
        assert!(contact::update(&mut tx, &changed).await.unwrap());
        assert_eq!(contact::get(&mut tx, eva.id).await.unwrap(), Some(changed));

        let ground = DeclaredGround {
            basis: Basis::Consent,
            source: "beurs".to_owned(),
            source_detail: "kaartje".to_owned(),
            evidence_url: Some("https://jansen.example/contact".to_owned()),
            obtained_on: jiff::civil::date(2026, 11, 1),
            recorded_by: UserId(Uuid::from_u128(99)),
            recorded_at: now(),
        };
        let weaker = DeclaredGround { basis: Basis::LegitimateInterest, ..ground.clone() };
        let (first, second) = (ImportId(Uuid::from_u128(31)), ImportId(Uuid::from_u128(32)));
        ground::declare(&mut tx, first, &ground).await.unwrap();
        ground::declare(&mut tx, second, &weaker).await.unwrap();
        assert_eq!(ground::without(&mut tx, &[eva.id, jan.id]).await.unwrap(), [eva.id, jan.id]);
        ground::stand_on(&mut tx, &[eva.id], first).await.unwrap();
        ground::stand_on(&mut tx, &[eva.id, jan.id], second).await.unwrap();
        let of_eva = ground::of_contact(&mut tx, eva.id).await.unwrap();
        assert_eq!(of_eva, Some(ground), "a list replaces no ground");
        assert_eq!(ground::of_contact(&mut tx, jan.id).await.unwrap(), Some(weaker.clone()));
        let own = DeclaredGround { obtained_on: jiff::civil::date(2026, 11, 2), ..weaker.clone() };
        ground::put(&mut tx, eva.id, &own).await.unwrap();
        assert_eq!(ground::of_contact(&mut tx, eva.id).await.unwrap(), Some(own));
        assert_eq!(ground::of_contact(&mut tx, jan.id).await.unwrap(), Some(weaker), "the others' stays");
        assert!(ground::remove(&mut tx, jan.id).await.unwrap());
        the_gate_reads(&mut tx, &eva, &on_list, db.name).await;
        assert!(ground::remove(&mut tx, eva.id).await.unwrap());
        assert!(!ground::remove(&mut tx, eva.id).await.unwrap());

        assert!(contact::erase(&mut tx, eva.id, now()).await.unwrap());
        assert!(!contact::erase(&mut tx, eva.id, now()).await.unwrap(), "erased once");
        let erased = contact::get(&mut tx, eva.id).await.unwrap().unwrap();
        assert_eq!((erased.email, erased.family_name, erased.title), (None, None, None));
        let traces = erasure::Traces {
            contact: eva.id,
            email: Some("eva@jansen.example"),
            full_name: Some("Eva Jansen"),
            next_action: "",
        };
        erasure::wipe_traces(&mut tx, traces, now()).await.unwrap();
        let on_list = lead::get(&mut tx, on_list.id).await.unwrap().unwrap();
        assert_eq!((on_list.sort_name.as_str(), on_list.state), ("", LeadState::Blocked), "{}", db.name);
        assert!(!contact::update(&mut tx, &eva).await.unwrap(), "an erased person does not come back");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn the_list_pages_in_every_order_without_gaps_or_doubles() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = [a_company(1, "Jansen"), a_company(2, "Bakker")];
        company::insert_many(&mut tx, &firms).await.unwrap();
        let mut leads = Vec::new();
        for n in 10..35_u128 {
            let firm = &firms[usize::try_from(n % 2).unwrap()];
            let person = a_contact(n, firm, None);
            contact::insert_many(&mut tx, std::slice::from_ref(&person), None).await.unwrap();
            leads.push(a_lead(n, firm, &person, &format!("naam {} 100%_zeker", n % 7)));
        }
        lead::insert_many(&mut tx, &leads).await.unwrap();
        for sort in ListSort::ALL.iter().copied().filter(|sort| sort.is_of(ListKind::People)) {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = listing::page(&mut tx, &people(vec![]), sort, cursor.as_ref(), 4).await.unwrap();
                seen.extend(page.ids());
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            let whole = listing::page(&mut tx, &people(vec![]), sort, None, 100).await.unwrap().ids();
            assert_eq!(seen, whole, "{sort} {}", db.name);
            assert_eq!(seen.len(), 25);
        }
        let by_fit = listing::page(&mut tx, &people(vec![]), ListSort::Fit, None, 100).await.unwrap().ids();
        let rows = lead::rows(&mut tx, &by_fit).await.unwrap();
        assert_eq!((rows[0].lead.fit_score, rows[0].company_name.as_str()), (Some(34), "Jansen"));
        assert_eq!(rows[24].lead.fit_score, None, "unknown fit stands last");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

fn people(conditions: Vec<Condition>) -> ListFilter {
    ListFilter { list: ListKind::People, words: Vec::new(), conditions }
}

/// The leads that a filter shows, the oldest first.
async fn listed(tx: &mut Tx, filter: &ListFilter) -> Vec<LeadId> {
    let page = listing::page(tx, filter, ListSort::Newest, None, 100).await.unwrap();
    page.ids().into_iter().rev().map(LeadId).collect()
}

/// Eva, Jan who was approached, and Eva in Belgium who came with an upload.
async fn three_leads(tx: &mut Tx, firm: &Company, import: ImportId) -> Vec<Lead> {
    let mut leads = Vec::new();
    for (n, search) in [(10_u128, "eva jansen 100% zeker"), (11, "jan jansen"), (12, "eva bakker")] {
        let person = a_contact(n, firm, None);
        contact::insert_many(tx, std::slice::from_ref(&person), None).await.unwrap();
        leads.push(a_lead(n, firm, &person, search));
    }
    leads[1].state = LeadState::Approached;
    leads[1].approached_at = Some(now());
    leads[1].needs_look = true;
    leads[2].country = Some("BE".to_owned());
    leads[2].import_id = Some(import);
    lead::insert_many(tx, &leads).await.unwrap();
    leads
}

#[tokio::test]
async fn the_marketing_list_shows_and_counts_the_same_leads() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Jansen");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let import = ImportId(Uuid::from_u128(5));
        let leads = three_leads(&mut tx, &firm, import).await;
        let one = |field, op, value: &str| {
            vec![Condition::new(ListKind::People, field, op, [value.to_owned()]).unwrap()]
        };
        let is = |field, value: &str| one(field, FilterOp::Is, value);
        for (conditions, expected) in [
            (vec![], vec![10_u128, 11, 12]),
            (is(FilterField::State, "approached"), vec![11]),
            (one(FilterField::Fit, FilterOp::AtLeast, "0"), vec![10, 12]),
            (is(FilterField::Country, "BE"), vec![12]),
            ([is(FilterField::Industry, "Bouw"), is(FilterField::Approached, "no")].concat(), vec![10, 12]),
            (is(FilterField::NeedsLook, "yes"), vec![11]),
            (is(FilterField::NeedsLook, "no"), vec![10, 12]),
            (is(FilterField::Import, &import.to_string()), vec![12]),
            (is(FilterField::Campaign, &Uuid::from_u128(7).to_string()), vec![]),
        ] {
            let filter = people(on_marketing_list(conditions));
            let expected: Vec<LeadId> = expected.into_iter().map(|n| LeadId(Uuid::from_u128(n))).collect();
            assert_eq!(listed(&mut tx, &filter).await, expected, "{filter:?} {}", db.name);
            let counted = listing::count(&mut tx, &filter, 100).await.unwrap();
            let n = i64::try_from(expected.len()).unwrap();
            assert_eq!((counted.n, counted.is_exact), (n, true), "{filter:?} {}", db.name);
        }
        let everybody = people(on_marketing_list(vec![]));
        let counted = listing::count(&mut tx, &everybody, 2).await.unwrap();
        assert_eq!((counted.n, counted.is_exact), (2, false), "counted up to a limit");
        assert_eq!(lead::countries(&mut tx, 10).await.unwrap(), ["NL", "BE"], "most common first");
        assert_eq!(lead::industries(&mut tx, 10).await.unwrap(), ["Bouw"]);

        let approached = &[LeadState::Approached];
        assert!(lead::set_state(&mut tx, leads[1].id, approached, LeadState::Promoted, None).await.unwrap());
        let ids = listed(&mut tx, &everybody).await;
        assert_eq!(ids, [leads[0].id, leads[2].id], "who became a prospect has left the marketing list");
        let sales = people(on_marketing_list(is(FilterField::State, "promoted")));
        assert_eq!(listed(&mut tx, &sales).await, [leads[1].id]);

        let id = leads[0].id;
        let until = now() + SignedDuration::from_hours(24);
        assert!(
            lead::set_state(&mut tx, id, &[LeadState::New], LeadState::Paused, Some(until)).await.unwrap()
        );
        assert!(!lead::set_state(&mut tx, id, &[LeadState::New], LeadState::Blocked, None).await.unwrap());
        let copies = Lead { sort_name: "nieuw".to_owned(), fit_score: Some(77), ..leads[0].clone() };
        lead::update_copies(&mut tx, [&copies]).await.unwrap();
        let got = lead::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((got.state, got.paused_until, got.fit_score), (LeadState::Paused, Some(until), Some(77)));
        assert_eq!(lead::of_contact(&mut tx, got.contact_id).await.unwrap(), Some(got));
        assert_eq!(lead::of_company(&mut tx, firm.id, 10).await.unwrap().len(), 3);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn the_newest_profile_is_in_use() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(ideal_profile::latest(&mut tx).await.unwrap(), None);
        let by = UserId(Uuid::from_u128(1));
        for version in [1, 2] {
            let profile = StoredProfile {
                version,
                definition: format!("{{\"v\":{version}}}"),
                created_by: by,
                created_at: now(),
                restored_from: (version == 2).then_some(1),
            };
            ideal_profile::insert(&mut tx, &profile).await.unwrap();
        }
        assert_eq!(ideal_profile::latest(&mut tx).await.unwrap().unwrap().version, 2);
        assert_eq!(ideal_profile::get(&mut tx, 1).await.unwrap().unwrap().definition, "{\"v\":1}");
        assert_eq!(ideal_profile::get(&mut tx, 3).await.unwrap(), None);
        let all = ideal_profile::list(&mut tx, 10).await.unwrap();
        let listed: Vec<_> = all.iter().map(|l| (l.profile.version, l.profile.restored_from)).collect();
        assert_eq!(listed, [(2, Some(1)), (1, None)], "newest first");
        assert_eq!(all[0].created_by_name, None, "nobody here has that id");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn many_are_suppressed_at_once_and_the_first_entry_stays() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let entry = |n: u8, reason: &str| Suppression {
            key_hash: vec![n],
            kind: "email".to_owned(),
            hint: "e…@klant.example".to_owned(),
            reason: reason.to_owned(),
            source: "lijst.csv".to_owned(),
            created_by: None,
            created_at: now(),
        };
        assert_eq!(suppression::insert_many(&mut tx, &[entry(1, "imported")]).await.unwrap(), 1);
        let again = [entry(1, "manual"), entry(2, "manual")];
        assert_eq!(suppression::insert_many(&mut tx, &again).await.unwrap(), 1);
        assert_eq!(suppression::count(&mut tx).await.unwrap(), 2);
        let listed = suppression::list(&mut tx, now() + SignedDuration::from_secs(1), 10).await.unwrap();
        assert_eq!(listed.iter().filter(|e| e.reason == "imported").count(), 1, "{}", db.name);
        let why = suppression::reasons(&mut tx, &[vec![1], vec![9]]).await.unwrap();
        assert_eq!(why, [(vec![1], "imported".to_owned())]);
        assert!(suppression::remove(&mut tx, &[1]).await.unwrap());
        assert_eq!(suppression::found(&mut tx, &[vec![1], vec![2]]).await.unwrap(), [vec![2]]);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn an_upload_that_runs_during_an_update_keeps_its_file() {
    for db in testing::both_after(7).await {
        let workspace = db.workspace(1, now()).await;
        let (running, over) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut tx = db.store.begin(workspace).await.unwrap();
        for (id, state, file) in [(running, "running", Some(&b"a;b"[..])), (over, "finished", None)] {
            tx.execute(
                "INSERT INTO import_run (workspace_id, id, file_name, file_hash, file, state, dialect, mapping, ground,
                     n_rows, n_done, n_companies_created, n_companies_matched, n_contacts_created,
                     n_contacts_matched, n_errors, n_suppressed, created_by, created_at)
                 VALUES ($1, $2, 'a.csv', $3, $4, $5, '{}', '[]', '{}', 2, 1, 0, 0, 0, 0, 0, 0, $2, $6)",
                args![id, vec![0_u8], file, state, now()],
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        db.store.migrate().await.unwrap();
        let mut tx = db.store.read(workspace).await.unwrap();
        let file = import::file(&mut tx, ImportId(running)).await.unwrap();
        assert_eq!(file.as_deref(), Some(&b"a;b"[..]), "{}", db.name);
        assert_eq!(import::get(&mut tx, ImportId(running)).await.unwrap().unwrap().progress.n_done, 1);
        assert_eq!(import::file(&mut tx, ImportId(over)).await.unwrap(), None);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_objected_stays_on_the_list_and_companies_are_found_anew_after_an_update() {
    for db in testing::both_after(30).await {
        let workspace = db.workspace(1, now()).await;
        let entry = Suppression {
            key_hash: vec![1],
            kind: "email".to_owned(),
            hint: "e…@klant.example".to_owned(),
            reason: "objection".to_owned(),
            source: "brief".to_owned(),
            created_by: None,
            created_at: now(),
        };
        let firm = CompanyId(Uuid::from_u128(1));
        let mut tx = db.store.begin(workspace).await.unwrap();
        assert!(suppression::insert(&mut tx, &entry).await.unwrap());
        tx.execute(
            "INSERT INTO company (workspace_id, id, name, name_key, fit_known_percent, fit_reasons, source, created_at,
                 updated_at)
             VALUES ($1, $2, 'Van der Meer', 'van der meer', 0, '[]', 'list', $3, $3)",
            args![firm, now()],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        db.store.migrate().await.unwrap();
        let mut tx = db.store.begin(workspace).await.unwrap();
        let number = Suppression { key_hash: vec![2], kind: "phone".to_owned(), ..entry };
        assert!(suppression::insert(&mut tx, &number).await.unwrap(), "{}", db.name);
        let found = suppression::found(&mut tx, &[vec![1], vec![2]]).await.unwrap();
        assert_eq!(found.len(), 2, "{}", db.name);
        assert_eq!(matching::waiting(&mut tx, 10).await.unwrap(), [firm], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_was_staff_is_an_individual_contributor_after_an_update() {
    for db in testing::both_after(8).await {
        let workspace = db.workspace(1, now()).await;
        let id = Uuid::from_u128(1);
        let mut tx = db.store.begin(workspace).await.unwrap();
        tx.execute(
            "INSERT INTO company (workspace_id, id, name, name_key, fit_known_percent, fit_reasons, source, created_at,
                 updated_at)
             VALUES ($1, $2, 'A', 'a', 0, '[]', 'list', $3, $3)",
            args![id, now()],
        )
        .await
        .unwrap();
        for (n, seniority) in [(1, Some("staff")), (2, Some("head")), (3, None)] {
            tx.execute(
                "INSERT INTO contact (workspace_id, id, company_id, name_key, seniority, source, created_at, updated_at)
                 VALUES ($1, $2, $3, 'a', $4, 'list', $5, $5)",
                args![Uuid::from_u128(n), id, seniority, now()],
            )
            .await
            .unwrap();
        }
        let definition = r#"{"title_words":["staff"],"seniorities":["staff","owner"]}"#;
        for (version, definition) in [(1, definition), (2, "{}")] {
            tx.execute(
                "INSERT INTO ideal_profile (workspace_id, version, definition, created_by, created_at)
                 VALUES ($1, $2, $3, $4, $5)",
                args![version, definition, id, now()],
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        db.store.migrate().await.unwrap();
        let mut tx = db.store.read(workspace).await.unwrap();
        for (n, seniority) in [(1, Some(Seniority::Ic)), (2, Some(Seniority::Head)), (3, None)] {
            let person = contact::get(&mut tx, ContactId(Uuid::from_u128(n))).await.unwrap().unwrap();
            assert_eq!(person.seniority, seniority, "{}", db.name);
        }
        let sql = "SELECT definition FROM ideal_profile WHERE workspace_id = $1 ORDER BY version";
        let rows = tx.fetch_all(sql, args![]).await.unwrap();
        let stored: Vec<String> = rows.iter().map(|row| row.get("definition").unwrap()).collect();
        assert_eq!(
            stored,
            [r#"{"title_words":["staff"],"seniorities":["ic","owner"]}"#, "{}"],
            "{}",
            db.name
        );
        drop(tx);
        db.remove().await;
    }
}
