//! Templates and the drafts that are made from them: what can be filled for nobody is refused where it is written, and
//! what could not be filled for somebody is filled again when the sequence is mended.

mod support;

use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::MailServers;
use kiem::engine::{EngineError, Role};
use kiem_domain::id::{CampaignId, MailboxId};
use kiem_store::message::{Message, MessageFilter, MessageState};
use support::House;
use support::play::mail;

async fn mailbox(house: &House) -> MailboxId {
    let input = MailboxInput {
        kind: "sandbox".to_owned(),
        address: "jan@kiem.example".to_owned(),
        display_name: "Jan de Boer".to_owned(),
        servers: MailServers::default(),
        password: None,
        signature: String::new(),
        daily_cap: 100,
        gap_seconds_min: 0,
    };
    house.engine.create_mailbox(&house.caller(Role::Owner), &input).await.unwrap()
}

fn campaign_in(mailbox_id: MailboxId) -> CampaignInput {
    CampaignInput {
        name: "Kennismaken".to_owned(),
        language: "nl".to_owned(),
        mailbox_id,
        window: WindowSetting::default(),
    }
}

async fn drafts(house: &House) -> Vec<Message> {
    let filter = MessageFilter { campaign: None, state: Some(MessageState::Draft), after: None, limit: 1000 };
    house.engine.messages(&house.caller(Role::Owner), filter).await.unwrap()
}

#[tokio::test]
async fn a_template_that_can_be_filled_for_nobody_is_refused_at_its_field() {
    let house = House::sqlite().await;
    let input = campaign_in(mailbox(&house).await);
    let good = "Dag {{ contact.first_name | fallback('daar') }}";
    for (subject, body, expected) in [
        ("Vraag", "Dag {% if contact.first_name %} x", [("steps.0.body", "template_unclosed_if")]),
        ("Vraag {{ company.nickname }}", good, [("steps.0.subject", "template_unknown")]),
        ("Vraag", "{{ contact.title | shout }}", [("steps.0.body", "template_word")]),
    ] {
        let steps = [mail(Some(subject), body)];
        let refused = house.engine.create_campaign(&house.caller(Role::Marketing), &input, &steps).await;
        let Err(EngineError::Invalid(fields)) = refused else { panic!("{body}: {refused:?}") };
        let found: Vec<(&str, &str)> = fields.iter().map(|f| (f.field.as_str(), f.code)).collect();
        assert_eq!(found, expected, "{body}");
    }
    assert!(house.engine.campaigns(&house.caller(Role::Owner), true).await.unwrap().is_empty());
    house.close().await;
}

/// A campaign whose text asks for the title of its people, who have none.
async fn campaign_with_gaps(house: &House) -> (CampaignId, CampaignInput) {
    let caller = house.caller(Role::Marketing);
    let input = campaign_in(mailbox(house).await);
    let steps = [mail(Some("Vraag"), "Dag {{ contact.first_name }}, als {{ contact.title }} weet u dat.")];
    let id = house.engine.create_campaign(&caller, &input, &steps).await.unwrap();
    house.engine.start_campaign(&caller, id).await.unwrap();
    let mut leads = Vec::new();
    for n in 1..=3 {
        let email = format!("eva{n}@klant{n}.example");
        leads.push(house.lead(n, &email, "Eva", "Meer", &format!("Klant {n}")).await);
    }
    house.engine.enrol(&caller, id, &leads).await.unwrap();
    house.run_jobs().await;
    (id, input)
}

#[tokio::test]
async fn mending_the_sequence_mends_the_drafts_that_wait_and_no_others() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let (id, input) = campaign_with_gaps(&house).await;
    let before = drafts(&house).await;
    assert_eq!(before.len(), 3);
    assert!(before.iter().all(|m| m.new.problem.as_deref().is_some_and(|p| p.contains("contact.title"))));
    let footer = before[0].new.body.split_once("\n\n").map(|(_, rest)| rest.to_owned()).unwrap();
    let own_words = format!("Beste Eva, een eigen woord.\n\n{footer}");
    house.engine.edit_draft(&caller, before[0].new.id, "Eigen vraag", &own_words).await.unwrap();

    let kept = house.engine.campaign(&caller, id).await.unwrap().steps[0].id;
    let mended = StepInput {
        id: Some(kept),
        ..mail(
            Some("Vraag"),
            "Dag {{ contact.first_name }}, zie {{ link('https://www.kiem.example/cases/x') }}.",
        )
    };
    house.engine.update_campaign(&caller, id, &input, &[mended]).await.unwrap();
    house.run_jobs().await;

    let after = drafts(&house).await;
    assert_eq!(after[0].new.body, own_words, "what a person wrote stays");
    for (old, new) in before.iter().zip(&after).skip(1) {
        assert_eq!((old.new.id, old.new.message_id.as_str()), (new.new.id, new.new.message_id.as_str()));
        assert_eq!(new.new.problem, None);
        assert!(new.new.body.starts_with("Dag Eva, zie http"), "{}", new.new.body);
        assert!(!new.new.body.contains("www.kiem.example/cases"), "the link is followed through us");
    }
    let again = StepInput { id: Some(kept), ..mail(Some("Vraag"), "Hallo {{ contact.first_name }}") };
    house.engine.update_campaign(&caller, id, &input, &[again]).await.unwrap();
    house.run_jobs().await;
    let bodies = |list: &[Message]| list.iter().map(|m| m.new.body.clone()).collect::<Vec<_>>();
    assert_eq!(
        bodies(&drafts(&house).await),
        bodies(&after),
        "a draft that somebody may have seen does not change"
    );
    house.close().await;
}
