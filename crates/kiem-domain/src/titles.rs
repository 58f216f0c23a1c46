//! What a job title says: how senior somebody is, in which department, and what part they play in buying.
//!
//! Dutch, English, German and French words. A title that is not understood stays unknown; a wrong "director" costs
//! more than an open question.

use crate::names::fold;

text_enum! {
    /// How senior a person is.
    pub enum Seniority {
        /// Owns the company or is its managing shareholder.
        Owner = "owner",
        /// Board or C-level.
        CLevel = "c_level",
        /// Director of a part of the company.
        Director = "director",
        /// Head of a department.
        Head = "head",
        /// Leads a team.
        Manager = "manager",
        /// Everybody else.
        Staff = "staff",
    }
}

text_enum! {
    /// The part of a company somebody works in.
    pub enum Department {
        /// The company as a whole.
        General = "general",
        /// Sales.
        Sales = "sales",
        /// Marketing and communication.
        Marketing = "marketing",
        /// Finance and administration.
        Finance = "finance",
        /// Information technology.
        It = "it",
        /// Operations, production, logistics.
        Operations = "operations",
        /// People.
        Hr = "hr",
        /// Buying.
        Procurement = "procurement",
        /// Legal and privacy.
        Legal = "legal",
        /// Technology, engineering, research.
        Engineering = "engineering",
        /// Customer service.
        Service = "service",
    }
}

text_enum! {
    /// What part somebody plays when a company buys.
    pub enum BuyingRole {
        /// Decides about the money.
        Decider = "decider",
        /// Judges and advises; often starts it.
        Influencer = "influencer",
        /// Negotiates terms.
        Procurement = "procurement",
        /// Checks contracts and privacy.
        Legal = "legal",
        /// Works with it.
        User = "user",
        /// Guards the door of somebody who decides.
        Gatekeeper = "gatekeeper",
    }
}

/// What a title says; what it does not say is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TitleReading {
    /// How senior.
    pub seniority: Option<Seniority>,
    /// Which department.
    pub department: Option<Department>,
    /// Which part in buying.
    pub buying_role: Option<BuyingRole>,
}

/// Assistants of directors: their titles hold the director's words.
const GATEKEEPERS: &[&str] = &[
    "directiesecretaresse",
    "directiesecretaris",
    "managementassistent",
    "managementassistente",
    "directieassistent",
    "directieassistente",
    "executive assistant",
    "personal assistant",
    "assistant to",
    "assistent van",
    "assistente van",
    "secretaresse",
    "secretary",
    "office manager",
    "officemanager",
    "receptionist",
    "receptioniste",
    "sekretarin",
    "assistentin der",
    "assistenz der",
    "assistante de direction",
];

/// No longer in the job: says nothing about the present.
const FORMER: &[&str] =
    &["oud", "voormalig", "former", "ex", "ehemaliger", "ehemalige", "ancien", "retired", "gepensioneerd"];

/// Titles with a manager's word that lead nobody.
const STAFF_DESPITE: &[&str] = &[
    "accountmanager",
    "account manager",
    "projectmanager",
    "project manager",
    "product owner",
    "productowner",
    "product manager",
    "productmanager",
    "community manager",
    "communitymanager",
    "relatiemanager",
    "casemanager",
    "case manager",
    "hr business partner",
    "business partner",
    "partner manager",
    "partnermanager",
    "hoofdingenieur",
    "hoofdredacteur",
    "hoofdconducteur",
    "key account manager",
    "contentmanager",
    "content manager",
    "salesmanager binnendienst",
];

