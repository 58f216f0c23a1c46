//! Sending a quote: number, frozen PDF, mail with link and PDF, the opportunity, the follow-up, in one commit.

use jiff::ToSpan;
use kiem_adapters::pdf::quote_pdf;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::QuoteId;
use kiem_domain::message::{HeaderText, OutboundAttachment};
use kiem_domain::money::format_amount;
use kiem_domain::opportunity::{OpenedBy, OpportunityState, QuoteState};
use kiem_store::opportunity::{self, Opportunity};
use kiem_store::prospect::Prospect;
use kiem_store::quote::Quote;
use kiem_store::thread::Person;
use kiem_store::{Tx, prospect, quote, thread};
use serde_json::json;

use super::deal::mirror;
use super::quotes::QuoteRecord;
use super::{Scene, bounded};
use crate::engine::outreach::compose::DirectMail;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{say, say_date};

/// Working days after which a quote without an answer is followed up.
const FOLLOW_UP_DAYS: i64 = 3;

impl Engine {
    /// Sends a draft. `message` stands above the link in the mail; the default sentence when it is empty. `despite` says why
    /// it goes out although the person is on the suppression list.
    ///
    /// # Errors
    /// Refused when it was sent, is empty or out of date, when the person has no address, or when there is no mailbox.
    pub async fn send_quote(
        &self,
        caller: &Caller,
        id: QuoteId,
        message: &str,
        despite: Option<&str>,
    ) -> Result<QuoteRecord> {
        caller.may(Permission::WorkProspects)?;
        let message = bounded("message", message)?;
        let scene = self.scene(caller.workspace).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let draft = quote::get(&mut tx, id).await?;
        let mut pursuit = prospect::get(&mut tx, draft.prospect_id).await?;
        let (person, address) = self.sendable(&mut tx, &scene, &draft, &pursuit).await?;
        let despite = self.may_write(&mut tx, caller, &address, despite, pursuit.id).await?;
        let deal = self.deal_of(&mut tx, caller, &pursuit, &draft).await?;

        let number = quote::take_number(&mut tx, scene.today().year()).await?;
        let url = self.quote_url(scene.workspace.number, id);
        let document = self.document(&mut tx, &scene, &draft, &number, Some(url.clone())).await?;
        let pdf = quote_pdf(&document);
        if !quote::mark_sent(&mut tx, id, deal.id, &number, &pdf, scene.now).await? {
            return Err(EngineError::Conflict);
        }
        quote::replace_others(&mut tx, deal.id, id).await?;

        let mail = QuoteMail {
            number: &number,
            url: &url,
            message: &message,
            pdf,
            address,
            person: &person,
            despite,
        };
        self.mail_quote(&mut tx, &draft, &pursuit, mail).await?;
        let follow_up = say(draft.language, "quote_mail.follow_up", &[("number", number.clone())]);
        self.after_sending(&scene, &mut pursuit, &deal, &follow_up);
        prospect::save(&mut tx, &pursuit).await?;
        let data = json!({
            "quote_id": id.to_string(), "number": number, "title": draft.title,
            "value_cents": draft.net_cents, "currency": draft.currency.as_str(),
        });
        let mut happened = self.prospect_event(caller.actor, "quote.sent", &pursuit, &data);
        happened.subject_kind = "quote".to_owned();
        happened.subject_id = Some(id.0);
        self.announce(&mut tx, &happened).await?;
        self.ask_daily(&mut tx, self.day_after(&scene, draft.valid_until)).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        self.quote(caller, id).await
    }

    /// Whether the draft can go out, and to whom.
    async fn sendable(
        &self,
        tx: &mut Tx,
        scene: &Scene,
        draft: &Quote,
        pursuit: &Prospect,
    ) -> Result<(Person, EmailAddress)> {
        if draft.state != QuoteState::Draft {
            return Err(EngineError::refused("quote_frozen"));
        }
        if !pursuit.state.is_open() {
            return Err(EngineError::refused("prospect_closed"));
        }
        if draft.valid_until < scene.today() {
            return Err(EngineError::field("valid_until", "past_moment"));
        }
        if quote::lines(tx, draft.id).await?.is_empty() {
            return Err(EngineError::field("lines", "required"));
        }
        let person = thread::people(tx, pursuit.id)
            .await?
            .into_iter()
            .find(|person| person.contact_id == draft.contact_id)
            .ok_or_else(|| EngineError::field("contact_id", "unknown_choice"))?;
        let address = person
            .email
            .as_deref()
            .and_then(|text| EmailAddress::parse(text).ok())
            .ok_or_else(|| EngineError::refused("contact_without_address"))?;
        Ok((person, address))
    }

