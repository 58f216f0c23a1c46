//! Rounds over companies' websites, against real sites on the loopback and a real database: what is kept, what it does, and
//! what a stop, a crash and a hostile site do to it.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use std::time::Duration;

use kiem::engine::audience::CompanyEdit;
use kiem::engine::people::workspaces::WorkspaceChange;
use kiem::engine::website::RoundOrder;
use kiem::engine::{Caller, Clock, EngineError, Role};
use kiem_adapters::website::Limits;
use kiem_adapters::website::forest::{Leaf, Tree};
use kiem_domain::audience::{Ask, IdealProfile, Importance, Wish};
use kiem_domain::consent::Basis;
use kiem_domain::id::{CompanyId, ContactId, WebsiteRunId};
use kiem_domain::lead::LeadState;
use kiem_domain::website::ReadingOutcome;
use kiem_store::company::Company;
use kiem_store::testing;
use kiem_store::website::WebsiteFact;
use kiem_store::website_run::{self, RunState, WebsiteRun};
use kiem_store::{args, company, contact, ground, host_turn, lead, suppression};
use support::{House, tuesday_ten};
use uuid::Uuid;

/// The first company of `House::lead`.
const DAK: CompanyId = CompanyId(Uuid::from_u128((1 << 16) + 1));
const DAK_CONTACT: ContactId = ContactId(Uuid::from_u128((1 << 16) + 2));

const HOME: &str = r#"<html lang=nl><title>Dak</title>
    <meta name=description content="Wij dekken daken in heel Utrecht, sinds 1950, met eigen mensen.">
    <p>Offertes en aanbiedingen: <a href="mailto:inkoop@dak.example">inkoop@dak.example</a>
    <nav><a href=/contact>Contact</a> <a href=/team>Ons team</a></nav>"#;
const CONTACT: &str = r"<p>Kerkstraat 12<br>3511 AB Utrecht<p>Tel. 030-1234567
    <footer>KvK 30123456, btw NL004495445B01";
const TEAM: &str =
    r#"<h3>Jan de Vries</h3><p>Directeur<p><a href="mailto:jan@dak.example">jan@dak.example</a>"#;

async fn houses() -> [House; 2] {
    let open = |name: &str| (name == "KIEM_ALLOW_PRIVATE_ADDRESSES").then(|| "true".to_owned());
    let mut houses = [
        House::on(testing::sqlite().await, Clock::manual(tuesday_ten()), open).await,
        House::on(testing::postgres().await, Clock::manual(tuesday_ten()), open).await,
    ];
    for house in &mut houses {
        // In practice mode nothing leaves the machine.
        house.live().await;
        house.engine = house.engine.clone().with_website_limits(Limits {
            gap: Duration::from_millis(10),
            answer_max: Duration::from_secs(1),
            reading_max: Duration::from_secs(10),
            ..Limits::default()
        });
    }
    houses
}

async fn dak() -> Tree {
    Tree::grow(&[
        ("/", Leaf::Html(HOME.to_owned())),
        ("/contact", Leaf::Html(CONTACT.to_owned())),
        ("/team", Leaf::Html(TEAM.to_owned())),
    ])
    .await
}

/// A company with a site, and one person with an address.
async fn firm(house: &House, n: u32, name: &str, site: &str) -> CompanyId {
    let domain = format!("{}.example", name.to_lowercase());
    house.lead(n, &format!("inkoop@{domain}"), "Eva", "Smit", name).await;
    let id = CompanyId(Uuid::from_u128((u128::from(n) << 16) + 1));
    site_is(house, id, site).await;
    id
}

async fn site_is(house: &House, company: CompanyId, site: &str) {
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let sql = "UPDATE company SET website = $3 WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, args![company, site]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn begin(house: &House, companies: &[CompanyId]) -> WebsiteRun {
    // Longer than the gap between two readings of a host.
    house.advance(jiff::SignedDuration::from_secs(1));
    let order = RoundOrder::Companies(companies.to_vec());
    house.engine.begin_website_round(&house.caller(Role::Marketing), &order).await.unwrap()
}

