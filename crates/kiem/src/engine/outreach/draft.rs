//! Making the draft of one step for one person: gate, template, tracked links, identity and opt-out.

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::gate::{Reason, RuleVersion};
use kiem_domain::id::{LinkId, MessageId};
use kiem_store::account::Workspace;
use kiem_store::campaign::{self, Campaign, Enrolment, Recipient, Step};
use kiem_store::event::Actor;
use kiem_store::link::{self, Link};
use kiem_store::mailbox::Mailbox;
use kiem_store::message::{self, Message, MessageState, NewMessage};
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::{Tx, mailbox};

use super::template::{self, SenderWords, TemplateError};
use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::settings::Settings;
use crate::engine::{Engine, EngineError, Result};
use crate::messages::{Lang, say};

/// Everything that the drafts of one campaign share.
#[derive(Debug, Clone)]
pub struct DraftContext {
    /// Workspace.
    pub workspace: Workspace,
    /// Its settings.
    pub settings: Settings,
    /// Campaign.
    pub campaign: Campaign,
    /// Its mailbox.
    pub mailbox: Mailbox,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Where people book; empty when nowhere.
    pub booking_url: String,
}

impl DraftContext {
    /// Language of the campaign's mails.
    pub fn lang(&self) -> Lang {
        self.campaign.language.parse().unwrap_or(Lang::En)
    }
}

/// A mail as it would stand for one person, and why it could not be sent like that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftText {
    /// Subject.
    pub subject: String,
    /// Text with closing and opt-out.
    pub body: String,
    /// Addresses to be tracked, with their link ids.
    pub links: Vec<(LinkId, String)>,
    /// Why it must not be sent.
    pub problem: Option<String>,
}

/// Why no mail may go to a person, and which rule says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Why.
    pub reason: Reason,
    /// Which rule.
    pub rule: RuleVersion,
}

/// A line below every mail that the law asks for, and that nobody may edit away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LegalLine {
    /// Who writes.
    Identity,
    /// Where the data came from, and what is done with them (GDPR art. 14); in the first mail.
    Source,
    /// How to make it stop.
    OptOut,
}

impl LegalLine {
    /// Code of the error when it is missing.
    pub(super) fn error(self) -> &'static str {
        match self {
            LegalLine::Identity => "identity_line",
            LegalLine::Source => "source_line",
            LegalLine::OptOut => "opt_out_line",
        }
    }
}

