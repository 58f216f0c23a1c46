//! The quote-request form: who asks, what, and whether it was a person. Spam is kept with its reason, never dropped.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::Actor;
use kiem_domain::id::WorkspaceId;
use kiem_domain::promotion::{EventKind, InboundRequest};
use kiem_store::event::Actor as EventActor;
use kiem_store::inlet::{self, Inlet, InletKind};
use kiem_store::quote_request::{self, QuoteRequest};
use uuid::Uuid;

use super::booking::sender_of;
use super::hex;
use super::who::{Introduction, Who};
use crate::engine::keys::TokenKind;
use crate::engine::promotion::NewEngagement;
use crate::engine::sales::their_turn::Sign;
use crate::engine::settings::language_of;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};
use crate::messages::Lang;

/// Nobody fills a form in faster.
const FILL_MIN: SignedDuration = SignedDuration::from_secs(3);
/// A form that lies open for longer is asked again.
const FILL_MAX: SignedDuration = SignedDuration::from_hours(24);
/// More links than this in a question is advertising.
const LINKS_MAX: usize = 2;

/// A form that is open.
#[derive(Debug, Clone)]
pub struct OpenForm {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Entrance.
    pub inlet: Inlet,
    /// Whose form it is.
    pub sender: String,
    /// Its language.
    pub lang: Lang,
    /// Signed moment at which it was shown.
    pub token: String,
}

/// A filled form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilledForm {
    /// Token that came with the form.
    pub token: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Company.
    pub company: String,
    /// Telephone.
    pub phone: String,
    /// The question.
    pub text: String,
    /// Field that no person sees.
    pub trap: String,
    /// Token of the visit that they came with.
    pub visit_token: Option<String>,
}

impl Engine {
    /// The form behind a token; `None` when there is none or it is closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quote_form(&self, token: &str) -> Result<Option<OpenForm>> {
        let Some((workspace, claim)) = self.public_claim(TokenKind::Inlet, token).await? else {
            return Ok(None);
        };
        let mut tx = self.store().read(workspace).await?;
        let found = inlet::find(&mut tx, claim.id).await?;
        drop(tx);
        let Some(inlet) = found.filter(|i| i.active && i.kind == InletKind::QuoteForm) else {
            return Ok(None);
        };
        let (row, settings) = self.workspace(workspace).await?;
        let lang = language_of(&row);
        let token = self.form_token(inlet.id, self.now());
        Ok(Some(OpenForm { workspace, inlet, sender: sender_of(row, settings), lang, token }))
    }

    /// Whether a page of this origin may post to the form. Our own page may; without an origin (a program) it may not.
    pub fn may_post_from(&self, inlet: &Inlet, origin: Option<&str>) -> bool {
        let Some(origin) = origin.map(str::to_lowercase) else { return false };
        let own = [&self.config().public_url, &self.config().link_url];
        own.into_iter().any(|url| *url == origin) || inlet.allowed_origins.lines().any(|line| line == origin)
    }

    fn form_token(&self, inlet: Uuid, at: Timestamp) -> String {
        let nonce = hex(&crate::engine::keys::random_bytes::<8>());
        let body = format!("{:x}.{nonce}", at.as_second());
        format!("{body}.{}", self.form_signature(inlet, &body))
    }

    fn form_signature(&self, inlet: Uuid, body: &str) -> String {
        hex(self.keys().keyed_hash(&format!("form\0{inlet}\0{body}")).get(..12).unwrap_or_default())
    }

    fn form_shown_at(&self, inlet: Uuid, token: &str) -> Option<Timestamp> {
        let (body, signature) = token.rsplit_once('.')?;
        if self.form_signature(inlet, body) != signature {
            return None;
        }
        Timestamp::from_second(i64::from_str_radix(body.split('.').next()?, 16).ok()?).ok()
    }

    /// Takes a filled form. The same filled form is taken once.
    ///
    /// # Errors
    /// `form_expired` when it was shown too long ago or its token is not ours; fields that are not right.
    pub async fn take_quote_request(&self, form: &OpenForm, filled: &FilledForm) -> Result<()> {
        let now = self.now();
        let shown = self.form_shown_at(form.inlet.id, &filled.token);
        let Some(shown) = shown.filter(|at| now.duration_since(*at) <= FILL_MAX) else {
            return Err(EngineError::refused("form_expired"));
        };
        let email = checked(filled)?;
        let spam = spam_reason(filled, now.duration_since(shown));
        let mut tx = self.store().begin(form.workspace).await?;
        let who = if spam.is_some() {
            Who { actor: Actor::Stranger, lead: None, contact: None, company: None }
        } else {
            let person = Introduction {
                email: &email,
                name: &filled.name,
                company: &filled.company,
                phone: &filled.phone,
                visit_token: filled.visit_token.as_deref(),
                source: "quote form",
            };
            self.who_is(&mut tx, &person).await?
        };
        let request = QuoteRequest {
            id: self.new_id(),
            external_key: filled.token.clone(),
            name: filled.name.trim().to_owned(),
            email: email.to_string(),
            company_name: filled.company.trim().to_owned(),
            phone: filled.phone.trim().to_owned(),
            text: filled.text.trim().to_owned(),
            spam_reason: spam.map(str::to_owned),
            lead_id: who.lead,
            contact_id: who.contact,
            company_id: who.company,
            created_at: now,
            handled_at: None,
        };
        if quote_request::insert(&mut tx, &request).await? {
            self.request_happened(&mut tx, &request, who).await?;
        }
        tx.commit().await?;
        self.committed(form.workspace);
        Ok(())
    }

    async fn request_happened(
        &self,
        tx: &mut kiem_store::Tx,
        request: &QuoteRequest,
        who: Who,
    ) -> Result<()> {
        let is_spam = request.spam_reason.is_some();
        let new = NewEngagement {
            occurred_at: request.created_at,
            what: EventKind::QuoteRequest { actor: who.actor, is_spam },
            lead: who.lead,
            contact: who.contact,
            company: who.company,
            message: None,
            link: None,
            inbound: None,
            web_session: None,
            source: "form",
            external_id: request.external_key.clone(),
        };
        self.record_engagement(tx, &new).await?;
        if is_spam {
            return Ok(());
        }
        if let (Some(lead), Actor::Lead) = (who.lead, who.actor) {
            self.welcome_inbound(tx, lead, InboundRequest::Quote).await?;
        }
        let mut happened = self.event(EventActor::Lead, "quote.requested", "quote_request", Some(request.id));
        happened.company_id = who.company;
        happened.contact_id = who.contact;
        let short: String = request.text.chars().take(300).collect();
        happened.data = serde_json::json!({
            "lead_id": who.lead.map(|l| l.0), "name": request.name, "text": short,
        })
        .to_string();
        self.announce(tx, &happened).await?;
        let (Some(company), Actor::Lead) = (who.company, who.actor) else { return Ok(()) };
        let sign = Sign {
            kind: "quote.requested",
            action: Some(("quote", "next_action.answer_quote_request")),
            contact: who.contact,
            name: &request.name,
            at: request.created_at,
            before: None,
            data: serde_json::json!({ "note": short }),
        };
        self.came_in(tx, company, who.lead, sign).await
    }

    /// Requests that came in, newest first.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn quote_requests(
        &self,
        caller: &Caller,
        is_spam: bool,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<QuoteRequest>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(quote_request::list(&mut tx, is_spam, before, limit.clamp(1, 200)).await?)
    }
}

