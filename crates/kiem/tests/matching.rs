//! Every company that comes in is checked against all that are there: what is beyond doubt becomes one, the rest waits for a
//! person, and a list that knows companies as they were before a merge means who they are now.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use kiem::engine::audience::{
    AddedLead, CompanyEdit, ConflictPolicy, ContactEdit, DuplicateDecision, MeantCompany, NewLead,
    UndoReport, Upload,
};
use kiem::engine::{EngineError, Role};
use kiem_domain::dedupe::PersonSign;
use kiem_domain::id::{CompanyId, ImportId};
use kiem_store::company::{self, Company};
use kiem_store::duplicate::{self, PairState};
use kiem_store::merge::MergeCause;
use kiem_store::{args, contact, merge};
use support::House;
use support::lists::{everything, file_order, upload_order};
use uuid::Uuid;

async fn houses() -> [House; 2] {
    [House::sqlite().await, House::postgres().await]
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_00d0_0000 + n)
}

const HEAD: &str =
    "Bedrijfsnaam;KvK-nummer;Website;Straat;Huisnummer;Postcode;Plaats;Land;Telefoon;Naam;E-mail\r\n";

async fn bring_in(house: &House, lines: &str) -> ImportId {
    let caller = house.caller(Role::Marketing);
    let bytes = format!("{HEAD}{lines}").into_bytes();
    let file = Upload { file_name: "lijst.csv".to_owned(), bytes };
    let preview = house.engine.import_preview(&caller, file).await.unwrap();
    let mapping = preview.proposals.iter().map(|p| (p.column, p.field)).collect();
    let order = upload_order(mapping, ConflictPolicy::Fill);
    house.engine.import_start(&caller, preview.run.id, order).await.unwrap();
    house.run_jobs().await;
    preview.run.id
}

async fn companies(house: &House) -> Vec<Company> {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    company::page(&mut tx, None, 1_000).await.unwrap()
}

/// What the audience consists of.
async fn records(house: &House) -> Vec<String> {
    let of = ["company: ", "contact: ", "lead: "];
    everything(house).await.into_iter().filter(|row| of.iter().any(|table| row.starts_with(table))).collect()
}

/// The same without the moment of the last change, which taking something back is one of.
async fn undated(house: &House) -> Vec<String> {
    let cut = |row: String| match row.split_once("(\"updated_at\"") {
        Some((head, tail)) => format!("{head}{}", tail.split_once(")))").map_or("", |(_, rest)| rest)),
        None => row,
    };
    records(house).await.into_iter().map(cut).collect()
}

/// The same list, the way a shell brings it in.
async fn bring_in_from_disk(house: &House, lines: &str) {
    let path = std::env::temp_dir().join(format!("kiem-{}.csv", Uuid::from_bytes(support::random())));
    std::fs::write(&path, format!("{HEAD}{lines}")).unwrap();
    let done = house.engine.import_file(&house.caller(Role::Marketing), file_order(&path)).await;
    std::fs::remove_file(&path).unwrap();
    done.unwrap();
    house.run_jobs().await;
}

/// Two names, two domains, two towns, one firm. The first moved: of its new place only the street is known.
const BEFORE_THE_MERGE: &str = "De Vries Bouw;;www.devriesbouw.example;Kerkstraat;12;;Delft;NL;;Jan Bos;jan@devriesbouw.example\r\n\
     Aannemersbedrijf Noord;;www.noordbouwt.example;Plein;2;2511 AA;Den Haag;NL;070-2000001;Eva Smit;\r\n";

