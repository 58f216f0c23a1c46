//! Counts of everybody. A small audience is counted whenever somebody looks; a large one by a job, and what it counted is shown
//! with its time until it is counted anew. So no page waits for a million people to be looked at.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::gate::{ChannelReach, Reach};
use kiem_domain::id::{CampaignId, WorkspaceId};
use kiem_domain::lead::LeadState;
use kiem_store::funnel::{self, Scope};
use kiem_store::{Tx, audience_count, job};
use serde::{Deserialize, Serialize};

use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// Up to so many people are counted whenever somebody looks: that takes a tenth of a second.
const LIVE_PEOPLE_MAX: i64 = 20_000;
/// What was counted before is old after this.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);
/// One waiting job per workspace is enough.
const JOB_KEY: &str = "";

/// Who may be approached, as [`Reach`], by the names of channels, reasons and actions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct ReachV1 {
    total: i64,
    fits: i64,
    fit_unknown: i64,
    reachable: i64,
    lawful: i64,
    channels: Vec<ChannelV1>,
    unlocks: Vec<(String, i64)>,
}

/// One channel of [`ReachV1`].
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ChannelV1 {
    channel: String,
    lawful: i64,
    loosened: i64,
    reasons: Vec<(String, i64)>,
}

/// Everything that is counted together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct CountsV1 {
    companies: i64,
    reach: ReachV1,
    /// Leads by state.
    states: Vec<(String, i64)>,
    /// Leads by when they were made: the end of a short span in microseconds, and how many.
    made: Vec<(i64, i64)>,
}

impl ReachV1 {
    fn of(reach: &Reach) -> ReachV1 {
        let named = |counts: &[(kiem_domain::gate::Reason, i64)]| {
            counts.iter().map(|(reason, n)| (reason.to_string(), *n)).collect()
        };
        ReachV1 {
            total: reach.total_n,
            fits: reach.fits_n,
            fit_unknown: reach.fit_unknown_n,
            reachable: reach.reachable_n,
            lawful: reach.lawful_n,
            channels: (reach.channels.iter())
                .map(|one| ChannelV1 {
                    channel: one.channel.to_string(),
                    lawful: one.lawful_n,
                    loosened: one.loosened_n,
                    reasons: named(&one.reasons),
                })
                .collect(),
            unlocks: reach.unlocks.iter().map(|(unlock, n)| (unlock.to_string(), *n)).collect(),
        }
    }

    /// What an older version knew by another name is left out.
    fn read(&self) -> Reach {
        let channel = |one: &ChannelV1| {
            Some(ChannelReach {
                channel: one.channel.parse().ok()?,
                lawful_n: one.lawful,
                loosened_n: one.loosened,
                reasons: read_named(&one.reasons),
            })
        };
        Reach {
            total_n: self.total,
            fits_n: self.fits,
            fit_unknown_n: self.fit_unknown,
            reachable_n: self.reachable,
            lawful_n: self.lawful,
            channels: self.channels.iter().filter_map(channel).collect(),
            unlocks: read_named(&self.unlocks),
        }
    }
}

fn read_named<T: std::str::FromStr>(counts: &[(String, i64)]) -> Vec<(T, i64)> {
    counts.iter().filter_map(|(name, n)| Some((name.parse().ok()?, *n))).collect()
}

/// Counts of the audience.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// Companies.
    pub companies_n: i64,
    /// The steps from everybody to who may be approached.
    pub reach: Reach,
    /// When it was counted, of a large audience; missing when it was counted just now, or never yet.
    pub at: Option<Timestamp>,
    /// Whether a job counts a large audience anew.
    pub is_counting: bool,
}

/// Where numbers of leads come from.
pub(in crate::engine) struct LeadCounts(Option<CountsV1>);

impl LeadCounts {
    /// Leads now, never approached and approached; see [`funnel::leads_now`].
    pub(in crate::engine) async fn now(
        &self,
        tx: &mut Tx,
        campaign: Option<CampaignId>,
    ) -> Result<(i64, i64)> {
        let (Some(kept), None) = (&self.0, campaign) else {
            return Ok(funnel::leads_now(tx, campaign).await?);
        };
        let (mut never, mut approached) = (0, 0);
        for (state, n) in read_named::<LeadState>(&kept.states) {
            match state {
                LeadState::New => never += n,
                LeadState::Approached | LeadState::Paused | LeadState::Resting => approached += n,
                LeadState::Promoted | LeadState::Blocked => {}
            }
        }
        Ok((never, approached))
    }

    /// Leads who were known before a period ended; see [`funnel::leads_known`].
    pub(in crate::engine) async fn known(&self, tx: &mut Tx, scope: Scope) -> Result<i64> {
        let (Some(kept), None) = (&self.0, scope.campaign) else {
            return Ok(funnel::leads_known(tx, scope).await?);
        };
        let to = scope.period.to.as_microsecond();
        Ok(kept.made.iter().filter(|(end, _)| *end <= to).map(|(_, n)| n).sum())
    }
}

