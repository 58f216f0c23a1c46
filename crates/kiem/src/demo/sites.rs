//! What some companies' websites say in the demonstration: in practice mode no site is read, so it is written down as a
//! reading would leave it.

use kiem_domain::website::{FactKind, ReadingOutcome};
use kiem_store::company::{self, Company};
use kiem_store::website::{self, WebsiteFact, WebsiteReading};

use super::player::Player;

/// Companies whose site was read; every third has one.
const N_COMPANIES: i64 = 150;
/// Technologies, and what they are for.
const TECHNOLOGIES: &[(&str, &str)] =
    &[("WordPress", "cms"), ("Shopify", "shop"), ("HubSpot", "marketing"), ("Google Analytics", "analytics")];
/// Headlines of news.
const NEWS: &[&str] = &[
    "Nieuwe loods in gebruik genomen",
    "Twintig jaar: dank aan al onze klanten",
    "Wij zijn nu ook op zaterdag open",
    "Eerste elektrische vrachtwagen rijdt",
];
/// Titles of vacancies.
const VACANCIES: &[&str] = &["Planner (m/v)", "Medewerker logistiek", "Werkvoorbereider", "Hoofd planning"];

/// Gives a part of the companies what a reading of their site would have given.
///
/// # Errors
/// When the database fails.
pub async fn read_some(player: &Player) -> anyhow::Result<()> {
    let mut tx = player.engine.store().begin(player.workspace).await?;
    let firms = company::page(&mut tx, None, N_COMPANIES).await?;
    for (n, mut firm) in firms.into_iter().enumerate().filter(|(n, _)| n % 3 == 0) {
        let Some(domain) = firm.domain.clone() else { continue };
        let facts = facts_of(player, &firm, &domain, n);
        let lines = |kinds: &[FactKind]| {
            let lines: Vec<&str> =
                facts.iter().filter(|f| kinds.contains(&f.kind)).map(|f| f.value.as_str()).collect();
            Some(lines.join("\n"))
        };
        firm.details.site_technologies = lines(&[FactKind::Technology]);
        firm.details.site_words = lines(&[FactKind::Description, FactKind::News, FactKind::Vacancy]);
        let reading = WebsiteReading {
            company_id: firm.id,
            site: domain,
            read_at: player.engine.now(),
            outcome: ReadingOutcome::Read,
            outcome_detail: None,
            n_pages: 4,
            refused: "[]".to_owned(),
            content_hash: String::new(),
            retry_at: None,
        };
        website::put_reading(&mut tx, &reading).await?;
        website::replace_facts(&mut tx, firm.id, &facts).await?;
        company::update(&mut tx, &firm).await?;
    }
    Ok(tx.commit().await?)
}

fn facts_of(player: &Player, firm: &Company, domain: &str, n: usize) -> Vec<WebsiteFact> {
    let pick = |from: &'static [&'static str]| (*from.get(n / 3 % from.len()).unwrap_or(&"")).to_owned();
    let industry = firm.industry.clone().unwrap_or_default().to_lowercase();
    let (technology, category) = TECHNOLOGIES.get(n / 3 % TECHNOLOGIES.len()).copied().unwrap_or_default();
    let about =
        format!("{} is een familiebedrijf in {industry}, met een eigen planning en webshop.", firm.name);
    [
        (FactKind::Description, about, "", ""),
        (FactKind::Technology, technology.to_owned(), category, ""),
        (FactKind::News, pick(NEWS), "", "nieuws"),
        (FactKind::Vacancy, pick(VACANCIES), "", "vacatures"),
    ]
    .into_iter()
    .map(|(kind, value, category, page)| WebsiteFact {
        id: player.engine.new_id(),
        company_id: firm.id,
        kind,
        details: if category.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\"category\":\"{category}\"}}")
        },
        url: format!("https://www.{domain}/{page}"),
        snippet: value.clone(),
        value,
        read_at: player.engine.now(),
        content_hash: String::new(),
        is_personal: false,
    })
    .collect()
}