#[tokio::test]
async fn a_list_that_knows_companies_as_they_were_before_a_merge_changes_nothing() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, BEFORE_THE_MERGE).await;
        let apart = records(&house).await;
        let both: Vec<CompanyId> = companies(&house).await.iter().map(|company| company.id).collect();
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        tx.execute(
            "INSERT INTO duplicate_pair (workspace_id, id, first_company_id, second_company_id, state, centibits, place, found_at)
             VALUES ($1, $2, $3, $4, 'open', 900, 5, $5)",
            args![id(70), both[0].0, both[1].0, support::tuesday_ten()],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let same = DuplicateDecision::Same;
        let merged =
            house.engine.decide_duplicate(&caller, id(70), same, Some(both[0])).await.unwrap().unwrap();
        let one = records(&house).await;
        assert_eq!(companies(&house).await.len(), 1);

        bring_in(&house, BEFORE_THE_MERGE).await;
        assert_eq!(records(&house).await, one, "{}: the same list changes nothing", house.db.name);
        bring_in_from_disk(&house, BEFORE_THE_MERGE).await;
        assert_eq!(records(&house).await, one, "{}: nor does it from a shell", house.db.name);

        // Who is new there comes to the company that it is now: by the domain that it had, or by name and town.
        let by_domain =
            "Aannemersbedrijf Noord B.V.;;noordbouwt.example;;;;;;;Kees Vos;kees@noordbouwt.example\r\n";
        bring_in(&house, by_domain).await;
        let by_name = "Aannemersbedrijf Noord;;;;;;Den Haag;NL;;Mia Berg;\r\n";
        bring_in_from_disk(&house, by_name).await;
        // Another town is another company, and another name at that domain is not what it was.
        bring_in(&house, "Aannemersbedrijf Noord;;;;;;Emmen;NL;;;\r\n").await;
        let now = companies(&house).await;
        assert_eq!(now.len(), 2, "{}: {now:#?}", house.db.name);
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let there = contact::of_company(&mut tx, both[0], 10).await.unwrap();
        assert_eq!(there.len(), 4, "{}", house.db.name);
        drop(tx);

        house.engine.undo_merge(&caller, merged.id).await.unwrap();
        bring_in(&house, BEFORE_THE_MERGE).await;
        let found = records(&house).await;
        let firm = |row: &&String| row.starts_with("company: ");
        let back: Vec<&String> = apart.iter().filter(firm).filter(|row| !found.contains(row)).collect();
        assert!(back.is_empty(), "{}: both are as they were: {back:#?}", house.db.name);
        house.close().await;
    }
}

/// An ordinary list, so that what agrees says something.
fn crowd() -> String {
    let trades = ["Transport", "Advies", "Techniek", "Zorg", "Import"];
    let towns = ["Utrecht", "Zwolle", "Breda", "Ede"];
    (0..400)
        .map(|n| {
            let (trade, town) = (trades[n % 5], towns[n % 4]);
            format!("Bedrijf{n} {trade};;www.bedrijf{n}.example;Laan;{n};;{town};NL;;;\r\n")
        })
        .collect()
}

#[tokio::test]
async fn a_list_is_checked_against_all_that_is_there() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &crowd()).await;
        bring_in(
            &house,
            "De Vries Bouw B.V.;12345678;www.devriesbouw.example;Kerkstraat;12;2611 AB;Delft;NL;015-2000001;Jan de Vries;jan@devriesbouw.example\r\n\
             Bakkerij Smit;;;Plein;3;;Goes;NL;;;\r\n\
             Siforce Landmeetkunde;;www.siforce.example;Kade;1;;Ede;NL;;;\r\n",
        )
        .await;
        bring_in(
            &house,
            "Vries Bouw;;;Kerkstraat;12;2611AB;Delft;NL;0152000001;Jan de Vries;\r\n\
             Bakkerij Smit;;;Markt;8;;Delft;NL;;;\r\n\
             Bakkery Smit;;;Plein;3;;Goes;NL;;;\r\n\
             Siforce Groenvoorziening;;www.siforce.example;Dreef;9;;Zwolle;NL;;;\r\n",
        )
        .await;
        let all = companies(&house).await;
        let named =
            |name: &str| all.iter().filter(|company| company.name.starts_with(name)).collect::<Vec<_>>();
        assert_eq!(named("De Vries Bouw").len(), 1);
        assert!(named("Vries Bouw").is_empty(), "{}: name, address and telephone agree", house.db.name);
        assert_eq!(named("Bakkerij Smit").len(), 2, "homonyms in other towns stay apart");
        let siblings = named("Siforce");
        assert_eq!(siblings.len(), 2, "one domain, two names");
        let detail = house.engine.company(&caller, siblings[0].id).await.unwrap();
        assert_eq!(detail.group, [(siblings[1].id, siblings[1].name.clone())]);
        let merges = house.engine.merges(&caller, None, 10).await.unwrap();
        let causes: Vec<MergeCause> = merges.iter().map(|one| one.merge.cause).collect();
        assert!(!causes.is_empty() && causes.iter().all(|cause| *cause == MergeCause::Evidence));
        let merge = merges.iter().find(|one| one.merge.lost_name == "Vries Bouw").unwrap();
        assert_eq!(merge.merge.people_joined_n, 1, "Jan is one person");

        // Taken back by a person: never made one again, and not asked about.
        house.engine.undo_merge(&caller, merge.merge.id).await.unwrap();
        house.run_jobs().await;
        let de_vries = companies(&house).await.iter().filter(|c| c.name.contains("Vries Bouw")).count();
        assert_eq!(de_vries, 2, "{}", house.db.name);
        let open = house.engine.duplicates(&caller, PairState::Open, None, 50).await.unwrap();
        assert!(open.pairs.iter().all(|listed| !listed.companies[0].0.contains("Vries Bouw")));
        assert_eq!(open.waiting_n, 0);
        house.close().await;
    }
}

