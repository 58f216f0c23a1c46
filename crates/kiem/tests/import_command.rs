//! `kiem import` through the binary.

#[path = "support/place.rs"]
mod place;

use place::Place;
use serde_json::Value;

const LIST: &str = "Bedrijfsnaam;KvK-nummer;Plaats;Naam;E-mail;Toestemming\r\n\
    Bakkerij Meer;1234567;Urk;Eva Smit;eva@meer.example;ja\r\n\
    Slagerij Bos;23456789;Zeist;Tom Bos;fout;ja\r\n\
    Slagerij Bos;23456789;Zeist;;;ja\r\n";

/// Runs the program, which succeeds, and returns what it prints.
fn works(place: &Place, words: &[&str], typed: &str) -> String {
    let output = place.kiem("C", &[], words, typed);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {text}");
    String::from_utf8(output.stdout).unwrap()
}

/// What goes wrong is said in the language of the terminal.
fn says(place: &Place, words: &[&str], english: &str, dutch: &str) {
    for (language, expected) in [("en_GB.UTF-8", english), ("nl_NL.UTF-8", dutch)] {
        let output = place.kiem(language, &[], words, "");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(expected), "{words:?} in {language}: {text}");
        assert_eq!(output.status.code(), Some(1), "{words:?}: {text}");
    }
}

fn ready() -> Place {
    let place = Place::new();
    works(&place, &["user", "add", "eva@kiem.example", "--name", "Eva"], "een lang wachtwoord\n");
    std::fs::write(place.0.join("lijst.csv"), LIST).unwrap();
    place
}

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["import", "lijst.csv", "--workspace", "1", "--source", "onze klantenlijst"];
    words.extend(["--basis", "existing_customer"]);
    words.extend(more);
    words
}

#[test]
fn a_list_comes_in_once_and_a_trial_says_the_same() {
    let place = ready();
    let read = |more: &[&str]| -> Value { serde_json::from_str(&works(&place, &words(more), "")).unwrap() };
    let trial = read(&["--dry-run", "--json"]);
    let again = read(&["--dry-run", "--json"]);
    assert_eq!(trial, again, "a trial leaves nothing behind");
    let real = read(&["--json"]);
    for key in [
        "rows",
        "created",
        "matched",
        "ambiguous",
        "repeated",
        "rejected",
        "warnings",
        "mapping",
        "companies",
    ] {
        assert_eq!(trial[key], real[key], "{key}");
    }
    assert_eq!(real["encoding"], "utf-8");
    assert_eq!((&real["delimiter"], &real["header_row"], &real["rows"]), (&";".into(), &1.into(), &3.into()));
    assert_eq!((&real["created"], &real["repeated"], &real["matched"]), (&2.into(), &1.into(), &0.into()));
    assert_eq!(real["mapping"][1]["field"], "kvk_number");
    assert_eq!(real["mapping"][1]["reason"], "own_name");
    assert!(real["mapping"][1]["confidence"].as_f64().unwrap() > 0.9);
    assert_eq!(real["mapping"][5]["field"], Value::Null, "consent is not taken");
    assert_eq!(real["rejected"][0]["line"], 3);
    assert_eq!(real["rejected"][0]["column"], 4);
    assert!(real["rejected"][0]["reason"].as_str().unwrap().contains("e-mail"), "{}", real["rejected"][0]);
    assert_eq!(real["warnings"][0]["code"], "zero_restored");
    let again = read(&["--json"]);
    assert_eq!((&again["created"], &again["rows"]), (&0.into(), &3.into()));
    let text = works(&place, &words(&[]), "");
    assert!(text.contains("Was there already: 2") && text.contains("Line 3, E-mail: \"fout\""), "{text}");
}

#[test]
fn the_rows_are_written_with_what_became_of_each() {
    let place = ready();
    works(&place, &words(&["--result", "uit.csv"]), "");
    let text = std::fs::read_to_string(place.0.join("uit.csv")).unwrap();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[0].starts_with("\"Bedrijfsnaam\";\"KvK-nummer\"") && lines[0].ends_with("\"In Kiem\""),
        "{text}"
    );
    assert!(lines[1].contains("\"new\"") && lines[1].contains("/companies/"), "{text}");
    assert!(lines[2].contains("E-mail: "), "{text}");
    let taken = "is there already. Choose another name";
    says(&place, &words(&["--result", "uit.csv"]), taken, "bestaat al. Kies een andere naam");
    assert_eq!(std::fs::read_to_string(place.0.join("uit.csv")).unwrap(), text, "nothing is overwritten");
    let both = place.kiem("C", &[], &words(&["--result", "x.csv", "--dry-run"]), "");
    assert_eq!(both.status.code(), Some(2), "a trial has no result");
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let place = ready();
    for (words, english, dutch) in [
        (words(&["--preset", "x"]), "There is no preset x", "De indeling x bestaat niet"),
        (words(&["--encoding", "x"]), "does not know the encoding", "kent Kiem niet"),
        (words(&["--map", "x"]), "no JSON object", "geen JSON-object"),
        (words(&["--map", "{\"a\": \"b\"}"]), "There is no field b", "Het veld b bestaat niet"),
        (words(&["--map", "{\"a\": null}"]), "no column a", "geen kolom a"),
        (words(&["--as", "x@y.example"]), "Nobody in this workspace", "niemand te vinden"),
    ] {
        says(&place, &words, english, dutch);
    }
    let mut elsewhere = words(&[]);
    elsewhere[3] = "Nergens";
    says(&place, &elsewhere, "There is no workspace Nergens", "Er is geen werkruimte Nergens");
    let mut other = words(&[]);
    let at = other.len() - 1;
    other[at] = "hoop";
    says(&place, &other, "There is no basis hoop", "De grondslag hoop bestaat niet");
    other[at] = "consent";
    says(&place, &other, "ground.source_detail", "ground.source_detail");
    other[at] = "existing_customer";
    other[1] = "weg.csv";
    says(&place, &other, "weg.csv", "weg.csv");
    for (name, bytes, english, dutch) in [
        ("leeg.csv", &b""[..], "is empty", "is leeg"),
        ("kapot.xlsx", b"PK\x03\x04 half", "damaged", "beschadigd"),
        ("plaat.png", b"\x89PNG\r\n\x1a\n", "This is no list", "Dit is geen lijst"),
    ] {
        std::fs::write(place.0.join(name), bytes).unwrap();
        other[1] = name;
        says(&place, &other, english, dutch);
    }
}