/// The words with single spaces between them.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Engine {
    /// Loads what the drafts of a campaign need.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn draft_context(&self, tx: &mut Tx, id: kiem_domain::id::CampaignId) -> Result<DraftContext> {
        let (workspace, settings) = self.workspace(tx.workspace()).await?;
        let campaign = campaign::find(tx, id).await?.ok_or(EngineError::NotFound)?;
        let mailbox = mailbox::find(tx, campaign.mailbox_id).await?.ok_or(EngineError::NotFound)?;
        let steps = campaign::steps(tx, id).await?;
        let booking_url = campaign::booking_slug(tx)
            .await?
            .map(|slug| format!("{}/b/{}/{slug}", self.config().link_url, workspace.number))
            .unwrap_or_default();
        Ok(DraftContext { workspace, settings, campaign, mailbox, steps, booking_url })
    }

    /// Fills a step for a person. Nothing is written; used for previews and for real drafts alike. `thread` is the first
    /// mail that this person got in this campaign.
    pub fn draft_text(
        &self,
        context: &DraftContext,
        step: &Step,
        person: &Recipient,
        message_id: MessageId,
        is_first: bool,
        thread: Option<&Message>,
    ) -> DraftText {
        let lang = context.lang();
        let sender = SenderWords {
            name: &context.mailbox.display_name,
            company: &context.settings.sender_company,
            booking_url: &context.booking_url,
            lang,
        };
        let footer = self.footer(context, person, message_id, is_first);
        let ids: Vec<LinkId> = (0..16).map(|_| self.new_id()).collect();
        let addresses: Vec<String> = ids.iter().map(|id| self.click_url(&context.workspace, *id)).collect();
        let subject = step.subject_template.as_deref().unwrap_or_default();
        let body = step.body_template.as_deref().unwrap_or_default();
        let filled = template::fill(subject, body, person, &sender, move |i| {
            addresses.get(i).cloned().unwrap_or_default()
        });
        let filled = match filled {
            Ok(filled) => filled,
            Err(error) => {
                let problem = match &error {
                    TemplateError::Missing { name, line } => {
                        let params = [("name", name.clone()), ("line", line.to_string())];
                        say(lang, "draft.missing_value", &params)
                    }
                    _ => {
                        let (code, params) = error.sentence();
                        say(lang, &format!("error.field.{code}"), &params)
                    }
                };
                return DraftText {
                    subject: subject.to_owned(),
                    body: format!("{body}\n\n{footer}"),
                    links: Vec::new(),
                    problem: Some(problem),
                };
            }
        };
        // "Re:" only on a real thread: when an earlier mail to this person stands.
        let subject = match thread {
            Some(first) if filled.subject.is_empty() => {
                format!("Re: {}", kiem_domain::inbound::subject::base_subject(&first.new.subject))
            }
            _ => filled.subject,
        };
        let problem = if subject.is_empty() {
            Some(say(lang, "draft.no_subject", &[]))
        } else if filled.text.is_empty() {
            Some(say(lang, "draft.no_text", &[]))
        } else {
            None
        };
        DraftText {
            subject,
            body: format!("{}\n\n{footer}", filled.text),
            links: ids.into_iter().zip(filled.links).collect(),
            problem,
        }
    }

    /// The mailbox's closing, and below it what the law asks for.
    fn footer(
        &self,
        context: &DraftContext,
        person: &Recipient,
        message_id: MessageId,
        is_first: bool,
    ) -> String {
        let mut lines = Vec::new();
        if !context.mailbox.signature.trim().is_empty() {
            lines.push(context.mailbox.signature.trim().to_owned());
        }
        for (kind, line) in self.legal_lines(context, person, message_id, is_first) {
            lines.push(if kind == LegalLine::Identity { format!("-- \n{line}") } else { line });
        }
        lines.join("\n")
    }

    /// Who writes, where the data came from (first mail, GDPR art. 14), and how to make it stop.
    fn legal_lines(
        &self,
        context: &DraftContext,
        person: &Recipient,
        message_id: MessageId,
        is_first: bool,
    ) -> Vec<(LegalLine, String)> {
        let lang = context.lang();
        let identity: Vec<&str> = [
            context.mailbox.display_name.as_str(),
            context.settings.sender_company.as_str(),
            context.settings.postal_address.as_str(),
        ]
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .collect();
        let mut lines = vec![(LegalLine::Identity, identity.join(", "))];
        if is_first && let Some(ground) = &person.ground {
            let params = [
                ("source", ground.source.clone()),
                ("date", ground.obtained_on.strftime("%d-%m-%Y").to_string()),
            ];
            lines.push((LegalLine::Source, say(lang, "draft.data_source", &params)));
            // A page that says all of it, or else the least that must be said here.
            if context.settings.privacy_url.is_empty() {
                lines.push((LegalLine::Source, say(lang, "draft.rights", &[])));
            } else {
                let params = [("url", context.settings.privacy_url.clone())];
                lines.push((LegalLine::Source, say(lang, "draft.privacy", &params)));
            }
        }
        let url = self.unsubscribe_url(&context.workspace, message_id);
        lines.push((LegalLine::OptOut, say(lang, "draft.opt_out", &[("url", url)])));
        lines
    }

    /// The first line that the law asks for and an edited draft has lost; who edits may break lines, not leave them out.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn lost_line(
        &self,
        tx: &mut Tx,
        draft: &NewMessage,
        body: &str,
    ) -> Result<Option<LegalLine>> {
        let (Some(campaign), Some(lead)) = (draft.campaign_id, draft.lead_id) else { return Ok(None) };
        let Some(person) = campaign::recipient(tx, lead).await? else { return Ok(None) };
        let context = self.draft_context(tx, campaign).await?;
        let is_first = match draft.enrolment_id {
            Some(enrolment) => message::first_of_enrolment(tx, enrolment).await?.is_none(),
            None => true,
        };
        let (before, after) = (squeezed(&draft.body), squeezed(body));
        let is_lost = |(kind, line): &(LegalLine, String)| {
            let line = squeezed(line);
            // A line that the settings have changed since is not the editor's fault; the opt-out is always asked for.
            !after.contains(&line) && (before.contains(&line) || *kind == LegalLine::OptOut)
        };
        let lines = self.legal_lines(&context, &person, draft.id, is_first);
        Ok(lines.into_iter().find(is_lost).map(|(kind, _)| kind))
    }

    /// The public address of a tracked link.
    pub fn click_url(&self, workspace: &Workspace, link: LinkId) -> String {
        let claim = TokenClaim { workspace_number: workspace.number, id: link.0 };
        format!("{}/k/{}", self.config().link_url, self.keys().public_token(TokenKind::Click, claim))
    }

    /// Why a person may not be mailed now; `None` when they may. Asked when a mail is planned, when it is approved, and
    /// before each try to send it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft_block(&self, tx: &mut Tx, person: &Recipient) -> Result<Option<Block>> {
        let answer = self.gate_for(tx, person.contact_id).await?;
        Ok(answer.reason().map(|reason| Block { reason, rule: answer.rule }))
    }

    /// Asks the gate about the recipient of a mail that waits. When the person may not be mailed any more, everything
    /// that was planned for them stops with that reason, and the timeline says so. Returns whether it stopped.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_if_blocked(&self, tx: &mut Tx, person: &Recipient, mail: &NewMessage) -> Result<bool> {
        let Some(block) = self.draft_block(tx, person).await? else { return Ok(false) };
        outreach_stop::stop(tx, StopScope::Lead(person.lead_id), block.reason.as_str(), self.now()).await?;
        let mut happened = self.event(Actor::System, "message.stopped", "message", Some(mail.id.0));
        happened.company_id = mail.company_id;
        happened.contact_id = mail.contact_id;
        happened.data = serde_json::json!({
            "subject": mail.subject, "reason": block.reason.as_str(), "rule": block.rule.to_string(),
        })
        .to_string();
        self.announce(tx, &happened).await?;
        Ok(true)
    }

    /// Writes the draft of a step for an enrolled person. `None` when the step has its message already, or the person
    /// must not be mailed (then the enrolment is stopped with the reason).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_draft(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        enrolment: &Enrolment,
        step: &Step,
        due_at: Timestamp,
    ) -> Result<Option<MessageId>> {
        let now = self.now();
        let Some(person) = campaign::recipient(tx, enrolment.lead_id).await? else { return Ok(None) };
        if let Some(block) = self.draft_block(tx, &person).await? {
            outreach_stop::stop(tx, StopScope::Lead(enrolment.lead_id), block.reason.as_str(), now).await?;
            return Ok(None);
        }
        let thread = message::first_of_enrolment(tx, enrolment.id).await?;
        let last = message::last_of_enrolment(tx, enrolment.id).await?;
        let id: MessageId = self.new_id();
        let text = self.draft_text(context, step, &person, id, thread.is_none(), thread.as_ref());
        let from = EmailAddress::parse(&context.mailbox.address)
            .map_err(|e| EngineError::Outside(format!("a mailbox's address cannot be used: {e}")))?;
        let threaded = step.subject_template.as_deref().unwrap_or_default().is_empty();
        let answered = last.filter(|_| threaded);
        let references = answered.as_ref().map(|m| {
            let before = m.new.reference_ids.clone().unwrap_or_default();
            format!("{before} {}", m.new.message_id).trim().to_owned()
        });
        let new = NewMessage {
            id,
            kind: "outreach".to_owned(),
            mailbox_id: context.mailbox.id,
            campaign_id: Some(context.campaign.id),
            enrolment_id: Some(enrolment.id),
            step_id: Some(step.id),
            lead_id: Some(enrolment.lead_id),
            contact_id: Some(enrolment.contact_id),
            company_id: Some(enrolment.company_id),
            prospect_id: None,
            recipient: person.email.clone().unwrap_or_default(),
            recipient_name: template::full_name(&person).unwrap_or_default(),
            state: MessageState::Draft,
            subject: text.subject,
            body: text.body,
            problem: text.problem,
            message_id: self.message_id_for(&context.workspace, id, &from),
            in_reply_to: answered.map(|m| m.new.message_id),
            reference_ids: references,
            raw: None,
            due_at: Some(due_at),
        };
        if !message::insert(tx, &new, now).await? {
            return Ok(None);
        }
        link::insert(tx, &tracked(text.links, &new)).await?;
        Ok(Some(id))
    }

    /// Fills a draft again that could not be filled before, from its step as it stands now. Returns whether its words or
    /// its problem changed.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn remake_draft(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        draft: &NewMessage,
    ) -> Result<bool> {
        let (Some(enrolment), Some(lead)) = (draft.enrolment_id, draft.lead_id) else { return Ok(false) };
        let Some(step) = context.steps.iter().find(|step| Some(step.id) == draft.step_id) else {
            return Ok(false);
        };
        let Some(person) = campaign::recipient(tx, lead).await? else { return Ok(false) };
        let thread = message::first_of_enrolment(tx, enrolment).await?;
        let text = self.draft_text(context, step, &person, draft.id, thread.is_none(), thread.as_ref());
        if text.body == draft.body && text.subject == draft.subject && text.problem == draft.problem {
            return Ok(false);
        }
        let problem = text.problem.as_deref();
        if !message::edit_draft(tx, draft.id, &text.subject, &text.body, problem).await? {
            return Ok(false);
        }
        link::insert(tx, &tracked(text.links, draft)).await?;
        Ok(true)
    }
}

/// The links of a mail, for the person whom it goes to.
fn tracked(links: Vec<(LinkId, String)>, mail: &NewMessage) -> Vec<Link> {
    links
        .into_iter()
        .map(|(id, url)| Link {
            id,
            message_id: mail.id,
            contact_id: mail.contact_id,
            company_id: mail.company_id,
            page_kind: page_kind_of_url(&url),
            target_url: url,
        })
        .collect()
}

/// Kind of page behind a web address, by the patterns that hold without a site's own list.
fn page_kind_of_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |start| &rest[start..]);
    kiem_domain::engagement::page::page_kind(path, None, &[]).to_string()
}