#[tokio::test]
async fn an_upload_is_taken_back_exactly_also_when_kiem_made_its_companies_one_with_others() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &crowd()).await;
        bring_in(
            &house,
            "De Vries Bouw B.V.;;www.devriesbouw.example;Kerkstraat;12;2611 AB;Delft;NL;015-2000001;Jan de Vries;jan@devriesbouw.example\r\n\
             Smit Pleinbouw;;;Plein;3;1211 AB;Goes;NL;0113-200002;Eva Smit;\r\n",
        )
        .await;
        let before = undated(&house).await;
        house.advance(jiff::SignedDuration::from_hours(1));
        let upload = bring_in(
            &house,
            "Vries Bouw;;;Kerkstraat;12;2611AB;Delft;NL;0152000001;Jan de Vries;\r\n\
             Vries Bouw Holding;;;Kerkstraat;12;2611AB;Delft;NL;0152000001;Kees Vos;\r\n\
             Smit Pleinbouw B.V.;87654321;;Plein;3;;Goes;NL;;;\r\n\
             Pleinbouw Smit;87654321;www.pleinbouw.example;Plein;3;1211AB;Goes;NL;0113200002;Eva Smit;eva@pleinbouw.example\r\n",
        )
        .await;
        let merges = house.engine.merges(&caller, None, 10).await.unwrap();
        assert!(!merges.is_empty(), "{}: something was made one", house.db.name);
        assert_ne!(undated(&house).await, before);
        house.advance(jiff::SignedDuration::from_hours(1));
        house.engine.import_undo(&caller, upload).await.unwrap();
        house.run_jobs().await;
        let after = undated(&house).await;
        let lost: Vec<&String> = before.iter().filter(|row| !after.contains(row)).collect();
        let new: Vec<&String> = after.iter().filter(|row| !before.contains(row)).collect();
        assert!(lost.is_empty() && new.is_empty(), "{}:\n{lost:#?}\n{new:#?}", house.db.name);
        let run = house.engine.import_run(&caller, upload).await.unwrap();
        let report: UndoReport = serde_json::from_str(run.undo_report.as_deref().unwrap()).unwrap();
        assert_eq!((report.companies_kept_n, report.people_kept_n, report.facts_kept_n), (0, 0, 0));
        let merges = house.engine.merges(&caller, None, 10).await.unwrap();
        assert!(merges.iter().all(|one| one.merge.undone_at.is_some()), "{merges:?}");
        house.close().await;
    }
}

