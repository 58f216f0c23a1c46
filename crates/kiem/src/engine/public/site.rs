//! The workspace's own websites: where visits may be measured, and which pages are case studies.

use kiem_domain::engagement::page::{PageKind, PageRule, page_kind};
use kiem_store::account::{self, Workspace};
use kiem_store::site::{self, Site, VisitMode};
use uuid::Uuid;

use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// A site as a person fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteInput {
    /// Host name; an address is understood too.
    pub host: String,
    /// `off`, `click_session` or `consented`.
    pub visit_mode: String,
    /// Pages that the workspace named: kind and path.
    pub pages: Vec<(String, String)>,
}

/// A site as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteView {
    /// The site.
    pub site: Site,
    /// Pages that the workspace named.
    pub pages: Vec<PageRule>,
    /// The line that goes into the site's pages.
    pub snippet: String,
    /// Where practice mode plays it; none in a live workspace.
    pub practice_url: Option<String>,
}

impl Engine {
    /// The sites.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn sites(&self, caller: &Caller) -> Result<Vec<SiteView>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let workspace = account::workspace_in(&mut tx).await?;
        Ok(site::all(&mut tx).await?.into_iter().map(|site| self.site_view(&workspace, site)).collect())
    }

    /// Adds a site.
    ///
    /// # Errors
    /// When a field is not right, the host is there already, or the caller may not.
    pub async fn add_site(&self, caller: &Caller, input: &SiteInput) -> Result<SiteView> {
        caller.may(Permission::Configure)?;
        let site = self.site_from(self.new_id(), input)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        site::insert(&mut tx, &site).await?;
        let workspace = account::workspace_in(&mut tx).await?;
        let detail = serde_json::json!({ "host": site.host });
        self.audit(&mut tx, caller, "site.created", "site", Some(site.id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(self.site_view(&workspace, site))
    }

    /// Changes a site.
    ///
    /// # Errors
    /// When it is not there, a field is not right, or the caller may not.
    pub async fn change_site(&self, caller: &Caller, id: Uuid, input: &SiteInput) -> Result<SiteView> {
        caller.may(Permission::Configure)?;
        let site = self.site_from(id, input)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !site::update(&mut tx, &site).await? {
            return Err(EngineError::NotFound);
        }
        let workspace = account::workspace_in(&mut tx).await?;
        let detail = serde_json::json!({ "host": site.host, "visits": site.visit_mode.as_str() });
        self.audit(&mut tx, caller, "site.changed", "site", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(self.site_view(&workspace, site))
    }

    /// Removes a site: its visits are recorded no more.
    ///
    /// # Errors
    /// When it is not there or the caller may not.
    pub async fn remove_site(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !site::remove(&mut tx, id).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "site.removed", "site", Some(id), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    fn site_from(&self, id: Uuid, input: &SiteInput) -> Result<Site> {
        let mut errors = Vec::new();
        let text = input.host.trim().to_lowercase();
        let host = if text.contains("://") { host_of(&text) } else { host_of(&format!("https://{text}")) };
        if host.is_none() {
            errors.push(FieldError::new("host", "host"));
        }
        let mode = input.visit_mode.parse::<VisitMode>();
        if mode.is_err() {
            errors.push(FieldError::new("visit_mode", "unknown_choice"));
        }
        if input.pages.len() > 500 {
            errors.push(FieldError::new("pages", "too_many"));
        }
        let mut lines = Vec::new();
        for (i, (kind, path)) in input.pages.iter().enumerate() {
            if kind.parse::<PageKind>().is_err() {
                errors.push(FieldError::new(format!("pages.{i}.kind"), "unknown_choice"));
            }
            if !path.starts_with('/') || path.contains(char::is_whitespace) || path.len() > 500 {
                errors.push(FieldError::new(format!("pages.{i}.path"), "path"));
            }
            lines.push(format!("{kind} {path}"));
        }
        match (host, mode) {
            (Some(host), Ok(visit_mode)) if errors.is_empty() => {
                Ok(Site { id, host, visit_mode, case_paths: lines.join("\n"), created_at: self.now() })
            }
            _ => Err(EngineError::Invalid(errors)),
        }
    }

    fn site_view(&self, workspace: &Workspace, site: Site) -> SiteView {
        let mode = match site.visit_mode {
            VisitMode::Consented => " data-mode=\"consented\"",
            VisitMode::Off | VisitMode::ClickSession => "",
        };
        let snippet = format!("<script defer src=\"{}/s.js\"{mode}></script>", self.config().link_url);
        let practice_url = (workspace.mode == "practice")
            .then(|| format!("{}/", self.practice_site_url(workspace.number, &site.host)));
        SiteView { pages: page_rules(&site.case_paths), site, snippet, practice_url }
    }
}

/// What a path would be taken for on a site, for the settings page.
pub fn recognised_kind(path: &str, rules: &[PageRule]) -> PageKind {
    page_kind(path, None, rules)
}

/// The stored lines as rules; a line that cannot be read names nothing.
pub fn page_rules(lines: &str) -> Vec<PageRule> {
    lines
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(kind, path)| Some(PageRule { path: path.to_owned(), kind: kind.parse().ok()? }))
        .collect()
}

/// The host of a web address, in lower case and without port; `None` for anything else, and for addresses that carry
/// a name and password.
pub fn host_of(url: &str) -> Option<String> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        url.get(8..)?
    } else if lower.starts_with("http://") {
        url.get(7..)?
    } else {
        return None;
    };
    if url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    if authority.contains('@') {
        return None;
    }
    let host = authority.split(':').next()?.to_ascii_lowercase();
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    (!host.is_empty() && host.len() <= 253 && host.chars().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_have_a_host() {
        for (url, host) in [
            ("https://www.voorbeeld.example/cases/a?x=1#y", Some("www.voorbeeld.example")),
            ("HTTP://Voorbeeld.example:8080", Some("voorbeeld.example")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("https://naam:wacht@voorbeeld.example/", None),
            ("https://voorbeeld.example\\@elders.example/", None),
            ("https://voorbeeld.example/\r\nX: y", None),
            ("https:///pad", None),
            ("//voorbeeld.example", None),
        ] {
            assert_eq!(host_of(url).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn named_pages_win_and_unreadable_lines_name_nothing() {
        let rules = page_rules("case_study_detail /werk/*\nonzin\nkapot /x");
        assert_eq!(rules.len(), 1);
        assert_eq!(recognised_kind("/werk/bakkerij", &rules), PageKind::CaseStudyDetail);
        assert_eq!(recognised_kind("/cases/bakkerij", &[]), PageKind::CaseStudyDetail);
        assert_eq!(recognised_kind("/cases", &[]), PageKind::CaseStudyIndex);
    }
}
