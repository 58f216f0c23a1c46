//! Measures the audience: `import N` prints rows per second of bringing in a list of N made-up rows; `list N` prints how
//! long pages of the marketing list take with N leads, counting who fits a profile, and scoring everybody. `bench/import`
//! and `bench/list` run it.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use jiff::SignedDuration;
use kiem::config::Config;
use kiem::engine::audience::profile_form::RangeForm;
use kiem::engine::audience::{FileOrder, ImportOrder, NewGround, ProfileForm, Upload, WishForm};
use kiem::engine::keys::sha256;
use kiem::engine::{Caller, Clock, Engine, Keys, Role};
use kiem_domain::audience::IdealProfile;
use kiem_domain::consent::Basis;
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_store::account::{self, Session, User};
use kiem_store::event::Actor;
use kiem_store::import::{ImportRun, ImportState};
use kiem_store::testing::{self, TestStore};
use tower::ServiceExt;
use uuid::Uuid;

const USER: UserId = UserId(Uuid::from_u128(1));
const COOKIE: &str = "benchmark";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let n: usize =
        arguments.next().unwrap_or_else(|| "100000".to_owned()).parse().context("N is a number")?;
    let bench = Bench::new().await?;
    match what.as_str() {
        "import" => bench.import(n).await?,
        "list" => bench.list(n).await?,
        _ => bail!("say `import N` or `list N`"),
    }
    bench.db.remove().await;
    Ok(())
}

/// What is asked of which list: every order, filters that few and that many pass, and searches with and without a hit.
/// `%22` is a quote, `%7B` and `%5B` open, `%7D` and `%5D` close.
const QUERIES: &[(&str, &str)] = &[
    ("leads", "sort=company"),
    ("leads", "sort=name"),
    ("leads", "sort=fit"),
    ("leads", "sort=newest"),
    ("leads", "state=new&sort=newest"),
    ("leads", "country=BE&sort=company"),
    ("leads", "search=vries"),
    ("leads", "search=jan%20bakkerij&sort=fit"),
    ("leads", "search=nobodyhasthis"),
    ("companies", "sort=company"),
    ("companies", "sort=fit"),
    ("companies", "sort=size"),
    ("companies", "sort=newest"),
    ("companies", "search=vries"),
    ("companies", "search=bakkerij%20vr&sort=fit"),
    ("companies", "search=nobodyhasthis"),
    (
        "companies",
        "filter=%5B%7B%22field%22:%22town%22,%22op%22:%22is%22,%22values%22:%5B%22Utrecht%22%5D%7D%5D",
    ),
    (
        "companies",
        "filter=%5B%7B%22field%22:%22country%22,%22op%22:%22is_not%22,%22values%22:%5B%22NL%22%5D%7D%5D",
    ),
    (
        "companies",
        "filter=%5B%7B%22field%22:%22size%22,%22op%22:%22is%22,%22values%22:%5B%22500%2B%22%5D%7D%5D&sort=fit",
    ),
    ("contacts", "sort=company"),
    ("contacts", "sort=name"),
    ("contacts", "sort=fit"),
    ("contacts", "sort=newest"),
    ("contacts", "search=jan%20vries"),
    ("contacts", "search=jan%20bakkerij&sort=fit"),
    ("contacts", "search=nobodyhasthis"),
    (
        "contacts",
        "filter=%5B%7B%22field%22:%22state%22,%22op%22:%22is%22,%22values%22:%5B%22blocked%22%5D%7D%5D",
    ),
    (
        "contacts",
        "filter=%5B%7B%22field%22:%22town%22,%22op%22:%22is_not%22,%22values%22:%5B%22Utrecht%22%5D%7D%5D&sort=name",
    ),
];

/// What the frame and the first pages ask, whatever is there: it must not grow with the audience.
const FRAME: &[(&str, &str)] = &[
    ("work-counts", ""),
    ("today", ""),
    ("prospects", ""),
    ("opportunities", ""),
    ("funnel", ""),
    ("leads/facets", ""),
    ("search", "q=vries"),
    ("search", "q=jan%20bakkerij"),
    ("search", "q=nobodyhasthis"),
    ("audience/summary", ""),
];

struct Bench {
    db: TestStore,
    engine: Engine,
    caller: Caller,
}