#[tokio::test]
async fn what_is_unsure_waits_for_a_person_and_what_was_decided_is_not_asked_again() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &crowd()).await;
        bring_in(&house, "Groothandel Prins;;;;;;Delft;NL;;Eva Smit;eva@prins.example\r\n").await;
        bring_in(&house, "Groothandel Prins & Zonen;;www.prinsgroothandel.example;;;;Delft;NL;;Ria Bos;\r\n")
            .await;
        let page = house.engine.duplicates(&caller, PairState::Open, None, 50).await.unwrap();
        assert_eq!((page.pairs.len(), page.counts.open_n), (1, 1), "{}", house.db.name);
        let id = page.pairs[0].pair.id;
        let view = house.engine.duplicate(&caller, id, None).await.unwrap();
        assert!(view.facts.iter().any(|fact| fact.field == "city" && fact.first == fact.second));
        let other = if view.stays == view.pair.first { view.pair.second } else { view.pair.first };
        let turned = house.engine.duplicate(&caller, id, Some(other)).await.unwrap();
        assert_eq!(turned.stays, other, "a person says who stays");
        let neither = house.engine.duplicate(&caller, id, Some(CompanyId(id))).await;
        assert!(matches!(neither, Err(EngineError::Invalid(_))), "{neither:?}");
        let decide = |decision| house.engine.decide_duplicate(&caller, id, decision, None);
        decide(DuplicateDecision::Later).await.unwrap();
        let later = house.engine.duplicates(&caller, PairState::Later, None, 50).await.unwrap();
        assert_eq!((later.counts.open_n, later.counts.later_n), (0, 1));
        house.engine.reopen_duplicate(&caller, id).await.unwrap();
        decide(DuplicateDecision::Different).await.unwrap();
        // A fact that changes asks for a new check, and not for a new question.
        bring_in(&house, "Groothandel Prins;;;Kade;4;;Delft;NL;;Eva Smit;eva@prins.example\r\n").await;
        let open = house.engine.duplicates(&caller, PairState::Open, None, 50).await.unwrap();
        assert_eq!((open.counts.open_n, open.counts.different_n), (0, 1), "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn a_person_puts_two_companies_side_by_side_that_no_sign_connects() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(&house, &crowd()).await;
        bring_in(&house, "Kwekerij Groen;;;;;;Delft;NL;;Eva Smit;eva@groen.example\r\n").await;
        bring_in(&house, "Tulpenland;;;;;;Goes;NL;;Ria Bos;ria@tulpenland.example\r\n").await;
        let firms = companies(&house).await;
        let named = |name: &str| firms.iter().find(|firm| firm.name == name).unwrap().id;
        let (a, b) = (named("Kwekerij Groen"), named("Tulpenland"));
        let alone = house.engine.pair_companies(&caller, a, a).await;
        assert!(matches!(alone, Err(EngineError::Invalid(_))), "{alone:?}");
        let gone = house.engine.pair_companies(&caller, a, CompanyId(Uuid::from_u128(0xdead))).await;
        assert!(matches!(gone, Err(EngineError::NotFound)), "{gone:?}");

        let id = house.engine.pair_companies(&caller, b, a).await.unwrap();
        assert_eq!(house.engine.pair_companies(&caller, a, b).await.unwrap(), id, "one pair");
        // A fact that changes has the companies checked anew: what a person asked for still waits.
        bring_in(&house, "Tulpenland;;;Kade;4;;Goes;NL;;Ria Bos;ria@tulpenland.example\r\n").await;
        let page = house.engine.duplicates(&caller, PairState::Open, None, 50).await.unwrap();
        assert_eq!(page.pairs.iter().map(|one| one.pair.id).collect::<Vec<_>>(), [id], "{}", house.db.name);
        let decide = |decision| house.engine.decide_duplicate(&caller, id, decision, None);
        decide(DuplicateDecision::Different).await.unwrap();
        house.engine.pair_companies(&caller, a, b).await.unwrap();
        let view = house.engine.duplicate(&caller, id, None).await.unwrap();
        assert_eq!(
            (view.pair.state, view.obstacle),
            (PairState::Open, None),
            "what was said can be looked at again"
        );
        let merge = decide(DuplicateDecision::Same).await.unwrap().unwrap();
        assert_eq!(companies(&house).await.len(), firms.len() - 1);
        house.engine.undo_merge(&caller, merge.id).await.unwrap();
        assert_eq!(companies(&house).await.len(), firms.len());
        house.close().await;
    }
}

#[tokio::test]
async fn a_company_that_is_typed_in_is_checked_at_once() {
    for house in houses().await {
        bring_in(&house, &crowd()).await;
        bring_in(&house, "De Vries Bouw B.V.;;;Kerkstraat;12;;Delft;NL;;;\r\n").await;
        let company = CompanyEdit {
            name: "Vries Bouw".to_owned(),
            city: "Delft".to_owned(),
            country: "NL".to_owned(),
            phone: "015 2000001".to_owned(),
            ..CompanyEdit::default()
        };
        let checked = house.engine.check_company(&house.caller(Role::ReadOnly), &company).await.unwrap();
        assert_eq!(checked.found.len(), 1, "{}", house.db.name);
        assert_eq!(checked.found[0].name, "De Vries Bouw B.V.");
        let contact = ContactEdit { family_name: "Bos".to_owned(), ..ContactEdit::default() };
        let new = NewLead { company, meant: MeantCompany::Recognised, contact, ground: None };
        let AddedLead { duplicates, .. } =
            house.engine.add_lead(&house.caller(Role::Marketing), new).await.unwrap();
        assert_eq!(duplicates.len(), 1, "said with the answer, before any job runs");
        let stranger = CompanyEdit { name: "Zeldzaam".to_owned(), ..CompanyEdit::default() };
        let checked = house.engine.check_company(&house.caller(Role::ReadOnly), &stranger).await.unwrap();
        assert!(checked.found.is_empty());
        house.run_jobs().await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let joined = merge::list(&mut tx, None, 10).await.unwrap().len();
        let waiting = duplicate::counts(&mut tx).await.unwrap().open_n;
        assert_eq!((joined, waiting), (0, 1), "{}", house.db.name);
        drop(tx);
        house.close().await;
    }
}