/// Words per seniority; the first list with a hit wins, so the strongest stands first.
const SENIORITIES: &[(Seniority, &[&str])] = &[
    (
        Seniority::Owner,
        &[
            "eigenaar",
            "eigenaresse",
            "mede-eigenaar",
            "oprichter",
            "medeoprichter",
            "founder",
            "co-founder",
            "cofounder",
            "owner",
            "co-owner",
            "dga",
            "directeur-grootaandeelhouder",
            "directeur grootaandeelhouder",
            "vennoot",
            "maat",
            "ondernemer",
            "zaakvoerder",
            "zaakvoerster",
            "gerant",
            "gerante",
            "inhaber",
            "inhaberin",
            "gesellschafter",
            "proprietor",
            "fondateur",
            "zzp",
            "zzp'er",
            "freelancer",
            "zelfstandige",
        ],
    ),
    (
        Seniority::CLevel,
        &[
            "ceo",
            "cfo",
            "coo",
            "cto",
            "cio",
            "cmo",
            "chro",
            "cso",
            "cpo",
            "cro",
            "cco",
            "ciso",
            "chief",
            "algemeen directeur",
            "algemene directeur",
            "managing director",
            "general manager",
            "financieel directeur",
            "commercieel directeur",
            "technisch directeur",
            "operationeel directeur",
            "statutair directeur",
            "bestuurder",
            "bestuursvoorzitter",
            "raad van bestuur",
            "md",
            "vorstand",
            "geschaftsfuhrer",
            "geschaftsfuhrerin",
            "geschaftsleiter",
            "president",
            "pdg",
            "directeur general",
            "directrice generale",
            "partner",
            "managing partner",
            "gedelegeerd bestuurder",
            "directievoorzitter",
        ],
    ),
    (
        Seniority::Director,
        &[
            "vp",
            "vice president",
            "vice-president",
            "director",
            "directeur",
            "directrice",
            "adjunct-directeur",
            "direktor",
            "direktorin",
            "vestigingsdirecteur",
            "regiodirecteur",
            "bestuurslid",
            "directielid",
            "bereichsleiter",
            "evp",
            "svp",
        ],
    ),
    (
        Seniority::Head,
        &[
            "hoofd",
            "head",
            "afdelingshoofd",
            "leiter",
            "leiterin",
            "abteilungsleiter",
            "responsable",
            "sectormanager",
            "chef de service",
            "diensthoofd",
            "verantwoordelijke",
        ],
    ),
    (
        Seniority::Manager,
        &[
            "manager",
            "teamleider",
            "teamleidster",
            "team lead",
            "teamlead",
            "teamleiter",
            "coordinator",
            "koordinator",
            "chef",
            "bedrijfsleider",
            "filiaalmanager",
            "projectleider",
            "supervisor",
            "leidinggevende",
            "lead",
        ],
    ),
    (
        Seniority::Staff,
        &[
            "medewerker",
            "medewerkster",
            "adviseur",
            "adviseuse",
            "consultant",
            "specialist",
            "assistent",
            "assistente",
            "assistant",
            "stagiair",
            "stagiaire",
            "trainee",
            "intern",
            "junior",
            "medior",
            "senior",
            "engineer",
            "ontwikkelaar",
            "developer",
            "mitarbeiter",
            "mitarbeiterin",
            "berater",
            "sachbearbeiter",
            "charge de",
            "conseiller",
            "analist",
            "analyst",
            "monteur",
            "administrateur",
            "boekhouder",
            "verkoper",
            "vertegenwoordiger",
            "representative",
            "executive",
            "recruiter",
            "docent",
            "planner",
            "inkoper",
            "controller",
            "jurist",
            "marketeer",
            "designer",
            "programmeur",
            "beheerder",
            "architect",
        ],
    ),
];

/// Word beginnings per department; the first list with a hit wins.
const DEPARTMENTS: &[(Department, &[&str])] = &[
    (
        Department::Legal,
        &[
            "juridisch",
            "jurist",
            "legal",
            "privacy",
            "dpo",
            "compliance",
            "recht",
            "juridique",
            "functionaris gegevensbescherming",
        ],
    ),
    (
        Department::Procurement,
        &["inkoop", "inkoper", "purchas", "procurement", "sourcing", "buyer", "einkauf", "achat", "acheteur"],
    ),
    (
        Department::Hr,
        &[
            "hr",
            "hrm",
            "chro",
            "p&o",
            "human resources",
            "personeel",
            "personeelszaken",
            "people",
            "talent",
            "recruit",
            "rh",
            "ressources humaines",
        ],
    ),
    (
        Department::Finance,
        &[
            "financ",
            "finanz",
            "cfo",
            "controller",
            "controlling",
            "boekhoud",
            "accounting",
            "accountant",
            "treasur",
            "administrateur",
            "comptab",
            "buchhalt",
        ],
    ),
    (
        Department::Marketing,
        &[
            "marketing",
            "marketeer",
            "cmo",
            "communicat",
            "kommunikation",
            "brand",
            "content",
            "e-commerce",
            "ecommerce",
            "pr",
        ],
    ),
    (
        Department::Sales,
        &[
            "sales",
            "verkoop",
            "verkoper",
            "commercieel",
            "commercial",
            "business development",
            "account",
            "vertrieb",
            "vente",
            "cso",
            "cro",
            "cco",
            "relatiemanager",
            "vertegenwoordiger",
        ],
    ),
    (
        Department::It,
        &[
            "it",
            "ict",
            "cio",
            "ciso",
            "software",
            "developer",
            "ontwikkelaar",
            "systeembeheer",
            "informatie",
            "informatiemanager",
            "information",
            "data",
            "security",
            "informatique",
            "edv",
            "programmeur",
            "devops",
        ],
    ),
    (
        Department::Service,
        &[
            "klantenservice",
            "klantcontact",
            "customer",
            "support",
            "helpdesk",
            "servicedesk",
            "kundendienst",
            "service",
        ],
    ),
    (
        Department::Engineering,
        &[
            "techni",
            "cto",
            "engineer",
            "r&d",
            "research",
            "ontwikkeling",
            "entwicklung",
            "onderzoek",
            "innovat",
            "product",
        ],
    ),
    (
        Department::Operations,
        &[
            "operatio",
            "coo",
            "productie",
            "production",
            "produktion",
            "logist",
            "supply chain",
            "magazijn",
            "warehouse",
            "facilit",
            "kwaliteit",
            "quality",
            "planning",
            "planner",
            "bedrijfsleider",
            "bedrijfsbureau",
            "fabriek",
            "plant",
        ],
    ),
];