impl Bench {
    async fn new() -> anyhow::Result<Bench> {
        let db = testing::sqlite().await;
        let now = jiff::Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56);
        let clock = Clock::manual(now);
        let engine =
            Engine::new(db.store.clone(), clock, Keys::from_master(&[7; 32]), Config::load(None, |_| None)?);
        let workspace: WorkspaceId = db.workspace(1, now).await;
        let mut global = db.store.global().await?;
        let user = User {
            id: USER,
            email: "bench@kiem.example".to_owned(),
            name: "Bench".to_owned(),
            password_hash: String::new(),
            language: "en".to_owned(),
            theme: "auto".to_owned(),
        };
        account::insert_user(&mut global, &user, now).await?;
        account::set_member(&mut global, workspace, USER, "owner", now).await?;
        let session = Session {
            id: Uuid::from_u128(2),
            user: USER,
            user_agent: String::new(),
            created_at: now,
            expires_at: now + SignedDuration::from_hours(1),
        };
        account::insert_session(&mut global, &sha256(COOKIE.as_bytes()), &session).await?;
        global.commit().await?;
        Ok(Bench { db, engine, caller: Caller { workspace, actor: Actor::User(USER.0), role: Role::Owner } })
    }

    /// Brings n rows in; returns the upload at its end and how long it took from the start order on.
    async fn bring_in(&self, n: usize) -> anyhow::Result<(ImportRun, Duration)> {
        let bytes = list(n);
        println!("file: {n} rows, {:.1} MB", bytes.len() as f64 / 1e6);
        let preview = self
            .engine
            .import_preview(&self.caller, Upload { file_name: "bench.csv".to_owned(), bytes })
            .await?;
        let order = ImportOrder {
            mapping: preview.proposals.iter().map(|p| (p.column, p.field)).collect(),
            ground: NewGround {
                basis: Basis::ExistingCustomer,
                source: "your order".to_owned(),
                source_detail: String::new(),
                evidence_url: String::new(),
                obtained_on: jiff::civil::date(2025, 1, 1),
            },
            default_country: None,
            encoding: None,
            policy: kiem::engine::audience::ConflictPolicy::Fill,
            rows: Vec::new(),
            values: Vec::new(),
            date_order: None,
        };
        let begun = Instant::now();
        self.engine.import_start(&self.caller, preview.run.id, order).await?;
        while self.engine.run_due_jobs().await? > 0 {}
        let took = begun.elapsed();
        let run = self.engine.import_run(&self.caller, preview.run.id).await?;
        if run.state != ImportState::Finished {
            bail!("the import ended as {}", run.state);
        }
        Ok((run, took))
    }

    /// As `kiem import` does it: a million rows are more than an upload may have.
    async fn fill(&self, n: usize) -> anyhow::Result<()> {
        let path = std::env::temp_dir().join(format!("kiem-bench-{}.csv", std::process::id()));
        std::fs::write(&path, list(n))?;
        let order = FileOrder {
            path: path.clone(),
            preset: None,
            map: Vec::new(),
            encoding: None,
            ground: NewGround {
                basis: Basis::ExistingCustomer,
                source: "your order".to_owned(),
                source_detail: String::new(),
                evidence_url: String::new(),
                obtained_on: jiff::civil::date(2025, 1, 1),
            },
            default_country: None,
            own_country: None,
            policy: kiem::engine::audience::ConflictPolicy::Fill,
            is_trial: false,
        };
        let filled = self.engine.import_file(&self.caller, order).await;
        std::fs::remove_file(&path)?;
        println!("{n} rows: {} people", filled?.counts.people_created_n);
        Ok(())
    }

    async fn import(&self, n: usize) -> anyhow::Result<()> {
        for pass in ["new rows", "the same rows again"] {
            let (run, took) = self.bring_in(n).await?;
            println!(
                "{pass}: {:.0} rows/s ({:.2} s; {} people, {} companies new, {} errors)",
                n as f64 / took.as_secs_f64(),
                took.as_secs_f64(),
                run.progress.n_contacts_created,
                run.progress.n_companies_created,
                run.progress.n_errors,
            );
        }
        Ok(())
    }

    async fn list(&self, n: usize) -> anyhow::Result<()> {
        self.fill(n).await?;
        let begun = Instant::now();
        // What follows an import: matching, and the terms by which the lists are searched.
        while self.engine.run_due_jobs().await? > 0 {}
        println!("made searchable in {:.1} s", begun.elapsed().as_secs_f64());
        let mut all = Vec::new();
        for (path, query) in QUERIES {
            all.extend(self.pages(path, query).await?);
        }
        print_line("all lists", &mut all);
        for (path, query) in FRAME {
            self.pages(path, query).await?;
        }
        self.fit(n).await
    }

    /// How long counting takes while a profile is written, and scoring everybody against it, first and again.
    async fn fit(&self, n: usize) -> anyhow::Result<()> {
        let first = profile("Bakkerij", 10, 100)?;
        let mut times = Vec::new();
        for _ in 0..10 {
            let begun = Instant::now();
            self.engine.count_fit(&self.caller, &first).await?;
            times.push(begun.elapsed());
        }
        print_line("who fits, counted while the profile is written", &mut times);
        for (pass, wanted) in [("first", first), ("again", profile("Software", 20, 200)?)] {
            let begun = Instant::now();
            self.engine.put_ideal_profile(&self.caller, &wanted, None).await?;
            while self.engine.run_due_jobs().await? > 0 {}
            let took = begun.elapsed().as_secs_f64();
            let done = self.engine.fit_run(&self.caller).await?.context("a scoring")?;
            if done.finished_at.is_none() {
                bail!("the scoring did not end");
            }
            println!("{n} people and {} companies scored, {pass}: {took:.1} s", done.n_done);
        }
        Ok(())
    }

    /// How long the first and the next page of a list take, thirty times.
    async fn pages(&self, path: &str, query: &str) -> anyhow::Result<Vec<Duration>> {
        let app = kiem::api::service(self.engine.clone());
        let (mut times, mut cursor) = (Vec::new(), String::new());
        for _ in 0..30 {
            let begun = Instant::now();
            let request = Request::get(format!("/api/v1/{path}?limit=50&{query}{cursor}"))
                .header(header::COOKIE, format!("__Host-kiem={COOKIE}"))
                .body(Body::empty())?;
            let response = app.clone().oneshot(request).await?;
            if !response.status().is_success() {
                bail!("{path}?{query}: {}", response.status());
            }
            let body = to_bytes(response.into_body(), 10_000_000).await?;
            times.push(begun.elapsed());
            let page: serde_json::Value = serde_json::from_slice(&body)?;
            // First page, next page, first page, ...: people do both.
            cursor = match page["next_cursor"].as_str() {
                Some(next) if cursor.is_empty() => format!("&cursor={next}"),
                _ => String::new(),
            };
        }
        print_line(&format!("{path} {query}"), &mut times);
        Ok(times)
    }
}