async fn read(house: &House, companies: &[CompanyId]) -> WebsiteRun {
    let run = begin(house, companies).await;
    house.run_jobs().await;
    round(house, run.id).await
}

async fn round(house: &House, id: WebsiteRunId) -> WebsiteRun {
    house.engine.website_round(&house.caller(Role::ReadOnly), id).await.unwrap()
}

async fn facts(house: &House, id: CompanyId) -> Vec<WebsiteFact> {
    house.engine.company_website(&house.caller(Role::ReadOnly), id).await.unwrap().facts
}

fn values<'a>(facts: &'a [WebsiteFact], kind: &str) -> Vec<&'a str> {
    facts.iter().filter(|f| f.kind.as_str() == kind).map(|f| f.value.as_str()).collect()
}

async fn outcome(house: &House, id: CompanyId) -> ReadingOutcome {
    let site = house.engine.company_website(&house.caller(Role::ReadOnly), id).await.unwrap();
    site.reading.expect("it was tried").outcome
}

async fn stored(house: &House, id: CompanyId) -> Company {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    company::get(&mut tx, id).await.unwrap().unwrap()
}

async fn want_people(house: &House, wanted: bool) {
    let change = WorkspaceChange { website_people: Some(wanted), ..WorkspaceChange::default() };
    house.engine.change_workspace(&house.caller(Role::Manager), &change).await.unwrap();
}

#[tokio::test]
async fn a_site_that_is_read_fills_blanks_and_leaves_what_is_known() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let known = CompanyEdit {
            name: "Dak".to_owned(),
            website: "dak.example".to_owned(),
            country: "NL".to_owned(),
            city: "Utrecht".to_owned(),
            phone: "020-7654321".to_owned(),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&house.caller(Role::Marketing), DAK, known).await.unwrap();
        site_is(&house, DAK, &tree.url("/")).await;
        let run = read(&house, &[DAK]).await;
        assert_eq!(
            (run.state, run.counts.n_done, run.counts.n_read),
            (RunState::Finished, 1, 1),
            "{}",
            house.db.name
        );
        assert_eq!(outcome(&house, DAK).await, ReadingOutcome::Read);

        let firm = stored(&house, DAK).await;
        assert_eq!(firm.kvk_number.as_deref(), Some("30123456"));
        assert_eq!(firm.details.vat_id.as_deref(), Some("NL004495445B01"));
        assert_eq!(firm.details.postcode.as_deref(), Some("3511 AB"));
        assert_eq!(firm.phone.as_deref(), Some("+31207654321"), "somebody typed it in");
        assert_eq!(run.counts.n_filled, 4);

        let found = facts(&house, DAK).await;
        let kvk = found.iter().find(|f| f.kind.as_str() == "kvk").unwrap();
        assert_eq!((kvk.url.as_str(), kvk.content_hash.len()), (tree.url("/contact").as_str(), 64));
        assert!(kvk.snippet.contains("KvK 30123456"), "{}", kvk.snippet);
        assert_eq!(values(&found, "description").len(), 1);
        let detail = house.engine.company(&house.caller(Role::ReadOnly), DAK).await.unwrap();
        let typed = |field: &str| detail.sources.iter().find(|t| t.field == field).unwrap();
        assert_eq!(
            typed("kvk_number").page.as_deref(),
            Some(tree.url("/contact").as_str()),
            "the source is told"
        );
        assert_eq!((typed("phone").page.as_deref(), typed("phone").by.as_deref()), (None, Some("marketing")));

        // What was filled in is compared from then on: the number on the site finds the company.
        let same = CompanyEdit {
            name: "Iets heel anders".to_owned(),
            kvk_number: "30123456".to_owned(),
            country: "NL".to_owned(),
            ..CompanyEdit::default()
        };
        let checked = house.engine.check_company(&house.caller(Role::ReadOnly), &same).await.unwrap();
        assert_eq!(checked.found.iter().map(|one| one.company).collect::<Vec<_>>(), [DAK]);

        // Read again: the facts are replaced, and nothing is filled twice.
        let again = read(&house, &[DAK]).await;
        assert_eq!((again.counts.n_filled, facts(&house, DAK).await.len()), (0, found.len()));
        house.close().await;
    }
}

