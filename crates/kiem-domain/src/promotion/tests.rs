//! What promotion promises, told as stories.

use super::story::{IPHONE, Story, at, id, landed, of_mail};
use super::*;
use crate::engagement::page::PageKind;
use crate::engagement::reply::{LabelSource, LookReason, Millionths, ReplyLabel};
use crate::engagement::{Actor, Grade};
use crate::inbound::matching::MatchLevel;
use crate::locale::Lang;

fn rule(story: &Story) -> Option<Rule> {
    let decision = story.decide();
    assert_eq!(
        decision.rule.is_some(),
        decision.state == State::Prospect,
        "{}",
        explain(&decision, Lang::En)
    );
    decision.rule
}

#[test]
fn every_label_has_its_effect() {
    use ReplyLabel::*;
    for (label, promotes, sequence, asks) in [
        (MeetingRequest, true, "stopped", false),
        (QuoteRequest, true, "stopped", false),
        (Question, true, "stopped", false),
        (Interested, true, "stopped", false),
        (Referral, false, "stopped", false),
        (NotNow, false, "paused", false),
        (UsingCompetitor, false, "stopped", false),
        (NotInterested, false, "stopped", false),
        (Unsubscribe, false, "stopped", false),
        (DataRequest, false, "stopped", false),
        (WrongPerson, false, "stopped", false),
        (LeftCompany, false, "stopped", false),
        (OutOfOffice, false, "paused", false),
        (Auto, false, "running", false),
        (Other, false, "paused", true),
        (Challenge, false, "paused", true),
        (Bounce, false, "stopped", false),
        (Complaint, false, "stopped", false),
        (ReadReceipt, false, "running", false),
    ] {
        let decision = Story::approached().reply("2026-11-11 09:00", label, |_| {}).decide();
        assert_eq!(decision.rule, promotes.then_some(Rule::R1), "{label}");
        assert_eq!(decision.sequence.as_str(), sequence, "{label}");
        assert_eq!(decision.needs_look.is_some(), asks, "{label}");
        assert_eq!(decision.suppressed.is_some(), matches!(label, Unsubscribe | Complaint), "{label}");
        assert_eq!(decision.blocked_by.is_some(), label.is_no(), "{label}");
    }
}

#[test]
fn three_visits_on_two_days_within_thirty_days_promote() {
    let visits = |days: &[&str]| days.iter().fold(Story::approached(), |story, day| story.visit(day));
    for (days, expected) in [
        (&["2026-11-11 09:00", "2026-11-12 09:00", "2026-11-14 09:00"][..], Some(Rule::R3)),
        (&["2026-11-11 09:00", "2026-11-11 12:00", "2026-11-14 09:00"], Some(Rule::R3)),
        (&["2026-11-11 09:00", "2026-11-11 12:00", "2026-11-11 18:00"], None),
        (&["2026-11-11 09:00", "2026-11-12 09:00"], None),
        (&["2026-11-11 09:00", "2026-11-12 09:00", "2026-12-11 09:00"], Some(Rule::R3)),
        (&["2026-11-11 09:00", "2026-11-12 09:00", "2026-12-11 09:01"], None),
        // The first is out of the window of the last three, which are met by themselves.
        (&["2026-11-11 09:00", "2026-12-20 09:00", "2026-12-21 09:00", "2026-12-22 09:00"], Some(Rule::R3)),
    ] {
        assert_eq!(rule(&visits(days)), expected, "{days:?}");
    }
}

#[test]
fn days_are_counted_in_the_zone_of_the_workspace() {
    // 23:30 and 00:30 in Amsterdam are one day in UTC, and two for the people who work there.
    let around_midnight =
        Story::approached().visit("2026-11-11 23:00").visit("2026-11-11 23:40").visit("2026-11-12 00:20");
    assert_eq!(rule(&around_midnight), Some(Rule::R3));
    let mut in_utc = around_midnight.clone();
    in_utc.history.time_zone = jiff::tz::TimeZone::UTC;
    assert_eq!(rule(&in_utc), None);
    // The night in which the clock goes back has two hours of two: still one day.
    let winter = Story::empty().delivered("2026-10-20 09:00", 1);
    let night = winter.visit("2026-10-25 00:10").visit("2026-10-25 02:30").visit("2026-10-25 23:50");
    assert_eq!(rule(&night), None);
    assert_eq!(rule(&night.visit("2026-10-26 00:10")), Some(Rule::R3));
}

