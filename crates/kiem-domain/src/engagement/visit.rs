//! Visits measured by the site snippet: which page was really looked at, which session counts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::agent::DeviceFamily;
use super::click::{ClickRule, GradedClick};
use super::config::Config;
use super::page::PageKind;
use super::{Actor, Grade, Ticket, millis_between};

/// One page in a session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageView {
    /// The path, as shown to people in the evidence.
    pub path: String,
    /// What the page is for.
    pub kind: PageKind,
    /// How long it was visible, in milliseconds.
    pub visible_ms: u64,
    /// Pointer, scroll and key events that the browser itself vouches for (`isTrusted`).
    pub trusted_events: u32,
}

impl PageView {
    fn was_visible(&self, seconds: u32) -> bool {
        self.visible_ms >= u64::from(seconds) * 1000
    }

    /// Somebody looked: visible long enough, with at least one trusted event. Script that ran proves nothing.
    pub fn is_engaged(&self, config: &Config) -> bool {
        // A case study that was read is engaged, also where a workspace asks less time for it than for other pages.
        self.is_case_read(config)
            || (self.was_visible(config.page_visible_seconds_min) && self.trusted_events > 0)
    }

    /// A case study that was read (rule R4); the list of case studies does not count.
    pub fn is_case_read(&self, config: &Config) -> bool {
        self.kind == PageKind::CaseStudyDetail
            && self.was_visible(config.case_visible_seconds_min)
            && self.trusted_events > 0
    }
}

/// One visit to the site by somebody we can name: it began with our link, or the visitor consented to be recognised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// The session's own id; the same session reported twice is merged.
    pub id: Option<Uuid>,
    /// The link that it began with, if it did.
    pub ticket: Option<Ticket>,
    /// Address or daily-salted hash of it; empty when unknown.
    pub source: String,
    /// The device, when the browser said which.
    pub device: Option<DeviceFamily>,
    /// Whose session it is.
    pub actor: Actor,
    /// The pages, in any order.
    pub pages: Vec<PageView>,
}

impl Session {
    /// Whether it counts as a visit (rule R3): an engaged page that is not careers or legal.
    pub fn is_visit(&self, config: &Config) -> bool {
        self.pages.iter().any(|page| page.kind.can_count() && page.is_engaged(config))
    }

    /// Whether a page in it was one that no person can find.
    pub fn has_honeypot(&self) -> bool {
        self.pages.iter().any(|page| page.kind == PageKind::Honeypot)
    }

    /// Whether somebody acted like a person on landing (rule C11): an engaged page, or a second page and enough time.
    pub fn has_interaction(&self, config: &Config) -> bool {
        if self.has_honeypot() {
            return false;
        }
        let paths: BTreeSet<&str> = self.pages.iter().map(|page| page.path.as_str()).collect();
        self.pages.iter().any(|page| page.is_engaged(config)) || (paths.len() > 1 && self.stayed(config))
    }

    /// Whether the pages together were visible long enough to have been looked at.
    pub(super) fn stayed(&self, config: &Config) -> bool {
        let visible_ms = self.pages.iter().fold(0u64, |sum, page| sum.saturating_add(page.visible_ms));
        visible_ms >= u64::from(config.page_visible_seconds_min) * 1000
    }

    /// The grade of the session. Trusted input is the strongest sign of a person that there is, so a click that was
    /// merely fast, or came from an isolating browser, does not spoil its session; a click of a known machine does.
    pub fn grade(&self, landing: Option<&GradedClick>, config: &Config) -> Grade {
        let by_machine = landing.is_some_and(|click| {
            use ClickRule::{C2, C3, C4, C8, C10};
            click.grade == Grade::Machine && matches!(click.rule, C2 | C3 | C4 | C8 | C10)
        });
        if by_machine || self.has_honeypot() {
            Grade::Machine
        } else if self.pages.iter().any(|page| page.is_engaged(config)) {
            Grade::HumanCertain
        } else {
            Grade::Unknown
        }
    }

    /// Adds what another report of the same session knows: longest visibility and most events of every page.
    pub fn merge(&mut self, other: &Session) {
        for page in &other.pages {
            match self.pages.iter_mut().find(|p| p.path == page.path && p.kind == page.kind) {
                Some(known) => {
                    known.visible_ms = known.visible_ms.max(page.visible_ms);
                    known.trusted_events = known.trusted_events.max(page.trusted_events);
                }
                None => self.pages.push(page.clone()),
            }
        }
        self.pages.sort();
        self.ticket = self.ticket.or(other.ticket);
        self.device = self.device.or(other.device);
    }
}

/// One page view as the snippet reported it, before it belongs to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When the page was opened.
    pub at: Timestamp,
    /// The link that led to it, on a landing.
    pub ticket: Option<Ticket>,
    /// The page.
    pub page: PageView,
}

/// The page views of one session, with the moment it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SightedSession {
    /// When its first page was opened.
    pub started_at: Timestamp,
    /// The link that it began with, if it did.
    pub ticket: Option<Ticket>,
    /// Its pages in order of time.
    pub pages: Vec<PageView>,
}