#[tokio::test]
async fn what_a_site_says_counts_for_the_fit_and_no_longer_when_it_closes() {
    for house in houses().await {
        let page = r#"<html lang=nl><title>Dak</title><script src="https://cdn.shopify.com/s/x.js"></script>
            <meta name=description content="Groothandel in dakbedekking, met eigen webshops en montage.">"#;
        let tree = Tree::grow(&[("/", Leaf::Html(page.to_owned()))]).await;
        let closed = Tree::grow(&[("/robots.txt", Leaf::text("User-agent: *\nDisallow: /\n"))]).await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let marketing = house.caller(Role::Marketing);
        let wish = |ask| Wish { ask, importance: Importance::Wanted(10) };
        let words = ["webshop", "dakpan"].map(str::to_owned).to_vec();
        let profile = IdealProfile { wishes: vec![wish(Ask::SiteWords(words))], ..IdealProfile::default() };
        house.engine.put_ideal_profile(&marketing, &profile, None).await.unwrap();
        house.run_jobs().await;
        let known = async || {
            let firm = stored(&house, DAK).await;
            let mut tx = house.db.store.read(house.workspace).await.unwrap();
            let on_list = lead::of_contact(&mut tx, DAK_CONTACT).await.unwrap().unwrap();
            (firm.fit_score, firm.fit_known_percent, on_list.fit_score)
        };
        assert_eq!(known().await, (None, 0, None), "a site that was not read is unknown, not a miss");
        read(&house, &[DAK]).await;
        assert_eq!(known().await, (Some(100), 100, Some(100)), "{}", house.db.name);
        let counted = house.engine.count_fit(&marketing, &profile).await.unwrap();
        assert_eq!(
            (counted.wishes[0].n_match, counted.wishes[0].n_unknown),
            (1, 0),
            "the live count sees it too"
        );
        let before = stored(&house, DAK).await.updated_at;
        read(&house, &[DAK]).await;
        assert_eq!(stored(&house, DAK).await.updated_at, before, "the same again is no change");

        // Scored anew with another profile, without a new reading.
        let other = IdealProfile {
            wishes: vec![wish(Ask::Technology(vec!["Nergens".to_owned()]))],
            ..IdealProfile::default()
        };
        house.engine.put_ideal_profile(&marketing, &other, None).await.unwrap();
        house.run_jobs().await;
        assert_eq!(known().await, (Some(0), 100, Some(0)), "read, and not made with it");

        site_is(&house, DAK, &closed.url("/")).await;
        read(&house, &[DAK]).await;
        assert_eq!(known().await, (None, 0, None), "who closes the door is not known any more");
        house.close().await;
    }
}