#[test]
fn soft_evidence_counts_until_ninety_days_after_the_last_mail() {
    let late =
        |last: &str| Story::approached().visit("2027-02-06 09:00").visit("2027-02-07 09:00").visit(last);
    assert_eq!(late("2027-02-08 09:00").decide_at("2027-04-01 09:00").rule, Some(Rule::R3));
    assert_eq!(late("2027-02-08 09:01").decide_at("2027-04-01 09:00").rule, None);
    let touched_again = late("2027-02-08 09:01").delivered("2027-01-05 09:00", 2);
    assert_eq!(touched_again.decide_at("2027-04-01 09:00").rule, Some(Rule::R3));
}

#[test]
fn a_case_study_is_read_or_opened_twice() {
    let clicks =
        |hours: &[&str]| hours.iter().fold(Story::approached(), |story, when| story.click(when, 1, |_| {}));
    assert_eq!(rule(&Story::approached().reads_case("2026-11-11 09:00")), Some(Rule::R4));
    let fleeting =
        Story::approached().session("2026-11-11 09:00", &[(PageKind::CaseStudyDetail, 14, 4)], |_| {});
    assert_eq!(rule(&fleeting), None);
    let list = Story::approached().session("2026-11-11 09:00", &[(PageKind::CaseStudyIndex, 90, 9)], |_| {});
    assert_eq!(rule(&list), None);
    assert_eq!(rule(&clicks(&["2026-11-10 12:00"])), None);
    assert_eq!(rule(&clicks(&["2026-11-10 12:00", "2026-11-10 12:40"])), None);
    assert_eq!(rule(&clicks(&["2026-11-10 12:00", "2026-11-10 13:00"])), Some(Rule::R4));
    assert_eq!(rule(&clicks(&["2026-11-10 12:00", "2026-12-10 12:00"])), Some(Rule::R4));
    assert_eq!(rule(&clicks(&["2026-11-10 12:00", "2026-12-10 13:01"])), None);
    let index = Story::approached()
        .click("2026-11-10 12:00", 1, |c| c.page_kind = PageKind::CaseStudyIndex)
        .click("2026-11-10 14:00", 1, |c| c.page_kind = PageKind::CaseStudyIndex);
    assert_eq!(rule(&index), None);
}

#[test]
fn where_the_page_can_tell_links_alone_do_not_promote() {
    let short = [(PageKind::CaseStudyDetail, 12, 1)];
    let story = Story::approached()
        .click("2026-11-10 12:00:00", 1, |_| {})
        .session("2026-11-10 12:00:01", &short, landed(1))
        .click("2026-11-11 15:00:00", 1, |_| {})
        .session("2026-11-11 15:00:01", &short, landed(1));
    let decision = story.decide();
    assert_eq!((decision.rule, decision.grades[0].grade), (None, Grade::HumanCertain));
}

#[test]
fn a_workspace_may_ask_for_two_case_studies() {
    let one = Story::approached().reads_case("2026-11-11 09:00").configured(|c| c.case_pages_min = 2);
    assert_eq!(rule(&one), None);
    let pages = [(PageKind::CaseStudyDetail, 20, 1), (PageKind::CaseStudyDetail, 20, 1)];
    let two =
        Story::approached().session("2026-11-11 09:00", &pages, |_| {}).configured(|c| c.case_pages_min = 2);
    assert_eq!(rule(&two), Some(Rule::R4));
    assert_eq!(rule(&one.reads_case("2026-11-11 15:00")), None, "the same one on the same day is one");
}

#[test]
fn soft_rules_settle_for_ninety_seconds_and_hard_ones_do_not() {
    let soft = Story::approached().reads_case("2026-11-11 09:00");
    let early = soft.decide_at("2026-11-11 09:01:29");
    assert_eq!((early.state, early.settle_at), (State::Lead, Some(at("2026-11-11 09:01:30"))));
    let settled = soft.decide_at("2026-11-11 09:01:30");
    assert_eq!((settled.rule, settled.settle_at), (Some(Rule::R4), None));
    assert_eq!(settled.promoted_at, Some(at("2026-11-11 09:01:30")));
    let hard = Story::approached().booking("2026-11-11 09:00", BookingStatus::Confirmed, "b1", None);
    assert_eq!(hard.decide_at("2026-11-11 09:00").rule, Some(Rule::R2));
    let no_in_between = soft.reply("2026-11-11 09:01", ReplyLabel::NotInterested, |_| {});
    assert_eq!(rule(&no_in_between), None);
}

#[test]
fn what_happens_before_the_first_mail_is_not_engagement() {
    let before = Story::empty()
        .reads_case("2026-11-09 09:00")
        .booking("2026-11-09 10:00", BookingStatus::Confirmed, "b1", None)
        .reply("2026-11-09 11:00", ReplyLabel::Interested, |_| {})
        .delivered("2026-11-10 09:00", 1);
    assert_eq!(before.decide().state, State::Lead);
    assert_eq!(Story::empty().reads_case("2026-11-09 09:00").decide().state, State::Lead);
}

