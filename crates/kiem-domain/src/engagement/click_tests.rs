//! What the click rules promise, one table for each.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::click::*;
use super::config::Config;
use super::network::NetworkClass;
use super::page::PageKind;
use super::visit::{PageView, Session};
use super::{Actor, Grade, Seen, Ticket};
use crate::id::{LinkId, MessageId};

const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36";

/// So many seconds after delivery.
fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn ticket(link: u128) -> Ticket {
    Ticket { message: MessageId(Uuid::from_u128(1)), link: LinkId(Uuid::from_u128(link)) }
}

fn get(link: u128) -> Click {
    Click {
        ticket: ticket(link),
        page_kind: PageKind::Page,
        source: "198.51.100.7".into(),
        network: NetworkClass::Ordinary,
        user_agent: BROWSER.into(),
        method: "GET".into(),
        purpose: String::new(),
        actor: Actor::Lead,
    }
}

fn visit(link: u128, visible_ms: u64, trusted_events: u32) -> Session {
    let page = PageView { path: "/".into(), kind: PageKind::Page, visible_ms, trusted_events };
    Session {
        id: None,
        ticket: Some(ticket(link)),
        source: "198.51.100.7".into(),
        device: None,
        actor: Actor::Lead,
        pages: vec![page],
    }
}

#[derive(Default)]
struct Case {
    clicks: Vec<(i64, Click)>,
    sessions: Vec<(i64, Session)>,
    n_links: Option<u32>,
    gateways: Vec<Gateway>,
}

impl Case {
    fn graded(mut self) -> Vec<GradedClick> {
        self.clicks.sort_by_key(|(at, _)| *at);
        let clicks: Vec<Seen<'_, Click>> =
            self.clicks.iter().map(|(at, what)| Seen { event: Uuid::nil(), at: after(*at), what }).collect();
        let sessions: Vec<Seen<'_, Session>> = self
            .sessions
            .iter()
            .map(|(at, what)| Seen { event: Uuid::nil(), at: after(*at), what })
            .collect();
        let delivery = Delivery { at: after(0), n_links: self.n_links };
        let deliveries = BTreeMap::from([(MessageId(Uuid::from_u128(1)), delivery)]);
        let config = Config::default();
        let facts = ClickFacts {
            deliveries: &deliveries,
            sessions: &sessions,
            gateways: &self.gateways,
            config: &config,
            now: after(1_000_000),
        };
        grade_clicks(&clicks, &facts).clicks
    }

    fn rules(self) -> Vec<(Grade, ClickRule)> {
        self.graded().into_iter().map(|click| (click.grade, click.rule)).collect()
    }
}

fn one(seconds: i64, change: impl FnOnce(&mut Click)) -> (Grade, ClickRule) {
    let mut click = get(1);
    change(&mut click);
    Case { clicks: vec![(seconds, click)], ..Case::default() }.rules()[0]
}

#[test]
fn a_single_click_is_graded_by_the_first_rule_that_applies() {
    use ClickRule::*;
    use Grade::*;
    type Change = fn(&mut Click);
    let cases: [(i64, Change, Grade, ClickRule); 19] = [
        (7200, |c| c.method = "HEAD".into(), Machine, C1),
        (7200, |c| c.method = "POST".into(), Machine, C1),
        (7200, |c| c.method = "get".into(), HumanLikely, C12),
        (7200, |c| c.purpose = "prefetch;prerender".into(), Machine, C2),
        (7200, |c| c.purpose = "Preview".into(), Machine, C2),
        (7200, |c| c.user_agent = String::new(), Machine, C3),
        (7200, |c| c.user_agent = "Barracuda Sentinel (EE)".into(), Machine, C3),
        (7200, |c| c.network = NetworkClass::CertainGateway, Machine, C4),
        (599, |c| c.network = NetworkClass::ProbableGateway, Machine, C5),
        (600, |c| c.network = NetworkClass::ProbableGateway, Unknown, C5),
        (7200, |c| c.network = NetworkClass::ProbableGateway, Unknown, C5),
        (4, |_| {}, Machine, C6),
        (29, |_| {}, Machine, C6),
        (-2, |_| {}, Machine, C6),
        (30, |_| {}, Unknown, C13),
        (600, |_| {}, Unknown, C13),
        (601, |_| {}, HumanLikely, C12),
        (7200, |c| c.page_kind = PageKind::Honeypot, Machine, C8),
        (4, |c| c.network = NetworkClass::CertainGateway, Machine, C4),
    ];
    for (seconds, change, grade, rule) in cases {
        assert_eq!(one(seconds, change), (grade, rule), "after {seconds} s, expected {rule}");
    }
}