fn checked(filled: &FilledForm) -> Result<EmailAddress> {
    let mut errors = Vec::new();
    let lengths = [
        ("name", &filled.name, 200),
        ("company", &filled.company, 200),
        ("phone", &filled.phone, 50),
        ("text", &filled.text, 8_000),
    ];
    for (field, text, most) in lengths {
        if text.chars().count() > most {
            errors.push(FieldError::new(field, "too_many"));
        }
    }
    for (field, text) in [("name", &filled.name), ("text", &filled.text)] {
        if text.trim().is_empty() {
            errors.push(FieldError::new(field, "required"));
        }
    }
    match EmailAddress::parse(&filled.email) {
        Ok(email) if errors.is_empty() => Ok(email),
        Ok(_) => Err(EngineError::Invalid(errors)),
        Err(_) => {
            errors.push(FieldError::new("email", "email"));
            Err(EngineError::Invalid(errors))
        }
    }
}

/// Why a filled form is taken for spam.
fn spam_reason(filled: &FilledForm, took: SignedDuration) -> Option<&'static str> {
    let lower = filled.text.to_lowercase();
    let n_links = lower.matches("http://").count() + lower.matches("https://").count();
    let is_only_link = n_links > 0 && !lower.trim().contains(char::is_whitespace);
    if !filled.trap.is_empty() {
        Some("trap")
    } else if took < FILL_MIN {
        Some("too_fast")
    } else if n_links > LINKS_MAX || is_only_link {
        Some("links")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spam_is_known_by_its_habits_and_people_are_not() {
        let person = FilledForm {
            text: "Graag een offerte, zie https://klant.example".to_owned(),
            ..FilledForm::default()
        };
        let minute = SignedDuration::from_mins(1);
        assert_eq!(spam_reason(&person, minute), None);
        assert_eq!(spam_reason(&person, SignedDuration::from_secs(2)), Some("too_fast"));
        assert_eq!(spam_reason(&FilledForm { trap: "x".to_owned(), ..person.clone() }, minute), Some("trap"));
        for text in ["https://winst.example", "http://a.test http://b.test HTTPS://c.test"] {
            assert_eq!(
                spam_reason(&FilledForm { text: text.to_owned(), ..person.clone() }, minute),
                Some("links")
            );
        }
    }
}
