//! The click rules C1 to C13: who opened a link, a person or a machine.
//!
//! The clock is the moment at which the recipient's server accepted our mail. A grade is provisional for 90 seconds
//! (`settle_seconds`), so that a burst or a honeypot hit can still change it before anything follows from it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::agent::is_machine_agent;
use super::config::Config;
use super::network::NetworkClass;
use super::page::PageKind;
use super::visit::Session;
use super::{Actor, Grade, Seen, Ticket, millis_between};
use crate::id::{LinkId, MessageId};

text_enum! {
    /// The rule that graded a click. The first that applies wins.
    pub enum ClickRule {
        /// Not a GET.
        C1 = "C1",
        /// A purpose header says prefetch, preview or prerender.
        C2 = "C2",
        /// The program that asked is no browser.
        C3 = "C3",
        /// From a network where only machines live.
        C4 = "C4",
        /// From a probable gateway: a machine soon after delivery, unknown later.
        C5 = "C5",
        /// Too soon after delivery.
        C6 = "C6",
        /// Two links of one mail within seconds from one source.
        C7 = "C7",
        /// Near a hit on the link that no person can see.
        C8 = "C8",
        /// All links of the mail within a minute.
        C9 = "C9",
        /// From a source that opens the links of several recipients.
        C10 = "C10",
        /// Somebody acted like a person on the page.
        C11 = "C11",
        /// Nothing against a person, well after delivery, and the page cannot tell.
        C12 = "C12",
        /// Nothing known.
        C13 = "C13",
    }
}

/// One request for a tracked link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Click {
    /// Which link of which mail.
    pub ticket: Ticket,
    /// What the link leads to.
    pub page_kind: PageKind,
    /// Address or daily-salted hash of it; empty when unknown.
    pub source: String,
    /// What was known about the address's network when it came in.
    pub network: NetworkClass,
    /// The `User-Agent`; empty when the header was missing.
    pub user_agent: String,
    /// The HTTP method.
    pub method: String,
    /// The values of `Sec-Purpose`, `Purpose`, `X-Purpose` and `X-Moz`, joined; empty when there were none.
    pub purpose: String,
    /// Whose link it was used by, as far as is known.
    pub actor: Actor,
}

/// When a mail was accepted, and how many links it carried if that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The recipient's server accepted it.
    pub at: Timestamp,
    /// Distinct tracked links in it.
    pub n_links: Option<u32>,
}

/// A source that opened the links of several recipients (C10), and how long that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gateway {
    /// Address or hash, as in [`Click::source`].
    pub source: String,
    /// Its first click of the burst.
    pub from: Timestamp,
    /// Until then its clicks are a machine's.
    pub until: Timestamp,
}

/// One opened link, of any recipient at the lead's mail domain: the material for [`find_gateways`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketOpen {
    /// Address or hash, as in [`Click::source`].
    pub source: String,
    /// When.
    pub at: Timestamp,
    /// Whose mail it was: any id that differs between recipients.
    pub recipient: Uuid,
}

/// A click with its grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradedClick {
    /// The event.
    pub event: Uuid,
    /// When.
    pub at: Timestamp,
    /// How sure.
    pub grade: Grade,
    /// By which rule.
    pub rule: ClickRule,
    /// Less than 90 seconds old: a later event may still change it.
    pub is_provisional: bool,
}

/// The facts beside the clicks that grading needs.
#[derive(Debug, Clone, Copy)]
pub struct ClickFacts<'a> {
    /// Deliveries by mail.
    pub deliveries: &'a BTreeMap<MessageId, Delivery>,
    /// Sessions in order of time.
    pub sessions: &'a [Seen<'a, Session>],
    /// Known gateways of the lead's mail domain.
    pub gateways: &'a [Gateway],
    /// The thresholds.
    pub config: &'a Config,
    /// The moment of judging.
    pub now: Timestamp,
}