#[test]
fn one_appointment_is_one_however_often_it_moves() {
    use BookingStatus::{Cancelled, Confirmed, Rescheduled};
    let moved = Story::approached()
        .booking("2026-11-11 09:00", Confirmed, "b1", None)
        .booking("2026-11-12 09:00", Cancelled, "b1", None)
        .booking("2026-11-12 09:00", Rescheduled, "b2", Some("b1"));
    let decision = moved.decide();
    assert_eq!((decision.rule, decision.evidence.len()), (Some(Rule::R2), 1));
    assert_eq!(decision.evidence[0].at, at("2026-11-11 09:00"));
    assert_eq!(rule(&moved.undone("2026-11-11 12:00")), None, "moving an old appointment is nothing new");
    let only_moved = Story::approached().booking("2026-11-12 09:00", Rescheduled, "b2", Some("b1"));
    assert_eq!(rule(&only_moved), Some(Rule::R2));
    let only_cancelled = Story::approached().booking("2026-11-12 09:00", Cancelled, "b1", None);
    assert_eq!(rule(&only_cancelled), None);
    let circle = Story::approached().booking("2026-11-11 09:00", Confirmed, "a", Some("b")).booking(
        "2026-11-12 09:00",
        Confirmed,
        "b",
        Some("a"),
    );
    assert_eq!(rule(&circle), Some(Rule::R2));
}

#[test]
fn a_cancelled_appointment_keeps_the_prospect_and_cools_it() {
    use BookingStatus::{Cancelled, Confirmed};
    let booked =
        Story::approached().visit("2027-01-05 09:00").booking("2027-01-06 09:00", Confirmed, "b1", None);
    let cancelled = booked.clone().booking("2027-01-06 20:00", Cancelled, "b1", None);
    assert_eq!(rule(&cancelled), Some(Rule::R2));
    assert_eq!((booked.decide().warmth, cancelled.decide().warmth), (15, 0));
}

#[test]
fn answers_to_an_invitation() {
    use CalendarAnswer::{Accepted, Counter, Declined, Tentative};
    let answered = |answer| Story::approached().calendar("2026-11-11 09:00", answer, "k1");
    assert_eq!(rule(&answered(Accepted)), Some(Rule::R2));
    assert_eq!(rule(&answered(Counter)), Some(Rule::R2));
    let perhaps = answered(Tentative).decide();
    assert_eq!((perhaps.state, perhaps.needs_look.is_some()), (State::Lead, false));
    let declined = answered(Declined).decide();
    assert_eq!(declined.needs_look.map(|look| look.reason), Some(LookReason::Declined));
    assert_eq!(declined.sequence.as_str(), "paused");
    let changed_mind = answered(Declined).calendar("2026-11-12 09:00", Accepted, "k1").decide();
    assert_eq!((changed_mind.rule, changed_mind.needs_look), (Some(Rule::R2), None));
    let other_meeting = answered(Declined).calendar("2026-11-12 09:00", Tentative, "k2").decide();
    assert!(other_meeting.needs_look.is_some());
    let room = EventKind::CalendarReply { answer: Accepted, uid: "k1".into(), is_automatic: true };
    assert_eq!(rule(&Story::approached().with("2026-11-11 09:00", room)), None);
}

#[test]
fn a_no_blocks_soft_rules_for_half_a_year_and_a_hard_signal_lifts_it() {
    let no = || Story::approached().reply("2026-11-11 09:00", ReplyLabel::NotInterested, |_| {});
    let reader = no().reads_case("2026-12-01 09:00");
    let decision = reader.decide();
    assert_eq!((decision.state, decision.blocked_by.is_some()), (State::Lead, true));
    let booked = reader.clone().booking("2026-12-10 09:00", BookingStatus::Confirmed, "b9", None).decide();
    assert_eq!((booked.rule, booked.blocked_by), (Some(Rule::R2), None));
    // 180 days after 11 November is 10 May. What was read during the block does not count afterwards.
    let touched = reader.delivered("2027-05-01 09:00", 2);
    assert_eq!(touched.decide_at("2027-08-01 09:00").state, State::Lead);
    assert_eq!(touched.decide_at("2027-08-01 09:00").blocked_by, None);
    assert_eq!(touched.clone().reads_case("2027-05-10 09:00").decide_at("2027-08-01 09:00").rule, None);
    assert_eq!(
        touched.clone().reads_case("2027-05-10 10:01").decide_at("2027-08-01 09:00").rule,
        Some(Rule::R4)
    );
}

