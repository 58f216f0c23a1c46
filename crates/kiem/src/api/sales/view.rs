//! What sales shows over HTTP: its own types, so that the database may change without the page noticing.

use jiff::Timestamp;
use kiem_domain::locale::Lang;
use kiem_domain::money::line_net_cents;
use kiem_store::opportunity::Opportunity;
use kiem_store::quote::Quote;
use kiem_store::task::TaskCard;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::audience::gate::ChannelVerdictView;
use crate::api::audience::profile::FitView;
use crate::engine::audience::FitForm;
use crate::engine::sales::quotes::QuoteRecord;
use crate::engine::sales::record::{Entry, Record};
use crate::engine::sales::tasks::OpenTask;
use crate::engine::sales::{Card, NextAction};

fn text(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// The level of one of the five aspects.
#[derive(Debug, Serialize, ToSchema)]
pub struct LevelView {
    /// `fit`, `need`, `authority`, `budget` or `timing`.
    pub aspect: String,
    /// `unknown`, `indicated`, `confirmed` or `contradicted`.
    pub level: String,
}

/// A prospect as lists and the board show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectView {
    /// Id.
    pub id: Uuid,
    /// Its company.
    pub company_id: Uuid,
    /// Name of the company.
    pub company_name: String,
    /// The person who acted first.
    pub contact_id: Uuid,
    /// Name of the person.
    pub contact_name: String,
    /// Job title.
    pub contact_title: Option<String>,
    /// Who works on it.
    pub owner_id: Uuid,
    /// `to_qualify`, `in_conversation`, `nurture`, `disqualified`, `lost`, `won` or `undone`.
    pub state: String,
    /// `to_qualify`, `first_meeting`, `demo_proposal`, `negotiation` or `closing`.
    pub step: String,
    /// Why it is a prospect, in Dutch.
    pub reason_nl: String,
    /// Why it is a prospect, in English.
    pub reason_en: String,
    /// When it became a prospect.
    pub promoted_at: String,
    /// Since when it stands in its step.
    pub step_since: String,
    /// When the first answer is due.
    pub response_due_at: String,
    /// When it was given.
    pub responded_at: Option<String>,
    /// The next action.
    pub next_action: Option<String>,
    /// Its kind.
    pub next_action_kind: Option<String>,
    /// When it is due.
    pub next_action_at: Option<String>,
    /// When it wakes up.
    pub nurture_until: Option<String>,
    /// Why it was closed.
    pub close_reason: Option<String>,
    /// The same in words.
    pub close_note: Option<String>,
    /// Value in cents; missing while unknown.
    pub value_cents: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// Chance of winning in percent.
    pub chance_percent: i64,
    /// Whether there is an open opportunity.
    pub has_opportunity: bool,
    /// Agreement of the company with the ideal profile, 0 to 100; missing while unknown.
    pub fit_score: Option<i64>,
    /// When either side last did something that the other noticed.
    pub touched_at: Option<String>,
    /// The five aspects.
    pub levels: Vec<LevelView>,
    /// How far the frost has grown, 0 to 100.
    pub frost_percent: u8,
    /// Whether it is our turn.
    pub is_our_turn: bool,
    /// Money at stake in waiting, in whole units.
    pub urgency: i64,
    /// Why it is urgent.
    pub why: String,
    /// For `version` in changes: refuses when somebody else was first.
    pub version: i64,
}