/// Reads a title. `employees_n` sharpens the buying role: in a small company the boss decides nearly everything.
pub fn read_title(title: &str, employees_n: Option<u32>) -> TitleReading {
    let text = normalised(title);
    if text.is_empty() {
        return TitleReading::default();
    }
    if FORMER.iter().any(|word| starts_with_word(&text, word)) {
        return TitleReading::default();
    }
    if Phrases::of(&text).has_any(GATEKEEPERS) {
        return TitleReading {
            seniority: Some(Seniority::Staff),
            department: Some(Department::General),
            buying_role: Some(BuyingRole::Gatekeeper),
        };
    }
    // "Directeur / eigenaar", "Accountmanager en vennoot": the strongest part counts.
    let seniority = parts(&text).filter_map(seniority_of).min();
    let department = department_of(&text).or(match seniority {
        Some(Seniority::Owner | Seniority::CLevel) => Some(Department::General),
        _ => None,
    });
    TitleReading { seniority, department, buying_role: buying_role(seniority, department, employees_n) }
}

/// Folded, without "(m/v)", "a.i." and punctuation other than what separates titles.
fn normalised(title: &str) -> String {
    let folded = fold(title)
        .replace("(m/v/x)", " ")
        .replace("(m/v)", " ")
        .replace("a.i.", " ")
        .replace("ad interim", " ");
    let kept: String = folded
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '&' | '/' | '\'' | '|' | ',') { c } else { ' ' })
        .collect();
    kept.split_whitespace().filter(|w| *w != "interim").collect::<Vec<_>>().join(" ")
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['/', '|', ','])
        .flat_map(|p| p.split(" & "))
        .flat_map(|p| p.split(" en "))
        .flat_map(|p| p.split(" and "))
        .map(str::trim)
        .filter(|p| !p.is_empty())
}

fn seniority_of(part: &str) -> Option<Seniority> {
    let phrases = Phrases::of(part);
    if phrases.has_any(STAFF_DESPITE) && !phrases.has_any(&["hoofd", "head"]) {
        return Some(Seniority::Staff);
    }
    // "Commercieel directeur" is on the list above; a plain director with a department stays a director.
    let listed = SENIORITIES.iter().find(|(_, words)| phrases.has_any(words)).map(|(s, _)| *s);
    listed.or_else(|| {
        let compound =
            |ends: &[&str]| part.split(' ').any(|w| ends.iter().any(|e| w.ends_with(e) && w != *e));
        if compound(&["directeur", "direktor"]) {
            Some(Seniority::Director)
        } else if compound(&["leiter", "leiterin"]) {
            Some(Seniority::Head)
        } else if compound(&["manager", "managerin", "leider", "chef", "coordinator"]) {
            Some(Seniority::Manager)
        } else if compound(&[
            "medewerker",
            "adviseur",
            "consultant",
            "specialist",
            "assistent",
            "berater",
            "monteur",
        ]) {
            Some(Seniority::Staff)
        } else {
            None
        }
    })
}

fn department_of(text: &str) -> Option<Department> {
    let spaced = text.replace(['/', '|', ','], " ");
    let phrases = Phrases::of(&spaced);
    let says = |w: &str| if w.len() <= 3 { phrases.has(w) } else { phrases.has_prefix(w) };
    DEPARTMENTS.iter().find(|(_, words)| words.iter().any(|w| says(w))).map(|(d, _)| *d)
}

fn buying_role(
    seniority: Option<Seniority>,
    department: Option<Department>,
    employees_n: Option<u32>,
) -> Option<BuyingRole> {
    match department {
        Some(Department::Procurement) => return Some(BuyingRole::Procurement),
        Some(Department::Legal) => return Some(BuyingRole::Legal),
        _ => {}
    }
    let is_small = employees_n.is_some_and(|n| n <= 20);
    Some(match seniority? {
        Seniority::Owner | Seniority::CLevel => BuyingRole::Decider,
        // Below twenty people the boss decides, and a "director" of a part advises.
        Seniority::Director if is_small => BuyingRole::Influencer,
        Seniority::Director => BuyingRole::Decider,
        Seniority::Head | Seniority::Manager => BuyingRole::Influencer,
        Seniority::Staff => BuyingRole::User,
    })
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '-']))
}