/// The grades, and which click each session began with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grading {
    /// One for every click, in the order given.
    pub clicks: Vec<GradedClick>,
    /// For every session the place of its click in `clicks`, if it has one.
    pub landings: Vec<Option<usize>>,
}

/// Grades clicks. Both lists must be sorted by time; the result does not depend on anything else.
pub fn grade_clicks(clicks: &[Seen<'_, Click>], facts: &ClickFacts<'_>) -> Grading {
    let marks = Marks {
        bursts: mark_bursts(clicks, facts.config),
        honeypots: honeypot_hits(clicks, facts.sessions),
        all_links: mark_all_links(clicks, facts),
    };
    let machines: Vec<Option<ClickRule>> =
        clicks.iter().enumerate().map(|(place, click)| machine_rule(place, click, &marks, facts)).collect();
    let landings: Vec<Option<usize>> =
        facts.sessions.iter().map(|session| landing(session, clicks, &machines, facts.config)).collect();
    let graded = clicks
        .iter()
        .enumerate()
        .map(|(place, click)| {
            let (grade, rule) = match machines[place] {
                Some(rule) => (Grade::Machine, rule),
                None => human_grade(place, click, &landings, facts),
            };
            let settle_ms = i64::from(facts.config.settle_seconds) * 1000;
            let is_provisional = millis_between(click.at, facts.now) < settle_ms;
            GradedClick { event: click.event, at: click.at, grade, rule, is_provisional }
        })
        .collect();
    Grading { clicks: graded, landings }
}

struct Marks<'a> {
    bursts: Vec<bool>,
    honeypots: BTreeMap<&'a str, Vec<Timestamp>>,
    all_links: Vec<bool>,
}

fn machine_rule(
    place: usize,
    click: &Seen<'_, Click>,
    marks: &Marks<'_>,
    facts: &ClickFacts<'_>,
) -> Option<ClickRule> {
    let Click { source, network, user_agent, method, purpose, page_kind, .. } = click.what;
    let config = facts.config;
    let since_delivery_ms = since_delivery_ms(click, facts.deliveries);
    let sooner_than = |seconds: u32| since_delivery_ms.is_some_and(|ms| ms < i64::from(seconds) * 1000);
    let purpose = purpose.to_ascii_lowercase();
    let near_honeypot = marks.honeypots.get(source.as_str()).is_some_and(|hits| {
        let reach_ms = i64::from(config.honeypot_seconds) * 1000;
        let next = hits.partition_point(|hit| millis_between(*hit, click.at) > reach_ms);
        hits.get(next).is_some_and(|hit| millis_between(click.at, *hit) <= reach_ms)
    });
    let is_gateway =
        facts.gateways.iter().any(|g| g.source == *source && g.from <= click.at && click.at <= g.until);
    [
        (!method.eq_ignore_ascii_case("GET"), ClickRule::C1),
        (["prefetch", "preview", "prerender"].iter().any(|word| purpose.contains(word)), ClickRule::C2),
        (is_machine_agent(user_agent), ClickRule::C3),
        (*network == NetworkClass::CertainGateway, ClickRule::C4),
        (
            *network == NetworkClass::ProbableGateway && sooner_than(config.probable_gateway_seconds),
            ClickRule::C5,
        ),
        (sooner_than(config.click_machine_seconds), ClickRule::C6),
        (marks.bursts[place], ClickRule::C7),
        (*page_kind == PageKind::Honeypot || near_honeypot, ClickRule::C8),
        (marks.all_links[place], ClickRule::C9),
        (is_gateway, ClickRule::C10),
    ]
    .into_iter()
    .find_map(|(applies, rule)| applies.then_some(rule))
}

