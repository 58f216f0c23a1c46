//! Reading the titles of everybody again, when a new version of Kiem reads titles otherwise: what was stored is as old as
//! the version that stored it.

use kiem_domain::id::{ContactId, WorkspaceId};
use kiem_domain::titles::{EDITION, read_title};
use kiem_store::contact::TitledPerson;
use kiem_store::job::Job;
use kiem_store::{Tx, account, contact};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// People who are read in one transaction.
const PEOPLE_PER_STEP: i64 = 2_000;
/// Transactions that one job run makes before it lets others go first.
const STEPS_PER_RUN: usize = 10;
const KEY: &str = "titles";

/// How far it is.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Reread {
    /// The last person who was read.
    after: Option<Uuid>,
    /// Whether anybody was read otherwise.
    has_changed: bool,
}

/// The person with what their title says now; none when it says the same.
fn read_otherwise(person: &TitledPerson) -> Option<TitledPerson> {
    let reading = read_title(&person.title, None);
    let (seniority, department) = (reading.seniority.known(), reading.department.known());
    let is_same = (seniority, department) == (person.seniority, person.department);
    (!is_same).then(|| TitledPerson { seniority, department, ..person.clone() })
}

impl Engine {
    /// Asks every workspace whose titles were read by an earlier edition to read them again.
    pub(in crate::engine) async fn ask_titles(&self) -> Result<()> {
        let earlier = account::titles_read_before(&mut self.store().global_read().await?, EDITION).await?;
        for workspace in earlier {
            let mut tx = self.store().begin(workspace).await?;
            self.ask_reread(&mut tx, Reread::default()).await?;
            tx.commit().await?;
            self.committed(workspace);
        }
        Ok(())
    }

    async fn ask_reread(&self, tx: &mut Tx, from: Reread) -> Result<()> {
        let payload = serde_json::to_string(&from).map_err(|e| EngineError::Outside(e.to_string()))?;
        self.enqueue(tx, JobKind::ReadTitles, KEY, &payload, self.now()).await
    }

    /// Reads the titles of the next people again, and asks for the rest; at the end everybody is scored anew when any title
    /// says something else now.
    pub(in crate::engine) async fn run_titles(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let mut so_far: Reread =
            serde_json::from_str(&job.payload).map_err(|e| EngineError::Outside(e.to_string()))?;
        for _ in 0..STEPS_PER_RUN {
            let mut tx = self.store().begin(workspace).await?;
            let people = contact::titled(&mut tx, so_far.after.map(ContactId), PEOPLE_PER_STEP).await?;
            let Some(last) = people.last() else {
                if so_far.has_changed {
                    let (_, version) = self.profile_in_use(&mut tx).await?;
                    self.score_anew(&mut tx, version).await?;
                }
                tx.commit().await?;
                let mut global = self.store().global().await?;
                account::set_title_edition(&mut global, workspace, EDITION).await?;
                return Ok(global.commit().await?);
            };
            so_far.after = Some(last.id.0);
            let changed: Vec<TitledPerson> = people.iter().filter_map(read_otherwise).collect();
            so_far.has_changed |= contact::write_titles(&mut tx, &changed).await? > 0;
            tx.commit().await?;
        }
        let mut tx = self.store().begin(workspace).await?;
        self.ask_reread(&mut tx, so_far).await?;
        Ok(tx.commit().await?)
    }
}