/// A lead that is typed in: company, town, first and family name.
fn typed(company: &str, city: &str, given: &str, family: &str) -> NewLead {
    let text = str::to_owned;
    NewLead {
        company: CompanyEdit { name: text(company), city: text(city), ..CompanyEdit::default() },
        meant: MeantCompany::Recognised,
        contact: ContactEdit { given_name: text(given), family_name: text(family), ..ContactEdit::default() },
        ground: None,
    }
}

#[tokio::test]
async fn who_types_a_lead_in_sees_to_which_company_it_comes_and_who_is_there() {
    for house in houses().await {
        let caller = house.caller(Role::Marketing);
        bring_in(
            &house,
            "Torvalia Zorg B.V.;;;;;;Delft;NL;;Jan Bos;jan@torvalia.example\r\n\
             Bakker;;;;;;Delft;NL;;Eva Smit;eva@bakker-delft.example\r\n\
             Bakker;;;;;;Goes;NL;;Kees Vos;kees@bakker-goes.example\r\n",
        )
        .await;
        // A name alone is enough, and nothing of the person has to be typed yet.
        let found = house.engine.check_lead(&caller, &typed("Torvalia Zorg", "", "", "")).await.unwrap();
        assert_eq!(found.company.map(|(_, name, _)| name).as_deref(), Some("Torvalia Zorg B.V."));
        assert!(found.people.is_empty() && !found.is_ambiguous);
        let j = typed("Torvalia Zorg", "", "J.", "Bos");
        let found = house.engine.check_lead(&caller, &j).await.unwrap();
        let [jan] = found.people.as_slice() else { panic!("{:?}", found.people) };
        assert_eq!(
            (jan.person.full_name().as_str(), jan.sign, jan.is_same),
            ("Jan Bos", PersonSign::Initials, false)
        );
        let found =
            house.engine.check_lead(&caller, &typed("Torvalia Zorg", "", "Jan", "Bos")).await.unwrap();
        assert!(found.people[0].is_same, "{}: who is there already", house.db.name);

        // Two of one name: somebody chooses.
        let bakker = typed("Bakker", "", "Mia", "Berg");
        let found = house.engine.check_lead(&caller, &bakker).await.unwrap();
        assert!(found.is_ambiguous && found.company.is_none());
        let towns: Vec<Option<String>> = found.companies.iter().map(|one| one.city.clone()).collect();
        assert_eq!(towns.len(), 2, "{}: {towns:?}", house.db.name);
        let refused = house.engine.add_lead(&caller, bakker.clone()).await;
        assert!(matches!(refused, Err(EngineError::Refused { code: "company_several", .. })), "{refused:?}");
        let goes = found.companies.iter().find(|one| one.city.as_deref() == Some("Goes")).unwrap().company;
        let chosen = NewLead { meant: MeantCompany::This(goes), ..bakker.clone() };
        let added = house.engine.add_lead(&caller, chosen).await.unwrap();
        assert_eq!(house.engine.lead(&caller, added.id).await.unwrap().company.id, goes);
        let own = NewLead { meant: MeantCompany::New, ..typed("Bakker", "", "Piet", "Blok") };
        house.engine.add_lead(&caller, own).await.unwrap();
        assert_eq!(companies(&house).await.len(), 4, "{}: a third Bakker", house.db.name);

        let nothing = house.engine.check_lead(&caller, &typed("Iemand Anders", "", "", "")).await.unwrap();
        assert!(nothing.company.is_none() && nothing.companies.is_empty());
        let nameless = house.engine.check_lead(&caller, &typed("", "", "", "")).await;
        assert!(matches!(nameless, Err(EngineError::Invalid(_))));
        house.close().await;
    }
}