    /// The open opportunity of the pursuit with the value of this quote; a quote that goes out opens one.
    async fn deal_of(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        pursuit: &Prospect,
        draft: &Quote,
    ) -> Result<Opportunity> {
        if let Some(mut deal) = opportunity::open_of_prospect(tx, pursuit.id).await? {
            deal.value_cents = draft.net_cents.max(0);
            deal.currency = draft.currency.as_str().to_owned();
            opportunity::update_open(tx, &deal).await?;
            return Ok(deal);
        }
        let deal = Opportunity {
            id: self.new_id(),
            prospect_id: pursuit.id,
            company_id: pursuit.company_id,
            name: draft.title.clone(),
            state: OpportunityState::Open,
            opened_by: OpenedBy::Quote,
            opened_evidence: draft.title.clone(),
            value_cents: draft.net_cents.max(0),
            currency: draft.currency.as_str().to_owned(),
            expected_close_on: Some(draft.valid_until),
            chance_own_percent: None,
            opened_at: self.now(),
            closed_at: None,
            lost_reason: None,
            won_by: None,
        };
        self.open_opportunity(tx, caller, pursuit, &deal).await?;
        Ok(deal)
    }

    fn after_sending(&self, scene: &Scene, pursuit: &mut Prospect, deal: &Opportunity, follow_up: &str) {
        mirror(pursuit, deal);
        pursuit.ours_at = Some(scene.now);
        pursuit.responded_at.get_or_insert(scene.now);
        // A planned answer or quote is done with this one; a planned call or meeting stands.
        let is_done = matches!(pursuit.next_action_kind.as_deref(), Some("quote" | "reply"));
        let plan_stands = !is_done && pursuit.next_action_at.is_some_and(|at| at > scene.now);
        if !plan_stands {
            pursuit.next_action = Some(follow_up.to_owned());
            pursuit.next_action_kind = Some("call".to_owned());
            pursuit.next_action_at = Some(scene.in_working_days(FOLLOW_UP_DAYS));
        }
    }

    async fn mail_quote(
        &self,
        tx: &mut Tx,
        draft: &Quote,
        pursuit: &Prospect,
        mail: QuoteMail<'_>,
    ) -> Result<()> {
        let lang = draft.language;
        let end = thread::end_with(tx, draft.contact_id).await?;
        let (mailbox, signature) = self.mailbox_for(tx, end.as_ref()).await?;
        let params = [
            ("name", mail.person.name.clone()),
            ("number", mail.number.to_owned()),
            ("title", draft.title.clone()),
            ("amount", format_amount(draft.gross_cents, draft.currency, draft.language)),
            ("until", say_date(lang, draft.valid_until)),
            ("url", mail.url.to_owned()),
        ];
        let opening = if mail.message.is_empty() {
            say(lang, "quote_mail.opening", &params)
        } else {
            mail.message.to_owned()
        };
        let text = format!("{opening}\n\n{}\n\n{signature}", say(lang, "quote_mail.link", &params));
        let unsafe_header = |e| EngineError::Outside(format!("a header of a quote mail: {e}"));
        let file = format!("{}-{}.pdf", say(lang, "quote_mail.file", &[]), mail.number);
        let attachment = OutboundAttachment {
            name: HeaderText::new(&file).map_err(unsafe_header)?,
            media_type: HeaderText::new("application/pdf").map_err(unsafe_header)?,
            bytes: mail.pdf,
        };
        let direct = DirectMail {
            kind: "quote",
            mailbox,
            to: mail.address,
            to_name: mail.person.name.clone(),
            subject: say(lang, "quote_mail.subject", &params),
            text,
            in_reply_to: None,
            references: Vec::new(),
            contact: Some(draft.contact_id),
            company: Some(pursuit.company_id),
            prospect: Some(pursuit.id),
            lead: None,
            invitation: None,
            attachments: vec![attachment],
            despite_suppression: mail.despite,
        };
        self.queue_mail(tx, direct).await?;
        Ok(())
    }

    /// The first moment of the day after a date, in the workspace.
    pub(crate) fn day_after(&self, scene: &Scene, date: jiff::civil::Date) -> jiff::Timestamp {
        date.saturating_add(1.days())
            .to_zoned_datetime(scene.zone.clone())
            .map_or(scene.now, |start| start.timestamp())
    }
}

struct QuoteMail<'a> {
    number: &'a str,
    url: &'a str,
    message: &'a str,
    pdf: Vec<u8>,
    address: EmailAddress,
    person: &'a Person,
    despite: bool,
}