impl From<&Card> for ProspectView {
    fn from(card: &Card) -> Self {
        let p = &card.card.prospect;
        ProspectView {
            id: p.id.0,
            company_id: p.company_id.0,
            company_name: card.card.company_name.clone(),
            contact_id: p.contact_id.0,
            contact_name: card.card.contact_name.clone(),
            contact_title: card.card.contact_title.clone(),
            owner_id: p.owner_id.0,
            state: p.state.to_string(),
            step: p.step.to_string(),
            reason_nl: p.reason_nl.clone(),
            reason_en: p.reason_en.clone(),
            promoted_at: p.promoted_at.to_string(),
            step_since: p.step_since.to_string(),
            response_due_at: p.response_due_at.to_string(),
            responded_at: text(p.responded_at),
            next_action: p.next_action.clone(),
            next_action_kind: p.next_action_kind.clone(),
            next_action_at: text(p.next_action_at),
            nurture_until: text(p.nurture_until),
            close_reason: p.close_reason.clone(),
            close_note: p.close_note.clone(),
            value_cents: p.value_cents,
            currency: p.currency.clone(),
            chance_percent: p.chance_percent,
            has_opportunity: card.card.has_opportunity,
            fit_score: card.card.fit_score,
            touched_at: text(card.card.touched_at()),
            levels: card
                .levels
                .iter()
                .map(|(aspect, level)| LevelView { aspect: aspect.to_string(), level: level.to_string() })
                .collect(),
            frost_percent: card.cooling.frost_percent(),
            is_our_turn: card.turn == kiem_domain::conversation::Turn::Ours,
            urgency: card.urgency.score,
            why: card.urgency.why.to_string(),
            version: p.version,
        }
    }
}

/// The one next thing to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextActionBody {
    /// What.
    pub text: String,
    /// `reply`, `call`, `mail`, `meeting`, `quote` or `other`.
    pub kind: String,
    /// When, RFC 3339.
    pub at: String,
}

impl NextActionBody {
    /// The same for the engine.
    pub fn read(self) -> crate::engine::Result<NextAction> {
        Ok(NextAction { at: super::moment("next_action.at", &self.at)?, text: self.text, kind: self.kind })
    }
}

/// A person of a prospect.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// Id.
    pub contact_id: Uuid,
    /// Name.
    pub name: String,
    /// Address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Role in the decision.
    pub role: String,
    /// Why this person must not be mailed, when they are on the suppression list.
    pub suppression: Option<SuppressionMark>,
}

/// A person is on the suppression list: mails and quotes are refused unless a reason is given.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionMark {
    /// `unsubscribed`, `replied_stop`, `complaint`, `hard_bounce`, `objection`, `erased`, `manual` or `imported`.
    pub reason: String,
    /// Since when.
    pub since: String,
}

/// What is known of the company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyFactsView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Domain.
    pub domain: Option<String>,
    /// Chamber of commerce number.
    pub kvk_number: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// Employees.
    pub employees_n: Option<i64>,
    /// Website.
    pub website: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Agreement with the ideal profile, 0 to 100.
    pub fit_score: Option<i64>,
    /// Where it comes from.
    pub source: String,
}

/// One finding.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// Aspect.
    pub aspect: String,
    /// Level.
    pub level: String,
    /// What was said or seen.
    pub note: String,
    /// Why the company fits or not, when the profile says so.
    pub fit: Option<FitView>,
    /// `reply`, `person`, `profile`, `booking` or `form`.
    pub source: String,
    /// When.
    pub found_at: String,
}

/// The one question to ask now.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionView {
    /// Key.
    pub key: String,
    /// What the answer tells about.
    pub aspect: String,
    /// A sentence in Dutch.
    pub sentence_nl: String,
    /// A sentence in English.
    pub sentence_en: String,
}

/// A concrete deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpportunityView {
    /// Id.
    pub id: Uuid,
    /// Its pursuit.
    pub prospect_id: Uuid,
    /// Name of the company, in lists.
    pub company_name: Option<String>,
    /// Step of its pursuit, in lists.
    pub step: Option<String>,
    /// What it is about.
    pub name: String,
    /// `open`, `won` or `lost`.
    pub state: String,
    /// `quote` or `intent`.
    pub opened_by: String,
    /// Evidence in words.
    pub opened_evidence: String,
    /// Value in cents, without VAT.
    pub value_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// Expected close.
    pub expected_close_on: Option<String>,
    /// A person's own estimate of the chance.
    pub chance_own_percent: Option<i64>,
    /// The chance that counts, in lists.
    pub chance_percent: Option<i64>,
    /// Since when.
    pub opened_at: String,
    /// When it was won or lost.
    pub closed_at: Option<String>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
}