#[tokio::test]
async fn people_are_kept_only_when_the_workspace_wants_them_and_go_when_it_does_not() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        read(&house, &[DAK]).await;
        let found = facts(&house, DAK).await;
        assert!(values(&found, "person").is_empty(), "nobody by default");
        assert_eq!(values(&found, "email"), ["inkoop@dak.example"], "an address of a role is nobody's");

        want_people(&house, true).await;
        read(&house, &[DAK]).await;
        let found = facts(&house, DAK).await;
        assert_eq!(values(&found, "person"), ["Jan de Vries"]);
        let marketing = house.caller(Role::Marketing);
        let jan = found.iter().find(|f| f.kind.as_str() == "person").unwrap();
        let added = house.engine.add_from_website(&marketing, jan.id, false).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let person = contact::get(&mut tx, added.contact).await.unwrap().unwrap();
        assert_eq!((person.full_name().as_str(), person.company_id), ("Jan de Vries", DAK));
        assert_eq!(person.source, format!("website {}", tree.url("/team")));
        assert_eq!(person.title.as_deref(), Some("Directeur"));
        assert!(ground::of_contact(&mut tx, person.id).await.unwrap().is_none(), "being named is no ground");
        drop(tx);
        let twice = house.engine.add_from_website(&marketing, jan.id, false).await;
        assert!(matches!(twice, Err(EngineError::Refused { code: "contact_exists", .. })), "{twice:?}");

        house.advance(jiff::SignedDuration::from_hours(24 * 29));
        house.engine.clean_up(house.workspace).await.unwrap();
        assert!(values(&facts(&house, DAK).await, "person").is_empty(), "a proposal is no archive of people");
        read(&house, &[DAK]).await;
        assert_eq!(values(&facts(&house, DAK).await, "person").len(), 1);

        want_people(&house, false).await;
        let found = facts(&house, DAK).await;
        assert!(values(&found, "person").is_empty(), "switched off, they are forgotten at once");
        assert_eq!(values(&found, "email"), ["inkoop@dak.example"]);
        house.close().await;
    }
}

#[tokio::test]
async fn who_asks_for_no_acquisition_is_suppressed_with_the_words() {
    for house in houses().await {
        let words = "<p>inkoop@dak.example. Acquisitie wordt niet op prijs gesteld.";
        let tree = Tree::grow(&[("/", Leaf::Html(words.to_owned()))]).await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let run = read(&house, &[DAK]).await;
        assert_eq!(run.counts.n_suppressed, 2, "the address and, as a sentence for everybody, the domain");
        let marketing = house.caller(Role::Marketing);
        let (list, _) = house.engine.suppressions(&marketing, None, 10).await.unwrap();
        let entry = list.iter().find(|e| e.kind == "email").unwrap();
        assert_eq!(entry.reason, "objection");
        assert!(
            entry.source.contains("niet op prijs gesteld") && entry.source.contains(&tree.url("/")),
            "{}",
            entry.source
        );
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let on_list = lead::of_contact(&mut tx, DAK_CONTACT).await.unwrap().unwrap();
        assert_eq!(on_list.state, LeadState::Blocked);
        drop(tx);
        // A person who takes it off, knowing what the site says, is not overruled by the next reading.
        for entry in &list {
            house.engine.unsuppress(&marketing, &entry.key_hash, "zij belden ons").await.unwrap();
        }
        assert_eq!(read(&house, &[DAK]).await.counts.n_suppressed, 0, "{}", house.db.name);
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert_eq!(suppression::count(&mut tx).await.unwrap(), 0);
        drop(tx);
        house.close().await;
    }
}

#[tokio::test]
async fn a_sentence_to_recruiters_and_a_customer_are_left_alone() {
    for house in houses().await {
        let tree = Tree::grow(&[
            ("/", Leaf::Html("<a href=/vacatures>Vacatures</a>".to_owned())),
            (
                "/vacatures",
                Leaf::Html("<h2>Dakdekker</h2><p>Acquisitie wordt niet op prijs gesteld.".to_owned()),
            ),
        ])
        .await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let run = read(&house, &[DAK]).await;
        assert_eq!((run.counts.n_read, run.counts.n_suppressed), (1, 0), "{}", house.db.name);

        // Who came to us is written to all the same: the sentence is for strangers.
        let other =
            Tree::grow(&[("/", Leaf::Html("<p>Acquisitie wordt niet op prijs gesteld.".to_owned()))]).await;
        let known = firm(&house, 2, "Klant", &other.url("/")).await;
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        tx.execute(
            "INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, rule, reason_nl, reason_en,
                 promoted_at, step_since, response_due_at, currency, chance_percent, sort_company, search_text, version)
             VALUES ($1, $2, $3, $4, $5, 'to_qualify', 'to_qualify', 'R1', '', '', $6, $6, $6, 'EUR', 10, '', '', 1)",
            args![
                Uuid::from_u128(77),
                known,
                Uuid::from_u128((2 << 16) + 2),
                support::user_id(0),
                house.clock.now()
            ],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(read(&house, &[known]).await.counts.n_suppressed, 0, "{}", house.db.name);
        assert_eq!(values(&facts(&house, known).await, "no_approach"), ["yes"], "but it is told");
        house.close().await;
    }
}

