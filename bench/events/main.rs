//! How many events of website visits a second are taken and answered after their commit.
//! Usage: `bench_events [VISITORS] [CONNECTIONS]`; see README.md.

#[path = "../../crates/kiem/tests/support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::routing::post;
use axum::{Json, Router};
use kiem::engine::public::site::SiteInput;
use kiem::engine::{Clock, Role};
use kiem_domain::id::LinkId;
use kiem_store::args;
use support::House;
use support::queue::queue_mails;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

const HOST: &str = "www.bureau.example";
const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36";
/// Page, path, visible for, inputs: what the snippet reports in a visit that reads a case study.
const VISIT: [(u8, &str, u32, u32); 5] = [
    (1, "/", 0, 0),
    (1, "/", 11_000, 4),
    (2, "/cases/bakkerij", 0, 0),
    (2, "/cases/bakkerij", 16_000, 9),
    (2, "/cases/bakkerij", 24_000, 15),
];

fn main() {
    let mut given = std::env::args().skip(1).filter_map(|text| text.parse::<usize>().ok());
    let n_visitors = given.next().unwrap_or(10_000);
    let n_connections = given.next().unwrap_or(256);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let nobody: SocketAddr = ([127, 0, 0, 1], 9).into();
        let setting = |name: &str| (name == "KIEM_TRUSTED_PROXIES").then(|| "127.0.0.1".to_owned());
        let house = House::on(kiem_store::testing::sqlite().await, Clock::System, setting).await;
        queue_mails(&house, n_visitors as u128, nobody, nobody, "Dag").await;
        let tokens = Arc::new(entry_tokens(&house, n_visitors).await);
        let site =
            SiteInput { host: HOST.to_owned(), visit_mode: "click_session".to_owned(), pages: Vec::new() };
        house.engine.add_site(&house.caller(Role::Owner), &site).await.expect("a site");

        let limit = Router::new()
            .route("/v", post(async |Json(told): Json<serde_json::Value>| Json(told["k"].clone())));
        let limit = serve(limit).await;
        run("the limit: read and keep nothing", limit, n_connections, &tokens).await;
        let kiem = serve(kiem::api::service(house.engine.clone())).await;
        run("Kiem, answered after the commit", kiem, n_connections, &tokens).await;
        let mut tx = house.db.store.read(house.workspace).await.expect("read");
        let counted = "SELECT COUNT(*) AS n FROM engagement WHERE workspace_id = $1 AND kind = 'session'";
        let n: i64 = tx.fetch_one(counted, vec![]).await.expect("count").get("n").expect("a number");
        assert_eq!(n, n_visitors as i64, "every visitor has left one visit");
        drop(tx);
        house.close().await;
    });
}

/// Mails that were accepted an hour ago, each with a link that was just opened.
async fn entry_tokens(house: &House, n: usize) -> Vec<String> {
    let now = house.engine.now();
    let (workspace, _) = house.engine.workspace(house.workspace).await.expect("the workspace");
    let id = |n: usize, kind: u128| Uuid::from_u128(((n as u128) << 32) + kind);
    let mut tx = house.db.store.begin(house.workspace).await.expect("begin");
    tx.execute(
        "UPDATE message SET state = 'sent', finished_at = $2 WHERE workspace_id = $1",
        args![now - jiff::SignedDuration::from_hours(1)],
    )
    .await
    .expect("sent");
    let rows =
        (1..=n).map(|n| args![id(n, 7), id(n, 5), id(n, 2), id(n, 1), format!("https://{HOST}/"), "page"]);
    tx.insert_many(
        "INSERT INTO link (workspace_id, id, message_id, contact_id, company_id, target_url, page_kind)",
        rows,
        "",
    )
    .await
    .expect("links");
    tx.commit().await.expect("commit");
    (1..=n).map(|n| house.engine.entry_token(workspace.number, LinkId(id(n, 7)), now)).collect()
}

async fn serve(service: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn run(what: &str, server: SocketAddr, n_connections: usize, tokens: &Arc<Vec<String>>) {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let clients: Vec<_> = (0..n_connections)
        .map(|_| tokio::spawn(visit_in_turn(server, next.clone(), tokens.clone())))
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.expect("a client ended"));
    }
    let seconds = began.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    println!(
        "{what}: {:.0} events/s ({} in {seconds:.2} s, {n_connections} connections), p50 {:.1} ms, p99 {:.1} ms",
        times.len() as f64 / seconds,
        times.len(),
        at(50),
        at(99)
    );
}

/// One browser after the other over one connection, as a proxy in front of Kiem would do.
async fn visit_in_turn(
    server: SocketAddr,
    next: Arc<AtomicUsize>,
    tokens: Arc<Vec<String>>,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server).await.expect("connect");
    stream.set_nodelay(true).expect("an option");
    let mut times = Vec::new();
    loop {
        let visitor = next.fetch_add(1, Ordering::Relaxed);
        let Some(entry) = tokens.get(visitor) else { return times };
        let mut token = entry.clone();
        for (page, path, visible, inputs) in VISIT {
            let page = Uuid::from_u128(((visitor as u128) << 8) + u128::from(page));
            let told = serde_json::json!({ "k": token, "p": page, "u": path, "v": visible, "t": inputs, "d": 60, "c": false });
            let began = Instant::now();
            let answer = tell(&mut stream, visitor, &told.to_string()).await;
            times.push(began.elapsed());
            if let Some(new) = answer["k"].as_str() {
                token = new.to_owned();
            }
        }
    }
}

/// One request and its answer, which must be 200.
async fn tell(stream: &mut TcpStream, visitor: usize, body: &str) -> serde_json::Value {
    // Each network in turn, or the limit per network is what is measured.
    let (net, a, b) = (18 + visitor % 2, visitor / 2 % 250, visitor / 500);
    let request = format!(
        "POST /v HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nUser-Agent: {BROWSER}\r\nX-Forwarded-For: 198.{net}.{a}.{b}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("write");
    let mut answer = Vec::with_capacity(1024);
    loop {
        assert!(stream.read_buf(&mut answer).await.expect("read") > 0, "the server went away");
        let Some(head_end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&answer[..head_end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|n| n.trim().parse().ok()).expect("a length");
        if answer.len() >= head_end + 4 + length {
            return serde_json::from_slice(&answer[head_end + 4..]).unwrap_or_default();
        }
    }
}