/// Cuts one visitor's page views into sessions: a new one after 30 idle minutes (`session_idle_minutes`) and with
/// every new link.
pub fn split_sessions(mut sightings: Vec<Sighting>, config: &Config) -> Vec<SightedSession> {
    sightings.sort_by(|a, b| (a.at, a.ticket, &a.page).cmp(&(b.at, b.ticket, &b.page)));
    let idle_ms = i64::from(config.session_idle_minutes) * 60_000;
    let mut sessions: Vec<SightedSession> = Vec::new();
    let mut last_sign: Option<Timestamp> = None;
    for sighting in sightings {
        let visible =
            jiff::SignedDuration::from_millis(i64::try_from(sighting.page.visible_ms).unwrap_or(i64::MAX));
        let until = sighting.at.saturating_add(visible).unwrap_or(sighting.at);
        let is_idle = last_sign.is_some_and(|last| millis_between(last, sighting.at) > idle_ms);
        match sessions.last_mut() {
            Some(open) if !is_idle && (sighting.ticket.is_none() || sighting.ticket == open.ticket) => {
                open.pages.push(sighting.page);
            }
            _ => {
                last_sign = None;
                sessions.push(SightedSession {
                    started_at: sighting.at,
                    ticket: sighting.ticket,
                    pages: vec![sighting.page],
                });
            }
        }
        last_sign = Some(last_sign.map_or(until, |last| last.max(until)));
    }
    sessions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{LinkId, MessageId};

    fn page(kind: PageKind, visible_ms: u64, trusted_events: u32) -> PageView {
        PageView { path: format!("/{kind}"), kind, visible_ms, trusted_events }
    }

    fn session(pages: Vec<PageView>) -> Session {
        Session { id: None, ticket: None, source: String::new(), device: None, actor: Actor::Lead, pages }
    }

    #[test]
    fn a_visit_needs_time_and_a_trusted_event_on_a_page_for_buyers() {
        let config = Config::default();
        for (pages, is_visit) in [
            (vec![page(PageKind::Page, 10_000, 1)], true),
            (vec![page(PageKind::Page, 9_999, 5)], false),
            (vec![page(PageKind::Page, 60_000, 0)], false),
            (vec![page(PageKind::Careers, 60_000, 9)], false),
            (vec![page(PageKind::Legal, 60_000, 9)], false),
            (vec![page(PageKind::Careers, 60_000, 9), page(PageKind::Pricing, 12_000, 1)], true),
            (vec![page(PageKind::Page, 6_000, 3), page(PageKind::Pricing, 6_000, 3)], false),
            (vec![], false),
        ] {
            assert_eq!(session(pages.clone()).is_visit(&config), is_visit, "{pages:?}");
        }
    }

    #[test]
    fn a_case_study_is_read_after_fifteen_seconds_and_its_list_never() {
        let config = Config::default();
        assert!(page(PageKind::CaseStudyDetail, 15_000, 1).is_case_read(&config));
        assert!(!page(PageKind::CaseStudyDetail, 14_999, 1).is_case_read(&config));
        assert!(!page(PageKind::CaseStudyDetail, 60_000, 0).is_case_read(&config));
        assert!(!page(PageKind::CaseStudyIndex, 60_000, 9).is_case_read(&config));
    }

    #[test]
    fn interaction_is_input_or_a_second_page_with_time_and_never_a_honeypot() {
        let config = Config::default();
        assert!(session(vec![page(PageKind::Page, 10_000, 1)]).has_interaction(&config));
        assert!(
            session(vec![page(PageKind::Page, 6_000, 0), page(PageKind::Pricing, 5_000, 0)])
                .has_interaction(&config)
        );
        assert!(
            !session(vec![page(PageKind::Page, 500, 0), page(PageKind::Pricing, 500, 0)])
                .has_interaction(&config)
        );
        assert!(!session(vec![page(PageKind::Page, 1_200, 0)]).has_interaction(&config));
        let trapped = session(vec![page(PageKind::Page, 20_000, 5), page(PageKind::Honeypot, 20_000, 5)]);
        assert!(!trapped.has_interaction(&config));
        assert_eq!(trapped.grade(None, &config), Grade::Machine);
    }

    #[test]
    fn two_reports_of_one_session_are_one() {
        let mut first = session(vec![page(PageKind::Page, 4_000, 0)]);
        first.merge(&session(vec![page(PageKind::Page, 11_000, 2), page(PageKind::Pricing, 1_000, 0)]));
        assert_eq!(first.pages.len(), 2);
        assert!(first.is_visit(&Config::default()));
    }

    #[test]
    fn sessions_end_after_half_an_hour_of_silence_and_begin_with_every_link() {
        let at = |minutes: i64| Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap();
        let link =
            |n| Some(Ticket { message: MessageId(Uuid::from_u128(1)), link: LinkId(Uuid::from_u128(n)) });
        let see =
            |minutes, ticket| Sighting { at: at(minutes), ticket, page: page(PageKind::Page, 60_000, 1) };
        let sightings = vec![
            see(75, None),
            see(0, link(1)),
            see(20, None),
            see(40, link(2)),
            see(44, link(2)),
            see(45, None),
        ];
        let sessions = split_sessions(sightings, &Config::default());
        let shape: Vec<_> = sessions.iter().map(|s| (s.started_at, s.ticket, s.pages.len())).collect();
        // The last sign was in minute 46 (45 and a minute of looking): minute 75 is within half an hour of it.
        assert_eq!(shape, vec![(at(0), link(1), 2), (at(40), link(2), 4)]);
        let apart = split_sessions(vec![see(0, None), see(31, None), see(63, None)], &Config::default());
        assert_eq!(apart.len(), 2, "30 minutes after the end is still the same visit, 31 is not");
    }
}
