//! Visits: reports of the snippet come in one by one, are written in groups, and are answered after the commit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use kiem_domain::engagement::agent::{DeviceFamily, is_machine_agent};
use kiem_domain::engagement::config::Config;
use kiem_domain::engagement::page::{PageKind, page_kind};
use kiem_domain::engagement::visit::{PageView, Session};
use kiem_domain::engagement::{Actor, Ticket};
use kiem_domain::id::{LinkId, WorkspaceId};
use kiem_domain::promotion::EventKind;
use kiem_store::event::Actor as EventActor;
use kiem_store::link::{self, Addressed};
use kiem_store::site::{self, Site, VisitMode};
use kiem_store::web_session::{self, PageViewRow, WebSession};
use kiem_store::{Tx, account};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::hex;
use super::site::page_rules;
use super::staff::OwnNetworks;
use super::visitor::Visitor;
use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::promotion::{NewEngagement, Rules};
use crate::engine::{Engine, Result};

/// How long the token in the address after a click opens a visit.
const ENTRY_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Reports that wait; more are answered "busy", and the snippet tells the same again with its next report.
const QUEUE_MAX: usize = 5_000;
/// Reports that one transaction writes.
const GROUP_MAX: usize = 500;
/// Longest path that is kept.
const PATH_CHARS_MAX: usize = 500;
/// A page that is visible for longer was forgotten, not read.
const VISIBLE_MS_MAX: i64 = 6 * 60 * 60 * 1000;

/// What a report shows to be allowed to add to a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitKey {
    /// Straight from the redirect of a link.
    Entry {
        /// The link.
        link: LinkId,
        /// When it was opened.
        opened_at: Timestamp,
    },
    /// A visit that goes on.
    Session(Uuid),
}

/// One report about one page.
#[derive(Debug, Clone)]
pub struct VisitReport {
    /// What it may add to.
    pub key: VisitKey,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its number, for the token in the answer.
    pub workspace_number: u32,
    /// Host of the page, as the browser says.
    pub host: String,
    /// Id of the page view, made by the snippet.
    pub page: Uuid,
    /// Path of the page.
    pub path: String,
    /// What the page calls itself.
    pub meta: Option<String>,
    /// How long it was visible so far.
    pub visible_ms: i64,
    /// Input that the browser vouched for so far.
    pub trusted_events_n: i64,
    /// How far it was scrolled.
    pub scroll_percent: i64,
    /// The visitor agreed to be recognised later.
    pub consents: bool,
    /// The browser.
    pub visitor: Visitor,
    /// When it came in.
    pub at: Timestamp,
}

/// What the snippet is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitAnswer {
    /// Kept; the token goes with the next report.
    Kept {
        /// Opens this visit again.
        token: String,
    },
    /// Nothing is recorded for this visitor here.
    Refused,
    /// Not kept; the next report may be.
    Busy,
}

impl Engine {
    /// The short-lived token that a redirect adds to its target: link, moment, signature.
    pub fn entry_token(&self, workspace_number: u32, link: LinkId, at: Timestamp) -> String {
        let claim = TokenClaim { workspace_number, id: link.0 };
        let token = self.keys().public_token(TokenKind::Visit, claim);
        let seconds = format!("{:x}", at.as_second());
        let signature = self.entry_signature(&token, &seconds);
        format!("{token}.{seconds}.{signature}")
    }

    fn entry_signature(&self, token: &str, seconds: &str) -> String {
        hex(self.keys().keyed_hash(&format!("entry\0{token}\0{seconds}")).get(..8).unwrap_or_default())
    }

    /// The token with which a visit goes on.
    pub fn session_token(&self, workspace_number: u32, session: Uuid) -> String {
        // Not the same bytes as an entry token: those always carry a moment and a second signature.
        self.keys().public_token(TokenKind::Visit, TokenClaim { workspace_number, id: session })
    }

    /// Reads either token; the number of the workspace and what it opens.
    pub fn read_visit_token(&self, token: &str) -> Option<(u32, VisitKey)> {
        let mut parts = token.split('.');
        let signed = parts.next()?;
        let claim = self.keys().read_public_token(TokenKind::Visit, signed)?;
        let Some(seconds) = parts.next() else {
            return Some((claim.workspace_number, VisitKey::Session(claim.id)));
        };
        let signature = parts.next()?;
        if parts.next().is_some() || self.entry_signature(signed, seconds) != signature {
            return None;
        }
        let opened_at = Timestamp::from_second(i64::from_str_radix(seconds, 16).ok()?).ok()?;
        Some((claim.workspace_number, VisitKey::Entry { link: LinkId(claim.id), opened_at }))
    }