#[test]
fn the_latest_answer_decides_about_the_block() {
    let story = Story::approached().reply("2026-11-11 09:00", ReplyLabel::NotInterested, |_| {}).reply(
        "2026-11-20 09:00",
        ReplyLabel::NotNow,
        |r| r.date = Some(jiff::civil::date(2027, 3, 1)),
    );
    assert_eq!(story.decide().blocked_by, None);
    assert_eq!(rule(&story.clone().reads_case("2026-11-25 09:00")), Some(Rule::R4));
    assert_eq!(rule(&story.clone().reads_case("2026-11-15 09:00")), None, "read during the block");
    let absent = Story::approached().reply("2026-11-11 09:00", ReplyLabel::NotInterested, |_| {}).reply(
        "2026-11-20 09:00",
        ReplyLabel::OutOfOffice,
        |r| r.by = LabelSource::Headers,
    );
    assert!(absent.decide().blocked_by.is_some(), "a machine's answer is not the lead's");
}

#[test]
fn a_promotion_stays_although_the_prospect_says_no_later() {
    let story = Story::approached().reads_case("2026-11-11 09:00").reply(
        "2026-11-20 09:00",
        ReplyLabel::NotInterested,
        |_| {},
    );
    let decision = story.decide();
    assert_eq!((decision.rule, decision.blocked_by.is_some()), (Some(Rule::R4), true));
}

#[test]
fn suppression_beats_everything_and_looking_at_the_page_is_none() {
    let promoted = Story::approached().reads_case("2026-11-11 09:00");
    for act in [EventKind::Complaint, EventKind::Unsubscribe, EventKind::Objection] {
        let forced = promoted.clone().decides("2026-11-12 09:00", OverrideValue::ForceProspect, None);
        let decision = forced.with("2026-11-13 09:00", act).decide();
        assert_eq!((decision.state, decision.warmth), (State::Lead, 0));
        assert!(decision.suppressed.is_some() && decision.evidence.is_empty());
        assert_eq!(decision.sequence.as_str(), "stopped");
    }
    let looked = promoted.with("2026-11-13 09:00", EventKind::UnsubscribeView).decide();
    assert_eq!((looked.rule, looked.suppressed), (Some(Rule::R4), None));
}

#[test]
fn an_opt_out_that_a_model_only_suspects_pauses_and_asks() {
    let story = Story::approached().reply("2026-11-11 09:00", ReplyLabel::Unsubscribe, |r| {
        r.probability = Millionths::new(400_000);
        r.margin = Millionths::new(100_000);
    });
    let decision = story.decide();
    assert_eq!(decision.suppressed, None);
    assert_eq!(decision.sequence.as_str(), "paused");
    assert_eq!(decision.needs_look.map(|look| look.reason), Some(LookReason::MaybeUnsubscribe));
}

#[test]
fn an_unread_reply_holds_soft_rules_until_a_person_has_read_it() {
    let unsure = |r: &mut crate::engagement::reply::Reply| {
        r.probability = Millionths::new(700_000);
        r.inbound = of_mail(5);
    };
    let story = Story::approached()
        .reply("2026-11-11 09:00", ReplyLabel::Interested, unsure)
        .reads_case("2026-11-12 09:00");
    let waiting = story.decide();
    assert_eq!((waiting.state, waiting.sequence.as_str()), (State::Lead, "paused"));
    assert!(waiting.needs_look.is_some());
    let read_as = |label| {
        let by_person = |r: &mut crate::engagement::reply::Reply| {
            r.by = LabelSource::Human;
            r.inbound = of_mail(5);
        };
        story.clone().reply("2026-11-20 09:00", label, by_person).decide()
    };
    let nothing = read_as(ReplyLabel::Auto);
    assert_eq!((nothing.rule, nothing.promoted_at), (Some(Rule::R4), Some(at("2026-11-20 09:00"))));
    let interested = read_as(ReplyLabel::Interested);
    assert_eq!((interested.rule, interested.evidence[0].at), (Some(Rule::R1), at("2026-11-11 09:00")));
    let no = read_as(ReplyLabel::NotInterested);
    assert_eq!((no.state, no.needs_look, no.blocked_by.is_some()), (State::Lead, None, true));
    let hard = story.clone().booking("2026-11-13 09:00", BookingStatus::Confirmed, "b1", None).decide();
    assert_eq!((hard.rule, hard.needs_look.is_some()), (Some(Rule::R2), true), "the lead acted beyond doubt");
}

