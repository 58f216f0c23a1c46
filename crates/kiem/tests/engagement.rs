//! From a mail that goes out to a prospect that comes back: what replies do, on the practice mailbox with the real code.

mod support;

use jiff::SignedDuration;
use kiem::engine::promotion::{OverrideInput, ReplyJudgement};
use kiem::engine::public::click::ClickReport;
use kiem::engine::public::visitor::Visitor;
use kiem::engine::{EngineError, Role};
use kiem_domain::engagement::Actor as Who;
use kiem_domain::engagement::reply::ReplyLabel;
use kiem_domain::id::{CompanyId, LeadId};
use kiem_domain::informing::InformedHow;
use kiem_domain::opportunity::DisqualifyReason;
use kiem_domain::promotion::{BookingStatus, EventKind};
use kiem_store::inbound::Inbound;
use kiem_store::informing::{self, Told};
use kiem_store::lead_override::OverrideKind;
use kiem_store::link::{self, Link};
use kiem_store::message::MessageState;
use kiem_store::{inbound, notification};
use support::House;
use support::play::{Play, QUESTION};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_question_makes_a_prospect_with_everything_that_belongs_to_it() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply(QUESTION).await;
    assert_eq!((mail.outcome.as_str(), mail.match_level.as_str(), mail.needs_look), ("reply", "m2", false));
    let receipt = play.promotion(lead).await.expect("a promotion");
    assert_eq!((receipt.rule.as_str(), receipt.cycle, receipt.undone_at), ("R1", 1, None));
    assert!(receipt.evidence.contains("twintig mensen"), "{}", receipt.evidence);
    assert!(receipt.explanation_nl.contains("R1") && receipt.explanation_en.contains("R1"));
    let pursuit = play.prospect(lead).await.expect("a pursuit");
    assert_eq!(pursuit.state.as_str(), "to_qualify");
    assert_eq!(pursuit.next_action.as_deref(), Some("Beantwoord de mail van Eva"));
    assert_eq!(pursuit.next_action_at, Some(pursuit.response_due_at));
    // Eight working hours after Tuesday half past ten is Wednesday ten o'clock.
    assert_eq!(pursuit.response_due_at.to_string(), "2026-11-25T09:00:00Z");
    assert_eq!(pursuit.owner_id, support::user_id(3), "sales comes first");
    assert_eq!(play.lead(lead).await.state, "promoted");
    assert_eq!(play.enrolment(lead).await, ("stopped".to_owned(), Some("promoted".to_owned())));
    let kinds = play.event_kinds().await;
    for kind in ["reply.received", "reply.labelled", "lead.promoted"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind} in {kinds:?}");
    }
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let told = notification::list(&mut tx, pursuit.owner_id, None, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0].mailed_at.is_some(), "and by mail");
    drop(tx);
    // Time passes: no more outreach.
    play.house.advance(SignedDuration::from_hours(24 * 5));
    play.settle().await;
    assert_eq!(play.messages(None).await.len(), 1);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_mail_is_taken_in_once() {
    let (play, lead) = Play::eva().await;
    let ours = play.first_mail_to("eva@klant.example").await;
    let raw = format!(
        "From: eva@klant.example\r\nTo: jan@kiem.example\r\nMessage-ID: <a@klant.example>\r\nSubject: Re: x\r\n\
         In-Reply-To: <{}>\r\n\r\n{QUESTION}\r\n",
        ours.new.message_id
    );
    play.deliver_raw(&raw).await;
    play.deliver_raw(&raw).await;
    let n = play.event_kinds().await.iter().filter(|k| *k == "lead.promoted").count();
    assert_eq!((n, play.promotion(lead).await.unwrap().cycle), (1, 1));
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsure_reply_waits_for_a_person_whose_word_promotes() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Ok.").await;
    assert!(mail.needs_look, "{mail:?}");
    assert!(play.promotion(lead).await.is_none());
    assert!(play.lead(lead).await.needs_look);
    assert_eq!(play.enrolment(lead).await.0, "paused", "nothing goes out while the question is open");
    play.judge(mail.id, ReplyLabel::Interested).await;
    assert_eq!(play.promotion(lead).await.unwrap().rule, "R1");
    let mail = play.newest(&mail.external_key).await;
    assert_eq!((mail.needs_look, mail.label_by.as_deref()), (false, Some("human")));
    assert!(!play.lead(lead).await.needs_look);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_lets_the_sequence_wait_and_nobody_is_promoted() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Ok.").await;
    play.judge(mail.id, ReplyLabel::Other).await;
    assert!(play.promotion(lead).await.is_none());
    assert_eq!(play.enrolment(lead).await, ("paused".to_owned(), Some("other".to_owned())));
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_is_stop() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Graag geen mails meer sturen, haal mij van jullie lijst.").await;
    assert_eq!(mail.outcome, "opt_out");
    assert!(play.suppressed("eva@klant.example").await);
    assert_eq!(play.enrolment(lead).await.0, "stopped");
    assert_eq!(play.lead(lead).await.state, "blocked");
    let forced = OverrideInput { value: OverrideKind::ForceProspect, until: None, reason: "toch bellen" };
    let refused = play.house.engine.override_lead(&play.house.caller(Role::Sales), lead, forced).await;
    assert!(matches!(refused, Err(EngineError::Refused { code: "lead_is_suppressed", .. })), "{refused:?}");
    play.house.advance(SignedDuration::from_hours(24 * 10));
    play.settle().await;
    assert_eq!(play.messages(None).await.len(), 1);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absence_pauses_until_the_day_after_the_return_and_goes_on_by_itself() {
    let (play, lead) = Play::eva().await;
    let ours = play.first_mail_to("eva@klant.example").await;
    let headers = format!(
        "Subject: Automatisch antwoord: {}\r\nIn-Reply-To: <{}>\r\nAuto-Submitted: auto-replied\r\n",
        ours.new.subject, ours.new.message_id
    );
    let words = "Ik ben afwezig tot en met 3 december 2026 en beantwoord je mail na mijn terugkomst.";
    let mail = play.deliver("eva@klant.example", &headers, words).await;
    assert_eq!(mail.outcome, "out_of_office");
    assert!(mail.flags.contains("2026-12-03"), "{}", mail.flags);
    assert_eq!(play.enrolment(lead).await, ("paused".to_owned(), Some("out_of_office".to_owned())));
    assert_eq!(play.lead(lead).await.state, "paused");
    play.house.advance(SignedDuration::from_hours(24 * 8));
    play.settle().await;
    assert_eq!(play.messages(None).await.len(), 1, "still away");
    play.house.advance(SignedDuration::from_hours(24 * 6));
    play.settle().await;
    assert_ne!(play.enrolment(lead).await.0, "paused");
    assert_eq!(play.messages(Some(MessageState::Sent)).await.len(), 2, "the follow-up left after the return");
    assert!(play.promotion(lead).await.is_none());
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_bounce_suppresses_and_stops_and_a_soft_one_changes_nothing() {
    for (status, action, stops) in [("5.1.1", "failed", true), ("4.4.1", "delayed", false)] {
        let (play, lead) = Play::eva().await;
        let eva = play.first_mail_to("eva@klant.example").await.new.contact_id.unwrap();
        let mut tx = play.house.engine.store().begin(play.house.workspace).await.unwrap();
        informing::set_clock(&mut tx, eva, Some(jiff::civil::date(2026, 12, 20))).await.unwrap();
        let told = Told { how: InformedHow::Mail, at: play.house.engine.now(), note: String::new() };
        informing::tell(&mut tx, &[eva], &told).await.unwrap();
        tx.commit().await.unwrap();
        let mail = play.bounce(status, action).await;
        assert_eq!(mail.outcome, "bounce", "{status}");
        let mut tx = play.house.engine.store().read(play.house.workspace).await.unwrap();
        let is_told = informing::of_contact(&mut tx, eva).await.unwrap().facts.how.is_some();
        assert_eq!(is_told, !stops, "a mail that came back told nobody: {status}");
        drop(tx);
        assert_eq!(play.suppressed("eva@klant.example").await, stops, "{status}");
        assert_eq!(play.enrolment(lead).await.0 == "stopped", stops, "{status}");
        assert_eq!(play.lead(lead).await.state == "blocked", stops, "{status}");
        assert!(play.promotion(lead).await.is_none());
        play.house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_for_our_reputation_fails_the_mail_and_spares_the_person() {
    let (play, lead) = Play::eva().await;
    let mail = play.bounce("5.7.1", "failed").await;
    assert_eq!(mail.outcome, "bounce");
    assert!(!play.suppressed("eva@klant.example").await);
    assert_eq!(play.enrolment(lead).await, ("stopped".to_owned(), Some("refused_as_sender".to_owned())));
    assert_eq!(play.lead(lead).await.state, "resting");
    let ours = play.first_mail_to("eva@klant.example").await;
    assert_eq!((ours.new.state, ours.reason.as_deref()), (MessageState::Failed, Some("refused_as_sender")));
    let refusals = play.house.engine.mailbox_refusals(&play.house.caller(Role::Owner)).await.unwrap();
    assert_eq!(refusals.iter().map(|one| (one.id, one.n)).collect::<Vec<_>>(), [(play.mailbox, 1)]);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_that_a_program_makes_of_our_opt_out_header_opts_out() {
    for (subject, is_stop) in
        [("unsubscribe", true), ("Re: afmelden", true), ("STOP", true), ("Re: Vraag over offertes", false)]
    {
        let (play, lead) = Play::eva().await;
        let mail = play.deliver("eva@klant.example", &format!("Subject: {subject}\r\n"), "").await;
        assert_eq!(mail.outcome == "opt_out", is_stop, "{subject}: {}", mail.outcome);
        assert_eq!(play.suppressed("eva@klant.example").await, is_stop, "{subject}");
        assert_eq!(play.lead(lead).await.state == "blocked", is_stop, "{subject}");
        play.house.close().await;
    }
}

impl Play {
    /// The report of a mail server about the first mail to Eva.
    async fn bounce(&self, status: &str, action: &str) -> Inbound {
        let ours = self.first_mail_to("eva@klant.example").await;
        let headers = "Subject: Undelivered Mail Returned to Sender\r\nReturn-Path: <>\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n";
        let body = format!(
            "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.kiem.example\r\n\r\nFinal-Recipient: rfc822; eva@klant.example\r\nAction: {action}\r\n\
             Status: {status}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\
             To: eva@klant.example\r\n\r\n--b--",
            ours.new.message_id
        );
        self.deliver("MAILER-DAEMON@mx.kiem.example", headers, &body).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_suppresses_for_ever() {
    let (play, lead) = Play::eva().await;
    let ours = play.first_mail_to("eva@klant.example").await;
    let headers = "Subject: complaint\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n";
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n\
         Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: eva@klant.example\r\n\r\n--b\r\n\
         Content-Type: message/rfc822\r\n\r\nMessage-ID: <{}>\r\nTo: eva@klant.example\r\nSubject: x\r\n\r\nx\r\n--b--",
        ours.new.message_id
    );
    let mail = play.deliver("fbl@provider.example", headers, &body).await;
    assert_eq!(mail.outcome, "complaint");
    assert!(play.suppressed("eva@klant.example").await);
    assert_eq!(play.lead(lead).await.state, "blocked");
    // Whatever comes later does not bring the lead back.
    play.reply(QUESTION).await;
    assert!(play.promotion(lead).await.is_none());
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_about_somebody_we_never_mailed_suppresses_nobody() {
    let (play, _) = Play::eva().await;
    let headers = "Subject: complaint\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n";
    let body = "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\
         Original-Rcpt-To: ander@elders.example\r\n\r\n--b--";
    play.deliver("fbl@provider.example", headers, body).await;
    assert!(!play.suppressed("ander@elders.example").await);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_answers_in_the_thread_makes_the_company_a_prospect() {
    let (play, lead) = Play::eva().await;
    let ours = play.first_mail_to("eva@klant.example").await;
    let headers = format!("Subject: Re: {}\r\nIn-Reply-To: <{}>\r\n", ours.new.subject, ours.new.message_id);
    let mail = play.deliver("Piet Bos <piet@klant.example>", &headers, QUESTION).await;
    assert_eq!(mail.lead_id, Some(lead));
    assert_eq!(mail.from_address, "piet@klant.example");
    assert_eq!(play.promotion(lead).await.unwrap().rule, "R1");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_a_forged_id_matches_nothing() {
    let (play, lead) = Play::eva().await;
    let headers = "Subject: Re: Vraag over offertes\r\nIn-Reply-To: <forged@kiem.example>\r\n";
    let mail = play.deliver("wie@elders.example", headers, QUESTION).await;
    assert_eq!((mail.outcome.as_str(), mail.lead_id), ("no_match", None));
    assert!(play.promotion(lead).await.is_none());
    assert_eq!(play.enrolment(lead).await.0, "active");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_mail_have_a_named_end() {
    let (play, _) = Play::eva().await;
    play.deliver_raw("\u{1}\u{2} geen mail").await;
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let rows = inbound::inbox(&mut tx, inbound::InboxFilter::default(), 10).await.unwrap();
    assert_eq!(rows[0].mail.outcome, "unreadable");
    drop(tx);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_promotion_restores_the_lead_and_only_new_evidence_promotes_again() {
    let (play, lead) = Play::eva().await;
    play.reply(QUESTION).await;
    let first = play.promotion(lead).await.unwrap();
    let sales = play.house.caller(Role::Sales);
    let without = play.house.engine.undo_promotion(&sales, lead, "  ").await;
    assert!(matches!(without, Err(EngineError::Invalid(_))), "a reason is needed");
    play.house.advance(SignedDuration::from_mins(10));
    play.house.engine.undo_promotion(&sales, lead, "Was een grap").await.unwrap();
    play.house.run_jobs().await;
    let undone = play.promotion(lead).await.unwrap();
    assert_eq!((undone.id, undone.undo_reason.as_deref()), (first.id, Some("Was een grap")));
    assert!(play.prospect(lead).await.is_none());
    assert_eq!(play.enrolment(lead).await.0, "active", "its place in the sequence is back");
    assert_eq!(play.lead(lead).await.state, "approached");
    let twice = play.house.engine.undo_promotion(&sales, lead, "nog eens").await;
    assert!(matches!(twice, Err(EngineError::Refused { code: "no_promotion", .. })));
    // The same evidence again is muted; a new reply is not.
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    play.house.engine.ask_decision(&mut tx, lead, play.house.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    play.house.run_jobs().await;
    assert_eq!(play.promotion(lead).await.unwrap().id, first.id);
    play.house.advance(SignedDuration::from_hours(2));
    play.reply("Toch nog een vraag: wat kost het per gebruiker?").await;
    let again = play.promotion(lead).await.unwrap();
    assert_eq!((again.cycle, again.undone_at), (2, None));
    assert!(play.prospect(lead).await.is_some());
    play.house.close().await;
}

/// The second lead works at the company of the first after all.
async fn move_to_company_of(play: &Play, there: LeadId, who: LeadId) -> CompanyId {
    let company = play.lead(there).await.company_id;
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    for sql in [
        "UPDATE contact SET company_id = $2 WHERE workspace_id = $1
             AND id = (SELECT contact_id FROM lead WHERE workspace_id = $1 AND id = $3)",
        "UPDATE lead SET company_id = $2 WHERE workspace_id = $1 AND id = $3",
        "UPDATE enrolment SET company_id = $2 WHERE workspace_id = $1 AND lead_id = $3",
    ] {
        tx.execute(sql, kiem_store::args![company, who]).await.unwrap();
    }
    tx.commit().await.unwrap();
    company
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_of_a_prospect_is_not_approached_afterwards_either() {
    let (play, eva) = Play::eva().await;
    play.reply(QUESTION).await;
    let piet = play.house.lead(2, "piet@ander.example", "Piet", "Meer", "Ander").await;
    move_to_company_of(&play, eva, piet).await;
    let owner = play.house.caller(Role::Owner);
    let engine = &play.house.engine;
    let campaign = engine.campaigns(&owner, false).await.unwrap()[0].campaign.id;
    let result = engine.enrol(&owner, campaign, &[piet]).await.unwrap();
    assert_eq!((result.added, result.blocked), (0, 1));
    let pursuit = play.prospect(eva).await.unwrap();
    engine.disqualify_prospect(&owner, pursuit.id, DisqualifyReason::NoFit, "").await.unwrap();
    let result = engine.enrol(&owner, campaign, &[piet]).await.unwrap();
    assert_eq!((result.added, result.blocked), (1, 0), "sales let the company go");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_stops_colleagues_and_an_undo_lets_them_go_on() {
    let people =
        [(1, "eva@klant.example", "Eva", "Groothandel Klant"), (2, "piet@ander.example", "Piet", "Ander")];
    let (play, leads) = Play::with(House::sqlite().await, &people).await;
    let company = move_to_company_of(&play, leads[0], leads[1]).await;
    // His second mail waits for approval, with a link that is followed.
    play.house.advance(SignedDuration::from_hours(4 * 24));
    play.house.run_jobs().await;
    let waiting = play.draft_to("piet@ander.example").await.unwrap();
    let tracked = Link {
        id: Uuid::from_bytes(support::random()).into(),
        message_id: waiting,
        contact_id: None,
        company_id: Some(company),
        target_url: "https://kiem.example/cases".to_owned(),
        page_kind: "other".to_owned(),
    };
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    link::insert(&mut tx, &[tracked]).await.unwrap();
    tx.commit().await.unwrap();
    play.reply(QUESTION).await;
    assert_eq!(play.draft_to("piet@ander.example").await, None);
    assert_eq!(play.enrolment(leads[1]).await, ("stopped".to_owned(), Some("colleague_promoted".to_owned())));
    assert_ne!(play.lead(leads[1]).await.state, "promoted", "the colleague did nothing");
    play.house.advance(SignedDuration::from_mins(1));
    play.house.engine.undo_promotion(&play.house.caller(Role::Manager), leads[0], "fout").await.unwrap();
    assert_eq!(play.enrolment(leads[1]).await.0, "active");
    play.house.run_jobs().await;
    let anew = play.draft_to("piet@ander.example").await;
    assert!(anew.is_some_and(|id| id != waiting), "the mail that was stopped is made anew: {anew:?}");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_forces_keeps_and_is_heard() {
    let (play, lead) = Play::eva().await;
    let sales = play.house.caller(Role::Sales);
    let engine = &play.house.engine;
    let tomorrow = play.house.clock.now() + SignedDuration::from_hours(24);
    let keep =
        OverrideInput { value: OverrideKind::KeepLead, until: Some(tomorrow), reason: "eerst overleggen" };
    engine.override_lead(&sales, lead, keep).await.unwrap();
    play.reply(QUESTION).await;
    assert!(play.promotion(lead).await.is_none(), "kept until tomorrow");
    play.house.advance(SignedDuration::from_hours(25));
    play.house.run_jobs().await;
    assert_eq!(play.promotion(lead).await.unwrap().rule, "R1", "by itself, on the day");

    let (other, lead) = Play::eva().await;
    let force = OverrideInput { value: OverrideKind::ForceProspect, until: None, reason: "belde zelf" };
    other.house.engine.override_lead(&other.house.caller(Role::Sales), lead, force).await.unwrap();
    assert_eq!(other.promotion(lead).await.unwrap().rule, "manual");
    let read_only = other.house.caller(Role::ReadOnly);
    assert!(matches!(
        other.house.engine.override_lead(&read_only, lead, force).await,
        Err(EngineError::Forbidden)
    ));
    play.house.close().await;
    other.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interest_for_later_goes_to_nurture_and_a_bare_not_now_stays_a_lead() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Ok.").await;
    let later =
        ReplyJudgement { label: ReplyLabel::NotNow, until: Some(jiff::civil::date(2027, 3, 1)), lead: None };
    play.house.engine.label_reply(&play.house.caller(Role::Sales), mail.id, later).await.unwrap();
    assert!(play.promotion(lead).await.is_none());
    assert_eq!(play.enrolment(lead).await, ("paused".to_owned(), Some("not_now".to_owned())));
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_promotes_at_once_and_lifts_an_earlier_no() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Ok.").await;
    play.judge(mail.id, ReplyLabel::NotInterested).await;
    assert_eq!(play.enrolment(lead).await.0, "stopped");
    play.house.advance(SignedDuration::from_hours(1));
    let facts = play.lead(lead).await;
    let act = kiem::engine::promotion::NewEngagement {
        occurred_at: play.house.clock.now(),
        what: EventKind::Booking {
            status: BookingStatus::Confirmed,
            uid: "b1".to_owned(),
            replaces: None,
            actor: Who::Lead,
            is_verified: true,
        },
        lead: Some(lead),
        contact: Some(facts.contact_id),
        company: Some(facts.company_id),
        message: None,
        link: None,
        inbound: None,
        web_session: None,
        source: "booking",
        external_id: "b1".to_owned(),
    };
    for expected in [true, false] {
        let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
        assert_eq!(play.house.engine.record_engagement(&mut tx, &act).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    play.house.run_jobs().await;
    assert_eq!(play.promotion(lead).await.unwrap().rule, "R2");
    let pursuit = play.prospect(lead).await.unwrap();
    assert_eq!(pursuit.next_action.as_deref(), Some("Bereid de afspraak met Eva voor"));
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_that_decide_at_once_promote_once() {
    for house in [House::sqlite().await, House::postgres().await] {
        let name = house.db.name;
        let (play, leads) = Play::with(house, &[(1, "eva@klant.example", "Eva", "Groothandel Klant")]).await;
        let lead = leads[0];
        let facts = play.lead(lead).await;
        let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
        let act = kiem::engine::promotion::NewEngagement {
            occurred_at: play.house.clock.now(),
            what: EventKind::QuoteRequest { actor: Who::Lead, is_spam: false },
            lead: Some(lead),
            contact: Some(facts.contact_id),
            company: Some(facts.company_id),
            message: None,
            link: None,
            inbound: None,
            web_session: None,
            source: "form",
            external_id: "1".to_owned(),
        };
        play.house.engine.record_engagement(&mut tx, &act).await.unwrap();
        tx.commit().await.unwrap();
        let payload = format!("{{\"lead\":\"{lead}\"}}");
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (engine, workspace, payload) =
                    (play.house.engine.clone(), play.house.workspace, payload.clone());
                tokio::spawn(async move { engine.run_decision(workspace, &payload).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(play.promotion(lead).await.unwrap().cycle, 1, "{name}");
        let n = play.event_kinds().await.iter().filter(|k| *k == "lead.promoted").count();
        assert_eq!(n, 1, "{name}");
        play.house.close().await;
    }
}

#[tokio::test]
async fn a_mail_that_a_person_files_under_a_lead_counts_like_any_reply() {
    let (play, lead) = Play::eva().await;
    let sales = play.house.caller(Role::Sales);
    let stray = play.deliver("eva.prive@thuis.example", "", "Graag een offerte voor 40 medewerkers.").await;
    assert_eq!((stray.outcome.as_str(), stray.lead_id), ("no_match", None));
    let looker = play.house.caller(Role::ReadOnly);
    let refused = play.house.engine.file_reply(&looker, stray.id, lead).await;
    assert!(matches!(refused, Err(EngineError::Forbidden)), "{refused:?}");
    play.house.engine.file_reply(&sales, stray.id, lead).await.unwrap();
    play.house.run_jobs().await;
    let filed = play.newest(&stray.external_key).await;
    assert_eq!((filed.match_level.as_str(), filed.lead_id), ("person", Some(lead)));
    assert_eq!(filed.label.as_deref(), Some("quote_request"));
    let made = play.promotion(lead).await.expect("the reply promotes");
    assert_eq!(made.rule, "R1");
    let receipt = play.house.engine.receipt(&sales, made.id).await.unwrap();
    assert_eq!(receipt.told.len(), 1, "{:?}", receipt.told);
    assert!(receipt.cause.is_some_and(|cause| !cause.text.is_empty()));
    let again = play.house.engine.file_reply(&sales, stray.id, lead).await;
    assert!(matches!(again, Err(EngineError::Refused { code: "reply_has_lead", .. })), "{again:?}");
    let kinds = play.event_kinds().await;
    assert!(kinds.iter().any(|kind| kind == "reply.filed"), "{kinds:?}");
    play.house.close().await;
}

#[tokio::test]
async fn the_receipt_of_a_forced_promotion_says_who_and_why_and_who_took_it_back() {
    let (play, lead) = Play::eva().await;
    let manager = play.house.caller(Role::Manager);
    let force =
        OverrideInput { value: OverrideKind::ForceProspect, until: None, reason: "Sprak haar op de beurs" };
    play.house.engine.override_lead(&manager, lead, force).await.unwrap();
    let made = play.promotion(lead).await.unwrap();
    let receipt = play.house.engine.receipt(&manager, made.id).await.unwrap();
    let evidence = receipt.evidence.first().unwrap();
    assert_eq!(
        (evidence.what.as_str(), evidence.words.as_deref()),
        ("override", Some("Sprak haar op de beurs"))
    );
    assert_eq!(receipt.undone_by, None);
    play.house.engine.undo_promotion(&manager, lead, "Toch niet").await.unwrap();
    let receipt = play.house.engine.receipt(&manager, made.id).await.unwrap();
    assert!(receipt.undone_by.is_some_and(|name| !name.is_empty()));
    play.house.close().await;
}

#[tokio::test]
async fn whatever_proves_that_an_uncertain_mail_left_says_so_and_lets_its_sequence_go_on() {
    const SENT: &str = "SELECT COUNT(*) AS n FROM event WHERE workspace_id = $1 AND kind = 'message.sent'";
    const WAITING: &str =
        "SELECT COUNT(*) AS n FROM job WHERE workspace_id = $1 AND kind = 'advance_enrolment'";
    for by in ["reply", "click"] {
        let (play, lead) = Play::eva().await;
        let ours = play.first_mail_to("eva@klant.example").await;
        let link = Link {
            id: Uuid::from_bytes(support::random()).into(),
            message_id: ours.new.id,
            contact_id: ours.new.contact_id,
            company_id: ours.new.company_id,
            target_url: "https://www.kiem.example/prijzen".to_owned(),
            page_kind: "page".to_owned(),
        };
        let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
        tx.execute(
            "UPDATE message SET state = 'uncertain' WHERE workspace_id = $1 AND state = 'sent'",
            vec![],
        )
        .await
        .unwrap();
        link::insert(&mut tx, std::slice::from_ref(&link)).await.unwrap();
        tx.commit().await.unwrap();
        let before = play.count(SENT).await;
        assert_eq!(play.count(WAITING).await, 0);
        if by == "reply" {
            let headers = format!(
                "From: Eva Meer <eva@klant.example>\r\nTo: jan@kiem.example\r\nMessage-ID: <a@klant.example>\r\n\
                 Subject: Afwezig\r\nIn-Reply-To: <{}>\r\nAuto-Submitted: auto-replied\r\n",
                ours.new.message_id
            );
            play.receive(&format!("{headers}\r\nIk ben afwezig tot 3 december.\r\n")).await;
        } else {
            let click = ClickReport {
                id: Uuid::from_bytes(support::random()),
                workspace: play.house.workspace,
                link: link.id,
                at: play.house.clock.now(),
                visitor: Visitor::new(None, "GET", "Mozilla/5.0", ""),
                actor: Who::Lead,
            };
            play.house.engine.record_clicks(play.house.workspace, &[click]).await.unwrap();
        }
        assert_eq!(play.count(SENT).await, before + 1, "{by}");
        assert_eq!(play.count(WAITING).await, 1, "{by}");
        let settled = play.first_mail_to("eva@klant.example").await;
        assert_eq!(settled.new.state, MessageState::Sent, "{by}");
        assert_ne!(play.enrolment(lead).await.0, "stopped", "{by}");
        play.house.close().await;
    }
}

#[tokio::test]
async fn an_answer_that_is_quicker_than_the_word_of_our_server_is_not_lost() {
    let (play, lead) = Play::eva().await;
    let ours = play.first_mail_to("eva@klant.example").await;
    // The server took the mail, and what it said is not written down yet.
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    let sql =
        "UPDATE message SET state = 'committing', finished_at = NULL WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, kiem_store::args![ours.new.id]).await.unwrap();
    tx.commit().await.unwrap();
    let headers = format!(
        "From: Eva Meer <eva@klant.example>\r\nTo: jan@kiem.example\r\nMessage-ID: <a@klant.example>\r\n\
         Subject: Re: Vraag\r\nIn-Reply-To: <{}>\r\n",
        ours.new.message_id
    );
    play.receive(&format!("{headers}\r\nDat klinkt interessant. Kun je me bellen voor een afspraak?\r\n"))
        .await;
    play.house.run_jobs().await;
    assert_eq!(play.promotion(lead).await.expect("a promotion").message_id, Some(ours.new.id));
    play.house.close().await;
}
