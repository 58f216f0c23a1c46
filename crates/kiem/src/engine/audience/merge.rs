//! Making two companies one: everything that hangs on the one that goes is moved, people who are one become one, facts
//! survive by source and date, and each thing that is done is written down, so that it can be taken back exactly.

use std::collections::HashSet;

use kiem_domain::dedupe::name_words;
use kiem_domain::id::{CompanyId, UserId};
use kiem_domain::merge::{Claim, Kept, Stake, Trust, kept, survivors};
use kiem_domain::names::company_key;
use kiem_store::Tx;
use kiem_store::company::{self, Company};
use kiem_store::duplicate::{self, PairState};
use kiem_store::event::Actor;
use kiem_store::matching;
use kiem_store::merge::{self as merges, Merge, MergeCause, OF_COMPANY, Recorder};
use kiem_store::register::{self, RegisterReading};
use kiem_store::website::{self, WebsiteReading};
use kiem_store::{register_run, suppression_run, website_run};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::conflicts::{company_map, write_company};
use super::records::score_company;
use super::sources::FactSource;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Two companies that are to be one.
#[derive(Debug, Clone, Copy)]
pub(super) struct MergeOrder {
    /// Which.
    pub(super) pair: (CompanyId, CompanyId),
    /// The one that stays; none: the one where more happened.
    pub(super) keep: Option<CompanyId>,
    /// Why.
    pub(super) cause: MergeCause,
    /// The evidence.
    pub(super) centibits: i64,
}

/// What would become of two companies.
pub(super) struct MergePreview {
    /// The one that would stay.
    pub(super) stays: CompanyId,
    /// The facts that would survive.
    pub(super) facts: Map<String, Value>,
    /// Why they cannot be made one: a catalogue key below `error`.
    pub(super) obstacle: Option<&'static str>,
    /// Both, as they are.
    pub(super) sides: [(Company, Stake); 2],
}

/// Facts that belong together, with the name under which a person changes them. Names are those of `company_map`.
const GROUPS: &[(&[&str], &[&str])] = &[
    (&["company_name"], &["name"]),
    (&["kvk_number"], &["kvk_number"]),
    (&["register_number"], &[]),
    (&["vat_id"], &[]),
    (&["lei"], &[]),
    (&["domain", "website"], &["website"]),
    (
        &["street", "house_number", "postcode", "city", "region", "country"],
        &["street", "postcode", "city", "region", "country"],
    ),
    (&["company_phone"], &["phone"]),
    (&["industry"], &["industry"]),
    (&["sbi_code"], &["sbi_code"]),
    (&["employees"], &["employees_n"]),
    (&["legal_form", "legal_form_source", "legal_form_on"], &["legal_form"]),
    (&["linkedin_url"], &[]),
    (&["founded_on"], &["founded_on"]),
    (&["revenue", "revenue_currency"], &[]),
];

/// One of the two, with what is needed to decide.
struct Side {
    company: Company,
    stake: Stake,
    sources: Vec<(String, (Trust, jiff::Timestamp))>,
}

impl Engine {
    /// Makes two companies one, in the caller's transaction.
    pub(super) async fn merge_in(&self, tx: &mut Tx, caller: &Caller, order: MergeOrder) -> Result<Merge> {
        let (a, b) = order.pair;
        company::lock(tx, &[a, b]).await?;
        let (one, other) = (self.side(tx, a).await?, self.side(tx, b).await?);
        refuse_if_two(&one, &other)?;
        let (stays, goes) = if keeps_first(&one, &other, order.keep) { (one, other) } else { (other, one) };
        let mut recorder = Recorder::default();
        let (lost, target) = (goes.company.id, stays.company.id);
        let mut gone = vec![(lost.0, target.0)];
        if !recorder.move_all(tx, OF_COMPANY, (lost.0, target.0), target.0).await? {
            return Err(EngineError::refused("merge_too_large"));
        }
        let people = self.join_people(tx, &mut recorder, target).await?;
        gone.extend(people.gone);
        recorder.about(None);
        self.let_go_of(tx, &mut recorder, lost, target).await?;
        recorder.remove(tx, "company", &[("id", lost.0)]).await?;
        let firm = self.write_survivors(tx, &mut recorder, &stays, &goes).await?;
        self.keep_aliases(tx, &mut recorder, [&stays.company, &goes.company], &firm).await?;
        self.carry_suppression(tx, &mut recorder, [&stays.company, &goes.company], &firm).await?;
        let merge = Merge {
            id: self.new_id(),
            kept: target,
            lost,
            people: None,
            lost_name: goes.company.name.clone(),
            cause: order.cause,
            centibits: order.centibits,
            people_joined_n: people.joined_n,
            people_apart_n: people.apart_n,
            merged_at: self.now(),
            merged_by: user_id(caller),
            undone_at: None,
            undone_by: None,
            undo_report: None,
        };
        merges::put(tx, &merge, &gone).await?;
        merges::put_pieces(tx, merge.id, &recorder.into_pieces()).await?;
        self.after_merge(tx, caller, &merge, &firm).await?;
        Ok(merge)
    }

