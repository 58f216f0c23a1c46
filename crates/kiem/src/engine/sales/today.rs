//! Today: what needs me now, most valuable first, each with its reason.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::UserId;
use kiem_domain::opportunity::{SCORE_MAX, Section, Why};
use kiem_store::prospect;
use kiem_store::task;
use kiem_store::thread::{self, WaitingReply};

use super::tasks::OpenTask;
use super::{Card, Scene};
use crate::engine::{Caller, Engine, Permission, Result};

/// Prospects, tasks and replies that are looked at: more than anybody does in a week.
const LOOKED_AT_MAX: i64 = 500;

/// One line of Today.
#[derive(Debug, Clone)]
pub enum Item {
    /// A prospect that needs something.
    Prospect(Box<Card>),
    /// A task.
    Task(Box<OpenTask>),
    /// A reply that Kiem did not understand well enough.
    Look(WaitingReply),
}

/// A line with its place.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Which section.
    pub section: Section,
    /// Order within it: money at stake in waiting, in whole units.
    pub score: i64,
    /// What it is about.
    pub item: Item,
}

impl Engine {
    /// Today's list: one person's or everybody's.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn today(&self, caller: &Caller, owner: Option<UserId>) -> Result<Vec<Ranked>> {
        caller.may(Permission::View)?;
        let scene = self.scene(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let rows = prospect::for_today(&mut tx, owner, LOOKED_AT_MAX).await?;
        let cards = self.cards(&mut tx, &scene, rows).await?;
        let week = scene.now + SignedDuration::from_hours(7 * 24);
        let tasks = task::open(&mut tx, owner, scene.now, week, LOOKED_AT_MAX).await?;
        let tasks = self.with_gate(&mut tx, tasks).await?;
        let replies = thread::waiting_replies(&mut tx, LOOKED_AT_MAX).await?;
        let mut list: Vec<Ranked> = replies.into_iter().map(rank_reply).collect();
        for open in tasks {
            let task = &open.card.task;
            let worth = cards.iter().find(|c| Some(c.card.prospect.id) == task.prospect_id);
            // A prospect that woke up stands in the list itself.
            if task.kind != "wake_up" || worth.is_none() {
                list.push(rank_task(open, worth, &scene));
            }
        }
        list.extend(cards.into_iter().map(|card| Ranked {
            section: card.urgency.section,
            score: card.urgency.score,
            item: Item::Prospect(Box::new(card)),
        }));
        list.sort_by_key(|one| (one.section, std::cmp::Reverse(one.score)));
        Ok(list)
    }
}

/// An unread reply may be anything, also the best deal of the year: it is looked at first, newest on top.
fn rank_reply(reply: WaitingReply) -> Ranked {
    Ranked { section: Section::Now, score: SCORE_MAX, item: Item::Look(reply) }
}

fn rank_task(open: OpenTask, worth: Option<&Card>, scene: &Scene) -> Ranked {
    let section = section_of(open.card.task.due_at, scene);
    let score = worth.map_or(1, |c| c.urgency.score);
    Ranked { section, score, item: Item::Task(Box::new(open)) }
}

fn section_of(due_at: Timestamp, scene: &Scene) -> Section {
    let day = due_at.to_zoned_datetime(scene.zone.clone()).date();
    if due_at <= scene.now {
        Section::Now
    } else if day == scene.today() {
        Section::Today
    } else {
        Section::ThisWeek
    }
}

/// Why a line stands in Today.
pub fn why(item: &Item, now: Timestamp) -> &'static str {
    match item {
        Item::Prospect(card) => card.urgency.why.as_str(),
        Item::Task(open) if open.card.task.due_at < now => Why::ActionOverdue.as_str(),
        Item::Task(_) => Why::ActionToday.as_str(),
        Item::Look(_) => "needs_look",
    }
}
