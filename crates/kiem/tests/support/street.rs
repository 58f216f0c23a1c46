//! The public addresses, as strangers reach them.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use jiff::SignedDuration;
use kiem::engine::Role;
use kiem::engine::public::site::SiteInput;
use kiem_domain::id::{LeadId, LinkId, MailboxId, MessageId};
use kiem_store::args;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::House;

/// An ordinary browser.
pub const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36";

/// A house with a lead that got a mail with one link, seen from the street.
pub struct Street {
    pub house: House,
    pub web: Router,
    pub lead: LeadId,
    pub link: LinkId,
    pub message: MessageId,
}

/// On SQLite.
pub async fn street() -> Street {
    street_in(House::sqlite().await).await
}

/// A lead that got a mail with one link, an hour ago.
pub async fn street_in(house: House) -> Street {
    // Live: in practice mode a link leads to the practice website.
    house.live().await;
    let lead = house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let (mailbox, message, link) =
        (MailboxId(Uuid::from_u128(11)), MessageId(Uuid::from_u128(12)), LinkId(Uuid::from_u128(13)));
    let now = house.clock.now();
    let sent = now - SignedDuration::from_hours(1);
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
             state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, 'sandbox', 'marieke@bureau.example', 'Marieke', '{}', '', 50, 60, 'active', $3, 0, 0, $3)",
        args![mailbox, now],
    )
    .await
    .unwrap();
    let (contact, company) = (Uuid::from_u128((1 << 16) + 2), Uuid::from_u128((1 << 16) + 1));
    tx.execute(
        "INSERT INTO message (workspace_id, id, kind, mailbox_id, lead_id, contact_id, company_id, recipient, recipient_name,
             state, subject, body, message_id, attempt, epoch, finished_at, created_at)
         VALUES ($1, $2, 'outreach', $3, $4, $5, $6, 'eva@klant.example', 'Eva Jansen', 'sent', 'Vraag', 'Tekst',
             'm1@bureau.example', 1, 1, $7, $7)",
        args![message, mailbox, lead, contact, company, sent],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO link (workspace_id, id, message_id, contact_id, company_id, target_url, page_kind)
         VALUES ($1, $2, $3, $4, $5, 'https://www.bureau.example/cases/bakkerij', 'case_study_detail')",
        args![link, message, contact, company],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let web = kiem::api::service(house.engine.clone());
    Street { house, web, lead, link, message }
}

/// Somebody on the street: an address and a browser, and perhaps a log-in.
#[derive(Clone, Copy)]
pub struct Somebody<'a> {
    pub ip: &'a str,
    pub agent: &'a str,
    pub cookie: &'a str,
}

impl Somebody<'_> {
    fn asks(&self, mut request: Request<Body>) -> Request<Body> {
        let peer = std::net::SocketAddr::new(self.ip.parse().expect("an address"), 40_000);
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let headers = request.headers_mut();
        headers.insert("user-agent", self.agent.parse().expect("a header"));
        if !self.cookie.is_empty() {
            headers.insert("cookie", self.cookie.parse().expect("a header"));
        }
        request
    }

    /// Opens a link; where it leads.
    pub async fn opens(&self, street: &Street, path: &str) -> String {
        let request = self.asks(Request::get(path).body(Body::empty()).unwrap());
        street.ask(request).await.headers()["location"].to_str().unwrap().to_owned()
    }

    /// The script reports a page; the token for the next report, none when nothing was kept.
    pub async fn reports(&self, street: &Street, token: &str, page: Page<'_>) -> Option<String> {
        let body = serde_json::json!({ "k": token, "p": Uuid::from_u128(page.n), "u": page.path,
            "v": page.visible_ms, "t": page.trusted, "d": 40, "c": false });
        let request = Request::post("/v").header("origin", SITE).body(Body::from(body.to_string())).unwrap();
        let said = text(street.ask(self.asks(request)).await).await;
        let answer: serde_json::Value = serde_json::from_str(&said).ok()?;
        answer["k"].as_str().map(str::to_owned)
    }
}

/// A page as the script reports it.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub n: u128,
    pub path: &'a str,
    pub visible_ms: i64,
    pub trusted: i64,
}

/// The workspace's own site.
const SITE: &str = "https://www.bureau.example";

impl Street {
    pub async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.web.clone().oneshot(request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response<Body> {
        self.ask(Request::get(path).header("user-agent", BROWSER).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, origin: &str, body: &str) -> Response<Body> {
        let request = Request::post(path)
            .header("user-agent", BROWSER)
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.ask(request).await
    }

    pub async fn path_of(&self, what: &str) -> String {
        let (workspace, _) = self.house.engine.workspace(self.house.workspace).await.unwrap();
        let url = match what {
            "click" => self.house.engine.click_url(&workspace, self.link),
            _ => self.house.engine.unsubscribe_url(&workspace, self.message),
        };
        url.strip_prefix(&self.house.engine.config().link_url).unwrap().to_owned()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        tx.fetch_one(sql, vec![]).await.unwrap().get("n").unwrap()
    }

    pub async fn wait_for(&self, sql: &'static str, n: i64) {
        for _ in 0..200 {
            if self.count(sql).await == n {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{sql} never became {n}, it is {}", self.count(sql).await);
    }

    pub fn own(&self) -> String {
        self.house.engine.config().public_url.clone()
    }
}

/// The body of an answer.
pub async fn text(response: Response<Body>) -> String {
    String::from_utf8(axum::body::to_bytes(response.into_body(), 200_000).await.unwrap().to_vec()).unwrap()
}

/// What the script of the site reports about a page.
pub async fn beacon(
    street: &Street,
    token: &str,
    page: u128,
    path: &str,
    visible_ms: i64,
    trusted: i64,
) -> Response<Body> {
    let body = serde_json::json!({
        "k": token, "p": Uuid::from_u128(page), "u": path, "v": visible_ms, "t": trusted, "d": 40, "c": false,
    });
    let request = Request::post("/v")
        .header("user-agent", BROWSER)
        .header("origin", SITE)
        .body(Body::from(body.to_string()))
        .unwrap();
    street.ask(request).await
}

/// The site of the workspace.
pub async fn with_site(street: &Street, mode: &str) {
    let site =
        SiteInput { host: "www.bureau.example".to_owned(), visit_mode: mode.to_owned(), pages: Vec::new() };
    street.house.engine.add_site(&street.house.caller(Role::Owner), &site).await.unwrap();
}

/// Opens the link; the token of the visit that begins with it.
pub async fn entry_token(street: &Street) -> String {
    let response = street.get(&street.path_of("click").await).await;
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    location.split_once("#k=").expect("a visit token").1.to_owned()
}