/// A text, cut where a word can begin. Hundreds of phrases are asked for per title: looking only at these places is many
/// times faster than a search through the text for each.
struct Phrases<'a>(Vec<&'a str>);

impl<'a> Phrases<'a> {
    fn of(text: &'a str) -> Phrases<'a> {
        let mut after_word = false;
        let mut begins = Vec::new();
        for (at, c) in text.char_indices() {
            if !after_word {
                begins.push(&text[at..]);
            }
            after_word = c.is_alphanumeric();
        }
        Phrases(begins)
    }

    /// Whether the phrase stands in the text as whole words.
    fn has(&self, phrase: &str) -> bool {
        self.0.iter().any(|rest| {
            rest.strip_prefix(phrase).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
        })
    }

    fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    /// Whether a word of the text begins with it.
    fn has_prefix(&self, prefix: &str) -> bool {
        self.0.iter().any(|rest| rest.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seniority_department_and_role_of_real_titles() {
        use BuyingRole as B;
        use Department as D;
        use Seniority as S;
        type Row = (&'static str, Option<S>, Option<D>, Option<B>);
        let table: &[Row] = &[
            ("Directeur / eigenaar", Some(S::Owner), Some(D::General), Some(B::Decider)),
            ("DGA", Some(S::Owner), Some(D::General), Some(B::Decider)),
            ("Zaakvoerder", Some(S::Owner), Some(D::General), Some(B::Decider)),
            ("Co-founder & CTO", Some(S::Owner), Some(D::Engineering), Some(B::Decider)),
            ("Algemeen directeur", Some(S::CLevel), Some(D::General), Some(B::Decider)),
            ("Geschäftsführer", Some(S::CLevel), Some(D::General), Some(B::Decider)),
            ("CFO", Some(S::CLevel), Some(D::Finance), Some(B::Decider)),
            ("Commercieel directeur", Some(S::CLevel), Some(D::Sales), Some(B::Decider)),
            ("Directeur Marketing", Some(S::Director), Some(D::Marketing), Some(B::Decider)),
            ("VP Sales", Some(S::Director), Some(D::Sales), Some(B::Decider)),
            ("Hoofd ICT", Some(S::Head), Some(D::It), Some(B::Influencer)),
            ("Head of Operations", Some(S::Head), Some(D::Operations), Some(B::Influencer)),
            ("Leiter Einkauf", Some(S::Head), Some(D::Procurement), Some(B::Procurement)),
            ("Responsable informatique", Some(S::Head), Some(D::It), Some(B::Influencer)),
            ("Marketingmanager (m/v)", Some(S::Manager), Some(D::Marketing), Some(B::Influencer)),
            ("IT Manager", Some(S::Manager), Some(D::It), Some(B::Influencer)),
            ("Inkoopmanager", Some(S::Manager), Some(D::Procurement), Some(B::Procurement)),
            ("Manager a.i.", Some(S::Manager), None, Some(B::Influencer)),
            ("Accountmanager", Some(S::Staff), Some(D::Sales), Some(B::User)),
            ("HR Business Partner", Some(S::Staff), Some(D::Hr), Some(B::User)),
            ("Product Owner", Some(S::Staff), Some(D::Engineering), Some(B::User)),
            ("Hoofdredacteur", Some(S::Staff), None, Some(B::User)),
            ("Medewerker klantenservice", Some(S::Staff), Some(D::Service), Some(B::User)),
            ("Functionaris Gegevensbescherming", None, Some(D::Legal), Some(B::Legal)),
            ("Directiesecretaresse", Some(S::Staff), Some(D::General), Some(B::Gatekeeper)),
            ("Assistent van de directeur", Some(S::Staff), Some(D::General), Some(B::Gatekeeper)),
            ("Executive Assistant to the CEO", Some(S::Staff), Some(D::General), Some(B::Gatekeeper)),
            ("Oud-directeur", None, None, None),
            ("Former CEO", None, None, None),
            ("Tovenaar", None, None, None),
            ("", None, None, None),
        ];
        for (title, seniority, department, role) in table {
            let got = read_title(title, Some(80));
            assert_eq!(
                (got.seniority, got.department, got.buying_role),
                (*seniority, *department, *role),
                "{title}"
            );
        }
    }

    #[test]
    fn in_a_small_company_a_part_director_advises() {
        assert_eq!(read_title("Directeur Marketing", Some(8)).buying_role, Some(BuyingRole::Influencer));
        assert_eq!(read_title("Eigenaar", Some(8)).buying_role, Some(BuyingRole::Decider));
    }
}
