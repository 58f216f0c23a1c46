//! Invented Dutch companies and people. Names are combined from common parts; any likeness to a real company is chance,
//! and every address ends in `.example`.

/// A sequence of numbers that is the same every time (a linear congruential generator; nothing here is secret).
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// The next number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The high bits are the random ones.
        usize::try_from((self.0 >> 33) % (n.max(1) as u64)).unwrap_or(0)
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let i = self.below(from.len());
        &from[i]
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const GIVEN: &[&str] = &[
    "Eva", "Sanne", "Lotte", "Fleur", "Anouk", "Iris", "Maud", "Femke", "Marieke", "Annelies", "Saskia",
    "Ingrid", "Fatima", "Yasmina", "Noor", "Esther", "Wendy", "Petra", "Monique", "Carla", "Jan", "Pieter",
    "Bas", "Daan", "Sem", "Thijs", "Jeroen", "Sander", "Maarten", "Wouter", "Joost", "Kees", "Henk",
    "Gerard", "Bart", "Ruben", "Mehmet", "Youssef", "Rachid", "Dirk", "Erik", "Frank", "Rob", "Niels",
    "Koen", "Lars", "Tom", "Willem",
];

const FAMILY: &[(&str, &str)] = &[
    ("", "Jansen"),
    ("de", "Vries"),
    ("van den", "Berg"),
    ("van", "Dijk"),
    ("", "Bakker"),
    ("", "Visser"),
    ("", "Smit"),
    ("", "Meijer"),
    ("de", "Boer"),
    ("", "Mulder"),
    ("de", "Groot"),
    ("", "Bos"),
    ("", "Vos"),
    ("", "Peters"),
    ("", "Hendriks"),
    ("van", "Leeuwen"),
    ("", "Dekker"),
    ("", "Brouwer"),
    ("de", "Wit"),
    ("", "Dijkstra"),
    ("van der", "Meer"),
    ("van der", "Linden"),
    ("", "Kok"),
    ("", "Jacobs"),
    ("de", "Haan"),
    ("van den", "Heuvel"),
    ("", "Vermeulen"),
    ("van den", "Broek"),
    ("de", "Bruijn"),
    ("", "Schouten"),
    ("van der", "Heijden"),
    ("", "Willems"),
    ("van", "Vliet"),
    ("", "Hoekstra"),
    ("", "Koster"),
    ("", "Prins"),
    ("van", "Dam"),
    ("", "Blom"),
    ("ter", "Horst"),
    ("'t", "Hart"),
    ("", "Yilmaz"),
    ("El", "Amrani"),
    ("", "Postma"),
    ("van 't", "Veer"),
    ("", "Kuipers"),
];

const PLACES: &[(&str, &str)] = &[
    ("Amsterdam", "Noord-Holland"),
    ("Rotterdam", "Zuid-Holland"),
    ("Utrecht", "Utrecht"),
    ("Eindhoven", "Noord-Brabant"),
    ("Groningen", "Groningen"),
    ("Tilburg", "Noord-Brabant"),
    ("Almere", "Flevoland"),
    ("Breda", "Noord-Brabant"),
    ("Nijmegen", "Gelderland"),
    ("Apeldoorn", "Gelderland"),
    ("Haarlem", "Noord-Holland"),
    ("Arnhem", "Gelderland"),
    ("Enschede", "Overijssel"),
    ("Amersfoort", "Utrecht"),
    ("Zaandam", "Noord-Holland"),
    ("Den Bosch", "Noord-Brabant"),
    ("Zwolle", "Overijssel"),
    ("Leiden", "Zuid-Holland"),
    ("Maastricht", "Limburg"),
    ("Dordrecht", "Zuid-Holland"),
    ("Ede", "Gelderland"),
    ("Deventer", "Overijssel"),
    ("Leeuwarden", "Friesland"),
    ("Alkmaar", "Noord-Holland"),
    ("Emmen", "Drenthe"),
    ("Venlo", "Limburg"),
    ("Goes", "Zeeland"),
    ("Hengelo", "Overijssel"),
    ("Gouda", "Zuid-Holland"),
];

/// Industry, words for company names in it, and what they do.
const INDUSTRIES: &[(&str, &[&str])] = &[
    ("Groothandel", &["Groothandel", "Handelshuis", "Import", "Techniek & Handel"]),
    ("Bouw", &["Bouw", "Aannemersbedrijf", "Installatie", "Dakwerken"]),
    ("Logistiek", &["Transport", "Logistiek", "Expeditie", "Warehousing"]),
    ("Metaal en machinebouw", &["Metaal", "Machinebouw", "Plaatwerk", "Constructie"]),
    ("Zakelijke dienstverlening", &["Advies", "Consultancy", "Accountants", "Partners"]),
    ("Voeding", &["Bakkerij", "Zuivel", "Versgroep", "Foodservice"]),
    ("ICT", &["Software", "ICT", "Data", "Cloud"]),
    ("Zorg", &["Zorggroep", "Thuiszorg", "Kliniek", "Hulpmiddelen"]),
    ("Retail", &["Wonen", "Mode", "Interieur", "Tuincentrum"]),
    ("Agri", &["Tuinbouw", "Kwekerij", "Agri", "Veredeling"]),
];

