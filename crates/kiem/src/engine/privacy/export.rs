//! Everything that is held about a person, to take home (GDPR articles 15 and 20): a page to read, and the same as data.

use kiem_adapters::archive::{ArchiveFile, pack};
use kiem_domain::id::ContactId;
use kiem_store::person_data::{self, Known};
use kiem_store::{Tx, account, contact};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::requests::known;
use super::{person_page, register};
use crate::engine::settings::{language_of, settings_of};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, has, say};

/// What a person takes home.
#[derive(Debug, Clone)]
pub struct Papers {
    /// Everything as it is stored, for a program.
    pub data: String,
    /// The same to read, in the language of the workspace.
    pub page: String,
}

impl Papers {
    fn packed(&self) -> Result<Vec<u8>> {
        let files = [
            ArchiveFile { name: "kiem.json", content: self.data.as_bytes() },
            ArchiveFile { name: "kiem.html", content: self.page.as_bytes() },
        ];
        pack(&files).map_err(|e| EngineError::Outside(format!("an archive cannot be made: {e}")))
    }
}

impl Engine {
    /// Packs everything that is held about a person. The trail says who took it.
    ///
    /// # Errors
    /// When the caller may not, or the person is not there or was erased.
    pub async fn export_person(&self, caller: &Caller, id: ContactId) -> Result<Vec<u8>> {
        self.papers_of_person(caller, id).await?.packed()
    }

    /// Packs everything that is held about whoever made a request, also when nobody is known under the address.
    ///
    /// # Errors
    /// When the caller may not, or the request is not there.
    pub async fn export_for_request(&self, caller: &Caller, id: Uuid) -> Result<Vec<u8>> {
        self.papers_for_request(caller, id).await?.packed()
    }

    /// Everything that is held about a person, not packed. The trail says who took it.
    ///
    /// # Errors
    /// When the caller may not, or the person is not there or was erased.
    pub async fn papers_of_person(&self, caller: &Caller, id: ContactId) -> Result<Papers> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let person = contact::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if person.erased_at.is_some() {
            return Err(EngineError::refused("person_erased"));
        }
        let known = known("", Some(&person));
        let papers = self.papers(&mut tx, known.as_known()).await?;
        self.audit(&mut tx, caller, "person.exported", "contact", Some(id.0), &json!({})).await?;
        tx.commit().await?;
        Ok(papers)
    }

    /// Everything that is held about whoever made a request, not packed. The trail says who took it.
    ///
    /// # Errors
    /// When the caller may not, or the request is not there.
    pub async fn papers_for_request(&self, caller: &Caller, id: Uuid) -> Result<Papers> {
        let case = self.privacy_case(caller, id).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let known = known(&case.request.address, case.person.as_ref());
        let papers = self.papers(&mut tx, known.as_known()).await?;
        self.audit(&mut tx, caller, "person.exported", "privacy_request", Some(id), &json!({})).await?;
        tx.commit().await?;
        Ok(papers)
    }

    async fn papers(&self, tx: &mut Tx, known: Known<'_>) -> Result<Papers> {
        let held = person_data::of(tx, known).await?;
        let workspace = account::workspace_in(tx).await?;
        let data: serde_json::Map<String, Json> =
            held.iter().map(|one| (one.table.to_owned(), json!(one.rows))).collect();
        let data = serde_json::to_string_pretty(
            &json!({ "version": 1, "made_at": self.now().to_string(), "data": data }),
        )
        .map_err(|e| EngineError::Outside(format!("what is held cannot be written: {e}")))?;
        let settings = settings_of(&workspace)?;
        let teller = person_page::teller(tx, &held, &workspace, language_of(&workspace)).await?;
        let recipients = register::recipients(tx).await?;
        let page = person_page::Page {
            recipients: &recipients,
            held: &held,
            known,
            settings: &settings,
            workspace: &workspace.name,
            now: self.now(),
            teller: &teller,
        };
        Ok(Papers { data, page: page.html() })
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The name of a table in words; its own where nobody gave it one.
pub(crate) fn table_name(table: &str, lang: Lang) -> String {
    let keys = [format!("held.{table}"), format!("held.table.{table}")];
    keys.iter().find(|key| has(lang, key)).map_or_else(|| table.replace('_', " "), |key| say(lang, key, &[]))
}
