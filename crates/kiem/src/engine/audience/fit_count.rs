//! How many companies fit a profile that is still being written, and what customers who were won have in common. Up to some
//! number all companies are looked at, above it a random part of them.

use std::collections::HashSet;

use kiem_domain::audience::{
    Criterion, Estimate, FitOutcome, FitScope, IdealProfile, Importance, Judge, Lookalike, Sample, Verdict,
    estimate, lookalike,
};
use kiem_domain::id::CompanyId;
use kiem_store::fit::{self, FitRow};
use kiem_store::{Tx, company};

use crate::engine::{Caller, Engine, Permission, Result};

/// Up to so many companies all are looked at.
const ALL_UP_TO: i64 = 30_000;
/// About so many are looked at when there are more.
const PART_OF_ABOUT: i64 = 20_000;
/// Parts into which ids fall by their last byte.
const PARTS: i64 = 256;
/// Examples per answer.
const EXAMPLES_MAX: usize = 5;
/// Won customers that are compared.
const WON_MAX: i64 = 10_000;

/// A company as an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitExample {
    /// Which.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub city: Option<String>,
    /// 0 to 100.
    pub score: Option<u8>,
    /// In percent.
    pub known_percent: u8,
}

/// Companies with one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCount {
    /// Which.
    pub outcome: FitOutcome,
    /// How many.
    pub companies: Estimate,
    /// A few of them, the best first.
    pub examples: Vec<FitExample>,
}

/// How often one wish was answered how, in percent of those looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishCount {
    /// Place of the wish in the profile.
    pub wish: usize,
    /// What is compared.
    pub criterion: Criterion,
    /// How much it matters.
    pub importance: Importance,
    /// Companies that have it.
    pub n_match: u64,
    /// Companies that nearly have it.
    pub n_partial: u64,
    /// Companies that do not have it.
    pub n_miss: u64,
    /// Companies of which it is not known.
    pub n_unknown: u64,
}

/// How many companies fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitCount {
    /// Companies in the audience.
    pub n_companies: u64,
    /// Companies that were looked at.
    pub n_judged: u64,
    /// Per outcome, in the order of [`FitOutcome::ALL`].
    pub outcomes: Vec<OutcomeCount>,
    /// Per wish about companies.
    pub wishes: Vec<WishCount>,
}

/// What won customers have in common, and with how many it was compared.
#[derive(Debug, Clone, PartialEq)]
pub struct WonAgainstRest {
    /// What stands out.
    pub lookalike: Lookalike,
    /// Others that were looked at.
    pub n_rest: u32,
    /// Companies in the audience.
    pub n_companies: u64,
}

impl Engine {
    /// Counts how the audience fits a profile that is not stored.
    ///
    /// # Errors
    /// When the caller may not look, or the database fails.
    pub async fn count_fit(&self, caller: &Caller, profile: &IdealProfile) -> Result<FitCount> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let (n_companies, rows) = some_companies(&mut tx, profile.asks_websites()).await?;
        drop(tx);
        Ok(counted(profile, &rows, n_companies))
    }

    /// Compares customers who were won with the rest of the audience.
    ///
    /// # Errors
    /// When the caller may not look, or the database fails.
    pub async fn lookalike(&self, caller: &Caller) -> Result<WonAgainstRest> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let won_rows = fit::won(&mut tx, WON_MAX).await?;
        let (n_companies, rows) = some_companies(&mut tx, false).await?;
        drop(tx);
        let ids: HashSet<CompanyId> = won_rows.iter().map(|row| row.id).collect();
        let (mut won, mut rest) = (Sample::default(), Sample::default());
        won_rows.iter().for_each(|row| won.add(&row.facts()));
        rows.iter().filter(|row| !ids.contains(&row.id)).for_each(|row| rest.add(&row.facts()));
        Ok(WonAgainstRest { lookalike: lookalike(&won, &rest), n_rest: rest.n(), n_companies })
    }
}

/// How many companies there are, and all of them or a random part; with what their websites say when that is asked for.
async fn some_companies(tx: &mut Tx, with_sites: bool) -> Result<(u64, Vec<FitRow>)> {
    let n = company::count(tx).await?;
    let rows = if n <= ALL_UP_TO {
        fit::page(tx, None, ALL_UP_TO, with_sites).await?
    } else {
        let n_parts = (PARTS * PART_OF_ABOUT / n).clamp(1, PARTS - 1);
        fit::sample(tx, u8::try_from(n_parts).unwrap_or(u8::MAX), with_sites).await?
    };
    Ok((u64::try_from(n).unwrap_or(0), rows))
}

fn counted(profile: &IdealProfile, rows: &[FitRow], n_companies: u64) -> FitCount {
    let judge = Judge::new(profile);
    let mut by_outcome: Vec<(u64, Vec<FitExample>)> = vec![(0, Vec::new()); FitOutcome::ALL.len()];
    let mut wishes: Vec<WishCount> = Vec::new();
    for row in rows {
        let fit = judge.fit(&row.facts(), FitScope::Company);
        if wishes.is_empty() {
            wishes.extend(fit.reasons.iter().map(|reason| WishCount {
                wish: reason.wish,
                criterion: reason.criterion,
                importance: reason.importance,
                n_match: 0,
                n_partial: 0,
                n_miss: 0,
                n_unknown: 0,
            }));
        }
        for (wish, reason) in wishes.iter_mut().zip(&fit.reasons) {
            *match reason.verdict {
                Verdict::Match => &mut wish.n_match,
                Verdict::Partial => &mut wish.n_partial,
                Verdict::Miss => &mut wish.n_miss,
                Verdict::Unknown => &mut wish.n_unknown,
            } += 1;
        }
        let Some(place) = FitOutcome::ALL.iter().position(|outcome| *outcome == fit.outcome) else {
            continue;
        };
        let (n, examples) = &mut by_outcome[place];
        *n += 1;
        keep_example(examples, row, fit.score, fit.known_percent);
    }
    let n_judged = u64::try_from(rows.len()).unwrap_or(0);
    let outcomes = FitOutcome::ALL
        .iter()
        .zip(by_outcome)
        .map(|(outcome, (n, examples))| OutcomeCount {
            outcome: *outcome,
            companies: estimate(n, n_judged, n_companies),
            examples,
        })
        .collect();
    FitCount { n_companies, n_judged, outcomes, wishes }
}

/// Keeps the best few: by score, and of equal ones those of which more is known.
fn keep_example(examples: &mut Vec<FitExample>, row: &FitRow, score: Option<u8>, known_percent: u8) {
    let rank = (score, known_percent);
    let place =
        examples.iter().position(|kept| (kept.score, kept.known_percent) < rank).unwrap_or(examples.len());
    if place >= EXAMPLES_MAX {
        return;
    }
    let (name, city) = (row.name.clone(), row.city.clone());
    examples.insert(place, FitExample { id: row.id, name, city, score, known_percent });
    examples.truncate(EXAMPLES_MAX);
}
