//! What engine tests share: an engine on a fresh database, a workspace with people, jobs that are run by hand.
#![allow(dead_code, missing_docs, reason = "each test binary uses its own part of this")]

pub mod fuzz;
pub mod imap_sent;
pub mod lists;
pub mod mail_servers;
pub mod matrix;
pub mod operations;
pub mod play;
pub mod queue;
pub mod receiver;
pub mod smtp_sink;
pub mod street;
pub mod web;

use jiff::{SignedDuration, Timestamp};
use kiem::config::Config;
use kiem::engine::audience::ListQuery;
use kiem::engine::keys::sha256;
use kiem::engine::{Caller, Clock, Engine, Keys, Role};
use kiem_domain::id::{CompanyId, ContactId, LeadId, UserId, WorkspaceId};
use kiem_domain::listing::{ListKind, ListSort};
use kiem_store::account::{self, Session, User};
use kiem_store::args;
use kiem_store::event::Actor;
use kiem_store::lead::LeadRow;
use kiem_store::testing::{self, TestStore};
use uuid::Uuid;

/// An engine on a fresh database with one workspace and one person per role.
pub struct House {
    pub db: TestStore,
    pub engine: Engine,
    pub workspace: WorkspaceId,
    pub clock: Clock,
    pub data_dir: std::path::PathBuf,
}

/// Tuesday 24 November 2026, ten o'clock in Amsterdam.
pub fn tuesday_ten() -> Timestamp {
    "2026-11-24T10:00:00+01:00".parse().expect("a moment")
}

/// The master key of every test installation.
pub const MASTER: [u8; 32] = [7; 32];

impl House {
    /// On SQLite, with a clock that stands still.
    pub async fn sqlite() -> House {
        House::on(testing::sqlite().await, Clock::manual(tuesday_ten()), |_| None).await
    }

    /// On PostgreSQL, with a clock that stands still.
    pub async fn postgres() -> House {
        House::on(testing::postgres().await, Clock::manual(tuesday_ten()), |_| None).await
    }

    /// On a given database, clock and settings.
    pub async fn on(db: TestStore, clock: Clock, setting: impl Fn(&str) -> Option<String>) -> House {
        let data_dir = std::env::temp_dir().join(format!("kiem-house-{}", Uuid::from_bytes(random())));
        std::fs::create_dir_all(&data_dir).expect("the temporary folder is writable");
        let (url, dir) = (db.url.clone(), data_dir.display().to_string());
        let config = Config::load(None, |name| match name {
            "KIEM_DATABASE_URL" => Some(url.clone()),
            "KIEM_DATA_DIR" => Some(dir.clone()),
            other => setting(other),
        })
        .expect("the test configuration is right");
        let engine = Engine::new(db.store.clone(), clock.clone(), Keys::from_master(&MASTER), config);
        let workspace = db.workspace(1, clock.now()).await;
        let house = House { db, engine, workspace, clock, data_dir };
        house.people().await;
        house
    }

    async fn people(&self) {
        let mut global = self.db.store.global().await.expect("begin");
        for (i, role) in Role::ALL.iter().enumerate() {
            let user = User {
                id: user_id(i),
                email: format!("{role}@kiem.example"),
                name: format!("{role}"),
                password_hash: String::new(),
                language: "nl".to_owned(),
                theme: "auto".to_owned(),
            };
            account::insert_user(&mut global, &user, self.clock.now()).await.expect("insert");
            account::set_member(&mut global, self.workspace, user.id, role.as_str(), self.clock.now())
                .await
                .expect("member");
        }
        let (mut workspace, settings) = {
            let found = account::workspace(&mut global, self.workspace).await.expect("read").expect("there");
            (
                found,
                serde_json::json!({"sender_company": "Kiem Voorbeeld BV", "postal_address": "Dam 1, Amsterdam"}),
            )
        };
        workspace.settings = settings.to_string();
        account::update_workspace(&mut global, &workspace).await.expect("settings");
        global.commit().await.expect("commit");
    }

    /// The person with a role.
    pub fn caller(&self, role: Role) -> Caller {
        let i = Role::ALL.iter().position(|r| *r == role).expect("a role");
        Caller { workspace: self.workspace, actor: Actor::User(user_id(i).0), role }
    }