/// A profile that asks an industry, a size and a country.
fn profile(industry: &str, min: u64, max: u64) -> anyhow::Result<IdealProfile> {
    let wish = |criterion: &str, importance: &str| WishForm {
        criterion: criterion.to_owned(),
        importance: importance.to_owned(),
        ..WishForm::default()
    };
    let sizes = vec![RangeForm { min: Some(min), max: Some(max) }];
    let form = ProfileForm {
        wishes: vec![
            WishForm { words: vec![industry.to_owned()], weight: Some(50), ..wish("industry", "wanted") },
            WishForm { sizes, weight: Some(30), ..wish("size", "wanted") },
            WishForm { countries: vec!["NL".to_owned()], ..wish("country", "must") },
        ],
        ..ProfileForm::default()
    };
    Ok(form.read()?)
}

fn print_line(what: &str, times: &mut [Duration]) {
    let (half, most) = (percentile(times, 50), percentile(times, 95));
    println!("{what:<70} p50 {half:>6.1} ms   p95 {most:>6.1} ms");
}

/// In milliseconds.
fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(index).map_or(0.0, |t| t.as_secs_f64() * 1e3)
}

/// A list as a Dutch team has it, always the same for the same n; about two people per company.
fn list(n: usize) -> Vec<u8> {
    const GIVEN: &[&str] =
        &["Jan", "Eva", "Fatima", "Kees", "Sanne", "Mohammed", "Anouk", "Bram", "Lotte", "Daan"];
    const FAMILY: &[&str] = &[
        "de Vries",
        "Jansen",
        "van der Berg",
        "Bakker",
        "el Amrani",
        "Smit",
        "van 't Hof",
        "Peeters",
        "Mulder",
        "Visser",
    ];
    const TRADE: &[&str] =
        &["Bakkerij", "Techniek", "Logistiek", "Advies", "Bouw", "Installatie", "Software", "Zorg"];
    const TOWN: &[&str] = &["Utrecht", "Gent", "Zwolle", "Breda", "Antwerpen", "Groningen"];
    const TITLE: &[&str] =
        &["Directeur", "Eigenaar", "Hoofd inkoop", "Marketingmanager", "Accountmanager", "CFO"];
    let mut random = 42_u64;
    let mut next = move |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap_or(0) % below
    };
    let mut out = String::from(
        "Bedrijfsnaam;KvK-nummer;Website;Land;Plaats;Branche;Medewerkers;Voornaam;Achternaam;Functie;E-mailadres;Telefoon\r\n",
    );
    for i in 0..n {
        let company = i / 2;
        let (trade, town) = (TRADE[company % TRADE.len()], TOWN[company % TOWN.len()]);
        let (given, family) = (GIVEN[next(GIVEN.len())], FAMILY[next(FAMILY.len())]);
        let country = if matches!(town, "Gent" | "Antwerpen") { "België" } else { "Nederland" };
        out.push_str(&format!(
            "{trade} {family} {company} B.V.;{:08};www.bedrijf{company}.example;{country};{town};{trade};{};{given};{family};{};\
             p{i}@bedrijf{company}.example;+31 20 {:07}\r\n",
            10_000_000 + company,
            1 + next(300),
            TITLE[next(TITLE.len())],
            1_000_000 + i % 9_000_000,
        ));
    }
    out.into_bytes()
}