fn human_grade(
    place: usize,
    click: &Seen<'_, Click>,
    landings: &[Option<usize>],
    facts: &ClickFacts<'_>,
) -> (Grade, ClickRule) {
    let config = facts.config;
    let mut own = facts.sessions.iter().zip(landings).filter(|(_, l)| **l == Some(place)).peekable();
    let has_beacon = own.peek().is_some();
    if own.any(|(session, _)| session.what.has_interaction(config)) || (has_beacon && returned(click, facts))
    {
        return (Grade::HumanCertain, ClickRule::C11);
    }
    if click.what.network == NetworkClass::ProbableGateway {
        return (Grade::Unknown, ClickRule::C5);
    }
    let likely_ms = i64::from(config.likely_after_seconds) * 1000;
    let is_late = since_delivery_ms(click, facts.deliveries).is_some_and(|ms| ms > likely_ms);
    if is_late && !has_beacon {
        (Grade::HumanLikely, ClickRule::C12)
    } else {
        (Grade::Unknown, ClickRule::C13)
    }
}

/// Whether somebody came back over the same link later and stayed for a while.
fn returned(click: &Seen<'_, Click>, facts: &ClickFacts<'_>) -> bool {
    let apart_ms = i64::from(facts.config.return_minutes_min) * 60_000;
    facts.sessions.iter().any(|session| {
        session.what.ticket == Some(click.what.ticket)
            && millis_between(click.at, session.at) >= apart_ms
            && session.what.stayed(facts.config)
            && !session.what.has_honeypot()
    })
}

/// Time since the delivery of the mail of the link; of the newest mail before the click when its own is not known.
fn since_delivery_ms(click: &Seen<'_, Click>, deliveries: &BTreeMap<MessageId, Delivery>) -> Option<i64> {
    let own = deliveries.get(&click.what.ticket.message).map(|d| d.at);
    let newest = || deliveries.values().map(|d| d.at).filter(|at| *at <= click.at).max();
    own.or_else(newest).map(|at| millis_between(at, click.at))
}