    /// What would stay when two companies were made one: which of them, the facts, and what stands in the way. `keep` is
    /// the one that a person wants to stay.
    pub(super) async fn merge_preview(
        &self,
        tx: &mut Tx,
        pair: (CompanyId, CompanyId),
        keep: Option<CompanyId>,
    ) -> Result<MergePreview> {
        let (one, other) = (self.side(tx, pair.0).await?, self.side(tx, pair.1).await?);
        let keeps_first = keeps_first(&one, &other, keep);
        let obstacle = match refuse_if_two(&one, &other) {
            Err(EngineError::Refused { code, .. }) => Some(code),
            _ => None,
        };
        let facts = if keeps_first { surviving(&one, &other) } else { surviving(&other, &one) };
        let stays = if keeps_first { pair.0 } else { pair.1 };
        Ok(MergePreview {
            stays,
            facts,
            obstacle,
            sides: [(one.company, one.stake), (other.company, other.stake)],
        })
    }

    async fn side(&self, tx: &mut Tx, id: CompanyId) -> Result<Side> {
        let company = company::get(tx, id).await?.ok_or(EngineError::NotFound)?;
        let stake = matching::stakes(tx, &[id]).await?.first().map(|(_, stake)| *stake).unwrap_or_default();
        let sources = self.fact_sources(tx, id).await?.into_iter().filter(|fact| fact.contact.is_none());
        Ok(Side {
            company,
            stake,
            sources: sources.map(|fact| (fact.field, (trust_of(fact.source), fact.at))).collect(),
        })
    }

    /// The pairs and the group of the company that goes. What somebody said about it holds for the one that stays.
    async fn let_go_of(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        lost: CompanyId,
        target: CompanyId,
    ) -> Result<()> {
        for pair in duplicate::of_companies(tx, &[lost]).await? {
            recorder.remove(tx, "duplicate_pair", &[("id", pair.id)]).await?;
            let other = if pair.first == lost { pair.second } else { pair.first };
            if pair.state != PairState::Different || other == target {
                continue;
            }
            let (first, second) = duplicate::in_order(target, other);
            if let Some(known) = duplicate::of(tx, target, other).await? {
                let watched = Recorder::watch(tx, "duplicate_pair", known.id).await?;
                duplicate::decide(tx, known.id, pair.state, pair.decided_at.map(|at| (at, pair.decided_by)))
                    .await?;
                recorder.changed(tx, watched).await?;
            } else {
                let carried = duplicate::DuplicatePair { id: self.new_id(), first, second, ..pair };
                duplicate::put(tx, &carried).await?;
                recorder.added("duplicate_pair", vec![("id".to_owned(), carried.id.into())]);
            }
        }
        if let Some(group) = duplicate::group_of(tx, lost).await? {
            recorder.remove(tx, "company_group_member", &[("company_id", lost.0)]).await?;
            if duplicate::join_group(tx, target, group, self.now()).await? {
                let key = vec![("company_id".to_owned(), target.0.into())];
                recorder.added("company_group_member", key);
            }
        }
        self.carry_website(tx, recorder, lost, target).await?;
        carry_suppression(tx, recorder, lost, target).await?;
        self.carry_register(tx, recorder, lost, target).await
    }