#[tokio::test]
async fn a_page_proves_a_designation_and_a_person_decides_what_is_one() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        tx.execute("UPDATE ground SET evidence_url = NULL WHERE workspace_id = $1", vec![]).await.unwrap();
        let closed = house.engine.gate_for(&mut tx, DAK_CONTACT).await.unwrap();
        assert_eq!(closed.reason().map(|r| r.as_str()), Some("designation_unproven"));
        tx.commit().await.unwrap();
        read(&house, &[DAK]).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let ground = ground::of_contact(&mut tx, DAK_CONTACT).await.unwrap().unwrap();
        assert_eq!(ground.evidence_url, Some(tree.url("/")), "{}", house.db.name);
        assert_eq!(ground.source_detail, "Aanbiedingen graag hierheen", "the words are the person's");
        drop(tx);

        // Without a ground nothing is made up: a person says that the page invites it.
        let marketing = house.caller(Role::Marketing);
        house.engine.remove_ground(&marketing, DAK_CONTACT).await.unwrap();
        read(&house, &[DAK]).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        assert!(ground::of_contact(&mut tx, DAK_CONTACT).await.unwrap().is_none());
        drop(tx);
        let found = facts(&house, DAK).await;
        let address = found.iter().find(|f| f.kind.as_str() == "email").unwrap();
        // A proof must stand on the web; this machine is not.
        let page = "https://dak.example/contact";
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let sql = "UPDATE website_fact SET url = $3 WHERE workspace_id = $1 AND id = $2";
        tx.execute(sql, args![address.id, page]).await.unwrap();
        tx.commit().await.unwrap();
        let added = house.engine.add_from_website(&marketing, address.id, true).await.unwrap();
        assert_eq!(added.contact, DAK_CONTACT);
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let ground = ground::of_contact(&mut tx, DAK_CONTACT).await.unwrap().unwrap();
        assert_eq!((ground.basis, ground.evidence_url), (Basis::DesignatedAddress, Some(page.to_owned())));
        assert!(ground.source_detail.contains("Offertes en aanbiedingen"), "{}", ground.source_detail);
        drop(tx);
        let kvk = found.iter().find(|f| f.kind.as_str() == "kvk").unwrap();
        let no_person = house.engine.add_from_website(&marketing, kvk.id, false).await;
        assert!(
            matches!(no_person, Err(EngineError::Refused { code: "website_no_contact", .. })),
            "{no_person:?}"
        );
        house.close().await;
    }
}

