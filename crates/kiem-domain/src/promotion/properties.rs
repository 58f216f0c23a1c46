//! Properties that hold for every history, not only for those somebody thought of.

use proptest::prelude::*;

use super::story::{Story, click, id, reply, session};
use super::*;
use crate::engagement::Actor;
use crate::engagement::click::Click;
use crate::engagement::network::NetworkClass;
use crate::engagement::page::PageKind;
use crate::engagement::reply::{LabelSource, Millionths, ReplyLabel};
use crate::engagement::{Grade, Ticket};
use crate::id::{InboundId, LinkId, MessageId};
use crate::inbound::matching::MatchLevel;

const BEGIN_SECONDS: i64 = 1_793_000_000;

fn pick<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn a_click() -> impl Strategy<Value = EventKind> {
    let kinds =
        [PageKind::CaseStudyDetail, PageKind::Page, PageKind::Pricing, PageKind::Careers, PageKind::Honeypot];
    let networks = pick(NetworkClass::ALL);
    (1..4u128, 1..3u128, proptest::sample::select(kinds.to_vec()), networks, 0..3u8).prop_map(
        |(link, message, page_kind, network, source)| {
            let ticket = Ticket { message: MessageId(id(message)), link: LinkId(id(link)) };
            EventKind::Click(Click { ticket, page_kind, network, source: source.to_string(), ..click(link) })
        },
    )
}

fn a_session() -> impl Strategy<Value = EventKind> {
    let pages = proptest::collection::vec((pick(PageKind::ALL), 0..40u64, 0..3u32), 0..3);
    (pages, proptest::option::of(1..4u128), proptest::option::of(1..4u128), 0..3u8).prop_map(
        |(pages, link, number, source)| {
            let mut session = session(&pages);
            session.ticket = link.map(|link| Ticket { message: MessageId(id(1)), link: LinkId(id(link)) });
            session.id = number.map(id);
            session.source = source.to_string();
            EventKind::Session(session)
        },
    )
}

fn a_reply() -> impl Strategy<Value = EventKind> {
    let shares = (0..=1_000_000u32, 0..=1_000_000u32);
    let from = (pick(LabelSource::ALL), pick(MatchLevel::ALL), pick(Actor::ALL));
    (pick(ReplyLabel::ALL), shares, from, proptest::option::of(1..4u128), any::<bool>()).prop_map(
        |(label, (probability, margin), (by, matched, actor), inbound, is_disowned)| {
            let mut reply = reply(label);
            (reply.probability, reply.margin) = (Millionths::new(probability), Millionths::new(margin));
            (reply.by, reply.matched, reply.actor) = (by, matched, actor);
            reply.inbound = inbound.map(|n| InboundId(id(n)));
            reply.is_disowned = is_disowned;
            EventKind::Reply(reply)
        },
    )
}

fn another_act() -> impl Strategy<Value = EventKind> {
    let text = || proptest::sample::select(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]);
    let delivered = (1..3u128).prop_map(|message| EventKind::Delivered {
        message: MessageId(id(message)),
        to: Actor::Lead,
        n_links: None,
    });
    let calendar = (pick(CalendarAnswer::ALL), text(), any::<bool>())
        .prop_map(|(answer, uid, is_automatic)| EventKind::CalendarReply { answer, uid, is_automatic });
    let booking = (pick(BookingStatus::ALL), text(), proptest::option::of(text()), pick(Actor::ALL))
        .prop_map(|(status, uid, replaces, actor)| EventKind::Booking {
            status,
            uid,
            replaces,
            actor,
            is_verified: true,
        });
    let quote = (pick(Actor::ALL), any::<bool>())
        .prop_map(|(actor, is_spam)| EventKind::QuoteRequest { actor, is_spam });
    let decided = (pick(OverrideValue::ALL), proptest::option::of(0..100i64)).prop_map(|(value, days)| {
        let until = days.map(|days| Timestamp::from_second(BEGIN_SECONDS + days * 86_400).unwrap());
        EventKind::Override { value, until, by: "marieke".into(), reason: None }
    });
    let undone = Just(EventKind::UndoPromotion { by: "marieke".into(), reason: "test".into() });
    let bounce = pick(BounceKind::ALL).prop_map(EventKind::Bounce);
    prop_oneof![4 => delivered, 2 => calendar, 2 => booking, 1 => quote, 1 => decided, 1 => undone, 1 => bounce,
        1 => Just(EventKind::Open), 1 => Just(EventKind::UnsubscribeView)]
}

