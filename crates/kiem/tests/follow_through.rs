//! What replies, tasks and renamed records set in motion: nothing that somebody said or did is left lying.

mod support;

use jiff::SignedDuration;
use kiem::engine::audience::{CompanyEdit, ContactEdit, FitForm};
use kiem::engine::inbound::SuggestionEdit;
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::advance::TASK_WAIT_MAX;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::promotion::{OverrideInput, ReplyJudgement};
use kiem::engine::sales::actions::NewFinding;
use kiem::engine::sales::reply::Reply;
use kiem::engine::{EngineError, Role};
use kiem_domain::audience::{Ask, IdealProfile, Importance, Wish};
use kiem_domain::engagement::reply::ReplyLabel;
use kiem_domain::id::{CampaignId, LeadId};
use kiem_domain::qualification::{Aspect, FindingSource, Level};
use kiem_domain::sequence::{StepKind, TaskChannel};
use kiem_store::lead_override::OverrideKind;
use kiem_store::task::{self, TaskCard, TaskOutcome};
use kiem_store::{args, ground, notification, prospect, thread};
use support::play::{Play, QUESTION, mail};
use support::user_id;

/// Open tasks that anybody sees now.
async fn open_tasks(play: &Play) -> Vec<TaskCard> {
    let open = play.house.engine.open_tasks(&play.house.caller(Role::Owner), None, 50).await.unwrap();
    open.into_iter().map(|one| one.card).collect()
}

/// A campaign of a mail, a task and a mail.
async fn with_a_task(play: &Play) -> CampaignId {
    let owner = play.house.caller(Role::Owner);
    let input = CampaignInput {
        name: "Bellen".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: play.mailbox,
        window: WindowSetting::default(),
    };
    let call = StepInput {
        kind: StepKind::Task,
        body: None,
        task: Some("Bel na over de offertes".to_owned()),
        task_channel: Some(TaskChannel::Phone),
        ..mail(None, "")
    };
    let steps = [
        mail(Some("Bellen wij even?"), "Dag {{ contact.first_name }}, ik bel morgen."),
        call,
        mail(None, "Dag {{ contact.first_name }}, we spraken elkaar."),
    ];
    let id = play.house.engine.create_campaign(&owner, &input, &steps).await.unwrap();
    play.house.engine.start_campaign(&owner, id).await.unwrap();
    id
}

/// Wim was mailed and has to be called.
async fn to_be_called() -> (Play, LeadId, TaskCard) {
    let (play, _) = Play::eva().await;
    let campaign = with_a_task(&play).await;
    let lead = play.house.lead(9, "wim@bellen.example", "Wim", "Bos", "Bellen BV").await;
    play.house.engine.enrol(&play.house.caller(Role::Marketing), campaign, &[lead]).await.unwrap();
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    let sql = "UPDATE company SET phone = '+31201234567' WHERE workspace_id = $1";
    tx.execute(sql, vec![]).await.unwrap();
    tx.commit().await.unwrap();
    play.settle().await;
    let open = open_tasks(&play).await;
    assert_eq!(open.len(), 1, "{open:#?}");
    let card = open[0].clone();
    (play, lead, card)
}

/// How many mails Wim was sent or is to be sent.
async fn mails_to_wim(play: &Play) -> usize {
    let all = play.messages(None).await;
    all.iter().filter(|m| m.new.recipient == "wim@bellen.example").count()
}