    /// What the register said goes along, unless it said something of the one that stays.
    async fn carry_register(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        lost: CompanyId,
        target: CompanyId,
    ) -> Result<()> {
        for round in register_run::rounds_of(tx, lost).await? {
            let key = [("run_id", round.0), ("company_id", lost.0)];
            recorder.remove(tx, "register_run_company", &key).await?;
        }
        let Some(reading) = register::reading(tx, lost).await? else { return Ok(()) };
        recorder.remove(tx, "register_reading", &[("company_id", lost.0)]).await?;
        if register::reading(tx, target).await?.is_none() {
            register::put_reading(tx, &RegisterReading { company_id: target, ..reading }).await?;
            recorder.added("register_reading", vec![("company_id".to_owned(), target.0.into())]);
        }
        Ok(())
    }

    /// What was read from the website goes along; a round no longer waits for the company that goes.
    async fn carry_website(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        lost: CompanyId,
        target: CompanyId,
    ) -> Result<()> {
        for round in website_run::rounds_of(tx, lost).await? {
            let key = [("run_id", round.0), ("company_id", lost.0)];
            recorder.remove(tx, "website_run_company", &key).await?;
        }
        let Some(reading) = website::reading(tx, lost).await? else { return Ok(()) };
        recorder.remove(tx, "website_reading", &[("company_id", lost.0)]).await?;
        if website::reading(tx, target).await?.is_none() {
            website::put_reading(tx, &WebsiteReading { company_id: target, ..reading }).await?;
            recorder.added("website_reading", vec![("company_id".to_owned(), target.0.into())]);
        }
        Ok(())
    }

    /// Writes into the company that stays which facts survive.
    async fn write_survivors(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        stays: &Side,
        goes: &Side,
    ) -> Result<Company> {
        let watched = Recorder::watch(tx, "company", stays.company.id.0).await?;
        let mut firm = stays.company.clone();
        write_company(&mut firm, &surviving(stays, goes));
        firm.details.is_non_mailing |= goes.company.details.is_non_mailing;
        if firm.details.site_words.is_none() {
            // What its site said goes along, see `carry_website`.
            firm.details.site_words.clone_from(&goes.company.details.site_words);
            firm.details.site_technologies.clone_from(&goes.company.details.site_technologies);
        }
        firm.name_key = company_key(&firm.name);
        firm.updated_at = self.now();
        let (profile, _) = self.profile_in_use(tx).await?;
        score_company(&mut firm, &profile);
        company::update(tx, &firm).await?;
        recorder.changed(tx, watched).await?;
        Ok(firm)
    }

    /// Lists, timeline, audit trail and the next check follow.
    async fn after_merge(&self, tx: &mut Tx, caller: &Caller, merge: &Merge, firm: &Company) -> Result<()> {
        let (profile, _) = self.profile_in_use(tx).await?;
        self.refresh_lead_copies(tx, firm, &profile).await?;
        self.refresh_pursuit_words(tx, firm).await?;
        let mut happened = self.event(caller.actor, "company.merged", "company_merge", Some(merge.id));
        happened.company_id = Some(firm.id);
        happened.data = serde_json::json!({
            "name": merge.lost_name, "cause": merge.cause.as_str(), "people": merge.people_joined_n,
        })
        .to_string();
        self.announce(tx, &happened).await?;
        if caller.actor != Actor::System {
            let detail = serde_json::json!({ "kept": merge.kept.0, "lost": merge.lost.0 });
            self.audit(tx, caller, "company.merged", "company", Some(firm.id.0), &detail).await?;
        }
        self.ask_matching(tx).await
    }
}

/// The person behind the caller, when one is.
pub(super) fn user_id(caller: &Caller) -> Option<UserId> {
    match caller.actor {
        Actor::User(id) => Some(UserId(id)),
        _ => None,
    }
}

/// What no evidence makes one: two numbers of the register, and two pursuits that go on side by side.
fn refuse_if_two(one: &Side, other: &Side) -> Result<()> {
    let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    let (a, b) = (&one.company, &other.company);
    if differs(&a.kvk_number, &b.kvk_number)
        || differs(&a.details.register_number, &b.details.register_number)
        || differs(&a.details.lei, &b.details.lei)
    {
        return Err(EngineError::refused("merge_two_numbers"));
    }
    if one.stake.has_open_pursuit && other.stake.has_open_pursuit {
        return Err(EngineError::refused("merge_two_pursuits"));
    }
    Ok(())
}