impl From<&Opportunity> for OpportunityView {
    fn from(o: &Opportunity) -> Self {
        OpportunityView {
            id: o.id.0,
            prospect_id: o.prospect_id.0,
            company_name: None,
            step: None,
            name: o.name.clone(),
            state: o.state.to_string(),
            opened_by: o.opened_by.to_string(),
            opened_evidence: o.opened_evidence.clone(),
            value_cents: o.value_cents,
            currency: o.currency.clone(),
            expected_close_on: o.expected_close_on.map(|d| d.to_string()),
            chance_own_percent: o.chance_own_percent,
            chance_percent: None,
            opened_at: o.opened_at.to_string(),
            closed_at: text(o.closed_at),
            lost_reason: o.lost_reason.clone(),
        }
    }
}

/// A quote without its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    /// Id.
    pub id: Uuid,
    /// Its pursuit.
    pub prospect_id: Uuid,
    /// For whom.
    pub contact_id: Uuid,
    /// Name of the company, in lists.
    pub company_name: Option<String>,
    /// "2026-0042"; a draft has none.
    pub number: Option<String>,
    /// `draft`, `sent`, `accepted`, `declined`, `expired` or `replaced`.
    pub state: String,
    /// `nl` or `en`.
    pub language: String,
    /// What it is about.
    pub title: String,
    /// Text above the lines.
    pub intro: String,
    /// Text below the sums.
    pub terms: String,
    /// ISO 4217.
    pub currency: String,
    /// Last day on which it can be accepted.
    pub valid_until: String,
    /// Without VAT.
    pub net_cents: i64,
    /// VAT.
    pub vat_cents: i64,
    /// With VAT.
    pub gross_cents: i64,
    /// When it was begun.
    pub created_at: String,
    /// When it went out.
    pub sent_at: Option<String>,
    /// When a person first looked at it.
    pub viewed_at: Option<String>,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// By whom, as typed.
    pub decided_name: Option<String>,
    /// What they said with it.
    pub decided_note: Option<String>,
}

impl From<&Quote> for QuoteView {
    fn from(q: &Quote) -> Self {
        QuoteView {
            id: q.id.0,
            prospect_id: q.prospect_id.0,
            contact_id: q.contact_id.0,
            company_name: None,
            number: q.number.clone(),
            state: q.state.to_string(),
            language: q.language.to_string(),
            title: q.title.clone(),
            intro: q.intro.clone(),
            terms: q.terms.clone(),
            currency: q.currency.to_string(),
            valid_until: q.valid_until.to_string(),
            net_cents: q.net_cents,
            vat_cents: q.vat_cents,
            gross_cents: q.gross_cents,
            created_at: q.created_at.to_string(),
            sent_at: text(q.sent_at),
            viewed_at: text(q.viewed_at),
            decided_at: text(q.decided_at),
            decided_name: q.decided_name.clone(),
            decided_note: q.decided_note.clone(),
        }
    }
}

/// One line of a quote.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteLineView {
    /// What it is.
    pub description: String,
    /// Thousandths.
    pub quantity_milli: i64,
    /// Price of one in cents.
    pub unit_price_cents: i64,
    /// Discount in basis points.
    pub discount_bp: i64,
    /// VAT in basis points.
    pub vat_bp: i64,
    /// Net amount in cents.
    pub net_cents: i64,
}

/// VAT of all lines with one rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct VatView {
    /// Basis points.
    pub rate_bp: i64,
    /// Net amount of these lines.
    pub net_cents: i64,
    /// VAT on it.
    pub vat_cents: i64,
}

/// A quote with its lines and sums.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteRecordView {
    /// The quote.
    pub quote: QuoteView,
    /// Its lines.
    pub lines: Vec<QuoteLineView>,
    /// VAT per rate.
    pub vat: Vec<VatView>,
    /// Its public page, once it is sent.
    pub url: Option<String>,
}

