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
        (1, 7_282_160_626_249_397_371),
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
}