#[test]
fn a_label_of_a_person_replaces_that_of_the_model_for_the_same_mail() {
    let story = |label| {
        Story::approached()
            .reply("2026-11-11 09:00", ReplyLabel::Interested, |r| r.inbound = of_mail(5))
            .reply("2026-11-11 10:00", label, |r| {
                r.inbound = of_mail(5);
                r.by = LabelSource::Human;
            })
    };
    assert_eq!(rule(&story(ReplyLabel::Question)), Some(Rule::R1));
    assert_eq!(rule(&story(ReplyLabel::NotInterested)), None);
    // Without the identity of the mail a person's label answers what was open before it.
    let unnamed = Story::approached()
        .reply("2026-11-11 09:00", ReplyLabel::Other, |_| {})
        .reply("2026-11-11 10:00", ReplyLabel::Question, |r| r.by = LabelSource::Human)
        .decide();
    assert_eq!((unnamed.rule, unnamed.needs_look), (Some(Rule::R1), None));
}

#[test]
fn an_opt_out_found_by_one_program_is_not_forgotten_by_the_next() {
    let story = Story::approached()
        .reply("2026-11-11 09:00", ReplyLabel::Unsubscribe, |r| {
            r.inbound = of_mail(5);
            r.by = LabelSource::Lexicon;
        })
        .reply("2026-11-11 09:01", ReplyLabel::Interested, |r| {
            r.inbound = of_mail(5);
            r.by = LabelSource::LanguageModel;
        });
    assert!(story.decide().suppressed.is_some());
}

#[test]
fn a_person_decides_over_the_rules() {
    use OverrideValue::{ForceProspect, KeepLead, Never};
    let reader = || Story::approached().reads_case("2026-11-15 09:00");
    let forced = Story::approached().decides("2026-11-12 09:00", ForceProspect, None).decide();
    assert_eq!((forced.state, forced.rule, forced.sequence.as_str()), (State::Prospect, None, "stopped"));
    assert_eq!(forced.evidence[0].what, What::Override { by: "marieke".into() });
    let forced_early = reader().decides("2026-11-12 09:00", ForceProspect, None).decide();
    assert_eq!((forced_early.state, forced_early.rule), (State::Prospect, None));
    let kept = reader().decides("2026-11-12 09:00", KeepLead, Some("2027-01-01 00:00"));
    let during = kept.decide_at("2026-12-31 23:59");
    assert_eq!((during.state, during.settle_at), (State::Lead, Some(at("2027-01-01 00:00"))));
    assert_eq!(kept.decide_at("2027-01-01 00:00").rule, Some(Rule::R4));
    assert_eq!(reader().decides("2026-11-20 09:00", Never, None).decide().state, State::Lead);
    let changed =
        reader().decides("2026-11-20 09:00", Never, None).decides("2026-11-21 09:00", ForceProspect, None);
    assert_eq!(changed.decide().state, State::Prospect);
    assert_eq!(forced_early.settle_at, None);
    let undone =
        Story::approached().decides("2026-11-12 09:00", ForceProspect, None).undone("2026-11-13 09:00");
    assert_eq!((undone.decide().state, undone.decide().overridden), (State::Lead, None));
}

#[test]
fn a_lead_that_is_kept_a_lead_is_not_mailed_on_after_it_booked() {
    let story = Story::approached().decides("2026-11-10 12:00", OverrideValue::Never, None).booking(
        "2026-11-11 09:00",
        BookingStatus::Confirmed,
        "b1",
        None,
    );
    let decision = story.decide();
    assert_eq!((decision.state, decision.sequence.as_str()), (State::Lead, "stopped"));
}

#[test]
fn an_undo_mutes_the_old_evidence_and_only_new_evidence_promotes_again() {
    let story = Story::approached()
        .visit("2026-11-11 09:00")
        .visit("2026-11-12 09:00")
        .visit("2026-11-13 09:00")
        .undone("2026-11-14 09:00");
    let undone = story.decide();
    assert_eq!((undone.state, undone.sequence.as_str(), undone.warmth), (State::Lead, "running", 0));
    assert_eq!(rule(&story.clone().visit("2026-11-15 09:00")), None);
    let anew = story.visit("2026-11-15 09:00").visit("2026-11-16 09:00").visit("2026-11-16 15:00").decide();
    assert_eq!((anew.rule, anew.evidence.len()), (Some(Rule::R3), 3));
    let reply = Story::approached()
        .reply("2026-11-11 09:00", ReplyLabel::Interested, |_| {})
        .undone("2026-11-12 09:00")
        .decide();
    assert_eq!((reply.state, reply.sequence.as_str()), (State::Lead, "running"), "back in its sequence");
}