impl From<QuoteRecord> for QuoteRecordView {
    fn from(record: QuoteRecord) -> Self {
        QuoteRecordView {
            quote: QuoteView::from(&record.quote),
            lines: record
                .lines
                .iter()
                .map(|one| QuoteLineView {
                    description: one.description.clone(),
                    quantity_milli: one.line.quantity_milli,
                    unit_price_cents: one.line.unit_price_cents,
                    discount_bp: one.line.discount_bp,
                    vat_bp: one.line.vat_bp,
                    // The sums of this record were calculated from the same lines, so each can be.
                    net_cents: line_net_cents(&one.line).unwrap_or(0),
                })
                .collect(),
            vat: record
                .totals
                .vat
                .iter()
                .map(|g| VatView { rate_bp: g.rate_bp, net_cents: g.net_cents, vat_cents: g.vat_cents })
                .collect(),
            url: record.url,
        }
    }
}

/// Something that a person has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Id.
    pub id: Uuid,
    /// Kind.
    pub kind: String,
    /// What to do.
    pub text: String,
    /// Its pursuit.
    pub prospect_id: Option<Uuid>,
    /// Its company.
    pub company_id: Option<Uuid>,
    /// Name of the company.
    pub company_name: Option<String>,
    /// The lead that a step of a sequence is about.
    pub lead_id: Option<Uuid>,
    /// The person.
    pub contact_id: Option<Uuid>,
    /// Name of the person.
    pub contact_name: Option<String>,
    /// The number to call: the person's, else the company's. On a step of a sequence only while the gate lets the person be
    /// called.
    pub phone: Option<String>,
    /// How a step of a sequence reaches the person: `phone` or `post`; missing when it reaches nobody.
    pub channel: Option<String>,
    /// What the gate says about that channel now. Unless it is allowed the task can only be left.
    pub gate: Option<ChannelVerdictView>,
    /// The reply that it is about.
    pub inbound_id: Option<Uuid>,
    /// Who does it.
    pub assignee_id: Option<Uuid>,
    /// When it is due.
    pub due_at: String,
    /// Put off until.
    pub snoozed_until: Option<String>,
    /// When it was done.
    pub done_at: Option<String>,
}

impl From<&TaskCard> for TaskView {
    fn from(card: &TaskCard) -> TaskView {
        let task = &card.task;
        TaskView {
            id: task.id.0,
            kind: task.kind.clone(),
            text: task.text.clone(),
            prospect_id: task.prospect_id.map(|id| id.0),
            company_id: task.company_id.map(|id| id.0),
            company_name: card.company_name.clone(),
            lead_id: task.lead_id.map(|id| id.0),
            contact_id: task.contact_id.map(|id| id.0),
            contact_name: card.contact_name.clone(),
            phone: card.phone.clone(),
            channel: task.channel.map(|channel| channel.as_str().to_owned()),
            gate: None,
            inbound_id: task.inbound_id.map(|id| id.0),
            assignee_id: task.assignee_id.map(|id| id.0),
            due_at: task.due_at.to_string(),
            snoozed_until: text(task.snoozed_until),
            done_at: text(task.done_at),
        }
    }
}

impl From<OpenTask> for TaskView {
    fn from(open: OpenTask) -> TaskView {
        TaskView { gate: open.gate.map(ChannelVerdictView::from), ..TaskView::from(&open.card) }
    }
}

/// Everything on the record page but the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectRecordView {
    /// The prospect.
    pub prospect: ProspectView,
    /// `lead`, `prospect`, `opportunity` or `customer`.
    pub lifecycle: String,
    /// Name of the owner.
    pub owner_name: Option<String>,
    /// The company.
    pub company: CompanyFactsView,
    /// Whether the person who acted first is on the suppression list.
    pub is_suppressed: bool,
    /// The people.
    pub people: Vec<PersonView>,
    /// All findings, oldest first.
    pub findings: Vec<FindingView>,
    /// The one question to ask now.
    pub question: Option<QuestionView>,
    /// Deals.
    pub opportunities: Vec<OpportunityView>,
    /// Quotes.
    pub quotes: Vec<QuoteView>,
    /// Open tasks.
    pub tasks: Vec<TaskView>,
    /// The last tasks that were done, last done first.
    pub tasks_done: Vec<TaskView>,
    /// The promotions that opened or joined it, newest first: their receipts say why it is a prospect.
    pub promotions: Vec<Uuid>,
    /// Whether an answer goes on in a thread that is there already.
    pub has_thread: bool,
    /// To whom an answer goes when nobody is chosen: who wrote last.
    pub answers_to: Option<Uuid>,
}

