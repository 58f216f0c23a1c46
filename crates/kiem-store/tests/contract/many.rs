//! Companies, people and leads that are written and read many at a time.

use kiem_domain::id::LeadId;
use kiem_store::company::{self, Company};
use kiem_store::contact::{self, Contact};
use kiem_store::lead::{self, Lead};
use kiem_store::{matching, testing};

use crate::audience::{a_company, a_contact, a_lead};
use crate::sales::now;

#[tokio::test]
async fn records_that_changed_are_written_together_and_nobody_who_was_erased_comes_back() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = [a_company(1, "Noord"), a_company(2, "Zuid")];
        company::insert_many(&mut tx, &firms).await.unwrap();
        let people = [a_contact(1, &firms[0], Some("a@noord.example")), a_contact(2, &firms[1], None)];
        contact::insert_many(&mut tx, &people, None).await.unwrap();
        let leads: Vec<Lead> =
            (1..).zip(&firms).zip(&people).map(|((n, firm), person)| a_lead(n, firm, person, "x")).collect();
        lead::insert_many(&mut tx, &leads).await.unwrap();
        contact::erase(&mut tx, people[1].id, now()).await.unwrap();

        let renamed = firms.clone().map(|firm| Company {
            name: format!("{} BV", firm.name),
            source: "elsewhere".to_owned(),
            ..firm
        });
        let ids = firms.each_ref().map(|firm| firm.id);
        matching::checked(&mut tx, &ids, now()).await.unwrap();
        company::update_many(&mut tx, &renamed).await.unwrap();
        assert_eq!(matching::waiting(&mut tx, 10).await.unwrap(), ids, "what changed is compared again");
        matching::checked(&mut tx, &ids, now()).await.unwrap();
        assert!(company::update(&mut tx, &renamed[1]).await.unwrap());
        assert_eq!(matching::waiting(&mut tx, 10).await.unwrap(), [firms[1].id], "{}", db.name);
        let stored = company::by_ids(&mut tx, &firms.each_ref().map(|firm| firm.id)).await.unwrap();
        let names: Vec<&str> = stored.iter().map(|firm| firm.name.as_str()).collect();
        assert_eq!(names, ["Noord BV", "Zuid BV"], "{}", db.name);
        assert_eq!(stored[0].source, firms[0].source, "where a company came from does not change");

        let titled = people.clone().map(|person| Contact { title: Some("Directeur".to_owned()), ..person });
        contact::update_many(&mut tx, &titled).await.unwrap();
        let stored = contact::by_ids(&mut tx, &people.each_ref().map(|person| person.id)).await.unwrap();
        let titles: Vec<Option<&str>> = stored.iter().map(|person| person.title.as_deref()).collect();
        assert_eq!(titles, [Some("Directeur"), None], "{}", db.name);

        let touched = lead::touched_by(&mut tx, &[firms[0].id], &[people[0].id, people[1].id]).await.unwrap();
        let ids: Vec<LeadId> = touched.iter().map(|lead| lead.id).collect();
        assert_eq!(ids, [leads[0].id, leads[1].id], "each once: {}", db.name);
        drop(tx);
        db.remove().await;
    }
}