impl Engine {
    /// Counts of the audience: just counted, or those of the last time.
    pub(super) async fn counted(&self, tx: &mut Tx) -> Result<Counted> {
        if !audience_count::is_larger(tx, LIVE_PEOPLE_MAX).await? {
            let (companies_n, reach) = self.count_reach(tx).await?;
            return Ok(Counted { companies_n, reach, ..Counted::default() });
        }
        let is_counting = self.count_when_old(tx).await?;
        let Some((at, counts)) = kept(tx).await? else {
            return Ok(Counted { is_counting, ..Counted::default() });
        };
        let (companies_n, reach) = (counts.companies, counts.reach.read());
        Ok(Counted { companies_n, reach, at: Some(at), is_counting })
    }

    /// Numbers of leads: counted when somebody asks, or those of the last time.
    pub(in crate::engine) async fn lead_counts(&self, tx: &mut Tx) -> Result<LeadCounts> {
        if !audience_count::is_larger(tx, LIVE_PEOPLE_MAX).await? {
            return Ok(LeadCounts(None));
        }
        self.count_when_old(tx).await?;
        Ok(LeadCounts(kept(tx).await?.map(|(_, counts)| counts)))
    }

    /// Has a large audience counted when what is known is old; whether it is being counted. The caller reads.
    async fn count_when_old(&self, tx: &mut Tx) -> Result<bool> {
        if job::is_asked(tx, JobKind::CountAudience.as_str(), JOB_KEY).await? {
            return Ok(true);
        }
        if !self.is_old(tx).await? {
            return Ok(false);
        }
        let workspace = tx.workspace();
        let mut tx = self.store().begin(workspace).await?;
        self.enqueue(&mut tx, JobKind::CountAudience, JOB_KEY, "{}", self.now()).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(true)
    }

    async fn is_old(&self, tx: &mut Tx) -> Result<bool> {
        let before = audience_count::get(tx).await?;
        Ok(before.is_none_or(|(at, _)| self.now().duration_since(at) >= KEPT_FOR))
    }

    /// The same in a transaction that writes, after many came in: who looks then finds it counted.
    pub(super) async fn ask_to_count_many(&self, tx: &mut Tx) -> Result<()> {
        // One that runs is not asked for again: it would count twice.
        let is_asked = job::is_asked(tx, JobKind::CountAudience.as_str(), JOB_KEY).await?;
        if is_asked || !audience_count::is_larger(tx, LIVE_PEOPLE_MAX).await? || !self.is_old(tx).await? {
            return Ok(());
        }
        self.enqueue(tx, JobKind::CountAudience, JOB_KEY, "{}", self.now()).await
    }

    /// Counts everybody and keeps it.
    pub(in crate::engine) async fn run_audience_count(&self, workspace: WorkspaceId) -> Result<()> {
        let mut tx = self.store().read(workspace).await?;
        let at = self.now();
        let (companies, reach) = self.count_reach(&mut tx).await?;
        let states = audience_count::leads_by_state(&mut tx).await?;
        let made = audience_count::leads_by_time(&mut tx).await?;
        drop(tx);
        let counts = CountsV1 {
            companies,
            reach: ReachV1::of(&reach),
            states: states.into_iter().map(|(state, n)| (state.to_string(), n)).collect(),
            made: made.into_iter().map(|(end, n)| (end.as_microsecond(), n)).collect(),
        };
        let json = serde_json::to_string(&counts).map_err(|e| EngineError::Outside(e.to_string()))?;
        let mut tx = self.store().begin(workspace).await?;
        audience_count::put(&mut tx, at, &json).await?;
        Ok(tx.commit().await?)
    }
}

async fn kept(tx: &mut Tx) -> Result<Option<(Timestamp, CountsV1)>> {
    let Some((at, json)) = audience_count::get(tx).await? else { return Ok(None) };
    // What a newer version wrote is counted anew when it is old.
    Ok(serde_json::from_str(&json).ok().map(|counts| (at, counts)))
}

#[cfg(test)]
mod tests {
    use kiem_domain::gate::{Reason, Unlock};

    use super::*;

    #[test]
    fn what_was_counted_is_the_same_when_it_is_read_again() {
        let mut reach = Reach { total_n: 9, fits_n: 3, fit_unknown_n: 2, ..Reach::default() };
        (reach.reachable_n, reach.lawful_n) = (5, 4);
        reach.channels[0].lawful_n = 4;
        reach.channels[1].loosened_n = 1;
        reach.channels[0].reasons = vec![(Reason::Suppressed, 2)];
        reach.unlocks = vec![(Unlock::Call, 3)];
        let json = serde_json::to_string(&ReachV1::of(&reach)).unwrap();
        assert_eq!(serde_json::from_str::<ReachV1>(&json).unwrap().read(), reach);
    }
}