#[test]
fn a_passed_on_link_warms_the_company_and_not_the_lead() {
    let page = [(PageKind::Page, 20, 3)];
    let case = [(PageKind::CaseStudyDetail, 22, 3)];
    let story = |agent: &str| {
        Story::approached()
            .click("2027-01-05 12:00:00", 1, |c| c.page_kind = PageKind::Page)
            .session("2027-01-05 12:00:01", &page, landed(1))
            .click("2027-01-05 15:00:00", 1, |c| {
                c.user_agent = agent.into();
                c.source = "203.0.113.9".into();
            })
            .session("2027-01-05 15:00:01", &case, |s| {
                landed(1)(s);
                s.source = "203.0.113.9".into();
            })
    };
    let shared = story(IPHONE).decide();
    assert_eq!((shared.state, shared.company_warmth), (State::Lead, 7 + 10));
    assert_eq!(shared.warmth, 15 + 5);
    assert_eq!(rule(&story(super::story::WINDOWS)), Some(Rule::R4), "the same kind of device");
}

#[test]
fn who_answers_a_mail_was_approached_whatever_the_server_said_of_it_and_when() {
    let answer = |story: Story, matched| {
        story.reply("2026-11-11 09:00", ReplyLabel::Interested, |r| {
            (r.answers, r.matched) = (Some(id(1).into()), matched);
        })
    };
    for matched in [MatchLevel::MessageIds, MatchLevel::RecipientToken] {
        // The answer was quicker than the word that the server took the mail, which came after it or is still awaited.
        for story in [Story::empty(), Story::empty().delivered("2026-11-11 09:01", 1)] {
            let decision = answer(story, matched).decide();
            assert_eq!(decision.rule, Some(Rule::R1), "{matched}");
            let cause = decision.attribution.cause.expect("the mail that was answered");
            assert_eq!(cause.message, id(1).into());
            assert_eq!(decision.attribution.last, Some(cause));
        }
    }
    // An address proves nothing, and what was delivered before keeps its time.
    assert_eq!(rule(&answer(Story::empty(), MatchLevel::Address)), None);
    let usual = answer(Story::empty().delivered("2026-11-10 09:00", 1), MatchLevel::MessageIds).decide();
    assert_eq!(usual.attribution.cause.map(|touch| touch.at), Some(at("2026-11-10 09:00")));
}

#[test]
fn colleagues_count_for_hard_signals_and_our_own_people_never() {
    let reply_of = |actor, matched| {
        Story::empty()
            .with(
                "2026-11-10 09:00",
                EventKind::Delivered { message: id(1).into(), to: Actor::Colleague, n_links: None },
            )
            .reply("2026-11-11 09:00", ReplyLabel::Interested, |r| (r.actor, r.matched) = (actor, matched))
    };
    assert_eq!(
        rule(&reply_of(Actor::Colleague, MatchLevel::Quote)),
        Some(Rule::R1),
        "the company was approached"
    );
    assert_eq!(rule(&reply_of(Actor::Lead, MatchLevel::Address)), None, "this person was not");
    let booked_by = |actor| {
        let (status, uid) = (BookingStatus::Confirmed, "b1".to_owned());
        let booking = EventKind::Booking { status, uid, replaces: None, actor, is_verified: true };
        Story::approached().with("2026-11-11 09:00", booking)
    };
    assert_eq!(rule(&booked_by(Actor::Colleague)), Some(Rule::R2));
    assert_eq!(rule(&booked_by(Actor::Stranger)), None);
    assert_eq!(rule(&booked_by(Actor::Staff)), None);
    let ours = Story::approached()
        .session("2026-11-11 09:00", &[(PageKind::CaseStudyDetail, 60, 9)], |s| s.actor = Actor::Staff);
    assert_eq!(rule(&ours), None);
}

#[test]
fn a_booking_must_prove_where_it_came_from_and_a_form_must_not_be_spam() {
    let (status, uid, actor) = (BookingStatus::Confirmed, "b1".to_owned(), Actor::Lead);
    let unproved = EventKind::Booking { status, uid, replaces: None, actor, is_verified: false };
    assert_eq!(rule(&Story::approached().with("2026-11-11 09:00", unproved)), None);
    let form = |is_spam| {
        let actor = Actor::Lead;
        Story::approached().with("2026-11-11 09:00", EventKind::QuoteRequest { actor, is_spam })
    };
    assert_eq!(rule(&form(false)), Some(Rule::R5));
    assert_eq!(rule(&form(true)), None);
}

