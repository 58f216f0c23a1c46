//! How much of an audience may lawfully be reached: everybody, who fits, who can be reached at all, who may be approached
//! by which channel, why the others may not, and what would help most of them.

use super::{Channel, GateFacts, Loosening, Reason, Unlock, Verdict, decide, unlocks};
use crate::audience::{FITS_MIN, MISFIT_BELOW};

text_enum! {
    /// How well somebody fits the ideal customer profile.
    pub enum FitGroup {
        /// Fits.
        Fits = "fits",
        /// Not known, or in between.
        Unknown = "unknown",
        /// Does not fit.
        Misfit = "misfit",
    }
}

/// Where a score stands; what is unknown is no miss.
pub fn fit_group(score: Option<u8>) -> FitGroup {
    match score {
        Some(score) if score >= FITS_MIN => FitGroup::Fits,
        Some(score) if score < MISFIT_BELOW => FitGroup::Misfit,
        _ => FitGroup::Unknown,
    }
}

/// One channel, among the people who were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelReach {
    /// Which.
    pub channel: Channel,
    /// People who may be approached by it.
    pub lawful_n: i64,
    /// Of these, people whom only a loosening opens.
    pub loosened_n: i64,
    /// Why the others may not, by the first reason that the gate gives.
    pub reasons: Vec<(Reason, i64)>,
}

/// Counts of an audience; each step is a part of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// People who were not erased.
    pub total_n: i64,
    /// Of these, people who fit the profile.
    pub fits_n: i64,
    /// Of these, people of whom the fit is not known; they go on to the next step too.
    pub fit_unknown_n: i64,
    /// Of those who are no misfits, people with an address, a number or a postal address.
    pub reachable_n: i64,
    /// Of these, people who may be approached by at least one channel.
    pub lawful_n: i64,
    /// By channel.
    pub channels: Vec<ChannelReach>,
    /// How many people who may not be mailed each action would help, the most first.
    pub unlocks: Vec<(Unlock, i64)>,
}

impl ChannelReach {
    /// Nobody yet.
    pub fn new(channel: Channel) -> ChannelReach {
        ChannelReach {
            channel,
            lawful_n: 0,
            loosened_n: 0,
            reasons: Reason::ALL.iter().map(|reason| (*reason, 0)).collect(),
        }
    }

    /// Counts what the gate says about one person.
    pub fn add(&mut self, verdict: &Verdict<'_>) {
        self.lawful_n += i64::from(verdict.is_allowed());
        self.loosened_n += i64::from(verdict.loosened.is_some());
        count(&mut self.reasons, verdict.reason());
    }

    /// The counts with the reasons left out that hold for nobody.
    #[must_use]
    pub fn done(mut self) -> ChannelReach {
        self.reasons.retain(|(_, n)| *n > 0);
        self
    }
}

impl Default for Reach {
    fn default() -> Self {
        Reach {
            total_n: 0,
            fits_n: 0,
            fit_unknown_n: 0,
            reachable_n: 0,
            lawful_n: 0,
            channels: Channel::ALL.iter().map(|channel| ChannelReach::new(*channel)).collect(),
            unlocks: Unlock::ALL.iter().map(|unlock| (*unlock, 0)).collect(),
        }
    }
}

impl Reach {
    /// Counts one person. Who was erased is nobody.
    pub fn add(&mut self, facts: &GateFacts<'_>, fit: FitGroup, loosenings: &[Loosening]) {
        if facts.is_erased {
            return;
        }
        self.total_n += 1;
        match fit {
            FitGroup::Fits => self.fits_n += 1,
            FitGroup::Unknown => self.fit_unknown_n += 1,
            FitGroup::Misfit => return,
        }
        self.reachable_n += i64::from(facts.is_reachable());
        let mut is_lawful = false;
        for reach in &mut self.channels {
            let verdict = decide(reach.channel, facts, loosenings);
            is_lawful |= verdict.is_allowed();
            reach.add(&verdict);
        }
        self.lawful_n += i64::from(is_lawful);
        for unlock in unlocks(facts, loosenings) {
            count(&mut self.unlocks, Some(unlock));
        }
    }

    /// The counts with what concerns nobody left out, and the most helpful action first.
    #[must_use]
    pub fn done(mut self) -> Reach {
        self.channels = self.channels.into_iter().map(ChannelReach::done).collect();
        self.unlocks.retain(|(_, n)| *n > 0);
        self.unlocks.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        self
    }

    /// The counts of one channel.
    pub fn by(&self, channel: Channel) -> Option<&ChannelReach> {
        self.channels.iter().find(|reach| reach.channel == channel)
    }
}

fn count<T: PartialEq>(counts: &mut [(T, i64)], what: Option<T>) {
    if let Some((_, n)) = counts.iter_mut().find(|(key, _)| Some(key) == what.as_ref()) {
        *n += 1;
    }
}