async fn outcome(play: &Play, card: &TaskCard) -> Option<TaskOutcome> {
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    task::get(&mut tx, card.task.id).await.unwrap().outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_names_who_and_whom_and_the_sequence_waits_for_it() {
    let (play, lead, card) = to_be_called().await;
    assert_eq!(card.task.assignee_id, Some(user_id(0)), "whoever made the campaign");
    assert_eq!(card.task.lead_id, Some(lead));
    assert_eq!(card.contact_name.as_deref(), Some("Wim Bos"));
    assert_eq!(card.phone.as_deref(), Some("+31201234567"));
    play.house.advance(SignedDuration::from_hours(48));
    play.settle().await;
    assert_eq!(mails_to_wim(&play).await, 1, "nobody called yet");
    let reader = play.house.caller(Role::ReadOnly);
    let refused = play.house.engine.finish_task(&reader, card.task.id).await;
    assert!(matches!(refused, Err(EngineError::Forbidden)));
    let marketing = play.house.caller(Role::Marketing);
    let until = play.house.clock.now() + SignedDuration::from_hours(1);
    play.house.engine.snooze_task(&marketing, card.task.id, until).await.unwrap();
    play.house.engine.finish_task(&marketing, card.task.id).await.unwrap();
    play.settle().await;
    assert_eq!(mails_to_wim(&play).await, 2, "then it goes on");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_left_or_that_nobody_does_lets_the_sequence_go_on() {
    let (play, _, card) = to_be_called().await;
    play.house.engine.skip_task(&play.house.caller(Role::Marketing), card.task.id).await.unwrap();
    play.settle().await;
    assert_eq!(mails_to_wim(&play).await, 2);
    assert_eq!(outcome(&play, &card).await, Some(TaskOutcome::Skipped));
    play.house.close().await;

    let (play, _, card) = to_be_called().await;
    play.house.advance(TASK_WAIT_MAX + SignedDuration::from_hours(1));
    play.settle().await;
    assert_eq!(outcome(&play, &card).await, Some(TaskOutcome::Overdue));
    assert_eq!(mails_to_wim(&play).await, 2, "after the stated time it goes on without it");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_withdrawn_when_the_lead_opts_out() {
    let (play, _, card) = to_be_called().await;
    let ours = play.first_mail_to("wim@bellen.example").await;
    let headers = format!("Subject: Re: {}\r\nIn-Reply-To: <{}>\r\n", ours.new.subject, ours.new.message_id);
    let stop = "Graag geen mails meer sturen, haal mij van jullie lijst.";
    play.deliver("Wim Bos <wim@bellen.example>", &headers, stop).await;
    assert_eq!(outcome(&play, &card).await, Some(TaskOutcome::Withdrawn));
    assert!(open_tasks(&play).await.is_empty());
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fit_is_known_from_the_profile_until_a_person_says_something() {
    let (play, lead) = Play::eva().await;
    let owner = play.house.caller(Role::Owner);
    let profile = |country: &str| IdealProfile {
        wishes: vec![Wish { ask: Ask::Country(vec![country.to_owned()]), importance: Importance::Must }],
        ..IdealProfile::default()
    };
    play.house.engine.put_ideal_profile(&owner, &profile("NL"), None).await.unwrap();
    play.house.run_jobs().await;
    play.reply(QUESTION).await;
    let id = play.prospect(lead).await.unwrap().id;
    let fit = async || {
        let record = play.house.engine.prospect(&owner, id).await.unwrap();
        let newest = record.findings.iter().rfind(|f| f.finding.aspect == Aspect::Fit).unwrap();
        (newest.finding.clone(), newest.reasons.clone())
    };
    let (first, reasons) = fit().await;
    assert_eq!((first.level, first.source), (Level::Indicated, FindingSource::Profile));
    let reasons: FitForm = serde_json::from_str(&reasons.unwrap()).unwrap();
    assert_eq!(first.note, "", "the words are made in the language of who reads them");
    assert_eq!(reasons.reasons[0].wish.countries, ["NL"]);
    let found = &reasons.reasons[0].found[0];
    assert_eq!((found.kind.as_str(), found.value.as_str()), ("country", "NL"));
    play.house.advance(SignedDuration::from_mins(1));
    play.house.engine.put_ideal_profile(&owner, &profile("DE"), None).await.unwrap();
    play.house.run_jobs().await;
    assert_eq!(fit().await.0.level, Level::Contradicted, "when the fit changes");
    play.house.advance(SignedDuration::from_mins(1));
    let said = NewFinding {
        aspect: Aspect::Fit,
        level: Level::Confirmed,
        note: "Past precies, zegt Eva".to_owned(),
        source: FindingSource::Person,
        source_id: None,
    };
    play.house.engine.add_finding(&play.house.caller(Role::Sales), id, said).await.unwrap();
    play.house.advance(SignedDuration::from_mins(1));
    play.house.engine.put_ideal_profile(&owner, &profile("BE"), None).await.unwrap();
    play.house.run_jobs().await;
    assert_eq!(fit().await.0.source, FindingSource::Person, "a person's word stands");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_company_and_person_are_found_under_their_new_names() {
    let (play, lead) = Play::eva().await;
    play.reply(QUESTION).await;
    let pursuit = play.prospect(lead).await.unwrap();
    let marketing = play.house.caller(Role::Marketing);
    let company = CompanyEdit {
        name: "Zonnebloem Handel".to_owned(),
        website: "klant.example".to_owned(),
        ..CompanyEdit::default()
    };
    play.house.engine.edit_company(&marketing, pursuit.company_id, company).await.unwrap();
    let person = ContactEdit {
        given_name: "Eva".to_owned(),
        family_name: "Jaspers".to_owned(),
        email: "eva@klant.example".to_owned(),
        ..ContactEdit::default()
    };
    play.house.engine.edit_contact(&marketing, pursuit.contact_id, person).await.unwrap();
    for words in ["zonnebloem", "jaspers"] {
        let filter = prospect::ProspectFilter { search: Some(words.to_owned()), ..Default::default() };
        let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
        let found = prospect::list(&mut tx, &filter, prospect::ProspectSort::Due, None, 10).await.unwrap();
        assert_eq!(found.len(), 1, "{words}");
        assert_eq!(found[0].prospect.sort_company, "zonnebloem handel");
    }
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_answers_is_a_person_of_the_pursuit_and_is_answered() {
    let (play, lead) = Play::eva().await;
    let ours = play.first_mail_to("eva@klant.example").await;
    let headers = format!("Subject: Re: {}\r\nIn-Reply-To: <{}>\r\n", ours.new.subject, ours.new.message_id);
    play.deliver("Piet Bos <piet@klant.example>", &headers, QUESTION).await;
    let pursuit = play.prospect(lead).await.unwrap();
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let people = thread::people(&mut tx, pursuit.id).await.unwrap();
    let piet = people.iter().find(|p| p.email.as_deref() == Some("piet@klant.example")).expect("Piet");
    assert_eq!((piet.name.as_str(), people.len()), ("Piet Bos", 2));
    let ground = ground::of_contact(&mut tx, piet.contact_id).await.unwrap().expect("a ground");
    assert!(ground.source.contains("antwoordde ons"), "{ground:?}");
    drop(tx);
    let sales = play.house.caller(Role::Sales);
    let record = play.house.engine.prospect(&sales, pursuit.id).await.unwrap();
    assert_eq!(record.answers_to, Some(piet.contact_id));
    let answer = |contact| Reply {
        contact,
        subject: String::new(),
        text: "Dat kost 100 euro.".to_owned(),
        next: None,
        despite: None,
    };
    let recipient = async |id| {
        let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
        let mail = kiem_store::message::find(&mut tx, id).await.unwrap().unwrap().new;
        (mail.recipient, mail.in_reply_to.is_some())
    };
    let sent = play.house.engine.reply_to_prospect(&sales, pursuit.id, answer(None)).await.unwrap();
    assert_eq!(recipient(sent).await, ("piet@klant.example".to_owned(), true), "in Piet's thread");
    let chosen = answer(Some(pursuit.contact_id));
    let sent = play.house.engine.reply_to_prospect(&sales, pursuit.id, chosen).await.unwrap();
    assert_eq!(recipient(sent).await.0, "eva@klant.example");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_suggests_a_lead_that_a_person_confirms_once() {
    let (play, lead) = Play::eva().await;
    let words = "Hiervoor moet je bij Bart Jansen zijn, bart@klant.example. Hij gaat over inkoop.";
    let mail = play.reply(words).await;
    assert_eq!(mail.label.as_deref(), Some("referral"), "{mail:?}");
    let marketing = play.house.caller(Role::Marketing);
    let engine = &play.house.engine;
    let thread = engine.thread(&marketing, mail.id).await.unwrap();
    let suggested = thread.suggestion.expect("a suggested lead");
    assert_eq!(suggested.email.as_deref(), Some("bart@klant.example"));
    let task = open_tasks(&play).await.remove(0).task;
    assert_eq!(task.kind, "suggested_lead");
    assert!(task.text.contains("Eva Meer"), "who said it, by the name we know: {}", task.text);
    // Eva writes again; the question is still there.
    let later = play.reply("Ik ben er vrijdag weer, groet Eva").await;
    let thread = engine.thread(&marketing, later.id).await.unwrap();
    assert_eq!(thread.suggestion.map(|one| one.mail), Some(mail.id));
    let made = engine.accept_suggestion(&marketing, mail.id, SuggestionEdit::default()).await.unwrap();
    let facts = play.lead(made).await;
    assert_eq!(facts.company_id, play.lead(lead).await.company_id, "at the same company");
    assert_eq!(facts.name.as_deref(), Some("Bart Jansen"));
    let again = engine.accept_suggestion(&marketing, mail.id, SuggestionEdit::default()).await;
    assert!(matches!(again, Err(EngineError::Refused { code: "no_suggestion", .. })), "{again:?}");
    assert!(open_tasks(&play).await.is_empty());
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    assert!(
        ground::of_contact(&mut tx, facts.contact_id).await.unwrap().is_none(),
        "being named is no ground"
    );
    drop(tx);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_and_names_a_successor_suggests_a_lead_too() {
    let (play, _) = Play::eva().await;
    let words = "De heer Mulder werkt niet meer bij ons. Zijn opvolger is Joke Smit.";
    let mail = play.reply(words).await;
    let label = mail.label.clone();
    if label.as_deref() != Some("left_company") || mail.needs_look {
        play.judge(mail.id, ReplyLabel::LeftCompany).await;
    }
    let thread = play.house.engine.thread(&play.house.caller(Role::Sales), mail.id).await.unwrap();
    let suggested = thread.suggestion.unwrap_or_else(|| panic!("{label:?}: {:?}", thread.mail));
    assert_eq!(suggested.name.as_deref(), Some("Joke Smit"));
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_data_is_a_task_with_the_legal_deadline_for_those_who_lead() {
    let (play, _) = Play::eva().await;
    let words =
        "Hoe komen jullie aan mijn gegevens? Stuur mij een overzicht van de gegevens die u van mij heeft.";
    let mail = play.reply(words).await;
    if mail.label.as_deref() != Some("data_request") || mail.needs_look {
        play.judge(mail.id, ReplyLabel::DataRequest).await;
    }
    let open = open_tasks(&play).await;
    let privacy = open.iter().find(|card| card.task.kind == "privacy").expect("a privacy task");
    assert_eq!(privacy.task.due_at.to_string(), "2026-12-23T23:00:00Z", "one month, in Amsterdam");
    assert_eq!(privacy.task.assignee_id, Some(user_id(1)), "first by name of owner and manager");
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    for leader in [0, 1] {
        let told = notification::list(&mut tx, user_id(leader), None, 10).await.unwrap();
        assert_eq!(told[0].kind, "privacy.requested");
    }
    drop(tx);
    for role in [Role::Marketing, Role::Sales] {
        let refused = play.house.engine.finish_task(&play.house.caller(role), privacy.task.id).await;
        assert!(matches!(refused, Err(EngineError::Forbidden)), "{role}");
    }
    play.house.engine.finish_task(&play.house.caller(Role::Manager), privacy.task.id).await.unwrap();
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_now_resumes_by_itself_or_is_a_task_when_nothing_runs() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Ok.").await;
    let later =
        ReplyJudgement { label: ReplyLabel::NotNow, until: Some(jiff::civil::date(2027, 3, 1)), lead: None };
    play.house.engine.label_reply(&play.house.caller(Role::Sales), mail.id, later).await.unwrap();
    assert!(open_tasks(&play).await.is_empty(), "the sequence itself goes on then");
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    tx.execute(
        "UPDATE enrolment SET state = 'finished' WHERE workspace_id = $1 AND lead_id = $2",
        args![lead],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mail = play.reply("Ok dan.").await;
    play.house.engine.label_reply(&play.house.caller(Role::Sales), mail.id, later).await.unwrap();
    let open = open_tasks(&play).await;
    assert_eq!((open.len(), open[0].task.kind.as_str()), (1, "not_now"));
    assert_eq!(open[0].task.due_at.to_string(), "2027-02-28T23:00:00Z");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_a_lead_is_shown_and_can_be_lifted() {
    let (play, lead) = Play::eva().await;
    let sales = play.house.caller(Role::Sales);
    let engine = &play.house.engine;
    let nothing = engine.lift_override(&sales, lead).await;
    assert!(matches!(nothing, Err(EngineError::Refused { code: "no_override", .. })), "{nothing:?}");
    let never = OverrideInput { value: OverrideKind::Never, until: None, reason: "Concurrent" };
    engine.override_lead(&sales, lead, never).await.unwrap();
    let decided = engine.lead(&sales, lead).await.unwrap().decided.expect("it is shown");
    assert_eq!((decided.kind, decided.reason.as_str()), (OverrideKind::Never, "Concurrent"));
    assert_eq!(decided.created_by_name.as_deref(), Some("sales"));
    play.house.advance(SignedDuration::from_mins(1));
    play.reply(QUESTION).await;
    assert!(play.promotion(lead).await.is_none());
    play.house.advance(SignedDuration::from_mins(1));
    engine.lift_override(&sales, lead).await.unwrap();
    play.house.run_jobs().await;
    assert!(engine.lead(&sales, lead).await.unwrap().decided.is_none());
    assert_eq!(play.promotion(lead).await.expect("the rules decide again").rule, "R1");
    play.house.close().await;
}
