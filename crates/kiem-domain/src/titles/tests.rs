//! Titles with known readings: a table for the traps, and two files labelled by hand with the level that must be held.

use std::collections::BTreeMap;

use super::*;

const LABELLED: &str = include_str!("../../../../data/titles/labelled.jsonl");
const BLIND: &str = include_str!("../../../../data/titles/blind.jsonl");

/// A line of the files: `{"title": .., "seniority": .., "department": ..}`, in this order.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let (_, rest) = line.split_once(&format!("\"{name}\": \"")).expect("the field is there");
    rest.split_once('"').expect("the field ends").0
}

fn labelled(file: &str) -> Vec<(&str, Seniority, Department)> {
    file.lines()
        .map(|line| {
            let seniority = field(line, "seniority").parse().expect("a seniority");
            let department = field(line, "department").parse().expect("a department");
            (field(line, "title"), seniority, department)
        })
        .collect()
}

/// F1 per class that occurs in the labels.
fn f1(pairs: &[(&'static str, &'static str)]) -> BTreeMap<&'static str, f64> {
    let mut counts: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for (label, got) in pairs {
        if label == got {
            counts.entry(label).or_default()[0] += 1.0;
        } else {
            counts.entry(got).or_default()[1] += 1.0;
            counts.entry(label).or_default()[2] += 1.0;
        }
    }
    counts
        .into_iter()
        .map(|(class, [hit, extra, missed])| (class, 2.0 * hit / (2.0 * hit + extra + missed)))
        .collect()
}

fn macro_f1(per_class: &BTreeMap<&'static str, f64>) -> f64 {
    per_class.values().sum::<f64>() / f64::from(u32::try_from(per_class.len()).expect("few classes"))
}

#[test]
fn titles_labelled_by_hand_are_read_well_enough() {
    for (name, file) in [("labelled", LABELLED), ("blind", BLIND)] {
        let titles = labelled(file);
        let (mut seniority, mut department) = (Vec::new(), Vec::new());
        let mut mistakes = String::new();
        for (title, s, d) in &titles {
            let got = read_title(title, None);
            seniority.push((s.as_str(), got.seniority.as_str()));
            department.push((d.as_str(), got.department.as_str()));
            if (got.seniority, got.department) != (*s, *d) && name == "labelled" {
                let row = format!(
                    "{title}: {s}/{d}, read {}/{} {:?}\n",
                    got.seniority, got.department, got.matched
                );
                mistakes.push_str(&row);
            }
            assert!(
                *s != Seniority::Assistant || got.seniority != Seniority::CLevel,
                "{title} is an assistant"
            );
        }
        let (s, d) = (f1(&seniority), f1(&department));
        let n = titles.len();
        assert!(macro_f1(&s) >= 0.90, "{name}, {n} titles: {:.3} {s:.3?}\n{mistakes}", macro_f1(&s));
        assert!(macro_f1(&d) >= 0.85, "{name}, {n} titles: {:.3} {d:.3?}\n{mistakes}", macro_f1(&d));
    }
}

