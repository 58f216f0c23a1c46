//! Which address of a company is read.

use kiem_domain::company::DomainName;
use kiem_store::company::Company;
use kiem_store::website_run::WaitingSite;

/// The address that is read for a company, and its host. Its website as written, unless that is a page on a platform that
/// others share and its own domain is known. `None` when nothing is known.
pub(super) fn site_of(website: Option<&str>, domain: Option<&str>) -> Option<(String, String)> {
    let written =
        website.map(str::trim).filter(|text| !text.is_empty() && !text.contains(char::is_whitespace));
    let is_shared =
        |text: &str| DomainName::parse(text).is_ok_and(|d| d.is_platform() || d.registrable().is_platform());
    let own = written.filter(|text| domain.is_none() || !is_shared(text)).or(domain)?;
    let (scheme, rest) = match own.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, own),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    if host.is_empty() {
        return None;
    }
    let site = if scheme.is_some() { own.to_owned() } else { host.clone() };
    // Two companies that write one host with and without `www.` still share it.
    let host = host.strip_prefix("www.").map_or(host.clone(), str::to_owned);
    Some((site, host))
}

/// A company as it waits in a round. Who has no website waits alone, and is told so.
pub(super) fn waiting(company: &Company) -> WaitingSite {
    let site = site_of(company.website.as_deref(), company.domain.as_deref());
    WaitingSite {
        company_id: company.id,
        host: site.map_or_else(|| company.id.to_string(), |(_, host)| host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companys_own_site_is_read() {
        for (website, domain, site, host) in [
            (Some("www.klant.example/nl"), None, "www.klant.example", "klant.example"),
            (
                Some("https://klant.example/nl"),
                Some("klant.example"),
                "https://klant.example/nl",
                "klant.example",
            ),
            (Some("http://127.0.0.1:81/"), None, "http://127.0.0.1:81/", "127.0.0.1:81"),
            (Some("KLANT.example"), Some("ander.example"), "klant.example", "klant.example"),
            (Some("https://www.facebook.com/klant"), Some("klant.example"), "klant.example", "klant.example"),
            (Some("zie onder"), Some("klant.example"), "klant.example", "klant.example"),
            (None, Some("klant.example"), "klant.example", "klant.example"),
        ] {
            let expected = Some((site.to_owned(), host.to_owned()));
            assert_eq!(site_of(website, domain), expected, "{website:?} {domain:?}");
        }
        assert!(
            site_of(Some("https://www.facebook.com/klant"), None).is_some(),
            "refused by name when it is read"
        );
        for (website, domain) in [(None, None), (Some(" "), None), (Some("https://"), None)] {
            assert_eq!(site_of(website, domain), None, "{website:?}");
        }
    }
}