    /// The visit that an entry token opens: always the same one, so that a token is used once.
    fn entry_session(&self, link: LinkId, opened_at: Timestamp) -> Uuid {
        let hash = self.keys().keyed_hash(&format!("visit\0{link}\0{}", opened_at.as_second()));
        let bytes = hash.get(..16).and_then(|b| <[u8; 16]>::try_from(b).ok()).unwrap_or_default();
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// Writes reports of one workspace down, in one transaction.
    ///
    /// # Errors
    /// When the database fails; then nothing is written.
    pub async fn take_visits(
        &self,
        workspace: WorkspaceId,
        reports: &[VisitReport],
    ) -> Result<Vec<VisitAnswer>> {
        let mut tx = self.store().begin(workspace).await?;
        let rules = self.rules(&mut tx).await?;
        let own = OwnNetworks::of(&account::workspace_in(&mut tx).await?)?;
        let sites = site::all(&mut tx).await?;
        let mut open = self.open_sessions(&mut tx, reports).await?;
        let sent = links_sent(&mut tx, reports, &open).await?;
        let mut answers = Vec::with_capacity(reports.len());
        let mut pages: HashMap<(Uuid, Uuid), PageViewRow> = HashMap::new();
        let mut newest: BTreeMap<Uuid, &VisitReport> = BTreeMap::new();
        for report in reports {
            let site = sites.iter().find(|s| s.host == report.host && s.visit_mode != VisitMode::Off);
            let session = match site {
                Some(site) if !is_machine_agent(&report.visitor.user_agent) => {
                    self.session_of(&mut tx, report, site, &mut open, &sent, &rules.config).await?
                }
                _ => None,
            };
            let (Some(site), Some(session)) = (site, session) else {
                answers.push(VisitAnswer::Refused);
                continue;
            };
            let row = page_row(report, site, session);
            pages
                .entry((session, row.id))
                .and_modify(|known| {
                    known.visible_ms = known.visible_ms.max(row.visible_ms);
                    known.trusted_events_n = known.trusted_events_n.max(row.trusted_events_n);
                    known.scroll_percent = known.scroll_percent.max(row.scroll_percent);
                })
                .or_insert(row);
            newest.insert(session, report);
            answers.push(VisitAnswer::Kept { token: self.session_token(report.workspace_number, session) });
        }
        let rows: Vec<PageViewRow> = pages.into_values().collect();
        web_session::merge_pages(&mut tx, &rows).await?;
        let ids: Vec<Uuid> = newest.keys().copied().collect();
        web_session::touch(&mut tx, &ids, self.now()).await?;
        let mut pages: HashMap<Uuid, Vec<PageViewRow>> = HashMap::new();
        for row in web_session::pages(&mut tx, &ids).await? {
            pages.entry(row.session_id).or_default().push(row);
        }
        let mut leads = BTreeSet::new();
        for (id, report) in newest {
            let (Some(session), Some(rows)) = (open.get(&id), pages.get(&id)) else { continue };
            let ticket = session.entry_link_id.and_then(|entry| sent.get(&entry)).map(ticket_of);
            let actor = own.actor(report.visitor.ip);
            if self.record_visit(&mut tx, session, ticket, rows, report, actor, &rules).await? {
                leads.extend(session.lead_id);
            }
        }
        self.ask_decisions(&mut tx, &leads, self.now()).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(answers)
    }

    async fn open_sessions(&self, tx: &mut Tx, reports: &[VisitReport]) -> Result<HashMap<Uuid, WebSession>> {
        let ids: HashSet<Uuid> = reports.iter().map(|r| self.visit_of(&r.key)).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        Ok(web_session::by_ids(tx, &ids).await?.into_iter().map(|s| (s.id, s)).collect())
    }

    /// The visit that a key opens.
    pub(super) fn visit_of(&self, key: &VisitKey) -> Uuid {
        match key {
            VisitKey::Entry { link, opened_at } => self.entry_session(*link, *opened_at),
            VisitKey::Session(id) => *id,
        }
    }

    /// The visit that a report adds to: the open one, a new one from a link, or a new one of somebody who agreed.
    async fn session_of(
        &self,
        tx: &mut Tx,
        report: &VisitReport,
        site: &Site,
        open: &mut HashMap<Uuid, WebSession>,
        sent: &HashMap<LinkId, Addressed>,
        config: &Config,
    ) -> Result<Option<Uuid>> {
        let id = self.visit_of(&report.key);
        let source = self.browser_of(report);
        let may_consent = report.consents && site.visit_mode == VisitMode::Consented;
        let Some(known) = open.get_mut(&id) else {
            let VisitKey::Entry { link, opened_at } = report.key else { return Ok(None) };
            if report.at.duration_since(opened_at) > ENTRY_LIFE {
                return Ok(None);
            }
            let Some(link) = sent.get(&link) else { return Ok(None) };
            let new = new_session(id, link, report, site, source, may_consent);
            web_session::insert(tx, &new).await?;
            open.insert(id, new);
            return Ok(Some(id));
        };
        let is_idle = report.at.duration_since(known.seen_at)
            > SignedDuration::from_mins(i64::from(config.session_idle_minutes));
        let same_browser = known.source_hash == source;
        if !is_idle && same_browser {
            known.seen_at = report.at;
            if may_consent && !known.consented {
                known.consented = true;
                web_session::set_consented(tx, id).await?;
            }
            return Ok(Some(id));
        }
        // Another browser holds a copied token, or the visit is over. Only who agreed is recognised again.
        if !(known.consented && may_consent) || matches!(report.key, VisitKey::Entry { .. }) {
            return Ok(None);
        }
        let new = WebSession {
            id: self.new_id(),
            started_at: report.at,
            seen_at: report.at,
            entry_link_id: None,
            source_hash: source,
            site_id: site.id,
            ..known.clone()
        };
        web_session::insert(tx, &new).await?;
        let id = new.id;
        open.insert(id, new);
        Ok(Some(id))
    }

    fn browser_of(&self, report: &VisitReport) -> Vec<u8> {
        let source = self.source_of(&report.visitor, report.at);
        self.keys().keyed_hash(&format!("browser\0{source}\0{}", report.visitor.user_agent))
    }

    /// Every visit becomes evidence, also one in which nobody moved: a page that ran its script and saw no person speaks
    /// against the click before it. Every later report replaces the earlier one. Only a visit in which somebody acted
    /// like a person is told to others.
    /// Returns whether anything was new.
    #[expect(clippy::too_many_arguments, reason = "what is known of one visit")]
    async fn record_visit(
        &self,
        tx: &mut Tx,
        session: &WebSession,
        ticket: Option<Ticket>,
        rows: &[PageViewRow],
        report: &VisitReport,
        actor: Actor,
        rules: &Rules,
    ) -> Result<bool> {
        let mut visit = Session {
            id: Some(session.id),
            ticket,
            source: self.source_of(&report.visitor, session.started_at),
            device: DeviceFamily::of(&report.visitor.user_agent),
            actor,
            pages: Vec::new(),
        };
        let pages: Vec<PageView> = rows.iter().map(page_of).collect();
        visit.merge(&Session { pages, ..visit.clone() });
        let is_told = actor == Actor::Lead
            && !visit.has_honeypot()
            && visit.pages.iter().any(|page| page.is_engaged(&rules.config));
        let new = NewEngagement {
            occurred_at: session.started_at,
            what: EventKind::Session(visit),
            lead: session.lead_id,
            contact: session.contact_id,
            company: session.company_id,
            message: ticket.map(|t| t.message),
            link: session.entry_link_id,
            inbound: None,
            web_session: Some(session.id),
            source: "site",
            external_id: session.id.to_string(),
        };
        if !self.store_engagement(tx, &new, rules).await? {
            return Ok(false);
        }
        if is_told {
            let mut happened = self.event(EventActor::Lead, "visit.recorded", "visit", Some(session.id));
            happened.occurred_at = session.started_at;
            happened.company_id = session.company_id;
            happened.contact_id = session.contact_id;
            happened.source = "site".to_owned();
            happened.external_id = session.id.to_string();
            let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).take(20).collect();
            happened.data =
                serde_json::json!({ "lead_id": session.lead_id.map(|l| l.0), "pages": paths }).to_string();
            self.announce(tx, &happened).await?;
        }
        Ok(true)
    }
}

