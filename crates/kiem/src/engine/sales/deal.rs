//! Opportunities: opened by recorded intent, changed, won by a fact that a person tells.

use jiff::civil::Date;
use kiem_domain::conversation::{Move, apply};
use kiem_domain::id::{OpportunityId, ProspectId};
use kiem_domain::money::{Currency, LINE_CENTS_MAX};
use kiem_domain::opportunity::{OpenedBy, OpportunityState, chance};
use kiem_store::opportunity::{self, Opportunity, OpportunityCard};
use kiem_store::prospect::Prospect;
use kiem_store::{Tx, prospect};
use serde_json::json;

use super::close::shut;
use super::steps::refused;
use super::{bounded, typed};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Rows on one page of a list at most.
const PAGE_MAX: i64 = 200;

/// Purchase intent as a person records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What was said or done.
    pub evidence: String,
    /// What the deal is about; the company's name when empty.
    pub name: String,
    /// Value in cents, without VAT.
    pub value_cents: i64,
    /// Its currency.
    pub currency: Currency,
    /// When it is expected to close.
    pub expected_close_on: Option<Date>,
}

/// What a person may change on an open opportunity; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpportunityChange {
    /// What it is about.
    pub name: Option<String>,
    /// Value in cents.
    pub value_cents: Option<i64>,
    /// Expected close; `Some(None)` takes it away.
    pub expected_close_on: Option<Option<Date>>,
    /// A person's own estimate of the chance in percent; `Some(None)` takes it away.
    pub chance_own_percent: Option<Option<i64>>,
}

fn value(cents: i64) -> Result<i64> {
    if (0..=LINE_CENTS_MAX).contains(&cents) {
        Ok(cents)
    } else {
        Err(EngineError::field("value_cents", "line_amount"))
    }
}

/// Puts value and chance of the open deal on the pursuit, so that lists need no second look.
pub(crate) fn mirror(pursuit: &mut Prospect, deal: &Opportunity) {
    pursuit.value_cents = Some(deal.value_cents);
    pursuit.currency.clone_from(&deal.currency);
    pursuit.chance_percent = chance(pursuit.step, deal.chance_own_percent);
}

impl Engine {
    /// Opens an opportunity in the given transaction and says so on the timeline.
    pub(crate) async fn open_opportunity(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        pursuit: &Prospect,
        deal: &Opportunity,
    ) -> Result<()> {
        opportunity::insert(tx, deal).await?;
        let data = json!({
            "opened_by": deal.opened_by.as_str(),
            "evidence": deal.opened_evidence,
            "name": deal.name,
            "value_cents": deal.value_cents,
            "currency": deal.currency,
        });
        let mut happened = self.prospect_event(caller.actor, "opportunity.opened", pursuit, &data);
        happened.subject_kind = "opportunity".to_owned();
        happened.subject_id = Some(deal.id.0);
        self.announce(tx, &happened).await?;
        Ok(())
    }

    /// Records purchase intent: the prospect becomes an opportunity.
    ///
    /// # Errors
    /// Refused when it is closed or has an open opportunity; the evidence is needed.
    pub async fn record_intent(
        &self,
        caller: &Caller,
        id: ProspectId,
        intent: Intent,
    ) -> Result<OpportunityId> {
        caller.may(Permission::WorkProspects)?;
        let evidence = typed("evidence", &intent.evidence)?;
        let name = bounded("name", &intent.name)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let card = prospect::card(&mut tx, id).await?;
        let mut pursuit = card.prospect;
        if !pursuit.state.is_open() {
            return Err(EngineError::refused("prospect_closed"));
        }
        if card.has_opportunity {
            return Err(EngineError::refused("opportunity_open"));
        }
        let deal = Opportunity {
            id: self.new_id(),
            prospect_id: id,
            company_id: pursuit.company_id,
            name: if name.is_empty() { card.company_name } else { name },
            state: OpportunityState::Open,
            opened_by: OpenedBy::Intent,
            opened_evidence: evidence,
            value_cents: value(intent.value_cents)?,
            currency: intent.currency.as_str().to_owned(),
            expected_close_on: intent.expected_close_on,
            chance_own_percent: None,
            opened_at: self.now(),
            closed_at: None,
            lost_reason: None,
            won_by: None,
        };
        self.open_opportunity(&mut tx, caller, &pursuit, &deal).await?;
        mirror(&mut pursuit, &deal);
        prospect::save(&mut tx, &pursuit).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(deal.id)
    }

