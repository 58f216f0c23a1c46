//! What a received mail may answer: looked up by ids, addresses, domains and link tickets.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ContactId, MessageId};
use kiem_domain::inbound::ParsedMail;
use kiem_domain::inbound::matching::{ADDRESS_WINDOW_DAYS, Candidates, LookupKeys, SentMessage, lookup_keys};
use kiem_store::message::Message;
use kiem_store::{Tx, link, mailbox, message, promotion};

use crate::engine::keys::TokenKind;
use crate::engine::{Engine, Result};

/// Mails of ours per address or company that are looked at.
const PER_KEY_MAX: i64 = 50;

impl Engine {
    /// Loads what a mail may answer.
    pub(super) async fn candidates(
        &self,
        tx: &mut Tx,
        mail: &ParsedMail,
        received_at: Timestamp,
    ) -> Result<Candidates> {
        let keys = lookup_keys(mail);
        let mut found: BTreeMap<MessageId, Message> = BTreeMap::new();
        let mut add = |list: Vec<Message>| found.extend(list.into_iter().map(|m| (m.new.id, m)));
        add(message::by_message_ids(tx, &keys.message_ids).await?);
        let since = received_at - SignedDuration::from_hours(24 * ADDRESS_WINDOW_DAYS);
        for address in keys.from_addresses.iter().chain(&keys.reported_addresses) {
            add(message::sent_to(tx, address.as_str(), since, PER_KEY_MAX).await?);
        }
        for domain in &keys.from_domains {
            if let Some(company) = promotion::company_of_domain(tx, domain.as_str()).await? {
                add(message::sent_to_company(tx, company, PER_KEY_MAX).await?);
            }
        }
        let tickets = self.tickets(tx, &keys).await?;
        for message in tickets.values() {
            if let Some(one) = message::find(tx, *message).await? {
                add(vec![one]);
            }
        }
        let mut domains: BTreeMap<ContactId, Option<DomainName>> = BTreeMap::new();
        let mut messages = Vec::new();
        for one in found.into_values() {
            // What Kiem told a colleague about somebody is no mail to that somebody.
            let Some(contact) = one.new.contact_id.filter(|_| one.new.kind != "notice") else { continue };
            let Ok(recipient) = EmailAddress::parse(&one.new.recipient) else { continue };
            let domain = match domains.get(&contact) {
                Some(known) => known.clone(),
                None => {
                    let lead = promotion::lead_of_contact(tx, contact).await?;
                    let domain = lead.and_then(|lead| DomainName::parse(&lead.company_domain?).ok());
                    domains.insert(contact, domain.clone());
                    domain
                }
            };
            let id = one.new.id;
            messages.push(SentMessage {
                id,
                contact,
                header_ids: vec![one.new.message_id],
                reply_token: String::new(),
                recipient,
                subject: one.new.subject,
                sent_at: one.finished_at.or(one.committed_at).unwrap_or(one.created_at),
                company_domain: domain,
                link_tickets: tickets.iter().filter(|(_, m)| **m == id).map(|(t, _)| t.clone()).collect(),
                text: one.new.body,
            });
        }
        let own_addresses: Vec<EmailAddress> =
            mailbox::all(tx).await?.iter().filter_map(|m| EmailAddress::parse(&m.address).ok()).collect();
        let own_domains = own_addresses.iter().map(|a| a.domain()).filter(|d| !d.is_free_mail()).collect();
        Ok(Candidates { messages, own_addresses, own_domains, received_at })
    }

    /// Which parts of links in the mail are tickets of ours, and of which mail: only what we signed counts.
    async fn tickets(&self, tx: &mut Tx, keys: &LookupKeys) -> Result<BTreeMap<String, MessageId>> {
        let mut found = BTreeMap::new();
        for ticket in &keys.link_tickets {
            let Some(claim) = self.keys().read_public_token(TokenKind::Click, ticket) else { continue };
            // A ticket of another workspace names a link that is not in this one.
            if let Some(link) = link::find(tx, claim.id.into()).await? {
                found.insert(ticket.clone(), link.message_id);
            }
        }
        Ok(found)
    }
}