/// The links that the reports and their visits came in by.
async fn links_sent(
    tx: &mut Tx,
    reports: &[VisitReport],
    open: &HashMap<Uuid, WebSession>,
) -> Result<HashMap<LinkId, Addressed>> {
    let opened_now = reports.iter().filter_map(|report| match report.key {
        VisitKey::Entry { link, .. } => Some(link),
        VisitKey::Session(_) => None,
    });
    let opened_before = open.values().filter_map(|session| session.entry_link_id);
    let ids: BTreeSet<LinkId> = opened_now.chain(opened_before).collect();
    let ids: Vec<LinkId> = ids.into_iter().collect();
    Ok(link::addressed(tx, &ids).await?.into_iter().map(|link| (link.id, link)).collect())
}

fn ticket_of(link: &Addressed) -> Ticket {
    Ticket { message: link.message_id, link: link.id }
}

fn new_session(
    id: Uuid,
    entry: &Addressed,
    report: &VisitReport,
    site: &Site,
    source_hash: Vec<u8>,
    consented: bool,
) -> WebSession {
    WebSession {
        id,
        site_id: site.id,
        started_at: report.at,
        seen_at: report.at,
        entry_link_id: Some(entry.id),
        lead_id: entry.lead_id,
        contact_id: entry.contact_id,
        company_id: entry.company_id,
        source_hash,
        consented,
    }
}