/// A moment within a hundred days, often near others: seconds matter to grading, days to the rules.
fn a_moment() -> impl Strategy<Value = Timestamp> {
    (0..100i64, 0..4i64, 0..120i64).prop_map(|(day, hour, second)| {
        Timestamp::from_second(BEGIN_SECONDS + day * 86_400 + hour * 3600 + second).unwrap()
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let kind = prop_oneof![3 => a_click(), 5 => a_session(), 2 => a_reply(), 4 => another_act()];
    proptest::collection::vec((a_moment(), kind), 0..24).prop_map(|events| {
        let numbered = events.into_iter().enumerate();
        numbered.map(|(n, (at, kind))| Event { at, id: id(n as u128 + 1), kind }).collect()
    })
}

fn story(events: Vec<Event>) -> Story {
    let mut story = Story::empty();
    story.history.events = events;
    story.config.r6_enabled = true;
    story
}

fn end() -> Timestamp {
    Timestamp::from_second(BEGIN_SECONDS + 110 * 86_400).unwrap()
}

fn decided(events: Vec<Event>) -> Decision {
    let story = story(events);
    decide(&story.history, &story.config, end())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn order_and_repetition_never_matter(
        events in events(),
        order in any::<u64>(),
        repeated in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let expected = decided(events.clone());
        let mut shuffled = events.clone();
        if !events.is_empty() {
            shuffled.extend(repeated.iter().map(|place| place.get(&events).clone()));
        }
        // A fixed but arbitrary order, different for every seed.
        shuffled.sort_by_key(|event| (event.id.as_u128() as u64 ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        prop_assert_eq!(decided(shuffled), expected);
    }

    #[test]
    fn an_open_never_changes_anything(events in events(), at in a_moment()) {
        let expected = decided(events.clone());
        let mut opened = events;
        opened.push(Event { at, id: id(9999), kind: EventKind::Open });
        prop_assert_eq!(decided(opened), expected);
    }

    #[test]
    fn a_click_of_a_machine_never_promotes(events in events(), at in a_moment(), kind in a_click()) {
        let before = decided(events.clone());
        let mut clicked = events;
        let EventKind::Click(click) = kind else { unreachable!("the strategy makes clicks") };
        let scan = Click { method: "HEAD".into(), ..click };
        clicked.push(Event { at, id: id(9999), kind: EventKind::Click(scan) });
        let after = decided(clicked);
        prop_assert!(before.state == State::Prospect || after.state == State::Lead);
        let graded = after.grades.iter().find(|click| click.event == id(9999)).map(|click| click.grade);
        prop_assert_eq!(graded, Some(Grade::Machine));
    }

    #[test]
    fn who_is_suppressed_is_never_a_prospect(events in events(), at in a_moment(), how in 0..3u8) {
        let mut suppressed = events;
        let kind = match how {
            0 => EventKind::Unsubscribe,
            1 => EventKind::Complaint,
            _ => EventKind::Objection,
        };
        suppressed.push(Event { at, id: id(9999), kind });
        let decision = decided(suppressed);
        prop_assert_eq!(decision.state, State::Lead);
        prop_assert_eq!(decision.sequence.as_str(), "stopped");
        prop_assert_eq!(decision.settle_at, None);
        prop_assert!(decision.evidence.is_empty() && decision.suppressed.is_some());
    }

    #[test]
    fn nothing_promotes_before_the_first_mail(events in events()) {
        let untouched: Vec<Event> = events
            .into_iter()
            .filter(|event| !matches!(event.kind, EventKind::Delivered { .. } | EventKind::Override { .. }))
            .collect();
        prop_assert_eq!(decided(untouched).state, State::Lead);
    }

    #[test]
    fn a_decision_announced_for_later_comes_true(events in events(), at in a_moment()) {
        let story = story(events);
        let early = decide(&story.history, &story.config, at);
        if let Some(settle_at) = early.settle_at {
            prop_assert!(settle_at > at);
            // Only if nothing else happens in between.
            let mut quiet = story;
            quiet.history.events.retain(|event| event.at <= at);
            let then = decide(&quiet.history, &quiet.config, settle_at);
            prop_assert_eq!(then.state, State::Prospect);
        }
    }

    #[test]
    fn every_prospect_has_evidence_that_happened_and_every_lead_none(events in events()) {
        let known: Vec<uuid::Uuid> = events.iter().map(|event| event.id).collect();
        let decision = decided(events);
        prop_assert_eq!(decision.evidence.is_empty(), decision.state == State::Lead);
        prop_assert!(decision.evidence.iter().all(|evidence| known.contains(&evidence.event)));
        prop_assert!(decision.warmth <= 100 && decision.company_warmth <= 100);
    }
}
