//! The send gate for what is done by hand: tasks of a sequence that call somebody or write to them by post.

mod support;

use jiff::SignedDuration;
use kiem::api::problem::describe;
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::sales::tasks::OpenTask;
use kiem::engine::sales::today::Item;
use kiem::engine::{EngineError, Role};
use kiem::messages::Lang;
use kiem_domain::consent::Basis;
use kiem_domain::gate::{Channel, Outcome, Reason};
use kiem_domain::id::{CampaignId, CompanyId, LeadId};
use kiem_domain::sequence::{StepKind, TaskChannel};
use kiem_store::args;
use kiem_store::event::{self, Event};
use kiem_store::task::{self, TaskOutcome};
use support::House;
use support::play::{Play, mail};
use uuid::Uuid;

const PHONE: &str = "UPDATE company SET phone = '+31201234567' WHERE workspace_id = $1";
const PLACE: &str = "UPDATE company SET street = 'Dam 1', city = 'Utrecht' WHERE workspace_id = $1";

fn task_step(text: &str, channel: Option<TaskChannel>) -> StepInput {
    StepInput {
        kind: StepKind::Task,
        body: None,
        task: Some(text.to_owned()),
        task_channel: channel,
        ..mail(None, "")
    }
}

/// A running campaign of a mail, a task and a mail.
async fn campaign(play: &Play, channel: Option<TaskChannel>) -> CampaignId {
    let owner = play.house.caller(Role::Owner);
    let input = CampaignInput {
        name: "Bellen".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: play.mailbox,
        window: WindowSetting::default(),
    };
    let steps = [
        mail(Some("Bellen wij even?"), "Dag {{ contact.first_name }}, ik bel morgen."),
        task_step("Neem contact op", channel),
        mail(None, "Dag {{ contact.first_name }}, nog even hierover."),
    ];
    let id = play.house.engine.create_campaign(&owner, &input, &steps).await.unwrap();
    play.house.engine.start_campaign(&owner, id).await.unwrap();
    id
}

