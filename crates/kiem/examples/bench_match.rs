//! Measures matching: how fast companies become findable, and how long the check of one new company takes with N there.
//! `bench/match` runs it.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use kiem::config::Config;
use kiem::engine::audience::CompanyEdit;
use kiem::engine::audience::facts::CompanyFacts;
use kiem::engine::audience::records::new_company;
use kiem::engine::{Caller, Clock, Engine, Keys, Role};
use kiem_domain::id::{CompanyId, WorkspaceId};
use kiem_store::company::{self, Company, CompanyDetails};
use kiem_store::event::Actor;
use kiem_store::testing;
use uuid::Uuid;

/// Companies that are written in one transaction.
const PER_COMMIT: usize = 5_000;
/// Checks that are timed.
const CHECKS: usize = 2_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let n: usize =
        std::env::args().nth(1).unwrap_or_else(|| "100000".to_owned()).parse().context("N is a number")?;
    let db = testing::sqlite().await;
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56);
    let config = Config::load(None, |_| None)?;
    let engine = Engine::new(db.store.clone(), Clock::manual(now), Keys::from_master(&[7; 32]), config);
    let workspace: WorkspaceId = db.workspace(1, now).await;
    for first in (0..n).step_by(PER_COMMIT) {
        let companies: Vec<Company> =
            (first..n.min(first + PER_COMMIT)).map(|i| made_up(&engine, i, now)).collect();
        let mut tx = db.store.begin(workspace).await?;
        company::insert_many(&mut tx, &companies).await?;
        tx.commit().await?;
    }
    let mut tx = db.store.begin(workspace).await?;
    engine.enqueue(&mut tx, kiem::engine::jobs::JobKind::MatchCompanies, "", "{}", now).await?;
    tx.commit().await?;
    let begun = Instant::now();
    while engine.run_due_jobs().await? > 0 {}
    let took = begun.elapsed().as_secs_f64();
    println!("made findable and compared: {n} companies in {took:.1} s, {:.0} companies/s", n as f64 / took);
    let caller = Caller { workspace, actor: Actor::User(Uuid::from_u128(1)), role: Role::Owner };
    let (mut times, mut n_found) = (Vec::with_capacity(CHECKS), 0_usize);
    for check in 0..CHECKS {
        let edit = asked(check, n);
        let begun = Instant::now();
        let checked = engine.check_company(&caller, &edit).await?;
        times.push(begun.elapsed());
        n_found += usize::from(!checked.found.is_empty());
    }
    println!(
        "check of one company against {n}: p50 {:.2} ms   p99 {:.2} ms   ({n_found} of {CHECKS} found something)",
        percentile(&mut times, 50),
        percentile(&mut times, 99),
    );
    db.remove().await;
    Ok(())
}

/// In milliseconds.
fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(index).map_or(0.0, |t| t.as_secs_f64() * 1e3)
}

const TRADES: [&str; 12] = [
    "Bakkerij",
    "Techniek",
    "Logistiek",
    "Advies",
    "Bouw",
    "Installatie",
    "Software",
    "Zorg",
    "Transport",
    "Import",
    "Groothandel",
    "Reclame",
];
const TOWNS: [&str; 16] = [
    "Utrecht",
    "Gent",
    "Zwolle",
    "Breda",
    "Antwerpen",
    "Groningen",
    "Delft",
    "Goes",
    "Ede",
    "Amsterdam",
    "Arnhem",
    "Almelo",
    "Venlo",
    "Leiden",
    "Hoorn",
    "Assen",
];
const SYLLABLES: [&str; 24] = [
    "bo", "ver", "ma", "sti", "ka", "lo", "den", "ri", "hu", "pel", "za", "wen", "tor", "fi", "gra", "mo",
    "nel", "du", "bra", "sko", "jan", "ler", "vos", "kin",
];

/// The same name for the same number: three syllables, so that many companies share beginnings.
fn name_of(i: usize) -> String {
    let mut hash = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 29;
    let mut pick = |below: usize| {
        hash = hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(hash >> 33).unwrap_or(0) % below
    };
    let word: String = (0..4).map(|_| SYLLABLES[pick(SYLLABLES.len())]).collect();
    format!("{} {word}", TRADES[pick(TRADES.len())])
}

fn made_up(engine: &Engine, i: usize, now: Timestamp) -> Company {
    let facts = CompanyFacts {
        name: format!("{} B.V.", name_of(i)),
        kvk_number: (!i.is_multiple_of(3)).then(|| format!("{:08}", 10_000_000 + i)),
        domain: i.is_multiple_of(2).then(|| format!("bedrijf{i}.example")),
        phone: (!i.is_multiple_of(4)).then(|| format!("+3120{:07}", i % 9_000_000)),
        city: Some(TOWNS[i % TOWNS.len()].to_owned()),
        country: Some("NL".to_owned()),
        details: CompanyDetails {
            street: Some(format!("Straat{}", i % 40_000)),
            house_number: Some((1 + i % 90).to_string()),
            ..CompanyDetails::default()
        },
        ..CompanyFacts::default()
    };
    new_company(engine.new_id::<CompanyId>(), &facts, "bench", now)
}

/// Half about a company that is there, under a slightly other name; half about one that is not.
fn asked(check: usize, n: usize) -> CompanyEdit {
    let i = check.wrapping_mul(7_919) % n.max(1);
    let is_known = check.is_multiple_of(2);
    CompanyEdit {
        name: name_of(if is_known { i } else { n + i }),
        city: TOWNS[i % TOWNS.len()].to_owned(),
        country: "NL".to_owned(),
        phone: if is_known && !i.is_multiple_of(4) {
            format!("+3120{:07}", i % 9_000_000)
        } else {
            String::new()
        },
        ..CompanyEdit::default()
    }
}