/// What the files are read as, in one number (FNV-1a).
fn print_of_readings() -> u64 {
    let mut print = 0xcbf2_9ce4_8422_2325_u64;
    for (title, _, _) in labelled(LABELLED).into_iter().chain(labelled(BLIND)) {
        let got = read_title(title, None);
        for byte in [got.seniority.as_str(), "/", got.department.as_str(), ";"].concat().bytes() {
            print = (print ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    print
}

#[test]
fn titles_that_are_read_otherwise_are_another_edition() {
    let told = (EDITION, print_of_readings());
    assert_eq!(
        told,
        (3, 5_562_223_110_715_858_924),
        "titles are read otherwise: raise EDITION, and put both numbers here"
    );
}

#[test]
fn the_traps_are_read_as_a_person_reads_them() {
    use BuyingRole as B;
    use Department as D;
    use Seniority as S;
    let table: &[(&str, S, D, B)] = &[
        ("Directeur / eigenaar", S::Owner, D::General, B::EconomicBuyer),
        ("DGA, financieel directeur", S::Owner, D::Finance, B::EconomicBuyer),
        ("CEO @ Acme | Speaker", S::CLevel, D::General, B::EconomicBuyer),
        ("VP of Sales", S::Director, D::Sales, B::EconomicBuyer),
        ("Hoofd ICT", S::Head, D::It, B::TechnicalEvaluator),
        ("Leiter Einkauf", S::Head, D::Procurement, B::Procurement),
        ("Marketingmanager (m/v/x)", S::Manager, D::Marketing, B::Champion),
        ("Accountmanager", S::Ic, D::Sales, B::User),
        ("Jurist", S::Ic, D::Legal, B::Legal),
        ("HR Business Partner", S::Ic, D::Hr, B::User),
        ("Partner manager", S::Ic, D::Sales, B::User),
        ("Officemanager", S::Ic, D::General, B::Gatekeeper),
        ("Directiesecretaris", S::Assistant, D::General, B::Gatekeeper),
        ("Secretaris van de directie", S::Assistant, D::General, B::Gatekeeper),
        ("Bestuurssecretaris", S::Ic, D::General, B::Gatekeeper),
        ("Bestuurs-secretaris", S::Ic, D::General, B::Gatekeeper),
        ("Secretaris van de raad van bestuur", S::Ic, D::General, B::Gatekeeper),
        ("Secretaris RvB", S::Ic, D::General, B::Gatekeeper),
        ("Secretaris ondernemingsraad", S::Ic, D::General, B::User),
        ("Project leider", S::Manager, D::Operations, B::Champion),
        ("Projectleider", S::Manager, D::Operations, B::Champion),
        ("Hoofdinkoper", S::Head, D::Procurement, B::Procurement),
        ("Ex-im manager", S::Manager, D::Sales, B::Champion),
        ("Adviseur van de raad van bestuur", S::Ic, D::General, B::User),
        ("Assistent van de directeur", S::Assistant, D::General, B::Gatekeeper),
        ("PA to the CEO, CFO and the board", S::Assistant, D::General, B::Gatekeeper),
        ("Secretaresse, Raad van Bestuur", S::Assistant, D::General, B::Gatekeeper),
        ("Assistante du directeur", S::Assistant, D::General, B::Gatekeeper),
        ("Marketing assistant", S::Assistant, D::Marketing, B::User),
        ("Assistant store manager", S::Manager, D::Sales, B::Champion),
        ("Stagiair marketing", S::Intern, D::Marketing, B::Unknown),
        ("Directeur (voormalig)", S::Past, D::Unknown, B::Unknown),
        ("Former CEO and founder", S::Past, D::Unknown, B::Unknown),
        ("CEO | ex-McKinsey", S::CLevel, D::General, B::EconomicBuyer),
        ("Eignaar", S::Owner, D::General, B::EconomicBuyer),
        ("Tovenaar", S::Unknown, D::Unknown, B::Unknown),
        ("", S::Unknown, D::Unknown, B::Unknown),
    ];
    for (title, seniority, department, role) in table {
        let got = read_title(title, Some(80));
        assert_eq!(
            (got.seniority, got.department, got.buying_role),
            (*seniority, *department, *role),
            "{title}"
        );
        assert_eq!(got.seniority == Seniority::Unknown, got.matched.is_empty(), "{title}");
        assert!(
            got.confidence_percent <= 100 && (got.confidence_percent == 0) == got.matched.is_empty(),
            "{title}"
        );
    }
}

/// What could mislead, and titles around it with the rank that must be read.
type Trap = (&'static str, &'static [(Seniority, &'static [&'static str])]);

/// Titles with a rank that must be read, by what could mislead, each with what lies near it and is not it.
const RANKS_BY_TRAP: &[Trap] = &[
    (
        "secretariat",
        &[
            (
                Seniority::Assistant,
                &[
                    "Secretariaat CEO",
                    "Raad van Toezicht secretariaat",
                    "Secretariaat van het bestuur",
                    "Bestuurssecretariaat",
                    "Directiesecr.",
                    "Secrétariat du PDG",
                    "Direction générale | secrétariat",
                    "Vorstandssekretariat",
                    "Secretaris directie",
                    "Secretaris van de directeur",
                ],
            ),
            (
                Seniority::Head,
                &["Hoofd secretariaat", "Hoofd secretariaat raad van bestuur", "Leitung Sekretariat"],
            ),
            (Seniority::Manager, &["Teamleider bestuurssecretariaat"]),
            (
                Seniority::Ic,
                &[
                    "Medewerker secretariaat directie",
                    "Bestuurssecretaris",
                    "Secretaris van het bestuur",
                    "Secretaris raad van toezicht",
                ],
            ),
            (Seniority::Director, &["Directeur-secretaris"]),
            (Seniority::CLevel, &["Secretaris-generaal"]),
        ],
    ),
    (
        "several chiefs, or a chief before a cut",
        &[
            (
                Seniority::Assistant,
                &[
                    "CEO & COO assistant",
                    "CFO, CEO secretaresse",
                    "GF & Einkauf Assistenz",
                    "Executive assistant | CTO",
                    "PA | Founder | Chairman",
                    "Directeur (assistente)",
                    "CTO - PA",
                    "Directeur en secretaresse",
                ],
            ),
            (Seniority::Owner, &["Directeur / eigenaar", "Eigenaar en office manager", "Managing Partner"]),
            (Seniority::CLevel, &["CEO | Assistant coach JO12"]),
            (Seniority::Manager, &["Assistant store manager"]),
            (
                Seniority::Director,
                &["Adjunct-directeur", "Deputy CEO", "Assistant director", "Director and secretary"],
            ),
        ],
    ),
    (
        "the office of somebody",
        &[
            (
                Seniority::Assistant,
                &[
                    "Office of the Group CEO",
                    "Bureau raad van bestuur",
                    "Kantoor van de directeur",
                    "CTO Office",
                    "CEO's office",
                    "Founder & CEO support",
                    "Support to the COO",
                    "Staf directie",
                    "Büro der Geschäftsleitung",
                    "Cabinet du PDG",
                    "Adjoint de direction",
                    "Adjointe du directeur",
                    "Agendabeheerder raad van bestuur",
                ],
            ),
            (
                Seniority::Ic,
                &[
                    "CTO office manager",
                    "Receptioniste CEO",
                    "Staffunctionaris directie",
                    "Hulp van de eigenaar",
                    "Chauffeur CEO",
                    "Communicatieadviseur CEO",
                    "Secretaris CEO",
                    "Front office directie",
                    "Bras droit du PDG",
                ],
            ),
            (
                Seniority::Head,
                &["Head of CEO Office", "Chief of Staff", "Chief of Staff, CEO Office", "Hoofd staf"],
            ),
            (
                Seniority::Director,
                &[
                    "Directeur bureau X",
                    "Directeur Kantoor Utrecht",
                    "Office Director",
                    "VP Support",
                    "Secretaris-directeur",
                    "Directeur de cabinet",
                ],
            ),
            (Seniority::CLevel, &["Managing director Bureau Bakker", "CEO Office Solutions BV"]),
            (Seniority::Owner, &["Bureau-eigenaar", "Hypotheekadviseur eigenaar"]),
        ],
    ),
    (
        "another word that looks like an owner",
        &[
            (Seniority::Ic, &["Opzichter sloopwerk", "Dirigente harmonie", "Vertrouwenspersoon ondernemers"]),
            (Seniority::Unknown, &["Ondernemen", "Unternehmen"]),
            (Seniority::Owner, &["Eigneaar", "Eignaar", "Eigenaer", "Oprichtr"]),
            (Seniority::CLevel, &["Bestuuder", "Presidnt"]),
        ],
    ),
    (
        "who drives is no board",
        &[
            (
                Seniority::Ic,
                &["Tankwagenbestuurder", "Metrobestuurder", "Bestuurder touringcar", "Tram bestuurder"],
            ),
            (
                Seniority::CLevel,
                &[
                    "Onderwijsbestuurder",
                    "Bestuurder",
                    "Bestuurder taxi centrale",
                    "Bestuurder stichting de Tram",
                ],
            ),
        ],
    ),
    (
        "owner of a thing, or related to an owner",
        &[
            (
                Seniority::Ic,
                &[
                    "Business process owner",
                    "Keteneigenaar",
                    "Risico eigenaar",
                    "Founders associate",
                    "Block owner",
                    "Task owner",
                ],
            ),
            (Seniority::Manager, &["Owner relations manager"]),
            (Seniority::Unknown, &["Huiseigenaar", "Dochter van de eigenaar", "Partner van de directeur"]),
            (Seniority::Owner, &["Shop owner", "Winkeleigenaar", "Mede-eigenaar"]),
        ],
    ),
    (
        "partner in a job",
        &[
            (Seniority::Ic, &["Talent acquisition partner", "People & Culture Partner", "Quality partner"]),
            (Seniority::Manager, &["Junior Partner", "Jr. partner", "Juniorpartnerin", "Junior-Partner"]),
            (
                Seniority::Owner,
                &["Audit partner", "Consulting Partner", "Partner van Bakker Advocaten", "Senior Partner"],
            ),
        ],
    ),
    (
        "written apart or together",
        &[
            (
                Seniority::Manager,
                &[
                    "Project-leider",
                    "Project leidster",
                    "Senior project leider",
                    "Intern project leider",
                    "Bedrijfs leider",
                ],
            ),
            (Seniority::Assistant, &["Assistent project leider"]),
            (Seniority::Head, &["Hoofd-inkoper", "Hoofd inkoop", "Hoofdinkoopster", "Hoofdaankoper"]),
            (Seniority::Ic, &["Hoofdingenieur", "Inkoper", "Hoofduitvoerder"]),
        ],
    ),
];

#[test]
fn each_trap_takes_in_its_own_titles_and_no_others() {
    let both = RANKS_BY_TRAP.iter().chain(RANKS_BY_TIME);
    for (trap, ranks) in both {
        for (seniority, titles) in *ranks {
            for title in *titles {
                assert_eq!(read_title(title, None).seniority, *seniority, "{trap}: {title}");
            }
        }
    }
}

/// The same for what is over, has not begun, or only sounds so, and for words with two meanings.
const RANKS_BY_TIME: &[Trap] = &[
    (
        "over",
        &[
            (
                Seniority::Past,
                &[
                    "Vml. hoofd logistiek",
                    "Vm. directeur",
                    "V.m. voorzitter",
                    "v/h eigenaar",
                    "Gew. burgemeester",
                    "Anc. PDG",
                    "Voorheen DGA",
                    "Vormals Geschäftsführer",
                    "Eigenaar (ex)",
                    "Bestuurder (uit dienst per 1 mei 2020)",
                    "Eigenaar (verkocht in 2019)",
                    "Directeur tot 15 maart 2021",
                    "Voorzitter (tot 2018)",
                    "COO 2011-2016",
                    "CEO (2009 - 2014)",
                    "Oudbestuurder",
                    "Président d'honneur",
                ],
            ),
            (
                Seniority::CLevel,
                &[
                    "CEO (2019 - heden)",
                    "CEO sinds 2015",
                    "CEO | ex-McKinsey",
                    "CEO (2099 - 2100)",
                    "Directeur-bestuurder",
                ],
            ),
            (
                Seniority::Director,
                &["Directeur visie 2015-2020", "Directeur tot 2099", "Voorzitter (2015 - nu)"],
            ),
            (Seniority::Ic, &["Expert", "VM engineer"]),
        ],
    ),
    (
        "past only by its sound",
        &[
            (
                Seniority::Manager,
                &[
                    "Alumni manager",
                    "Manager oud papier",
                    "Manager Oud-Zuid",
                    "Candidate manager",
                    "Ex-im manager",
                    "Exim manager",
                    "Ex/im manager",
                ],
            ),
            (Seniority::Ic, &["Adviseur pensioen", "Alumni officer", "Kandidaat-notaris"]),
            (Seniority::Director, &["Director alumni relations"]),
            (
                Seniority::Past,
                &["Alumnus", "Directeur, pensioen", "Met pensioen", "Candidate", "Kandidaat-directeur"],
            ),
        ],
    ),
    (
        "not yet",
        &[
            (
                Seniority::Unknown,
                &[
                    "Aspiring founder",
                    "Future CFO",
                    "Looking for a CEO role",
                    "Aankomend directeur",
                    "Directeur (in opleiding)",
                    "Wannabe ondernemer",
                ],
            ),
            (
                Seniority::Ic,
                &["Aankomend monteur", "Sparringpartner voor DGA's", "Executive search voor CEO's"],
            ),
            (Seniority::CLevel, &["CEO, looking for investors", "CEO looking for a CFO"]),
            (Seniority::Director, &["Future Mobility Director"]),
        ],
    ),
    (
        "learns, or works inside",
        &[
            (Seniority::Ic, &["Intern adviseur", "Intern medewerker logistiek", "Internship coordinator"]),
            (Seniority::Manager, &["Intern projectleider", "Traineeship coördinator", "Apprentice manager"]),
            (Seniority::Intern, &["Intern data engineer", "Marketing intern", "Stage verpleegkundige"]),
        ],
    ),
    (
        "director of a play",
        &[
            (
                Seniority::Ic,
                &["Film director", "Directeur de la photographie", "Artdirector", "Casting director"],
            ),
            (Seniority::Director, &["Creative director", "Theaterdirecteur"]),
        ],
    ),
    (
        "French words",
        &[
            (Seniority::Director, &["DGA ressources", "DGA en charge de la culture"]),
            (Seniority::CLevel, &["DG"]),
            (Seniority::Owner, &["DGA", "DGA van Bakker BV"]),
            (Seniority::Unknown, &["DG goederen"]),
        ],
    ),
    (
        "letters of another hand",
        &[(Seniority::CLevel, &["𝐂𝐄𝐎", "𝘊𝘌𝘖", "ＣＥＯ"]), (Seniority::Director, &["Direc\u{ad}teur"])],
    ),
];

#[test]
fn the_size_of_the_company_moves_the_decision() {
    for (title, employees_n, role) in [
        ("Directeur marketing", Some(8), BuyingRole::Champion),
        ("Directeur marketing", Some(80), BuyingRole::EconomicBuyer),
        ("Directeur", Some(8), BuyingRole::EconomicBuyer),
        ("Eigenaar", Some(8), BuyingRole::EconomicBuyer),
        ("Hoofd marketing", Some(80), BuyingRole::Champion),
        ("Hoofd marketing", Some(800), BuyingRole::EconomicBuyer),
        ("Hoofd ICT", None, BuyingRole::TechnicalEvaluator),
    ] {
        assert_eq!(read_title(title, employees_n).buying_role, role, "{title} {employees_n:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_and_capitals_change_nothing(title in ".{0,80}", word in "[a-z /,&|()-]{0,40}") {
        read_title(&title, None);
        proptest::prop_assert_eq!(read_title(&word, None), read_title(&word.to_uppercase(), None));
    }

    #[test]
    fn who_assists_anybody_is_never_the_board(boss in "(ceo|cfo|raad van bestuur|managing director|vorstand|eigenaar|president)",
        helper in "(assistent|assistant|secretaresse|personal assistant|assistentin|assistante|managementassistent)",
        joint in "( van de | to the | der | du | |, | - | / | & )") {
        let got = read_title(&format!("{helper}{joint}{boss}"), None);
        proptest::prop_assert_eq!(got.seniority, Seniority::Assistant);
    }

    #[test]
    fn who_assists_in_any_place_leads_nothing(
        boss in "(ceo|cfo|dga|raad van bestuur|directie|directeur|algemeen directeur|managing director|vorstand|pdg|founder|eigenaar)",
        helper in "(assistent|executive assistant|secretaresse|pa|assistentin|secrétariat|secretariaat|sekretariat|receptioniste)",
        joint in "( | van de | to the |, | [|] | - | / | & | [(])",
        is_first in proptest::bool::ANY) {
        let title = if is_first { format!("{helper}{joint}{boss}") } else { format!("{boss}{joint}{helper}") };
        let got = read_title(&title, None);
        proptest::prop_assert!(got.seniority > Seniority::Manager, "{}: {}", title, got.seniority);
        proptest::prop_assert!(got.buying_role != BuyingRole::EconomicBuyer);
    }

    #[test]
    fn the_office_of_somebody_is_not_that_person(
        office in "(office|bureau|kantoor|cabinet|büro|staf|support)",
        of in "( of the | van de | du | des | to | for the )",
        boss in "(ceo|cfo|directeur|eigenaar|pdg|founder|vorstands|raad van bestuur|managing director)") {
        let got = read_title(&format!("{office}{of}{boss}"), None);
        proptest::prop_assert_eq!(got.seniority, Seniority::Assistant);
    }

    #[test]
    fn a_wrong_consonant_makes_nobody_an_owner(
        word in "(eigenaar|oprichter|ondernemer|zaakvoerder|dirigeant|bestuurder|president)",
        at in 1_usize..6, letter in "[bcdfghjklmnpqrstvwxz]") {
        let consonant = |c: &str| !"aeiou".contains(c);
        let wrong = [&word[..at], &letter, &word[at + 1..]].concat();
        if wrong != word && consonant(&word[at..=at]) {
            let got = read_title(&wrong, None);
            proptest::prop_assert!(got.seniority > Seniority::CLevel, "{}", wrong);
        }
    }

    #[test]
    fn bold_and_wide_letters_read_as_plain_ones(title in "[A-Za-z ]{0,30}") {
        let bold = title.chars().map(|c| match c {
            'A'..='Z' => char::from_u32(0x1d5d4 + u32::from(c) - u32::from('A')).expect("a letter"),
            'a'..='z' => char::from_u32(0x1d5ee + u32::from(c) - u32::from('a')).expect("a letter"),
            other => other,
        });
        let wide = title.chars().map(|c| match c {
            ' ' => ' ',
            other => char::from_u32(0xfee0 + u32::from(other)).expect("a letter"),
        });
        proptest::prop_assert_eq!(read_title(&bold.collect::<String>(), None), read_title(&title, None));
        proptest::prop_assert_eq!(read_title(&wide.collect::<String>(), None), read_title(&title, None));
    }

    #[test]
    fn a_job_that_is_over_is_past_whoever_had_it(
        over in "(voormalig |vml[.] |vm[.] |v/h |gew[.] |oud-|ex-|former |früher |ancien |voorheen )",
        boss in "(ceo|directeur|eigenaar|founder|hoofd inkoop|managing director|bestuurder|pdg)") {
        proptest::prop_assert_eq!(read_title(&format!("{over}{boss}"), None).seniority, Seniority::Past);
    }
}