const NAMES: &[&str] = &[
    "Noorderlicht",
    "Delta",
    "Rijnmond",
    "De Vlier",
    "Oosterhof",
    "Vermeer",
    "Westland",
    "Kompas",
    "De Linde",
    "Hoogland",
    "Merwede",
    "Vechtdal",
    "Zuiderzee",
    "De Brug",
    "Maasland",
    "Kruispunt",
    "Bergkwartier",
    "Horizon",
    "De Waag",
    "Polder",
    "Duinzicht",
    "Eemstad",
    "Van Straten",
    "Brinkman",
    "Terwisscha",
    "Lommerrijk",
    "Zonneveld",
    "Haverkamp",
    "Spaarne",
    "Dommel",
    "Veluwe",
    "IJssel",
    "Gelre",
    "Holland",
    "Batavia",
    "Molenaar",
    "De Haven",
    "Wadden",
    "Klaver",
    "Ruysdael",
];

const TITLES: &[&str] = &[
    "Directeur",
    "Eigenaar",
    "Hoofd inkoop",
    "Commercieel directeur",
    "Operationeel manager",
    "Manager logistiek",
    "Financieel directeur",
    "IT-manager",
    "Inkoper",
    "Bedrijfsleider",
    "Hoofd verkoop",
    "Marketingmanager",
    "DGA",
    "Projectleider",
    "HR-manager",
    "Assistent inkoop",
    "Algemeen directeur",
    "Teamleider planning",
];

/// One row of the list that is brought in.
#[derive(Debug, Clone)]
pub struct Row {
    /// Company name.
    pub company: String,
    /// KvK number.
    pub kvk: String,
    /// Its domain.
    pub domain: String,
    /// Its industry.
    pub industry: &'static str,
    /// Its city.
    pub city: &'static str,
    /// Its province.
    pub region: &'static str,
    /// Its size; empty when unknown.
    pub employees: String,
    /// First name.
    pub given: &'static str,
    /// Tussenvoegsel.
    pub infix: &'static str,
    /// Family name.
    pub family: &'static str,
    /// Job title; empty when unknown.
    pub title: &'static str,
    /// Address.
    pub email: String,
}

/// Companies with one to three people each, the same every time.
pub fn rows(n_companies: usize) -> Vec<Row> {
    let mut numbers = Numbers::new(20_261_124);
    let mut rows = Vec::new();
    for i in 0..n_companies {
        let (industry, words) = *numbers.pick(INDUSTRIES);
        let (city, region) = *numbers.pick(PLACES);
        let name = *numbers.pick(NAMES);
        let word = *numbers.pick(words);
        let form = *numbers.pick(&["B.V.", "B.V.", "BV", "Holding B.V.", "N.V.", "V.O.F."]);
        let employees = if numbers.chance(12) {
            String::new()
        } else {
            (5 + numbers.below(40) * (1 + numbers.below(12))).to_string()
        };
        let slug: String =
            format!("{name}{word}").to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let domain = format!("{slug}{}.example", i + 1);
        let n_people = 1 + usize::from(numbers.chance(42)) + usize::from(numbers.chance(14));
        let mut used = Vec::new();
        for _ in 0..n_people {
            let given = *numbers.pick(GIVEN);
            let (infix, family) = *numbers.pick(FAMILY);
            let local: String = format!("{given}.{infix}{family}")
                .to_lowercase()
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
                .collect();
            if used.contains(&local) {
                continue;
            }
            rows.push(Row {
                company: format!("{word} {name} {form}"),
                kvk: format!("{:08}", 10_000_019 + i * 137),
                domain: domain.clone(),
                industry,
                city,
                region,
                employees: employees.clone(),
                given,
                infix,
                family,
                title: if numbers.chance(8) { "" } else { numbers.pick::<&str>(TITLES) },
                email: format!("{local}@{domain}"),
            });
            used.push(local);
        }
    }
    rows
}

/// The list as a Dutch spreadsheet would export it.
pub fn csv(rows: &[Row]) -> Vec<u8> {
    let mut text = String::from(
        "Bedrijfsnaam;KvK-nummer;Website;Branche;Plaats;Provincie;Land;Aantal medewerkers;Voornaam;Tussenvoegsel;Achternaam;Functie;E-mailadres\r\n",
    );
    for row in rows {
        text.push_str(&format!(
            "{};{};https://www.{};{};{};{};Nederland;{};{};{};{};{};{}\r\n",
            row.company,
            row.kvk,
            row.domain,
            row.industry,
            row.city,
            row.region,
            row.employees,
            row.given,
            row.infix,
            row.family,
            row.title,
            row.email
        ));
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_large_enough_the_same_every_time_and_never_real() {
        let list = rows(430);
        assert!(list.len() >= 600, "{} people", list.len());
        assert_eq!(csv(&list), csv(&rows(430)));
        assert!(list.iter().all(|row| row.email.ends_with(".example")));
        let mut emails: Vec<&str> = list.iter().map(|row| row.email.as_str()).collect();
        emails.sort_unstable();
        emails.dedup();
        assert_eq!(emails.len(), list.len(), "every address once");
        assert!(list.iter().any(|row| row.infix == "van der"));
    }
}
