//! The public side of a quote: shown, noted as seen, accepted, declined. The token is the only key.

use kiem_domain::engagement::agent::is_machine_agent;
use kiem_domain::id::{QuoteId, WorkspaceId};
use kiem_domain::opportunity::{QuoteClosed, QuoteState, may_decide};
use kiem_store::event::Actor;
use kiem_store::quote::{self, Quote, QuoteLine};
use kiem_store::{account, opportunity, prospect, thread};
use serde_json::json;

use super::quotes::sums;
use super::{Scene, bounded};
use crate::engine::keys::TokenKind;
use crate::engine::{Caller, Engine, EngineError, Result, Role};

/// Longest name that can be typed under a quote.
const NAME_MAX: usize = 200;
/// Tries when somebody of ours changes the prospect in the same instant.
const TRIES_MAX: usize = 5;

/// A quote as its public page shows it.
#[derive(Debug, Clone)]
pub struct PublicQuote {
    /// The quote.
    pub quote: Quote,
    /// Its lines.
    pub lines: Vec<QuoteLine>,
    /// Its sums.
    pub totals: kiem_domain::money::Totals,
    /// Who it comes from.
    pub sender: String,
    /// Address lines of the sender.
    pub sender_address: String,
    /// For whom: company and person.
    pub company_name: String,
    /// The person.
    pub contact_name: String,
    /// Why it cannot be decided (any more); nothing while it can.
    pub closed: Option<QuoteClosed>,
}

impl Engine {
    async fn public_quote(&self, token: &str) -> Result<(WorkspaceId, QuoteId)> {
        let claim = self.keys().read_public_token(TokenKind::Quote, token).ok_or(EngineError::NotFound)?;
        let mut global = self.store().global_read().await?;
        let workspace = account::workspace_by_number(&mut global, claim.workspace_number)
            .await?
            .ok_or(EngineError::NotFound)?;
        Ok((workspace, claim.id.into()))
    }

    /// The quote behind a token. Reading it changes nothing.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for everything but a quote that went out.
    pub async fn quote_view(&self, token: &str) -> Result<PublicQuote> {
        let (workspace, id) = self.public_quote(token).await?;
        let scene = self.scene(workspace).await?;
        let mut tx = self.store().read(workspace).await?;
        let quote = quote::get(&mut tx, id).await?;
        if quote.state == QuoteState::Draft {
            return Err(EngineError::NotFound);
        }
        let lines = quote::lines(&mut tx, id).await?;
        let card = prospect::card(&mut tx, quote.prospect_id).await?;
        let person = thread::people(&mut tx, quote.prospect_id)
            .await?
            .into_iter()
            .find(|person| person.contact_id == quote.contact_id);
        Ok(PublicQuote {
            totals: sums(&lines)?,
            closed: may_decide(quote.state, quote.valid_until, scene.today()).err(),
            sender: sender(&scene),
            sender_address: scene.settings.postal_address.clone(),
            company_name: card.company_name,
            contact_name: person.map_or(card.contact_name, |p| p.name),
            quote,
            lines,
        })
    }

    /// The frozen PDF behind a token, with its number.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for everything but a quote that went out.
    pub async fn quote_public_pdf(&self, token: &str) -> Result<(String, Vec<u8>)> {
        let (workspace, id) = self.public_quote(token).await?;
        let mut tx = self.store().read(workspace).await?;
        let number = quote::get(&mut tx, id).await?.number.ok_or(EngineError::NotFound)?;
        let pdf = quote::pdf(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        Ok((number, pdf))
    }

    /// Notes that a person looked at the quote for the first time. Programs that only fetch links do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quote_seen(&self, token: &str, user_agent: &str) -> Result<()> {
        if user_agent.is_empty() || is_machine_agent(user_agent) {
            return Ok(());
        }
        let (workspace, id) = self.public_quote(token).await?;
        let mut tx = self.store().begin(workspace).await?;
        if quote::mark_viewed(&mut tx, id, self.now()).await? {
            let seen = quote::get(&mut tx, id).await?;
            let pursuit = prospect::get(&mut tx, seen.prospect_id).await?;
            let data = json!({ "quote_id": id.to_string(), "number": seen.number });
            let mut happened = self.prospect_event(Actor::Lead, "quote.viewed", &pursuit, &data);
            happened.subject_kind = "quote".to_owned();
            happened.subject_id = Some(id.0);
            self.announce(&mut tx, &happened).await?;
            self.notify_owner(&mut tx, &pursuit, "quote.viewed", &json!({ "number": seen.number })).await?;
            tx.commit().await?;
            self.committed(workspace);
        }
        Ok(())
    }

