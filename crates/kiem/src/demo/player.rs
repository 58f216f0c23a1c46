//! Somebody who uses Kiem: calls the public API like a browser does, and turns the hands of the clock. Nothing is
//! mocked; only the network between browser and program is left out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use kiem_domain::id::{MailboxId, UserId, WorkspaceId};
use kiem_store::account::{self, User};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::engine::account::Login;
use crate::engine::send::Sender;
use crate::engine::{Engine, password};

/// Largest answer that is read.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rounds of background work until everything must be quiet.
const ROUNDS_MAX: usize = 200;

/// Looks whether a click was written down.
const CLICK_LOOKS_MAX: usize = 1_000;

/// Address and password that the demonstration is opened with.
pub const EMAIL: &str = "demo@kiem.example";
/// See [`EMAIL`]. The demonstration listens on this machine only.
pub const PASSWORD: &str = "kiem-demo-2026";
/// Browser that the player uses.
pub const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

/// A person at the browser, with the background work in their other hand.
pub struct Player {
    /// The program.
    pub engine: Engine,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The practice mailbox, once there is one.
    pub mailbox: Option<MailboxId>,
    service: Router,
    sender: Sender,
    cookie: String,
    /// Last part of the address that the lead of the moment comes from.
    lead_host: AtomicU8,
}