#[test]
fn a_burst_is_two_links_of_one_source_within_five_seconds_and_takes_all_of_them() {
    let machine = (Grade::Machine, ClickRule::C7);
    let likely = (Grade::HumanLikely, ClickRule::C12);
    let two = |apart: i64, change: fn(&mut Click)| {
        let mut second = get(2);
        change(&mut second);
        Case { clicks: vec![(2400, get(1)), (2400 + apart, second)], ..Case::default() }.rules()
    };
    assert_eq!(two(0, |_| {}), [machine, machine]);
    assert_eq!(two(5, |_| {}), [machine, machine]);
    assert_eq!(two(6, |_| {}), [likely, likely]);
    assert_eq!(two(2, |c| c.source = "203.0.113.9".into()), [likely, likely], "two people");
    assert_eq!(two(2, |c| c.ticket = ticket(1)), [likely, likely], "a double click on one link");
    let other_mail = |c: &mut Click| c.ticket.message = MessageId(Uuid::from_u128(9));
    assert_eq!(two(2, other_mail), [likely, likely], "links of two mails");
    // Link 1 twice, then link 2: every click within reach of another link is part of the burst.
    let clicks = vec![(2400, get(1)), (2402, get(1)), (2404, get(2)), (2411, get(1))];
    let rules = Case { clicks, ..Case::default() }.rules();
    assert_eq!(rules, [machine, machine, machine, likely]);
}

#[test]
fn a_honeypot_hit_condemns_its_source_for_half_a_minute_on_both_sides() {
    let mut trap = get(9);
    trap.page_kind = PageKind::Honeypot;
    let mut other = get(1);
    other.source = "203.0.113.9".into();
    let clicks =
        vec![(2369, get(1)), (2370, get(1)), (2400, trap), (2410, other), (2430, get(1)), (2431, get(1))];
    let rules: Vec<ClickRule> =
        Case { clicks, ..Case::default() }.rules().into_iter().map(|(_, rule)| rule).collect();
    use ClickRule::{C8, C12};
    assert_eq!(rules, [C12, C8, C8, C12, C8, C12]);
}

#[test]
fn all_links_of_a_mail_within_a_minute_are_a_machine_wherever_they_come_from() {
    let three = |third: i64, n_links| {
        let mut clicks = vec![(2400, get(1)), (2420, get(2)), (2400 + third, get(3))];
        for (place, (_, click)) in clicks.iter_mut().enumerate() {
            click.source = format!("198.51.100.{place}");
        }
        let rules = Case { clicks, n_links, ..Case::default() }.rules();
        rules.into_iter().map(|(_, rule)| rule).collect::<Vec<_>>()
    };
    use ClickRule::{C9, C12};
    assert_eq!(three(60, Some(3)), [C9, C9, C9]);
    assert_eq!(three(61, Some(3)), [C12, C12, C12]);
    assert_eq!(three(60, None), [C9, C9, C9], "nobody counted the links");
    assert_eq!(three(60, Some(4)), [C12, C12, C12], "one link was left alone");
    assert_eq!(three(60, Some(2)), [C12, C12, C12], "the rule is for mails with three links");
}

