//! `kiem dedupe` through the binary.

#[path = "support/place.rs"]
mod place;

use place::Place;
use serde_json::Value;

const HEADER: &str =
    "id,company,street,postcode,city,kvk,website,phone,employees,sbi,first_name,last_name,role,email\n";

/// Forty companies that have nothing in common, five of them also under another spelling, and a sibling.
fn write_companies(file: &str) {
    let syllables = ["Alba", "Bero", "Cinda", "Dravo", "Elmi", "Fostra", "Gavi", "Hexo"];
    let mut text = HEADER.to_owned();
    for n in 0..40 {
        let name = format!("{}{}", syllables[n % 8], ["nor", "tis", "vance", "lux", "pact"][n / 8]);
        text.push_str(&format!(
            "{},{name} Techniek B.V.,Kerkstraat {},35{}AB,Utrecht,,https://www.{}.example,030-12345{n:02},12,43210,,,,\n",
            n + 1,
            n + 1,
            11 + n,
            name.to_lowercase(),
        ));
        if n < 5 {
            text.push_str(&format!(
                "{},{} techniek,Kerkstr. {}a,35{}ab,UTRECHT,,{}.example/contact,,,,,,,\n",
                n + 101,
                name.to_uppercase(),
                n + 1,
                11 + n,
                name.to_lowercase(),
            ));
        }
    }
    text.push_str(
        "201,Albanor Catering V.O.F.,Kerkstraat 1,3511AB,Utrecht,,albanor.example,030-1234500,12,43210,,,,\n",
    );
    std::fs::write(file, text).expect("the file is written");
}

#[test]
fn records_of_one_company_are_found_and_siblings_stay_apart() {
    let place = Place::new();
    write_companies(&place.path("list.csv"));
    let output = place.kiem("C.UTF-8", &[], &["dedupe", "list.csv", "--pairs", "pairs.csv", "--json"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(
        (&report["rows"], &report["companies"], &report["pairs"]),
        (&46.into(), &41.into(), &5.into())
    );
    for phase in ["read", "count", "compare", "cluster", "write", "total"] {
        assert!(report["seconds"][phase].as_f64().is_some_and(|s| s >= 0.0), "{phase}");
    }
    let pairs = std::fs::read_to_string(place.path("pairs.csv")).expect("the pairs");
    assert_eq!(pairs, "id_a,id_b\n1,101\n2,102\n3,103\n4,104\n5,105\n");
    let one_thread =
        place.kiem("C.UTF-8", &[], &["dedupe", "list.csv", "--pairs", "again.csv", "--threads", "1"], "");
    assert!(String::from_utf8_lossy(&one_thread.stdout).contains("46 records are 41 companies"));
    assert_eq!(pairs, std::fs::read_to_string(place.path("again.csv")).expect("the pairs"));
}

#[test]
fn a_file_from_a_spreadsheet_is_read_and_what_is_strange_in_it_is_said() {
    let place = Place::new();
    let rows = b"id;company;street;postcode;city\n\
        7;Caf\xe9 Kerk;Kade 4;2801 AB;Gouda\n7;Cafe Kerk;Kade 4;2801AB;GOUDA\n;Taxi Toren;;;Ede\n";
    std::fs::write(place.path("list.csv"), rows).expect("written");
    let output = place.kiem("C.UTF-8", &[], &["dedupe", "list.csv", "--json"], "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((&report["rows"], &report["companies"]), (&3.into(), &2.into()));
    for expected in ["Rows without an id: 1.", "Ids that stand at more than one row: 1."] {
        assert!(said.contains(expected) && report["notes"].to_string().contains(expected), "{said}");
    }
    let output = place.kiem("nl_NL.UTF-8", &[], &["dedupe", "list.csv"], "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Regels zonder id: 1."), "{said}");
    std::fs::write(place.path("empty.csv"), "").expect("written");
    let output = place.kiem("nl_NL.UTF-8", &[], &["dedupe", "empty.csv"], "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("het bestand is leeg"));
    let output = place.kiem("C.UTF-8", &[], &["dedupe", "empty.csv"], "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("the file is empty"));
}

#[test]
fn a_file_that_cannot_be_used_is_said_so_and_nothing_is_written() {
    let place = Place::new();
    std::fs::write(place.path("other.csv"), "name;city\nA;B\n").expect("written");
    for (arguments, expected) in [
        (vec!["missing.csv"], "cannot be opened"),
        (vec!["other.csv", "--pairs", "pairs.csv"], "no column is called company"),
        (vec!["other.csv", "--pairs", "other.csv"], "overwrite the file itself"),
    ] {
        let output = place.kiem("C.UTF-8", &[], &[&["dedupe"], &arguments[..]].concat(), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected), "{arguments:?}: {said}");
    }
    let kept = std::fs::read_to_string(place.path("other.csv")).expect("still there");
    assert_eq!(kept, "name;city\nA;B\n");
    assert!(!std::path::Path::new(&place.path("pairs.csv")).exists());
}