impl Player {
    /// Makes the owner, a colleague in sales, and a practice workspace; logs in as the owner.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin(engine: &Engine) -> anyhow::Result<Player> {
        let now = engine.now();
        let workspace: WorkspaceId = engine.new_id();
        let hash = password::hash(PASSWORD.to_owned()).await?;
        let mut global = engine.store().global().await?;
        account::insert_workspace(
            &mut global,
            workspace,
            "Voorbeeld BV",
            "practice",
            "Europe/Amsterdam",
            "nl",
            now,
        )
        .await?;
        for (email, name, role) in
            [(EMAIL, "Jan de Boer", "owner"), ("sanne@kiem.example", "Sanne Visser", "sales")]
        {
            let user = User {
                id: engine.new_id::<UserId>(),
                email: email.to_owned(),
                name: name.to_owned(),
                password_hash: hash.clone(),
                language: "nl".to_owned(),
                theme: "auto".to_owned(),
            };
            account::insert_user(&mut global, &user, now).await?;
            account::set_member(&mut global, workspace, user.id, role, now).await?;
        }
        let mut made =
            account::workspace(&mut global, workspace).await?.context("the workspace was just made")?;
        made.settings = json!({
            "sender_company": "Voorbeeld BV",
            "postal_address": "Keizersgracht 1, 1015 CJ Amsterdam",
            "privacy_url": "https://www.voorbeeld.example/privacy",
        })
        .to_string();
        account::update_workspace(&mut global, &made).await?;
        global.commit().await?;
        let login = Login { email: EMAIL, password: PASSWORD, user_agent: BROWSER, ip: None };
        let token = engine.log_in(login).await?;
        Ok(Player {
            engine: engine.clone(),
            workspace,
            mailbox: None,
            service: crate::api::service(engine.clone()),
            sender: Sender::start(engine)?,
            cookie: format!("{}={token}", crate::api::caller::SESSION_COOKIE),
            lead_host: AtomicU8::new(7),
        })
    }

    /// Logs in anew: a session ends after a month, and the history is longer.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn log_in_again(&mut self) -> anyhow::Result<()> {
        let login = Login { email: EMAIL, password: PASSWORD, user_agent: BROWSER, ip: None };
        let token = self.engine.log_in(login).await?;
        self.cookie = format!("{}={token}", crate::api::caller::SESSION_COOKIE);
        Ok(())
    }

    /// Calls the API and returns its JSON (null for an empty answer).
    ///
    /// # Errors
    /// When the answer is not a success, with what it says.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let bytes = body.map_or_else(Vec::new, |b| b.to_string().into_bytes());
        let (status, answer) =
            self.send(method, &format!("/api/v1{path}"), "application/json", bytes, true).await?;
        if !status.is_success() {
            bail!("{method} {path}: {status} {}", String::from_utf8_lossy(&answer));
        }
        if answer.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&answer)?) }
    }

    /// `GET` on the API.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call("GET", path, None).await
    }

    /// `POST` on the API.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call("POST", path, Some(body)).await
    }

    /// `PUT` on the API.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn put(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call("PUT", path, Some(body)).await
    }

    /// Uploads a file as a browser form does.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> anyhow::Result<Value> {
        let boundary = "kiem-demo-boundary";
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let (status, answer) = self.send("POST", &format!("/api/v1{path}"), &kind, body, true).await?;
        if !status.is_success() {
            bail!("POST {path}: {status} {}", String::from_utf8_lossy(&answer));
        }
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Opens a public address (of a mail, a page) as the lead, without any log-in. Returns status and text.
    ///
    /// # Errors
    /// When the address is not ours.
    pub async fn visit(
        &self,
        method: &str,
        url: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<(StatusCode, String)> {
        let own = &self.engine.config().link_url;
        let path =
            url.strip_prefix(own.as_str()).with_context(|| format!("{url} is not an address of ours"))?;
        let (status, answer) = self.send(method, path, kind, body, false).await?;
        Ok((status, String::from_utf8_lossy(&answer).into_owned()))
    }

    /// As [`Player::visit`] by `POST`, from a page of `origin`.
    ///
    /// # Errors
    /// When the address is not ours.
    pub async fn post_from(
        &self,
        origin: &str,
        url: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<(StatusCode, String)> {
        let own = &self.engine.config().link_url;
        let path =
            url.strip_prefix(own.as_str()).with_context(|| format!("{url} is not an address of ours"))?;
        let mut request = self.request("POST", path, kind, body, false)?;
        request.headers_mut().insert(header::ORIGIN, origin.parse()?);
        let response = self.service.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await?;
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Another lead is at the browser now: one address that opened the mail of many would be a scanner.
    pub fn next_lead(&self) {
        self.lead_host.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some(1 + n % 250)).ok();
    }

    /// Where a public address leads to (its redirect).
    ///
    /// # Errors
    /// When it leads nowhere.
    pub async fn follow(&self, url: &str) -> anyhow::Result<String> {
        self.open_link("GET", url).await
    }

    /// As [`Player::follow`], with another method: machines ask for the head of a page only.
    ///
    /// # Errors
    /// When it leads nowhere, or what happened is not written down within a few seconds.
    pub async fn open_link(&self, method: &str, url: &str) -> anyhow::Result<String> {
        let own = &self.engine.config().link_url;
        let path =
            url.strip_prefix(own.as_str()).with_context(|| format!("{url} is not an address of ours"))?;
        let n_before = self.n_clicks().await?;
        let response =
            self.service.clone().oneshot(self.request(method, path, "", Vec::new(), false)?).await?;
        let target =
            response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let target =
            target.with_context(|| format!("{url} does not lead anywhere: {}", response.status()))?;
        // A click is written down behind the answer.
        for _ in 0..CLICK_LOOKS_MAX {
            if self.n_clicks().await? > n_before {
                return Ok(target);
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        bail!("the click on {url} was not written down")
    }

    async fn n_clicks(&self) -> anyhow::Result<i64> {
        let mut tx = self.engine.store().read(self.workspace).await?;
        let counts = kiem_store::engagement::counts(&mut tx).await?;
        Ok(counts.iter().filter(|(kind, _, _)| kind == "click").map(|(_, _, n)| n).sum())
    }

    /// Sends what the site's script would send from a page of `origin`; returns the visit's token.
    ///
    /// # Errors
    /// When the visit is refused.
    pub async fn beacon(&self, origin: &str, report: &Value) -> anyhow::Result<String> {
        let mut request =
            self.request("POST", "/v", "application/json", report.to_string().into_bytes(), false)?;
        request.headers_mut().insert(header::ORIGIN, origin.parse()?);
        let response = self.service.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await?;
        if status != StatusCode::OK {
            bail!("the visit was not taken: {status}");
        }
        text(&serde_json::from_slice(&bytes)?, "k")
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        is_own: bool,
    ) -> anyhow::Result<Request<Body>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::USER_AGENT, BROWSER)
            .header(header::ACCEPT_LANGUAGE, "nl");
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if is_own {
            request = request
                .header(header::COOKIE, &self.cookie)
                .header("kiem-workspace", self.workspace.to_string())
                .header("sec-fetch-site", "same-origin");
        }
        // Leads come from a documentation address (RFC 5737), never from a real one.
        let host = self.lead_host.load(Ordering::Relaxed);
        let from = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, host)), 40_000);
        Ok(request.extension(ConnectInfo(from)).body(Body::from(body))?)
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        is_own: bool,
    ) -> anyhow::Result<(StatusCode, Vec<u8>)> {
        let request = self.request(method, path, kind, body, is_own)?;
        let response = self.service.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await?;
        Ok((status, bytes.to_vec()))
    }

    /// Does all background work that is due now: jobs, sending, reading the practice mailbox.
    ///
    /// # Errors
    /// When the database fails, or the work never ends.
    pub async fn settle(&self) -> anyhow::Result<()> {
        for _ in 0..ROUNDS_MAX {
            let mut n = self.engine.run_due_jobs().await?;
            n += self.sender.send_due().await?;
            if let Some(mailbox) = self.mailbox {
                n += self.engine.receive_sandbox(self.workspace, mailbox).await?.n_mails;
            }
            if n == 0 {
                return Ok(());
            }
        }
        bail!("the background work does not end")
    }

    /// Moves the clock and does what is due then.
    ///
    /// # Errors
    /// As [`Player::settle`].
    pub async fn wait(&self, time: SignedDuration) -> anyhow::Result<()> {
        self.engine.clock().advance(time);
        self.settle().await
    }

    /// Adds the practice mailbox.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn add_mailbox(&mut self, daily_cap: i64, gap_seconds: i64) -> anyhow::Result<()> {
        let made = self
            .post(
                "/mailboxes",
                json!({
                    "kind": "sandbox", "address": "jan@voorbeeld.example", "display_name": "Jan de Boer",
                    "smtp": null, "imap": null, "password": null, "signature": "Groet,\nJan",
                    "daily_cap": daily_cap, "gap_seconds_min": gap_seconds,
                }),
            )
            .await?;
        self.mailbox = Some(text(&made, "id")?.parse().map(MailboxId)?);
        Ok(())
    }

    /// Brings a list in: upload, accept the proposed meaning of the columns, say on what ground.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn bring_in(&self, name: &str, csv: &[u8]) -> anyhow::Result<Value> {
        let preview = self.upload("/imports", name, csv).await?;
        let id = text(&preview["import"], "id")?;
        let mapping: Vec<Value> = preview["mapping"]
            .as_array()
            .context("mapping")?
            .iter()
            .map(|p| json!({ "column": p["column"], "field": p["field"] }))
            .collect();
        let on = self.engine.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        self.post(
            &format!("/imports/{id}/start"),
            json!({
                "mapping": mapping, "default_country": "NL", "encoding": null,
                "ground": {
                    "basis": "designated_address", "source": "uw website, pagina Contact",
                    "source_detail": "Aanbiedingen van leveranciers sturen? Dat kan naar de adressen op deze pagina.",
                    "evidence_url": "https://gids.voorbeeld.example/leveranciers", "obtained_on": on.to_string(),
                },
            }),
        )
        .await?;
        self.settle().await?;
        self.get(&format!("/imports/{id}")).await
    }

    /// Approves every draft as it stands. Returns how many.
    ///
    /// # Errors
    /// As [`Player::call`].
    pub async fn approve_all(&self) -> anyhow::Result<usize> {
        let mut n = 0;
        loop {
            let drafts = self.get("/messages?state=draft&limit=500").await?;
            let seen: Vec<Value> = drafts["items"]
                .as_array()
                .context("items")?
                .iter()
                .filter(|d| d["problem"].is_null())
                .map(|d| json!({ "id": d["id"], "subject": d["subject"], "body": d["body"] }))
                .collect();
            if seen.is_empty() {
                return Ok(n);
            }
            let approved = self.post("/messages/approval", json!({ "messages": seen })).await?;
            let done = approved["approved"].as_array().map_or(0, Vec::len);
            if done == 0 {
                return Ok(n);
            }
            n += done;
        }
    }
}

/// A text field of an answer.
///
/// # Errors
/// When it is not there.
pub fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    value[field].as_str().map(str::to_owned).with_context(|| format!("no {field} in {value}"))
}