    /// Makes the workspace live (it is born in practice mode).
    pub async fn live(&self) {
        let mut global = self.db.store.global().await.expect("begin");
        global
            .execute("UPDATE workspace SET mode = 'live' WHERE id = $1", args![self.workspace])
            .await
            .expect("update");
        global.commit().await.expect("commit");
    }

    /// Moves the clock.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// The marketing list as a reader sees it, by family name; `search` as typed.
    pub async fn marketing_list(&self, search: &str) -> Vec<LeadRow> {
        let query = ListQuery {
            list: ListKind::People,
            search: search.to_owned(),
            conditions: Vec::new(),
            sort: ListSort::Name,
            cursor: None,
            limit: 100,
        };
        self.engine.leads_list(&self.caller(Role::ReadOnly), &query).await.expect("the list").rows
    }

    /// Runs everything that is due, until nothing is.
    pub async fn run_jobs(&self) {
        for _ in 0..100 {
            if self.engine.run_due_jobs().await.expect("jobs run") == 0 {
                return;
            }
        }
        panic!("jobs keep causing jobs");
    }

    /// A lead with a Dutch company, an address and a ground.
    pub async fn lead(&self, n: u32, email: &str, given: &str, family: &str, company: &str) -> LeadId {
        let base = u128::from(n) << 16;
        let (company_id, contact_id, lead_id) = (
            CompanyId(Uuid::from_u128(base + 1)),
            ContactId(Uuid::from_u128(base + 2)),
            LeadId(Uuid::from_u128(base + 3)),
        );
        let now = self.clock.now();
        let mut tx = self.db.store.begin(self.workspace).await.expect("begin");
        let domain = email.split_once('@').map(|(_, d)| d.to_owned());
        tx.execute(
            "INSERT INTO company (workspace_id, id, name, name_key, domain, country, fit_known_percent, fit_reasons, source,
                 created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'NL', 0, '[]', 'test', $6, $6)",
            args![company_id, company, company.to_lowercase(), domain, now],
        )
        .await
        .expect("company");
        tx.execute(
            "INSERT INTO contact (workspace_id, id, company_id, given_name, family_name, name_key, email, source, created_at,
                 updated_at, ground_id) VALUES ($1, $2, $3, $4, $5, $6, $7, 'test', $8, $8, $2)",
            args![contact_id, company_id, given, family, family.to_lowercase(), email, now],
        )
        .await
        .expect("contact");
        tx.execute(
            "INSERT INTO ground (workspace_id, id, basis, source, source_detail, obtained_on, recorded_by,
                 recorded_at, evidence_url)
             VALUES ($1, $2, 'designated_address', 'uw website', 'Aanbiedingen graag hierheen', '2026-11-01', $3, $4,
                 'https://klant.example/contact')",
            args![contact_id, user_id(0), now],
        )
        .await
        .expect("ground");
        tx.execute(
            "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name,
                 sort_company, fit_score, created_at) VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, $5, $6, 0, $7)",
            args![lead_id, contact_id, company_id, family.to_lowercase(), company.to_lowercase(), now],
        )
        .await
        .expect("lead");
        tx.commit().await.expect("commit");
        lead_id
    }

    /// Removes database and files.
    pub async fn close(self) {
        self.db.remove().await;
        std::fs::remove_dir_all(&self.data_dir).expect("the folder can be removed");
    }
}

/// Id of the person with the n-th role.
pub fn user_id(n: usize) -> UserId {
    UserId(Uuid::from_u128(0x0190_0000_0000_7000_9000_0000_0000_0000 + n as u128))
}

/// Random bytes for names of temporary things.
pub fn random() -> [u8; 16] {
    kiem::engine::keys::random_bytes::<16>()
}

/// Lets a person in without a password.
pub async fn session(house: &House, user: UserId) -> String {
    // Each time another: one ended session says nothing about the next.
    let token = format!("token of {user} {}", Uuid::from_bytes(random()));
    let now = house.clock.now();
    let session = Session {
        id: Uuid::from_bytes(random()),
        user,
        user_agent: String::new(),
        created_at: now,
        expires_at: now + SignedDuration::from_hours(1),
    };
    let mut global = house.db.store.global().await.unwrap();
    account::insert_session(&mut global, &sha256(token.as_bytes()), &session).await.unwrap();
    global.commit().await.unwrap();
    format!("__Host-kiem={token}")
}