#[test]
fn warmth_has_caps_fades_and_never_promotes_by_itself() {
    let visits =
        (0..6).fold(Story::approached(), |story, n| story.visit(&format!("2026-11-11 {:02}:00", 9 + n)));
    assert_eq!(visits.decide_at("2026-11-12 09:00").warmth, 45, "the cap of visits");
    assert_eq!(visits.decide_at("2026-12-11 09:00").warmth, 45, "full for thirty days");
    assert_eq!(visits.decide_at("2026-12-20 09:00").warmth, 42, "then half: 6 x 7");
    assert_eq!(visits.decide_at("2027-01-11 09:00").warmth, 0, "nothing after sixty days");
    let one = |pages: &[(PageKind, u64, u32)]| {
        Story::approached().session("2026-11-11 09:00", pages, |_| {}).decide_at("2026-11-12 09:00").warmth
    };
    assert_eq!(one(&[(PageKind::Pricing, 20, 1)]), 15 + 15);
    assert_eq!(one(&[(PageKind::CaseStudyDetail, 20, 1), (PageKind::CaseStudyDetail, 20, 1)]), 15 + 40);
    assert_eq!(one(&[(PageKind::Careers, 90, 9)]), 0);
    assert_eq!(one(&[(PageKind::Page, 5, 9)]), 0);
    let came_back = Story::approached().visit("2026-11-11 09:00").visit("2026-11-12 09:00");
    assert_eq!(came_back.decide_at("2026-11-12 12:00").warmth, 15 + 15 + 15);
    let tentative = Story::approached().calendar("2026-11-11 09:00", CalendarAnswer::Tentative, "k1");
    assert_eq!(tentative.decide_at("2026-11-12 09:00").warmth, 25);
    let likely = ["2026-11-10 12:00", "2026-11-10 14:00", "2026-11-10 16:00", "2026-11-10 18:00"];
    let clicks = likely
        .iter()
        .fold(Story::approached(), |story, when| story.click(when, 1, |c| c.page_kind = PageKind::Page));
    assert_eq!(clicks.decide_at("2026-11-11 09:00").warmth, 6, "the cap of likely clicks");
}

#[test]
fn enough_warmth_promotes_only_where_it_is_switched_on() {
    let pages = [(PageKind::Pricing, 20, 1)];
    let warm = Story::approached().session("2026-11-11 09:00", &pages, |_| {}).calendar(
        "2026-11-12 09:00",
        CalendarAnswer::Tentative,
        "k1",
    );
    assert_eq!(warm.decide_at("2026-11-13 09:00").warmth, 55);
    let warmer = warm.clone().visit("2026-11-12 15:00");
    assert_eq!(rule(&warmer), None, "off unless somebody wants it");
    assert_eq!(rule(&warm.configured(|c| c.r6_enabled = true)), None, "55 is less than 60");
    let decision = warmer.configured(|c| c.r6_enabled = true).decide();
    assert_eq!(decision.rule, Some(Rule::R6));
}

#[test]
fn pauses_have_an_end_and_the_next_mail_shows_that_they_are_over() {
    let absent = |date| {
        Story::approached().reply("2026-11-10 10:00", ReplyLabel::OutOfOffice, |r| {
            r.by = LabelSource::Headers;
            r.date = date;
        })
    };
    let until = |story: &Story| match story.decide().sequence {
        Sequence::Paused { until, .. } => until,
        other => panic!("{other:?}"),
    };
    let day = jiff::civil::date;
    assert_eq!(until(&absent(Some(day(2026, 12, 3)))), Some(day(2026, 12, 4)), "the day after the return");
    assert_eq!(until(&absent(None)), Some(day(2026, 11, 17)), "a week when nothing is said");
    assert_eq!(until(&absent(Some(day(2026, 11, 1)))), Some(day(2026, 11, 17)), "a date that has passed");
    let back = absent(Some(day(2026, 12, 3)));
    let sequence = back.decide().sequence;
    assert!(!sequence.may_send_on(day(2026, 12, 3)) && sequence.may_send_on(day(2026, 12, 4)));
    assert_eq!(back.clone().delivered("2026-12-04 09:00", 2).decide().sequence, Sequence::Running);
    assert_eq!(back.delivered("2026-12-02 09:00", 2).decide().sequence.as_str(), "paused");
    let later =
        Story::approached().reply("2026-11-11 09:00", ReplyLabel::NotNow, |r| r.date = Some(day(2027, 4, 1)));
    assert_eq!(until(&later), Some(day(2027, 4, 1)));
}

#[test]
fn hard_bounces_stop_and_soft_ones_do_not() {
    for (kind, sequence) in
        [(BounceKind::Hard, "stopped"), (BounceKind::Soft, "running"), (BounceKind::None, "running")]
    {
        let decision = Story::approached().with("2026-11-10 09:01", EventKind::Bounce(kind)).decide();
        assert_eq!((decision.state, decision.sequence.as_str()), (State::Lead, sequence), "{kind}");
    }
}