impl From<Record> for ProspectRecordView {
    fn from(record: Record) -> Self {
        let company = record.company;
        ProspectRecordView {
            prospect: ProspectView::from(&record.card),
            lifecycle: record.lifecycle.to_string(),
            is_suppressed: record.suppressed.contains_key(&record.card.card.prospect.contact_id),
            has_thread: record.has_thread,
            answers_to: record.answers_to.map(|id| id.0),
            owner_name: record.owner_name,
            company: CompanyFactsView {
                id: company.id.0,
                name: company.name,
                domain: company.domain,
                kvk_number: company.kvk_number,
                country: company.country,
                city: company.city,
                industry: company.industry,
                employees_n: company.employees_n,
                website: company.website,
                phone: company.phone,
                fit_score: company.fit_score,
                source: company.source,
            },
            people: record
                .people
                .into_iter()
                .map(|p| PersonView {
                    suppression: record.suppressed.get(&p.contact_id).map(|(since, reason)| {
                        SuppressionMark { reason: reason.clone(), since: since.to_string() }
                    }),
                    contact_id: p.contact_id.0,
                    name: p.name,
                    email: p.email,
                    phone: p.phone,
                    title: p.title,
                    role: p.role,
                })
                .collect(),
            findings: record
                .findings
                .into_iter()
                .map(|f| FindingView {
                    aspect: f.finding.aspect.to_string(),
                    level: f.finding.level.to_string(),
                    note: f.finding.note,
                    // Reasons that a newer or older program wrote otherwise are left out; the level stands.
                    fit: f
                        .reasons
                        .and_then(|text| serde_json::from_str::<FitForm>(&text).ok())
                        .map(FitView::from),
                    source: f.finding.source.to_string(),
                    found_at: f.finding.found_at.to_string(),
                })
                .collect(),
            question: record.question.map(|q| QuestionView {
                key: q.to_string(),
                aspect: q.aspect().to_string(),
                sentence_nl: q.sentence(Lang::Nl).to_owned(),
                sentence_en: q.sentence(Lang::En).to_owned(),
            }),
            opportunities: record.opportunities.iter().map(OpportunityView::from).collect(),
            quotes: record.quotes.iter().map(QuoteView::from).collect(),
            tasks: record.tasks.iter().map(TaskView::from).collect(),
            tasks_done: record.tasks_done.iter().map(TaskView::from).collect(),
            promotions: record.promotions.iter().map(|id| id.0).collect(),
        }
    }
}

/// One entry of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntryView {
    /// Id of the event.
    pub id: Uuid,
    /// When it happened.
    pub at: String,
    /// Dotted name: the key under which it is translated.
    pub kind: String,
    /// `user`, `token`, `system` or `lead`.
    pub actor_kind: String,
    /// Name of the person of ours.
    pub actor_name: Option<String>,
    /// Name of the person at the company whom it is about.
    pub contact_name: Option<String>,
    /// What kind of record it is about.
    pub subject_kind: String,
    /// Which record.
    pub subject_id: Option<Uuid>,
    /// Subject of the mail.
    pub subject: Option<String>,
    /// Words of the mail or note.
    pub text: Option<String>,
    /// Details, by the kind.
    pub data: serde_json::Value,
}

impl From<Entry> for TimelineEntryView {
    fn from(entry: Entry) -> Self {
        TimelineEntryView {
            id: entry.event.id,
            at: entry.event.occurred_at.to_string(),
            kind: entry.event.kind,
            actor_kind: entry.event.actor_kind,
            actor_name: entry.actor_name,
            contact_name: entry.contact_name,
            subject_kind: entry.event.subject_kind,
            subject_id: entry.event.subject_id,
            subject: entry.subject,
            text: entry.text,
            data: serde_json::from_str(&entry.event.data).unwrap_or_default(),
        }
    }
}