/// Whether the first of two stays: the one that a person wants, else the one where more happened.
fn keeps_first(one: &Side, other: &Side, keep: Option<CompanyId>) -> bool {
    let moment = |side: &Side| (side.stake, side.company.created_at);
    keep.map_or_else(|| kept(moment(one), moment(other)) == Kept::First, |id| id == one.company.id)
}

/// The facts of both, each from the record that is believed.
fn surviving(stays: &Side, goes: &Side) -> Map<String, Value> {
    let (ours, theirs) = (company_map(&stays.company), company_map(&goes.company));
    let mut joined = ours.clone();
    for (facts, typed) in GROUPS {
        let (left, right) = (texts(&ours, facts), texts(&theirs, facts));
        let picks = {
            let (left, right) = (borrowed(&left), borrowed(&right));
            survivors(&claim(stays, &left, typed), &claim(goes, &right, typed))
        };
        for (fact, pick) in facts.iter().zip(picks) {
            if pick == Kept::Second {
                joined.insert((*fact).to_owned(), theirs.get(*fact).cloned().unwrap_or_default());
            }
        }
    }
    if let Some(fuller) = name_with_form(stays, goes) {
        joined.insert("company_name".to_owned(), fuller.into());
    }
    joined
}

/// Of two ways to write one name the one that says the legal form, unless a person typed one in: what the company is in law
/// may stand nowhere else.
fn name_with_form(stays: &Side, goes: &Side) -> Option<String> {
    let typed = |side: &Side| {
        side.sources.iter().any(|(field, (trust, _))| field == "name" && *trust == Trust::Typed)
    };
    let read = [stays, goes].map(|side| name_words(&side.company.name));
    let is_one = read[0].0.replace(' ', "") == read[1].0.replace(' ', "");
    if !is_one || typed(stays) || typed(goes) {
        return None;
    }
    match (read[0].1, read[1].1) {
        (Some(_), None) => Some(stays.company.name.clone()),
        (None, Some(_)) => Some(goes.company.name.clone()),
        _ => None,
    }
}

fn texts(map: &Map<String, Value>, facts: &[&str]) -> Vec<Option<String>> {
    let text = |fact: &&str| match map.get(*fact) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        Some(other) => Some(other.to_string()),
    };
    facts.iter().map(text).collect()
}

fn borrowed(texts: &[Option<String>]) -> Vec<Option<&str>> {
    texts.iter().map(Option::as_deref).collect()
}

fn claim<'a>(side: &Side, facts: &'a [Option<&'a str>], typed: &[&str]) -> Claim<'a> {
    let fields: HashSet<&str> = typed.iter().copied().collect();
    let said =
        side.sources.iter().filter(|(field, _)| fields.contains(field.as_str())).map(|(_, said)| *said);
    let by_list = if side.company.source == "manual" { Trust::ByHand } else { Trust::List };
    let (trust, at) = said.max().unwrap_or((by_list, side.company.updated_at));
    Claim { facts, trust, at }
}

/// How far it is believed who gave a fact.
fn trust_of(source: FactSource) -> Trust {
    match source {
        FactSource::Person => Trust::Typed,
        FactSource::Register => Trust::Register,
        FactSource::Website | FactSource::List => Trust::List,
    }
}

/// What became of the people of two companies.
#[derive(Debug, Default)]
pub(super) struct JoinedPeople {
    /// People and leads that are gone, with who they are now.
    pub(super) gone: Vec<(Uuid, Uuid)>,
    /// Pairs that became one.
    pub(super) joined_n: i64,
    /// Pairs of namesakes who could not.
    pub(super) apart_n: i64,
}

/// Who waits to be put on the suppression list is put there under the company that stays.
async fn carry_suppression(
    tx: &mut Tx,
    recorder: &mut Recorder,
    lost: CompanyId,
    target: CompanyId,
) -> Result<()> {
    for waits in suppression_run::waits_in(tx, lost).await? {
        let key = |company: CompanyId| [("run_id", waits.0), ("company_id", company.0)];
        recorder.remove(tx, "suppression_run_company", &key(lost)).await?;
        if !suppression_run::waits_in(tx, target).await?.contains(&waits) {
            suppression_run::put_waiting(tx, waits, &[target]).await?;
            let added = key(target).map(|(column, id)| (column.to_owned(), id.into()));
            recorder.added("suppression_run_company", added.to_vec());
        }
    }
    Ok(())
}