#[test]
fn an_interested_reply_that_asks_to_wait_promotes_and_goes_to_nurture() {
    let date = jiff::civil::date(2027, 4, 1);
    let story = Story::approached().reply("2026-11-11 09:00", ReplyLabel::Interested, |r| {
        r.date = Some(date);
        r.is_postponed = true;
    });
    assert_eq!((rule(&story), story.decide().nurture_until), (Some(Rule::R1), Some(date)));
    let sooner = story.reply("2026-11-20 09:00", ReplyLabel::MeetingRequest, |_| {});
    assert_eq!(sooner.decide().nurture_until, None, "what it said last holds");
}

#[test]
fn the_rule_that_was_met_first_is_named() {
    let story = Story::approached().reads_case("2026-11-11 09:00").reply(
        "2026-11-12 09:00",
        ReplyLabel::Question,
        |_| {},
    );
    assert_eq!(rule(&story), Some(Rule::R4));
    let within_settle = Story::approached().reads_case("2026-11-11 09:00").reply(
        "2026-11-11 09:01",
        ReplyLabel::Question,
        |_| {},
    );
    assert_eq!(rule(&within_settle), Some(Rule::R1));
}

#[test]
fn the_future_has_not_happened() {
    let story = Story::approached().booking("2026-11-20 09:00", BookingStatus::Confirmed, "b1", None);
    assert_eq!(story.decide_at("2026-11-19 09:00").state, State::Lead);
    assert_eq!(story.decide_at("2026-11-20 09:00").state, State::Prospect);
}

#[test]
fn a_session_reported_twice_is_one_visit() {
    let twice = Story::approached()
        .session("2026-11-11 09:00", &[(PageKind::Page, 20, 3)], |s| s.id = Some(id(7)))
        .session("2026-11-11 09:05", &[(PageKind::Page, 40, 6)], |s| s.id = Some(id(7)))
        .session("2026-11-12 09:00", &[(PageKind::Page, 20, 3)], |s| s.id = Some(id(8)));
    assert_eq!(rule(&twice), None);
    assert_eq!(rule(&twice.visit("2026-11-12 15:00")), Some(Rule::R3));
}

#[test]
fn every_decision_can_be_said_in_both_languages() {
    let visits =
        Story::approached().visit("2026-11-11 09:00").visit("2026-11-12 09:00").visit("2026-11-14 09:00");
    let decision = visits.decide_at("2026-11-20 09:00");
    assert_eq!(
        explain(&decision, Lang::En),
        "Prospect on 14 Nov by R3: visits 11, 12, 14 Nov after mail of 10 Nov (certain)."
    );
    assert_eq!(
        explain(&decision, Lang::Nl),
        "Prospect op 14 nov door R3: bezoeken op 11, 12, 14 nov na mail van 10 nov (zeker)."
    );
    let reply = Story::approached().reply("2026-11-11 09:00", ReplyLabel::QuoteRequest, |_| {});
    assert_eq!(
        explain(&reply.decide_at("2026-11-20 09:00"), Lang::Nl),
        "Prospect op 11 nov door R1: antwoord van 11 nov (vraagt een offerte) na mail van 10 nov (zeker)."
    );
    let no = Story::approached().reply("2026-11-11 09:00", ReplyLabel::NotInterested, |_| {});
    assert_eq!(
        explain(&no.decide_at("2026-11-20 09:00"), Lang::En),
        "Lead: reply of 11 Nov (not interested); visits and clicks do not count until 10 May 2027. \
         Sequence stopped: not interested."
    );
    let unsure = Story::approached().reply("2026-11-11 09:00", ReplyLabel::Other, |_| {});
    assert_eq!(
        explain(&unsure.decide_at("2026-11-20 09:00"), Lang::Nl),
        "Lead: iemand moet kijken naar het bericht van 11 nov (past nergens bij). \
         E-mailreeks gepauzeerd: wacht op een mens."
    );
    assert_eq!(explain(&Story::approached().decide(), Lang::En), "Lead: nothing that counts yet.");
    let one_visit = Story::approached().visit("2026-11-11 09:00").decide_at("2026-11-20 09:00");
    assert_eq!(explain(&one_visit, Lang::Nl), "Lead: signalen, maar nog niet genoeg.");
}

#[test]
fn the_mails_that_led_to_a_promotion_are_kept() {
    let story = Story::approached()
        .delivered("2026-11-17 09:00", 2)
        .click("2026-11-18 12:00:00", 1, |_| {})
        .session("2026-11-18 12:00:01", &[(PageKind::CaseStudyDetail, 30, 4)], landed(1));
    let attribution = story.decide().attribution;
    let message = |touch: Option<Touch>| touch.map(|t| t.message.0);
    assert_eq!(message(attribution.first), Some(id(1)));
    assert_eq!(message(attribution.last), Some(id(2)));
    assert_eq!(message(attribution.cause), Some(id(1)), "the link of the first mail was used");
}
