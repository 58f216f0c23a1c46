//! The practice website: the workspace's own site as practice mode plays it, so that a link in a practice mail leads to
//! pages that can be visited. Its script, its visits and what follows from them are the real ones.

use kiem_domain::engagement::page::{PageKind, page_kind};
use kiem_domain::id::WorkspaceId;
use kiem_store::account::{self, Workspace};
use kiem_store::inlet::{self, InletKind};
use kiem_store::site::{self, Site, VisitMode};
use kiem_store::{Tx, booking};

use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::public::booking::sender_of;
use crate::engine::public::form::OpenForm;
use crate::engine::public::site::{host_of, page_rules};
use crate::engine::settings::{language_of, settings_of};
use crate::engine::{Engine, Result};
use crate::messages::Lang;

/// First part of the addresses of the practice website.
pub const PATH: &str = "/practice-site/";

/// A page of the practice website.
#[derive(Debug, Clone)]
pub struct PracticePage {
    /// Whose website it plays.
    pub sender: String,
    /// Its language.
    pub lang: Lang,
    /// Host that it plays.
    pub host: String,
    /// What the page is for.
    pub kind: PageKind,
    /// What its visitors are asked.
    pub visit_mode: VisitMode,
    /// Where an appointment can be made.
    pub booking_path: Option<String>,
    /// The quote form, when there is one.
    pub form: Option<(String, OpenForm)>,
}

/// Number, host and path of an address of the practice website.
fn parts(path: &str) -> Option<(u32, &str, &str)> {
    let (number, rest) = path.strip_prefix(PATH)?.split_once('/')?;
    let (host, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    Some((number.parse().ok()?, host, if below.is_empty() { "/" } else { below }))
}

impl Engine {
    /// The address at which practice mode plays a site.
    pub fn practice_site_url(&self, workspace_number: u32, host: &str) -> String {
        format!("{}{PATH}{workspace_number}/{host}", self.config().link_url)
    }

    /// Where a link leads when practice mode plays the site behind it; `None` for a live workspace and other sites.
    pub(crate) fn practice_target(
        &self,
        workspace: &Workspace,
        sites: &[Site],
        target: &str,
    ) -> Option<String> {
        let host = host_of(target).filter(|_| workspace.mode == "practice")?;
        let site = sites.iter().find(|site| site.host == host)?;
        let (_, rest) = target.split_once("://")?;
        let below = rest.find(['/', '?', '#']).map_or("/", |at| rest.get(at..).unwrap_or("/"));
        let slash = if below.starts_with('/') { "" } else { "/" };
        Some(format!("{}{slash}{below}", self.practice_site_url(workspace.number, &site.host)))
    }

    /// The host and path that a page of the practice website plays; `None` for any other page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn played_page(&self, workspace: WorkspaceId, path: &str) -> Result<Option<(String, String)>> {
        let Some((number, host, below)) = parts(path) else { return Ok(None) };
        let mut tx = self.store().read(workspace).await?;
        let found = account::workspace_in(&mut tx).await?;
        let is_played = found.mode == "practice" && found.number == number;
        Ok(is_played.then(|| (host.to_owned(), below.to_owned())))
    }

    /// A page of the practice website; `None` when the workspace is live or has no such site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn practice_page(&self, path: &str) -> Result<Option<PracticePage>> {
        let Some((number, host, below)) = parts(path) else { return Ok(None) };
        let Some(id) = self.workspace_of_number(number).await? else { return Ok(None) };
        let mut tx = self.store().read(id).await?;
        let workspace = account::workspace_in(&mut tx).await?;
        let Some(site) = site::all(&mut tx).await?.into_iter().find(|site| site.host == host) else {
            return Ok(None);
        };
        if workspace.mode != "practice" {
            return Ok(None);
        }
        let booking_page = booking::pages(&mut tx).await?.into_iter().find(|page| page.active);
        let form = form_token(self, &mut tx, number).await?;
        drop(tx);
        let form = match form {
            Some(token) => self.quote_form(&token).await?.map(|form| (format!("/f/{token}"), form)),
            None => None,
        };
        let settings = settings_of(&workspace)?;
        Ok(Some(PracticePage {
            lang: language_of(&workspace),
            kind: page_kind(below, None, &page_rules(&site.case_paths)),
            host: site.host,
            visit_mode: site.visit_mode,
            booking_path: booking_page.map(|page| format!("/b/{number}/{}", page.slug)),
            form,
            sender: sender_of(workspace, settings),
        }))
    }
}

async fn form_token(engine: &Engine, tx: &mut Tx, workspace_number: u32) -> Result<Option<String>> {
    let inlets = inlet::all(tx).await?;
    let form = inlets.into_iter().find(|one| one.active && one.kind == InletKind::QuoteForm);
    Ok(form
        .map(|one| engine.keys().public_token(TokenKind::Inlet, TokenClaim { workspace_number, id: one.id })))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn an_address_says_which_page_of_which_site_is_played() {
        for (path, expected) in [
            ("/practice-site/3/www.bureau.example/cases/a", Some((3, "www.bureau.example", "/cases/a"))),
            ("/practice-site/3/www.bureau.example/", Some((3, "www.bureau.example", "/"))),
            ("/practice-site/3/www.bureau.example", Some((3, "www.bureau.example", "/"))),
            ("/practice-site/x/www.bureau.example/", None),
            ("/practice-site/3", None),
            ("/cases/a", None),
        ] {
            assert_eq!(parts(path), expected, "{path}");
        }
    }
}