fn page_row(report: &VisitReport, site: &Site, session: Uuid) -> PageViewRow {
    let path: String =
        report.path.split(['?', '#']).next().unwrap_or("/").chars().take(PATH_CHARS_MAX).collect();
    let kind = page_kind(&path, report.meta.as_deref(), &page_rules(&site.case_paths));
    PageViewRow {
        session_id: session,
        id: report.page,
        path,
        page_kind: kind.to_string(),
        at: report.at,
        visible_ms: report.visible_ms.clamp(0, VISIBLE_MS_MAX),
        trusted_events_n: report.trusted_events_n.clamp(0, 100_000),
        scroll_percent: report.scroll_percent.clamp(0, 100),
    }
}

fn page_of(row: &PageViewRow) -> PageView {
    PageView {
        path: row.path.clone(),
        kind: row.page_kind.parse().unwrap_or(PageKind::Page),
        visible_ms: u64::try_from(row.visible_ms).unwrap_or(0),
        trusted_events: u32::try_from(row.trusted_events_n).unwrap_or(u32::MAX),
    }
}

/// The way of reports into the database. Cheap to clone.
#[derive(Clone)]
pub struct VisitIntake {
    engine: Engine,
    reports: mpsc::Sender<(VisitReport, oneshot::Sender<VisitAnswer>)>,
    numbers: Arc<RwLock<HashMap<u32, WorkspaceId>>>,
}

impl VisitIntake {
    /// Starts the writer; it ends when the last intake is dropped.
    pub fn start(engine: Engine) -> VisitIntake {
        let (reports, receiver) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(serve(engine.clone(), receiver));
        VisitIntake { engine, reports, numbers: Arc::default() }
    }

    /// The workspace behind a number; numbers never change, so each is looked up once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn workspace(&self, number: u32) -> Result<Option<WorkspaceId>> {
        let known = self.numbers.read().unwrap_or_else(PoisonError::into_inner).get(&number).copied();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.engine.workspace_of_number(number).await?;
        if let Some(id) = found {
            self.numbers.write().unwrap_or_else(PoisonError::into_inner).insert(number, id);
        }
        Ok(found)
    }

    /// Hands a report over and waits until it is durable.
    pub async fn take(&self, report: VisitReport) -> VisitAnswer {
        let (answer, waits) = oneshot::channel();
        if self.reports.try_send((report, answer)).is_err() {
            return VisitAnswer::Busy;
        }
        waits.await.unwrap_or(VisitAnswer::Busy)
    }
}

async fn serve(engine: Engine, mut receiver: mpsc::Receiver<(VisitReport, oneshot::Sender<VisitAnswer>)>) {
    let mut batch = Vec::with_capacity(GROUP_MAX);
    while receiver.recv_many(&mut batch, GROUP_MAX).await > 0 {
        let mut groups: HashMap<WorkspaceId, (Vec<VisitReport>, Vec<oneshot::Sender<VisitAnswer>>)> =
            HashMap::new();
        for (report, answer) in batch.drain(..) {
            let group = groups.entry(report.workspace).or_default();
            group.0.push(report);
            group.1.push(answer);
        }
        for (workspace, (reports, waiting)) in groups {
            let answers = match engine.take_visits(workspace, &reports).await {
                Ok(answers) => answers,
                Err(error) => {
                    tracing::warn!(error = %error, n = reports.len(), "visits could not be written down");
                    vec![VisitAnswer::Busy; reports.len()]
                }
            };
            for (answer, to) in answers.into_iter().zip(waiting) {
                // A browser that went away needs no answer.
                let _ = to.send(answer);
            }
        }
    }
}
