//! How many mails a second leave: claim, freeze, last check, journal, hand-over and bookkeeping, all of it.
//! Usage: `bench_dispatch PORT [MAILS]`; see README.md.

#[path = "../../crates/kiem/tests/support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::time::Instant;

use kiem::engine::send::Sender;
use kiem::engine::{Clock, Role};
use kiem_store::args;
use kiem_store::message::{MessageFilter, MessageState};
use support::House;
use support::queue::queue_mails;

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

fn main() {
    let mut given = std::env::args().skip(1);
    let port: u16 = given.next().and_then(|p| p.parse().ok()).expect("the port of a running smtp-sink");
    let n_mails: u128 = given.next().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let house = House::on(kiem_store::testing::sqlite().await, Clock::System, |_| None).await;
        let sink: SocketAddr = ([127, 0, 0, 1], port).into();
        let text = "Dag,\n\nEen alinea die lang genoeg is om op een gewone mail te lijken. ".repeat(40);
        queue_mails(&house, n_mails, sink, sink, &text).await;
        // The daily cap is a promise to users, not a limit of the machine.
        let mut tx = house.db.store.begin(house.workspace).await.expect("begin");
        tx.execute("UPDATE mailbox SET daily_cap = $2 WHERE workspace_id = $1", args![1_000_000])
            .await
            .expect("update");
        tx.commit().await.expect("commit");
        let sender = Sender::start(&house.engine).expect("the journal opens");
        let (began, cpu) = (Instant::now(), cpu_seconds());
        while sender.send_due().await.expect("sending") > 0 {}
        let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let filter =
            MessageFilter { campaign: None, state: Some(MessageState::Sent), after: None, limit: 1_000_000 };
        let n_sent = house.engine.messages(&house.caller(Role::Owner), filter).await.expect("list").len();
        println!(
            "{n_sent} mails sent in {seconds:.2} s: {:.0} mails/s, {:.3} CPU-s per 1,000",
            n_sent as f64 / seconds,
            cpu * 1000.0 / n_sent.max(1) as f64
        );
        house.close().await;
    });
}