#[tokio::test]
async fn refusals_and_hostile_sites_are_told_and_stop_nobody_else() {
    for house in houses().await {
        let closed = Tree::grow(&[
            ("/robots.txt", Leaf::text("User-agent: *\nDisallow: /\n")),
            ("/", Leaf::Html(CONTACT.to_owned())),
        ])
        .await;
        let (silent, endless) =
            (Tree::grow(&[("*", Leaf::Silent)]).await, Tree::grow(&[("/", Leaf::Endless)]).await);
        let later =
            Tree::grow(&[("/", Leaf::status("429 Too Many Requests", "retry-after: 3600\r\n"))]).await;
        let good = dak().await;
        let sites =
            [("Toe", &closed), ("Stil", &silent), ("Door", &endless), ("Later", &later), ("Goed", &good)];
        let mut ids = Vec::new();
        for (n, (name, tree)) in (1..).zip(sites) {
            ids.push(firm(&house, n, name, &tree.url("/")).await);
        }
        house.lead(9, "eva@gmail.com", "Eva", "Zonder", "Zonder Site").await;
        let without = CompanyId(Uuid::from_u128((9 << 16) + 1));
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        tx.execute("UPDATE company SET domain = NULL WHERE workspace_id = $1 AND id = $2", args![without])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        ids.push(without);

        let run = read(&house, &ids).await;
        assert_eq!((run.state, run.counts.n_done), (RunState::Finished, 6), "{}", house.db.name);
        assert_eq!((run.counts.n_read, run.counts.n_refused), (1, 5));
        use ReadingOutcome as O;
        for (id, expected) in
            ids.iter().zip([O::Robots, O::RobotsUnreadable, O::TooLarge, O::Later, O::Read, O::NoSite])
        {
            assert_eq!(outcome(&house, *id).await, expected, "{}", house.db.name);
        }
        assert_eq!(closed.paths(), ["/robots.txt"], "who allows nothing is asked nothing more");
        let refused = house.engine.website_refused(&house.caller(Role::ReadOnly), run.id).await.unwrap();
        let told: Vec<_> = refused.sites.iter().map(|site| (site.company_id, site.outcome)).collect();
        let expected = [O::Robots, O::RobotsUnreadable, O::TooLarge, O::Later].into_iter();
        let mut expected: Vec<_> = ids.iter().copied().zip(expected).collect();
        expected.push((without, O::NoSite));
        assert_eq!(told, expected, "each with its reason, in the order of the round");
        assert!(refused.reasons.iter().all(|(_, n)| *n == 1) && refused.reasons.len() == 5);

        // Who asked to come back later is not asked before, whoever presses the button.
        let n_asked = later.paths().len();
        read(&house, &ids[3..4]).await;
        assert_eq!((later.paths().len(), outcome(&house, ids[3]).await), (n_asked, O::Later));
        house.advance(jiff::SignedDuration::from_secs(3_601));
        read(&house, &ids[3..4]).await;
        assert!(later.paths().len() > n_asked);
        house.close().await;
    }
}

