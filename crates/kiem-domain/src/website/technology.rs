//! The programs and services that a site runs on, by a short list of fingerprints of our own (`technologies.txt`).

use std::sync::OnceLock;

use super::facts::{Fact, Finding};
use super::page::Page;
use super::text::shortened;

const LIST: &str = include_str!("technologies.txt");

/// Longest snippet of an address, in characters.
const SNIPPET_CHARS_MAX: usize = 160;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Source,
    Generator,
    Header,
    Cookie,
}

struct Technology {
    name: &'static str,
    category: &'static str,
    prints: Vec<(Place, &'static str)>,
}

fn technologies() -> &'static [Technology] {
    static READ: OnceLock<Vec<Technology>> = OnceLock::new();
    READ.get_or_init(|| LIST.lines().filter_map(parsed).collect())
}

/// One line of the list; a line that is not formed so says nothing, which a test refuses.
fn parsed(line: &'static str) -> Option<Technology> {
    if line.starts_with('#') {
        return None;
    }
    let mut parts = line.splitn(3, '|').map(str::trim);
    let (name, category, prints) = (parts.next()?, parts.next()?, parts.next()?);
    let print = |text: &'static str| {
        let (place, text) = text.trim().split_once(':')?;
        let place = match place {
            "src" => Place::Source,
            "generator" => Place::Generator,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => return None,
        };
        Some((place, text))
    };
    let prints: Option<Vec<_>> = prints.split(", ").map(print).collect();
    Some(Technology { name, category, prints: prints? })
}

/// The technologies of a page, each with the first trace that shows it.
pub(super) fn found(page: &Page, facts: &mut Vec<Fact>) {
    let generator = page.meta("generator").unwrap_or_default().to_lowercase();
    let sources: Vec<String> = page.sources.iter().map(|s| s.to_lowercase()).collect();
    let is_cookie = |(name, _): &&(String, String)| name == "set-cookie";
    let cookies: Vec<String> =
        page.headers.iter().filter(is_cookie).map(|(_, cookie)| cookie.to_lowercase()).collect();
    let headers: Vec<String> = page
        .headers
        .iter()
        .filter(|h| !is_cookie(h))
        .map(|(n, v)| format!("{n}: {v}").to_lowercase())
        .collect();
    for technology in technologies() {
        let trace = technology.prints.iter().find_map(|(place, text)| match place {
            Place::Source => sources.iter().find(|s| s.contains(text)).cloned(),
            Place::Generator => generator.starts_with(text).then(|| format!("generator: {generator}")),
            Place::Header => headers.iter().find(|h| h.contains(text)).cloned(),
            Place::Cookie => cookies.iter().find(|c| c.starts_with(text)).map(|c| format!("cookie: {c}")),
        });
        if let Some(trace) = trace {
            let finding = Finding::Technology(technology.name, technology.category);
            let snippet: String = shortened(&trace, SNIPPET_CHARS_MAX);
            facts.push(Fact { finding, url: page.url.clone(), snippet });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::Meta;

    #[test]
    fn every_line_of_the_list_is_understood_and_no_name_stands_twice() {
        let n_lines = LIST.lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(technologies().len(), n_lines);
        let mut names: Vec<&str> = technologies().iter().map(|t| t.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n_lines);
        for technology in technologies() {
            assert!(
                technology.prints.iter().all(|(_, p)| *p == p.to_lowercase() && p.len() > 2),
                "{}",
                technology.name
            );
        }
    }

    #[test]
    fn traces_show_what_a_site_runs_on() {
        let page = Page {
            metas: vec![Meta { name: "generator".to_owned(), content: "WordPress 6.9".to_owned() }],
            sources: vec!["https://js.hs-scripts.com/123.js".to_owned()],
            headers: vec![
                ("server".to_owned(), "cloudflare".to_owned()),
                ("set-cookie".to_owned(), "laravel_session".to_owned()),
            ],
            ..Page::default()
        };
        let mut facts = Vec::new();
        found(&page, &mut facts);
        let told: Vec<String> = facts.iter().map(|f| f.finding.value()).collect();
        assert_eq!(told, ["WordPress", "Laravel", "HubSpot", "Cloudflare"]);
        assert_eq!(facts[0].snippet, "generator: wordpress 6.9");
    }
}