#[test]
fn a_source_that_opens_the_mail_of_three_people_is_a_gateway_for_a_day() {
    let config = Config::default();
    let open = |at: i64, recipient: u128| TicketOpen {
        source: "192.0.2.1".into(),
        at: after(at),
        recipient: Uuid::from_u128(recipient),
    };
    assert_eq!(find_gateways(vec![open(0, 1), open(300, 2), open(601, 3)], &config), []);
    assert_eq!(find_gateways(vec![open(0, 1), open(300, 2), open(600, 2)], &config), [], "two people");
    let found = find_gateways(vec![open(600, 3), open(0, 1), open(300, 2), open(610, 2)], &config);
    // The click at 610 s is of the second person again; within its ten minutes there were two.
    let until = after(600) + SignedDuration::from_hours(24);
    assert_eq!(found, [Gateway { source: "192.0.2.1".into(), from: after(0), until }]);
    let mut click = get(1);
    click.source = "192.0.2.1".into();
    let grade = |at| {
        Case { clicks: vec![(at, click.clone())], gateways: found.clone(), ..Case::default() }.rules()[0]
    };
    assert_eq!(grade(3600), (Grade::Machine, ClickRule::C10));
    assert_eq!(grade(600 + 24 * 3600 + 1), (Grade::HumanLikely, ClickRule::C12));
}

#[test]
fn a_click_is_certain_when_somebody_acted_on_the_page() {
    let with = |sessions: Vec<(i64, Session)>| {
        Case { clicks: vec![(7200, get(1))], sessions, ..Case::default() }.rules()[0]
    };
    let certain = (Grade::HumanCertain, ClickRule::C11);
    let unknown = (Grade::Unknown, ClickRule::C13);
    let likely = (Grade::HumanLikely, ClickRule::C12);
    assert_eq!(with(vec![(7201, visit(1, 10_000, 1))]), certain);
    assert_eq!(with(vec![(7201, visit(1, 9_000, 1))]), unknown);
    assert_eq!(with(vec![(7201, visit(1, 60_000, 0))]), unknown, "script that ran proves nothing");
    assert_eq!(with(vec![(7201, visit(2, 20_000, 4))]), likely, "another link");
    assert_eq!(with(vec![(7200 + 901, visit(1, 20_000, 4))]), likely, "the landing token has expired");
    assert_eq!(with(vec![(7199, visit(1, 20_000, 4))]), likely, "before the click");
    let came_back = vec![(7201, visit(1, 2_000, 0)), (7200 + 1800, visit(1, 12_000, 0))];
    assert_eq!(with(came_back), certain);
    let too_soon = vec![(7201, visit(1, 2_000, 0)), (7200 + 1799, visit(1, 12_000, 0))];
    assert_eq!(with(too_soon), unknown);
}

#[test]
fn a_person_behind_an_isolating_browser_is_a_person() {
    let mut click = get(1);
    click.network = NetworkClass::ProbableGateway;
    let sessions = vec![(7202, visit(1, 20_000, 3))];
    let rules = Case { clicks: vec![(7200, click)], sessions, ..Case::default() }.rules();
    assert_eq!(rules, [(Grade::HumanCertain, ClickRule::C11)]);
}

#[test]
fn a_visit_belongs_to_the_click_of_its_own_source() {
    let mut scan = get(1);
    scan.source = "203.0.113.9".into();
    let clicks = vec![(7200, get(1)), (7201, scan)];
    let rules = Case { clicks, sessions: vec![(7202, visit(1, 20_000, 3))], ..Case::default() }.rules();
    assert_eq!(rules, [(Grade::HumanCertain, ClickRule::C11), (Grade::HumanLikely, ClickRule::C12)]);
}

#[test]
fn a_click_of_an_unknown_mail_is_measured_from_the_newest_mail() {
    let unknown_mail = |c: &mut Click| c.ticket.message = MessageId(Uuid::from_u128(77));
    assert_eq!(one(10, unknown_mail), (Grade::Machine, ClickRule::C6));
    assert_eq!(one(-10, unknown_mail), (Grade::Unknown, ClickRule::C13), "no mail was delivered before");
}

#[test]
fn a_grade_is_provisional_for_ninety_seconds() {
    let click = get(1);
    let seen = [Seen { event: Uuid::nil(), at: after(7200), what: &click }];
    let deliveries = BTreeMap::new();
    let config = Config::default();
    for (now, is_provisional) in [(7289, true), (7290, false)] {
        let facts = ClickFacts {
            deliveries: &deliveries,
            sessions: &[],
            gateways: &[],
            config: &config,
            now: after(now),
        };
        assert_eq!(grade_clicks(&seen, &facts).clicks[0].is_provisional, is_provisional, "{now}");
    }
}