/// The click that a session began with: over the same link and not long before; from the same source rather than from
/// another, by a person rather than by a machine, late rather than early.
fn landing(
    session: &Seen<'_, Session>,
    clicks: &[Seen<'_, Click>],
    machines: &[Option<ClickRule>],
    config: &Config,
) -> Option<usize> {
    let ticket = session.what.ticket?;
    let first_at =
        session.at.saturating_sub(SignedDuration::from_secs(i64::from(config.beacon_seconds_max))).ok()?;
    let from = clicks.partition_point(|click| click.at < first_at);
    let to = clicks.partition_point(|click| click.at <= session.at);
    (from..to)
        .filter(|place| clicks[*place].what.ticket == ticket && machines[*place] != Some(ClickRule::C1))
        .max_by_key(|place| {
            (clicks[*place].what.source == session.what.source, machines[*place].is_none(), *place)
        })
}

fn mark_bursts(clicks: &[Seen<'_, Click>], config: &Config) -> Vec<bool> {
    let mut groups: BTreeMap<(MessageId, &str), Vec<usize>> = BTreeMap::new();
    for (place, click) in clicks.iter().enumerate() {
        groups.entry((click.what.ticket.message, &click.what.source)).or_default().push(place);
    }
    let mut marked = vec![false; clicks.len()];
    for group in groups.values() {
        mark_near_other_link(group.iter(), clicks, config, &mut marked);
        mark_near_other_link(group.iter().rev(), clicks, config, &mut marked);
    }
    marked
}

/// Walks one way through the clicks of one mail and source and marks those near a click on another link before it.
fn mark_near_other_link<'p>(
    places: impl Iterator<Item = &'p usize>,
    clicks: &[Seen<'_, Click>],
    config: &Config,
    marked: &mut [bool],
) {
    let reach_ms = i64::from(config.burst_seconds) * 1000;
    let mut last: Option<(LinkId, Timestamp)> = None;
    let mut last_other: Option<Timestamp> = None;
    for place in places {
        let (link, at) = (clicks[*place].what.ticket.link, clicks[*place].at);
        match last {
            Some((known, seen)) if known != link => last_other = Some(seen),
            _ => {}
        }
        if last_other.is_some_and(|seen| millis_between(seen, at).abs() <= reach_ms) {
            marked[*place] = true;
        }
        last = Some((link, at));
    }
}

fn honeypot_hits<'a>(
    clicks: &[Seen<'a, Click>],
    sessions: &[Seen<'a, Session>],
) -> BTreeMap<&'a str, Vec<Timestamp>> {
    let by_click =
        clicks.iter().filter(|c| c.what.page_kind == PageKind::Honeypot).map(|c| (&c.what.source, c.at));
    let by_session = sessions.iter().filter(|s| s.what.has_honeypot()).map(|s| (&s.what.source, s.at));
    let mut hits: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    for (source, at) in by_click.chain(by_session) {
        hits.entry(source).or_default().push(at);
    }
    hits.values_mut().for_each(|times| times.sort_unstable());
    hits
}

/// Marks the clicks of a time in which every link of a mail was opened. When nobody counted the links of the mail,
/// three different ones are taken for all.
fn mark_all_links(clicks: &[Seen<'_, Click>], facts: &ClickFacts<'_>) -> Vec<bool> {
    let mut by_message: BTreeMap<MessageId, Vec<usize>> = BTreeMap::new();
    for (place, click) in clicks.iter().enumerate() {
        by_message.entry(click.what.ticket.message).or_default().push(place);
    }
    let reach_ms = i64::from(facts.config.all_links_seconds) * 1000;
    let links_min = facts.config.all_links_min;
    let mut marked = vec![false; clicks.len()];
    for (message, places) in by_message {
        let n_links = facts.deliveries.get(&message).and_then(|d| d.n_links).unwrap_or(links_min);
        if n_links < links_min {
            continue;
        }
        let mut open: BTreeMap<LinkId, usize> = BTreeMap::new();
        let (mut first, mut marked_to) = (0, 0);
        for (last, place) in places.iter().enumerate() {
            *open.entry(clicks[*place].what.ticket.link).or_default() += 1;
            while millis_between(clicks[places[first]].at, clicks[*place].at) > reach_ms {
                let link = clicks[places[first]].what.ticket.link;
                if let Some(count) = open.get_mut(&link) {
                    *count -= 1;
                    if *count == 0 {
                        open.remove(&link);
                    }
                }
                first += 1;
            }
            if open.len() >= n_links as usize {
                places[first.max(marked_to)..=last].iter().for_each(|p| marked[*p] = true);
                marked_to = last + 1;
            }
        }
    }
    marked
}

/// Finds sources that opened the links of several recipients within minutes (C10). Give it the clicks of all
/// recipients at one mail domain: a gateway stands before a domain, and a whole office behind one address does not
/// open the mail of three people within ten minutes unless it is one.
pub fn find_gateways(mut opens: Vec<TicketOpen>, config: &Config) -> Vec<Gateway> {
    opens.sort_unstable();
    let reach_ms = i64::from(config.gateway_window_seconds) * 1000;
    let memory = SignedDuration::from_hours(i64::from(config.gateway_memory_hours));
    let mut gateways: Vec<Gateway> = Vec::new();
    for group in opens.chunk_by(|a, b| a.source == b.source) {
        let mut recipients: BTreeMap<Uuid, usize> = BTreeMap::new();
        let mut first = 0;
        for open in group {
            *recipients.entry(open.recipient).or_default() += 1;
            while millis_between(group[first].at, open.at) > reach_ms {
                if let Some(count) = recipients.get_mut(&group[first].recipient) {
                    *count -= 1;
                    if *count == 0 {
                        recipients.remove(&group[first].recipient);
                    }
                }
                first += 1;
            }
            if recipients.len() < config.gateway_recipients_min as usize {
                continue;
            }
            let until = open.at.saturating_add(memory).unwrap_or(open.at);
            match gateways.last_mut() {
                Some(last) if last.source == open.source && last.until >= group[first].at => {
                    last.until = until
                }
                _ => gateways.push(Gateway { source: open.source.clone(), from: group[first].at, until }),
            }
        }
    }
    gateways
}