#[tokio::test]
async fn a_site_that_is_closed_later_is_forgotten_and_one_that_is_down_is_not() {
    for house in houses().await {
        let (tree, closed) =
            (dak().await, Tree::grow(&[("/robots.txt", Leaf::text("User-agent: *\nDisallow: /\n"))]).await);
        firm(&house, 1, "Dak", &tree.url("/")).await;
        read(&house, &[DAK]).await;
        let n = facts(&house, DAK).await.len();
        site_is(&house, DAK, "http://127.0.0.1:1/").await;
        read(&house, &[DAK]).await;
        assert_eq!(
            (outcome(&house, DAK).await, facts(&house, DAK).await.len()),
            (ReadingOutcome::Unreachable, n)
        );
        site_is(&house, DAK, &closed.url("/")).await;
        read(&house, &[DAK]).await;
        assert_eq!(outcome(&house, DAK).await, ReadingOutcome::Robots);
        assert!(facts(&house, DAK).await.is_empty(), "who closes the door is forgotten ({})", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn a_round_that_was_paused_goes_on_and_one_that_was_stopped_does_not() {
    for house in houses().await {
        let (stuck, good) = (Tree::grow(&[("*", Leaf::Silent)]).await, dak().await);
        let slow = firm(&house, 1, "Dak", &stuck.url("/")).await;
        let other = firm(&house, 2, "Goed", &good.url("/")).await;
        let marketing = house.caller(Role::Marketing);
        let run = begin(&house, &[slow, other]).await;
        let engine = house.engine.clone();
        let at_work = tokio::spawn(async move { engine.run_due_jobs().await.unwrap() });
        while stuck.paths().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let paused = house.engine.pause_website_round(&marketing, run.id, true).await.unwrap();
        assert_eq!(paused.state, RunState::Paused);
        at_work.await.unwrap();
        let waits = round(&house, run.id).await;
        assert!(waits.state == RunState::Paused && waits.counts.n_done < 2, "{}: {waits:?}", house.db.name);

        house.engine.pause_website_round(&marketing, run.id, false).await.unwrap();
        house.advance(jiff::SignedDuration::from_secs(1));
        house.run_jobs().await;
        let over = round(&house, run.id).await;
        assert_eq!((over.state, over.counts.n_done, over.counts.n_read), (RunState::Finished, 2, 1));
        let late = house.engine.stop_website_round(&marketing, run.id).await;
        assert!(matches!(late, Err(EngineError::Refused { code: "website_over", .. })), "{late:?}");

        let second = begin(&house, &[slow, other]).await;
        house.engine.stop_website_round(&marketing, second.id).await.unwrap();
        house.run_jobs().await;
        let stopped = round(&house, second.id).await;
        assert_eq!((stopped.state, stopped.counts.n_done), (RunState::Stopped, 0));
        house.close().await;
    }
}

#[tokio::test]
async fn a_round_goes_on_after_its_worker_died() {
    for house in houses().await {
        let (stuck, good) = (Tree::grow(&[("*", Leaf::Silent)]).await, dak().await);
        let slow = firm(&house, 1, "Dak", &stuck.url("/")).await;
        let other = firm(&house, 2, "Goed", &good.url("/")).await;
        let run = begin(&house, &[other, slow]).await;
        let engine = house.engine.clone();
        let dying = tokio::spawn(async move { engine.run_due_jobs().await });
        while round(&house, run.id).await.counts.n_done == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // As when the process is killed: nobody writes anything down.
        dying.abort();
        assert!(dying.await.is_err(), "it was killed at work");
        assert_eq!(round(&house, run.id).await.state, RunState::Running);
        house.run_jobs().await;
        assert_eq!(
            round(&house, run.id).await.state,
            RunState::Running,
            "another holds it ({})",
            house.db.name
        );
        house.advance(jiff::SignedDuration::from_secs(121));
        house.run_jobs().await;
        let over = round(&house, run.id).await;
        assert_eq!(
            (over.state, over.counts.n_done, over.counts.n_read),
            (RunState::Finished, 2, 1),
            "each once"
        );
        house.close().await;
    }
}

#[tokio::test]
async fn whose_turn_it_is_is_read_and_nobody_twice() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let marketing = house.caller(Role::Marketing);
        let due = RoundOrder::Due { fit_min: None, not_read_days: 90 };
        assert_eq!(house.engine.website_candidates(&marketing, None, 90).await.unwrap(), 1);
        let run = house.engine.begin_website_round(&marketing, &due).await.unwrap();
        assert_eq!(run.n_companies, 1);
        let again =
            house.engine.begin_website_round(&marketing, &RoundOrder::Companies(vec![DAK])).await.unwrap();
        assert_eq!(again.id, run.id, "it waits already");
        house.run_jobs().await;
        let nobody = house.engine.begin_website_round(&marketing, &due).await;
        assert!(matches!(nobody, Err(EngineError::Refused { code: "website_nobody", .. })), "{nobody:?}");
        house.advance(jiff::SignedDuration::from_hours(24 * 91));
        assert_eq!(
            house.engine.website_candidates(&marketing, None, 90).await.unwrap(),
            1,
            "{}",
            house.db.name
        );
        let sales = house.engine.begin_website_round(&house.caller(Role::Sales), &due).await;
        assert!(matches!(sales, Err(EngineError::Forbidden)));
        house.close().await;
    }
}

#[tokio::test]
async fn a_host_that_another_process_is_at_waits_its_turn() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let run = begin(&house, &[DAK]).await;
        // A round of another workspace, at work in another process.
        let (other, now) = (WebsiteRunId(Uuid::from_u128(7)), house.clock.now());
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let host = website_run::next(&mut tx, run.id, &[], 1).await.unwrap().pop().unwrap().host;
        drop(tx);
        let mut global = house.db.store.global().await.unwrap();
        let until = now + jiff::SignedDuration::from_secs(60);
        assert!(host_turn::take(&mut global, &host, other, now, until).await.unwrap());
        global.commit().await.unwrap();
        house.run_jobs().await;
        let waits = round(&house, run.id).await;
        assert_eq!((waits.state, waits.counts.n_done), (RunState::Running, 0), "{}", house.db.name);
        assert!(tree.paths().is_empty(), "nobody asked the host anything");

        let mut global = house.db.store.global().await.unwrap();
        assert!(host_turn::give_back(&mut global, &host, other, now).await.unwrap());
        global.commit().await.unwrap();
        house.advance(jiff::SignedDuration::from_secs(6));
        house.run_jobs().await;
        let over = round(&house, run.id).await;
        assert_eq!((over.state, over.counts.n_read), (RunState::Finished, 1), "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn another_workspace_and_practice_mode_read_nothing() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let other = house.db.workspace(2, house.clock.now()).await;
        let stranger = Caller { workspace: other, ..house.caller(Role::Owner) };
        let order = RoundOrder::Companies(vec![DAK]);
        assert!(matches!(
            house.engine.begin_website_round(&stranger, &order).await,
            Err(EngineError::NotFound)
        ));
        assert!(matches!(house.engine.company_website(&stranger, DAK).await, Err(EngineError::NotFound)));
        let run = begin(&house, &[DAK]).await;
        assert!(matches!(house.engine.website_round(&stranger, run.id).await, Err(EngineError::NotFound)));
        assert!(matches!(
            house.engine.stop_website_round(&stranger, run.id).await,
            Err(EngineError::NotFound)
        ));

        let mut global = house.db.store.global().await.unwrap();
        global
            .execute("UPDATE workspace SET mode = 'practice' WHERE id = $1", args![house.workspace])
            .await
            .unwrap();
        global.commit().await.unwrap();
        house.run_jobs().await;
        assert_eq!(outcome(&house, DAK).await, ReadingOutcome::Practice);
        assert!(tree.paths().is_empty(), "nothing left the machine ({})", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn who_was_erased_does_not_come_back_with_the_next_reading() {
    for house in houses().await {
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        read(&house, &[DAK]).await;
        assert_eq!(values(&facts(&house, DAK).await, "email").len(), 1);
        house.engine.erase_contact(&house.caller(Role::Marketing), DAK_CONTACT).await.unwrap();
        assert!(values(&facts(&house, DAK).await, "email").is_empty(), "the fact went with the person");
        read(&house, &[DAK]).await;
        assert!(values(&facts(&house, DAK).await, "email").is_empty(), "{}", house.db.name);
        house.close().await;
    }
}

/// The program itself: what a node that does only background work says, and does.
#[tokio::test]
async fn a_worker_reads_a_round_and_says_aloud_that_private_addresses_are_open() {
    for house in houses().await {
        std::fs::write(house.data_dir.join("kiem.key"), support::MASTER).unwrap();
        let tree = dak().await;
        firm(&house, 1, "Dak", &tree.url("/")).await;
        let run = begin(&house, &[DAK]).await;
        let mut worker = std::process::Command::new(env!("CARGO_BIN_EXE_kiem"))
            .arg("work")
            .env("KIEM_DATABASE_URL", &house.db.url)
            .env("KIEM_DATA_DIR", &house.data_dir)
            .env("KIEM_ALLOW_PRIVATE_ADDRESSES", "true")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // A bound for a worker that hangs; a busy machine may take its time.
        for _ in 0..2_000 {
            if round(&house, run.id).await.state == RunState::Finished {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        worker.kill().unwrap();
        let said = String::from_utf8(worker.wait_with_output().unwrap().stderr).unwrap();
        assert!(said.contains("allow_private_addresses is ON"), "{said}");
        let over = round(&house, run.id).await;
        assert_eq!((over.state, over.counts.n_read), (RunState::Finished, 1), "{}: {said}", house.db.name);
        let gaps: Vec<Duration> = tree.seen().windows(2).map(|pair| pair[1].at - pair[0].at).collect();
        assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(1_900)), "two seconds between: {gaps:?}");
        house.close().await;
    }
}