    /// Accepts a quote in the name of a person: the opportunity is won, the company a customer. Doing it twice is
    /// doing it once.
    ///
    /// # Errors
    /// Without a name; refused when it expired, was declined or replaced.
    pub async fn quote_accept(&self, token: &str, name: &str) -> Result<()> {
        let name = signature(name)?;
        self.decide_quote(token, QuoteState::Accepted, &name, "").await
    }

    /// Declines a quote, with a reason if the person gives one. Doing it twice is doing it once.
    ///
    /// # Errors
    /// Refused when it expired, was accepted or replaced.
    pub async fn quote_decline(&self, token: &str, name: &str, reason: &str) -> Result<()> {
        let reason = bounded("reason", reason)?;
        let name: String = name.trim().chars().take(NAME_MAX).collect();
        self.decide_quote(token, QuoteState::Declined, &name, &reason).await
    }

    async fn decide_quote(&self, token: &str, wish: QuoteState, name: &str, note: &str) -> Result<()> {
        let (workspace, id) = self.public_quote(token).await?;
        let scene = self.scene(workspace).await?;
        for _ in 0..TRIES_MAX {
            match self.try_decide(&scene, workspace, id, wish, name, note).await {
                Err(EngineError::Conflict) => {}
                Err(other) => return Err(other),
                Ok(()) => {
                    self.committed(workspace);
                    return Ok(());
                }
            }
        }
        Err(EngineError::Conflict)
    }

    async fn try_decide(
        &self,
        scene: &Scene,
        workspace: WorkspaceId,
        id: QuoteId,
        wish: QuoteState,
        name: &str,
        note: &str,
    ) -> Result<()> {
        let caller = Caller { workspace, actor: Actor::Lead, role: Role::Owner };
        let mut tx = self.store().begin(workspace).await?;
        let offer = quote::get(&mut tx, id).await?;
        if offer.state == wish {
            return Ok(());
        }
        may_decide(offer.state, offer.valid_until, scene.today()).map_err(closed)?;
        if !quote::decide(&mut tx, id, wish, name, note, scene.now).await? {
            return Err(EngineError::Conflict);
        }
        let mut pursuit = prospect::get(&mut tx, offer.prospect_id).await?;
        let kind = if wish == QuoteState::Accepted { "quote.accepted" } else { "quote.declined" };
        let data = json!({
            "quote_id": id.to_string(), "number": offer.number, "name": name, "reason": note,
            "value_cents": offer.net_cents, "currency": offer.currency.as_str(),
        });
        let mut happened = self.prospect_event(Actor::Lead, kind, &pursuit, &data);
        happened.subject_kind = "quote".to_owned();
        happened.subject_id = Some(id.0);
        self.announce(&mut tx, &happened).await?;
        let told = json!({ "number": offer.number, "note": note, "signed_by": name });
        self.notify_owner(&mut tx, &pursuit, kind, &told).await?;
        pursuit.theirs_at = Some(scene.now);
        if wish == QuoteState::Accepted {
            let deal = opportunity::get(&mut tx, offer.opportunity_id.ok_or(EngineError::NotFound)?).await?;
            let won_by = format!("quote:{id}");
            self.win(&mut tx, &caller, &mut pursuit, &deal, &won_by, offer.net_cents.max(0)).await?;
        } else {
            // A "no" to a quote is not yet the end: somebody has to ask why.
            let lang = offer.language;
            let number = offer.number.clone().unwrap_or_default();
            pursuit.next_action =
                Some(crate::messages::say(lang, "quote_mail.ask_why", &[("number", number)]));
            pursuit.next_action_kind = Some("call".to_owned());
            pursuit.next_action_at = Some(scene.in_working_days(1));
            prospect::save(&mut tx, &pursuit).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

fn sender(scene: &Scene) -> String {
    let company = &scene.settings.sender_company;
    if company.is_empty() { scene.workspace.name.clone() } else { company.clone() }
}

fn signature(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(EngineError::field("name", "required"));
    }
    if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(EngineError::field("name", "text_too_long"));
    }
    Ok(name.to_owned())
}

/// Why a quote cannot be decided, as an answer to a person.
fn closed(why: QuoteClosed) -> EngineError {
    EngineError::refused(match why {
        QuoteClosed::Expired => "quote_expired",
        QuoteClosed::Accepted => "quote_accepted",
        QuoteClosed::Declined => "quote_declined",
        QuoteClosed::Replaced => "quote_replaced",
        QuoteClosed::NotSent => return EngineError::NotFound,
    })
}