    /// Changes an open opportunity.
    ///
    /// # Errors
    /// Refused when it is closed.
    pub async fn change_opportunity(
        &self,
        caller: &Caller,
        id: OpportunityId,
        change: OpportunityChange,
    ) -> Result<Opportunity> {
        caller.may(Permission::WorkProspects)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut deal = opportunity::get(&mut tx, id).await?;
        if let Some(name) = &change.name {
            deal.name = typed("name", name)?;
        }
        if let Some(cents) = change.value_cents {
            deal.value_cents = value(cents)?;
        }
        if let Some(date) = change.expected_close_on {
            deal.expected_close_on = date;
        }
        if let Some(own) = change.chance_own_percent {
            if own.is_some_and(|percent| !(1..=99).contains(&percent)) {
                return Err(EngineError::field("chance_own_percent", "chance_bounds"));
            }
            deal.chance_own_percent = own;
        }
        if !opportunity::update_open(&mut tx, &deal).await? {
            return Err(EngineError::refused("opportunity_closed"));
        }
        let mut pursuit = prospect::get(&mut tx, deal.prospect_id).await?;
        mirror(&mut pursuit, &deal);
        prospect::save(&mut tx, &pursuit).await?;
        let detail = serde_json::json!({ "value_cents": deal.value_cents });
        self.audit(&mut tx, caller, "opportunity.changed", "opportunity", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(deal)
    }

    /// Opportunities in a state, most recently opened first.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn opportunities(
        &self,
        caller: &Caller,
        state: OpportunityState,
        before: Option<(jiff::Timestamp, OpportunityId)>,
        limit: i64,
    ) -> Result<Vec<OpportunityCard>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(opportunity::list(&mut tx, state, before, limit.clamp(1, PAGE_MAX + 1)).await?)
    }

    /// Wins a prospect by a fact that a person tells ("signed order of 24 November"), when there was no quote to accept.
    ///
    /// # Errors
    /// Refused when it is closed; the fact and the value are needed.
    pub async fn win_by_fact(
        &self,
        caller: &Caller,
        id: ProspectId,
        fact: &str,
        value_cents: i64,
        currency: Currency,
    ) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let fact = typed("fact", fact)?;
        if value_cents <= 0 {
            return Err(EngineError::field("value_cents", "required"));
        }
        let value_cents = value(value_cents)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let card = prospect::card(&mut tx, id).await?;
        let mut pursuit = card.prospect;
        let deal = match opportunity::open_of_prospect(&mut tx, id).await? {
            Some(deal) => deal,
            None => {
                let deal = Opportunity {
                    id: self.new_id(),
                    prospect_id: id,
                    company_id: pursuit.company_id,
                    name: card.company_name,
                    state: OpportunityState::Open,
                    opened_by: OpenedBy::Intent,
                    opened_evidence: fact.clone(),
                    value_cents,
                    currency: currency.as_str().to_owned(),
                    expected_close_on: None,
                    chance_own_percent: None,
                    opened_at: self.now(),
                    closed_at: None,
                    lost_reason: None,
                    won_by: None,
                };
                self.open_opportunity(&mut tx, caller, &pursuit, &deal).await?;
                deal
            }
        };
        self.win(&mut tx, caller, &mut pursuit, &deal, &fact, value_cents).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// The end that everything is for, in the given transaction: opportunity and prospect won, the company a customer.
    pub(crate) async fn win(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        pursuit: &mut Prospect,
        deal: &Opportunity,
        won_by: &str,
        value_cents: i64,
    ) -> Result<()> {
        let now = self.now();
        (pursuit.state, pursuit.step) = apply(pursuit.state, pursuit.step, Move::Win).map_err(refused)?;
        if !opportunity::win(tx, deal.id, won_by, value_cents, now).await? {
            return Err(EngineError::Conflict);
        }
        shut(tx, pursuit, caller.user(), now).await?;
        pursuit.value_cents = Some(value_cents);
        pursuit.chance_percent = 100;
        prospect::save(tx, pursuit).await?;
        let data = json!({ "won_by": won_by, "value_cents": value_cents, "currency": deal.currency });
        self.announce(tx, &self.prospect_event(caller.actor, "customer.won", pursuit, &data)).await?;
        Ok(())
    }
}