async fn sql(play: &Play, text: &'static str) {
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    tx.execute(text, vec![]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Wim of a company of this name was mailed, and the task of the campaign came due. Everybody has a telephone and a door.
async fn mailed(company: &str, channel: Option<TaskChannel>) -> (Play, LeadId) {
    let (play, _) = Play::eva().await;
    let id = campaign(&play, channel).await;
    let lead = play.house.lead(9, "wim@bellen.example", "Wim", "Bos", company).await;
    sql(&play, PHONE).await;
    sql(&play, PLACE).await;
    play.house.engine.enrol(&play.house.caller(Role::Marketing), id, &[lead]).await.unwrap();
    play.settle().await;
    (play, lead)
}

async fn open(play: &Play) -> Vec<OpenTask> {
    play.house.engine.open_tasks(&play.house.caller(Role::Sales), None, 50).await.unwrap()
}

async fn mails_to_wim(play: &Play) -> usize {
    play.messages(None).await.iter().filter(|m| m.new.recipient == "wim@bellen.example").count()
}

async fn happened(play: &Play, kind: &str) -> Vec<Event> {
    let company = CompanyId(Uuid::from_u128((9 << 16) + 1));
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let all = event::timeline(&mut tx, company, jiff::Timestamp::MAX, 50).await.unwrap();
    all.into_iter().filter(|one| one.kind == kind).collect()
}

fn detail(event: &Event, name: &str) -> String {
    let data: serde_json::Value = serde_json::from_str(&event.data).unwrap();
    data[name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_gate_lets_nobody_call_is_no_task_and_the_sequence_goes_on() {
    // What "Bellen" is in law is not known, so it counts as a person, who may not be called unasked in the Netherlands.
    let (play, _) = mailed("Bellen", Some(TaskChannel::Phone)).await;
    assert!(open(&play).await.is_empty());
    assert_eq!(mails_to_wim(&play).await, 2, "as if the task had been left");
    let told = happened(&play, "task.not_allowed").await;
    assert_eq!(told.len(), 1, "{told:?}");
    let said = ["channel", "reason", "rule", "text"].map(|name| detail(&told[0], name));
    assert_eq!(said, ["phone", "legal_form_unknown", "NL v2", "Neem contact op"]);
    let (reader, company) = (play.house.caller(Role::ReadOnly), told[0].company_id.unwrap());
    let timeline = play.house.engine.company_timeline(&reader, company, None, 50).await.unwrap();
    let entry = timeline.iter().find(|one| one.event.kind == "task.not_allowed").unwrap();
    assert_eq!(entry.contact_name.as_deref(), Some("Wim Bos"), "the timeline names whom");
    assert!(happened(&play, "task.created").await.is_empty());
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_that_ends_with_a_task_that_may_not_be_done_ends() {
    let (play, _) = Play::eva().await;
    let owner = play.house.caller(Role::Owner);
    let input = CampaignInput {
        name: "Kaart".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: play.mailbox,
        window: WindowSetting::default(),
    };
    let wait = StepInput { kind: StepKind::Wait, wait_days: Some(2), body: None, ..mail(None, "") };
    let steps = [
        mail(Some("Een kaart"), "Dag {{ contact.first_name }}."),
        wait,
        task_step("Bel", Some(TaskChannel::Phone)),
        task_step("Stuur een kaart", Some(TaskChannel::Post)),
    ];
    let id = play.house.engine.create_campaign(&owner, &input, &steps).await.unwrap();
    play.house.engine.start_campaign(&owner, id).await.unwrap();
    let lead = play.house.lead(9, "wim@bellen.example", "Wim", "Bos", "Bellen BV").await;
    play.house.engine.enrol(&owner, id, &[lead]).await.unwrap();
    play.settle().await;
    assert!(happened(&play, "task.not_allowed").await.is_empty(), "not before it is due");
    play.house.advance(SignedDuration::from_hours(72));
    play.settle().await;
    let told = happened(&play, "task.not_allowed").await;
    let mut reasons: Vec<String> = told.iter().map(|one| detail(one, "reason")).collect();
    reasons.sort();
    assert_eq!(reasons, ["no_phone", "no_postal_address"], "each step says why");
    let overview = play.house.engine.campaign(&owner, id).await.unwrap();
    assert_eq!(overview.enrolments, [("finished".to_owned(), 1)]);
    assert_eq!(play.lead(lead).await.state, "resting");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_says_on_which_ground_and_its_doing_is_written_down_with_it() {
    let (play, _) = mailed("Bellen BV", Some(TaskChannel::Phone)).await;
    let task = open(&play).await.remove(0);
    let gate = task.gate.unwrap();
    assert_eq!(gate.outcome, Outcome::Allow(Basis::DesignatedAddress));
    assert_eq!((gate.channel, gate.rule.to_string()), (Channel::Phone, "NL v2".to_owned()));
    assert_eq!(task.card.phone.as_deref(), Some("+31201234567"));
    let made = happened(&play, "task.created").await;
    assert_eq!([detail(&made[0], "basis"), detail(&made[0], "rule")], ["designated_address", "NL v2"]);
    let marketing = play.house.caller(Role::Marketing);
    play.house.engine.finish_task(&marketing, task.card.task.id).await.unwrap();
    let done = happened(&play, "task.done").await;
    assert_eq!([detail(&done[0], "basis"), detail(&done[0], "channel")], ["designated_address", "phone"]);
    sql(&play, "UPDATE contact SET ground_id = NULL WHERE workspace_id = $1").await;
    play.house.engine.finish_task(&marketing, task.card.task.id).await.expect("twice is once");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_reaches_nobody_asks_nothing_and_offers_no_number() {
    let (play, _) = mailed("Bellen", None).await;
    let task = open(&play).await.remove(0);
    assert!(task.gate.is_none());
    assert_eq!(task.card.phone, None, "nobody asked whether Wim may be called");
    play.house.engine.finish_task(&play.house.caller(Role::Sales), task.card.task.id).await.unwrap();
    play.house.close().await;
}

/// What closes a channel, how it opens again, and the reason.
const CLOSINGS: &[(TaskChannel, &str, &str, Reason)] = &[
    (
        TaskChannel::Post,
        "UPDATE company SET is_non_mailing = TRUE WHERE workspace_id = $1",
        "UPDATE company SET is_non_mailing = FALSE WHERE workspace_id = $1",
        Reason::NonMailing,
    ),
    (
        TaskChannel::Post,
        "UPDATE company SET city = NULL WHERE workspace_id = $1",
        PLACE,
        Reason::NoPostalAddress,
    ),
    (
        TaskChannel::Phone,
        "UPDATE company SET phone = NULL WHERE workspace_id = $1",
        PHONE,
        Reason::NoPhone,
    ),
    (
        TaskChannel::Phone,
        "UPDATE company SET legal_form = 'Eenmanszaak', legal_form_source = 'KVK', legal_form_on = '2026-11-01' WHERE workspace_id = $1",
        "UPDATE company SET legal_form = NULL, legal_form_source = NULL, legal_form_on = NULL WHERE workspace_id = $1",
        Reason::CountryNeedsConsent,
    ),
    (
        TaskChannel::Phone,
        "UPDATE contact SET ground_id = NULL WHERE workspace_id = $1",
        "UPDATE contact SET ground_id = id WHERE workspace_id = $1",
        Reason::NoGround,
    ),
    (
        TaskChannel::Phone,
        "UPDATE contact SET inform_by = '2026-11-01', informed_at = NULL, informed_how = NULL WHERE workspace_id = $1",
        "UPDATE contact SET inform_by = NULL WHERE workspace_id = $1",
        Reason::NotInformed,
    ),
    (
        TaskChannel::Phone,
        "INSERT INTO register_reading (workspace_id, company_id, asked_at, outcome, is_ended, candidates, takings)
         SELECT workspace_id, id, 0, 'checked', TRUE, '[]', '[]' FROM company WHERE workspace_id = $1",
        "DELETE FROM register_reading WHERE workspace_id = $1",
        Reason::Ended,
    ),
    (
        TaskChannel::Phone,
        "UPDATE contact SET erased_at = 1 WHERE workspace_id = $1",
        "UPDATE contact SET erased_at = NULL WHERE workspace_id = $1",
        Reason::Erased,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_channel_closes_meanwhile_can_only_be_left() {
    for channel in TaskChannel::ALL {
        let (play, _) = mailed("Bellen BV", Some(*channel)).await;
        let sales = play.house.caller(Role::Sales);
        let id = open(&play).await[0].card.task.id;
        for (_, close, reopen, reason) in CLOSINGS.iter().filter(|(of, ..)| of == channel) {
            sql(&play, close).await;
            let shown = open(&play).await.remove(0);
            assert_eq!(shown.gate.and_then(|gate| gate.reason()), Some(*reason));
            assert_eq!(shown.card.phone, None, "{reason}: no number to call");
            let today = play.house.engine.today(&sales, None).await.unwrap();
            let line = today.iter().find_map(|ranked| match &ranked.item {
                Item::Task(task) => task.gate.as_ref(),
                _ => None,
            });
            assert_eq!(line.and_then(|gate| gate.reason()), Some(*reason), "{reason}: today says it too");
            let refused = play.house.engine.finish_task(&sales, id).await.unwrap_err();
            assert!(
                matches!(refused, EngineError::Refused { code: "task_closed", .. }),
                "{reason}: {refused}"
            );
            sql(&play, reopen).await;
            assert!(open(&play).await[0].gate.as_ref().unwrap().is_allowed(), "{reason}: open again");
        }
        sql(&play, CLOSINGS.iter().find(|(of, ..)| of == channel).unwrap().1).await;
        play.house.engine.skip_task(&sales, id).await.unwrap();
        let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
        assert_eq!(task::get(&mut tx, id).await.unwrap().outcome, Some(TaskOutcome::Skipped));
        drop(tx);
        play.settle().await;
        assert_eq!(mails_to_wim(&play).await, 2, "{channel}: the sequence goes on");
        play.house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_on_the_suppression_list_is_not_called_whatever_address_the_person_has() {
    let (play, _) = mailed("Bellen BV", Some(TaskChannel::Phone)).await;
    let sales = play.house.caller(Role::Sales);
    play.house.engine.suppress_by_hand(&sales, "bellen.example", "Wil geen acquisitie").await.unwrap();
    let reason = async || open(&play).await[0].gate.as_ref().and_then(|gate| gate.reason());
    assert_eq!(reason().await, Some(Reason::Suppressed));
    sql(
        &play,
        "UPDATE contact SET email = 'wim.bos@elders.example' WHERE workspace_id = $1 AND given_name = 'Wim'",
    )
    .await;
    assert_eq!(reason().await, Some(Reason::Suppressed), "by the domain of the company");
    sql(&play, "UPDATE contact SET email = NULL WHERE workspace_id = $1 AND given_name = 'Wim'").await;
    assert_eq!(reason().await, Some(Reason::Suppressed), "also without an address");
    let refused = play.house.engine.finish_task(&sales, open(&play).await[0].card.task.id).await.unwrap_err();
    for (lang, words) in [
        (
            Lang::Nl,
            "De persoon, het adres of het hele bedrijf staat op de uitsluitlijst: een afmelding, een bezwaar, een onbestaand adres of een klacht. (regel NL v2)",
        ),
        (
            Lang::En,
            "The person, the address or the whole company is on the suppression list: an opt-out, an objection, a bounce or a complaint. (rule NL v2)",
        ),
    ] {
        let problem = describe(&refused, lang);
        assert_eq!((problem.status, problem.code.as_str()), (409, "task_closed"));
        assert!(problem.detail.starts_with(words), "{}", problem.detail);
    }
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_says_whom_tasks_could_not_reach_and_puts_nobody_in() {
    let (play, _) = Play::eva().await;
    let marketing = play.house.caller(Role::Marketing);
    let id = campaign(&play, Some(TaskChannel::Phone)).await;
    let mut leads = Vec::new();
    for (n, company) in [(11, "Een BV"), (12, "Twee"), (13, "Drie BV"), (14, "Vier BV")] {
        leads.push(play.house.lead(n, &format!("p{n}@k{n}.example"), "Pim", "Bos", company).await);
    }
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    let call =
        "UPDATE company SET phone = '+31201234567' WHERE workspace_id = $1 AND name IN ('Een BV', 'Twee')";
    tx.execute(call, vec![]).await.unwrap();
    let groundless = "UPDATE contact SET ground_id = NULL WHERE workspace_id = $1 AND email = $2";
    tx.execute(groundless, args!["p14@k14.example"]).await.unwrap();
    tx.commit().await.unwrap();
    let planned = play.house.engine.enrolment_reach(&marketing, id, &leads).await.unwrap();
    assert_eq!((planned.added, planned.already, planned.blocked), (3, 0, 1));
    let [mails, calls] = planned.channels.as_slice() else { panic!("{planned:?}") };
    assert_eq!(
        (mails.channel, mails.lawful_n, mails.reasons.as_slice()),
        (Channel::Mail, 3, [(Reason::NoGround, 1)].as_slice())
    );
    assert_eq!((calls.channel, calls.lawful_n), (Channel::Phone, 1));
    assert_eq!(calls.reasons, [(Reason::NoPhone, 1), (Reason::LegalFormUnknown, 1)], "of who comes in");
    let people = play.house.engine.campaign(&marketing, id).await.unwrap().enrolments;
    assert!(people.is_empty(), "nobody was put in");
    let done = play.house.engine.enrol(&marketing, id, &leads).await.unwrap();
    assert_eq!(done, planned, "what was said is what happens");
    for role in [Role::Sales, Role::ReadOnly] {
        let refused = play.house.engine.enrolment_reach(&play.house.caller(role), id, &leads).await;
        assert!(matches!(refused, Err(EngineError::Forbidden)), "{role}");
    }
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_task_has_a_channel() {
    let house = House::sqlite().await;
    let (play, _) = Play::with(house, &[]).await;
    let owner = play.house.caller(Role::Owner);
    let id = campaign(&play, Some(TaskChannel::Post)).await;
    let steps = play.house.engine.campaign(&owner, id).await.unwrap().steps;
    let channels: Vec<Option<TaskChannel>> = steps.iter().map(|step| step.task_channel).collect();
    assert_eq!(channels, [None, Some(TaskChannel::Post), None]);
    let input = CampaignInput {
        name: "Anders".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: play.mailbox,
        window: WindowSetting::default(),
    };
    let odd = StepInput { task_channel: Some(TaskChannel::Phone), ..mail(Some("Dag"), "Dag.") };
    play.house.engine.update_campaign(&owner, id, &input, &[odd]).await.unwrap();
    let steps = play.house.engine.campaign(&owner, id).await.unwrap().steps;
    assert_eq!(steps[0].task_channel, None, "a mail has none");
    play.house.close().await;
}
