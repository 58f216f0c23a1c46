//! Everything that is held about a person, to take home (GDPR articles 15 and 20): a page to read, and the same as data.

use kiem_adapters::archive::{ArchiveFile, pack};
use kiem_domain::id::ContactId;
use kiem_store::person_data::{self, Held};
use kiem_store::{account, contact, person_data::Known};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::requests::known;
use crate::engine::settings::language_of;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, has, say};

impl Engine {
    /// Packs everything that is held about a person. The trail says who took it.
    ///
    /// # Errors
    /// When the caller may not, or the person is not there or was erased.
    pub async fn export_person(&self, caller: &Caller, id: ContactId) -> Result<Vec<u8>> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let person = contact::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if person.erased_at.is_some() {
            return Err(EngineError::refused("person_erased"));
        }
        let known = known("", Some(&person));
        let packed = self.packed(&mut tx, known.as_known()).await?;
        self.audit(&mut tx, caller, "person.exported", "contact", Some(id.0), &json!({})).await?;
        tx.commit().await?;
        Ok(packed)
    }

    /// Packs everything that is held about whoever made a request, also when nobody is known under the address.
    ///
    /// # Errors
    /// When the caller may not, or the request is not there.
    pub async fn export_for_request(&self, caller: &Caller, id: Uuid) -> Result<Vec<u8>> {
        let case = self.privacy_case(caller, id).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let known = known(&case.request.address, case.person.as_ref());
        let packed = self.packed(&mut tx, known.as_known()).await?;
        self.audit(&mut tx, caller, "person.exported", "privacy_request", Some(id), &json!({})).await?;
        tx.commit().await?;
        Ok(packed)
    }

    async fn packed(&self, tx: &mut kiem_store::Tx, known: Known<'_>) -> Result<Vec<u8>> {
        let held = person_data::of(tx, known).await?;
        let lang = language_of(&account::workspace_in(tx).await?);
        let data: serde_json::Map<String, Json> =
            held.iter().map(|one| (one.table.to_owned(), json!(one.rows))).collect();
        let text = serde_json::to_string_pretty(
            &json!({ "version": 1, "made_at": self.now().to_string(), "data": data }),
        )
        .map_err(|e| EngineError::Outside(format!("what is held cannot be written: {e}")))?;
        let page = page(&held, lang, &self.utc_day().to_string());
        let files = [
            ArchiveFile { name: "kiem.json", content: text.as_bytes() },
            ArchiveFile { name: "kiem.html", content: page.as_bytes() },
        ];
        pack(&files).map_err(|e| EngineError::Outside(format!("an archive cannot be made: {e}")))
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The name of a table in words; its own where nobody gave it one.
pub(crate) fn table_name(table: &str, lang: Lang) -> String {
    let key = format!("held.{table}");
    if has(lang, &key) { say(lang, &key, &[]) } else { table.replace('_', " ") }
}

/// Everything as a page that any browser shows, without anything from elsewhere.
fn page(held: &[Held], lang: Lang, day: &str) -> String {
    let title = say(lang, "held.title", &[]);
    let mut page = format!(
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}\
         dl{{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:0 1rem;border-top:1px solid #ccc;padding:.5rem 0}}\
         dt{{color:#555}}dd{{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}}</style><h1>{title}</h1><p>{}</p>",
        escaped(&say(lang, "held.about", &[("date", day.to_owned())]))
    );
    if held.is_empty() {
        page.push_str(&format!("<p>{}</p>", escaped(&say(lang, "held.nothing", &[]))));
    }
    for one in held {
        page.push_str(&format!("<h2>{}</h2>", escaped(&table_name(one.table, lang))));
        for row in &one.rows {
            page.push_str("<dl>");
            for (name, value) in row {
                let text = match value {
                    Json::String(text) => text.clone(),
                    other => other.to_string(),
                };
                page.push_str(&format!(
                    "<dt>{}</dt><dd>{}</dd>",
                    escaped(&name.replace('_', " ")),
                    escaped(&text)
                ));
            }
            page.push_str("</dl>");
        }
    }
    page
}
