//! The whole story, played by the program itself, as a user would try it.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn story() -> Value {
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_kiem"))
        .args(["demo", "--script", "--json"])
        .env("KIEM_LOG", "error")
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(began.elapsed() < Duration::from_secs(30), "it took {:?}", began.elapsed());
    serde_json::from_slice(&output.stdout).expect("the story is JSON")
}

/// The one of a list whose field is so.
fn one<'s>(list: &'s Value, field: &str, is: &str) -> &'s Value {
    let found: Vec<&Value> = list.as_array().into_iter().flatten().filter(|item| item[field] == is).collect();
    assert_eq!(found.len(), 1, "{field} = {is} in {list:#}");
    found[0]
}

#[test]
fn the_story_goes_from_a_list_to_a_customer() {
    let story = story();
    assert_eq!(story["import"]["errors_n"], 1, "the row without an address is told apart");
    assert_eq!(story["mails"], json!({ "sent": 19 }), "each mail that was planned ended as sent");
    every_rule_promotes_with_its_reasons(&story);
    what_is_no_interest_makes_no_prospect(&story);
    what_happened_is_graded(&story);
    sales_goes_on_from_there(&story);
}

/// R1 to R5, each by what the lead really did, with dated evidence and a sentence in both languages.
fn every_rule_promotes_with_its_reasons(story: &Value) {
    let promotions = &story["promotions"];
    let rules: Vec<&str> =
        promotions.as_array().expect("promotions").iter().filter_map(|p| p["rule"].as_str()).collect();
    let n = |rule: &str| rules.iter().filter(|r| **r == rule).count();
    assert_eq!(rules.len(), 6, "{promotions:#}");
    assert_eq!([n("R1"), n("R2"), n("R3"), n("R4"), n("R5")], [2, 1, 1, 1, 1], "{promotions:#}");
    for (name, rule, what, n_evidence, words) in [
        ("Eva van der Meer", "R1", "reply", 1, "vraagt een offerte"),
        ("Bas Peters", "R1", "reply", 1, "vroeg te wachten tot 1 mrt 2027"),
        ("Lars Blom", "R2", "booking", 1, "afspraak gemaakt op 24 nov"),
        ("Tom ter Horst", "R3", "visit", 3, "3 bezoeken op 24, 25 nov"),
        ("Iris Smit", "R4", "case_page", 1, "klantcase gelezen op 24 nov"),
        ("Saskia Dekker", "R5", "quote_form", 1, "offerte aangevraagd op 24 nov"),
    ] {
        let promotion = one(promotions, "contact_name", name);
        assert_eq!(promotion["rule"], rule, "{name}");
        let evidence = promotion["evidence"].as_array().expect("evidence");
        assert_eq!(evidence.len(), n_evidence, "{name}: {evidence:#?}");
        for piece in evidence {
            assert_eq!((&piece["what"], &piece["grade"]), (&json!(what), &json!("human_certain")), "{name}");
            assert!(piece["at"].is_string(), "{name}: {piece}");
        }
        let dutch = promotion["explanation_nl"].as_str().expect("an explanation");
        assert!(dutch.starts_with("Prospect op 2") && dutch.contains(words), "{name}: {dutch}");
        assert!(promotion["explanation_en"].as_str().is_some_and(|e| e.starts_with("Prospect on 2")));
        assert_eq!(promotion["cause_subject"].as_str().map(|s| s.starts_with("Planning bij")), Some(true));
    }
    let eva = one(promotions, "contact_name", "Eva van der Meer");
    assert_eq!(eva["evidence"][0]["words"], "Klinkt goed. Wat kost dit ongeveer voor 25 gebruikers?");
    let days: Vec<&Value> = one(promotions, "rule", "R3")["evidence"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|visit| &visit["on"])
        .collect();
    assert_eq!(days, ["2026-11-24", "2026-11-24", "2026-11-25"]);
}

/// A stop, a no, a wait, an absence, a dead address, somebody else's desk, and a machine.
fn what_is_no_interest_makes_no_prospect(story: &Value) {
    let leads = &story["leads"];
    for (email, state, until) in [
        ("noor@polder.example", "blocked", None),
        ("kees@westland.example", "resting", None),
        ("mieke@noord.example", "paused", Some("2027-02-28T23:00:00Z")),
        ("anke@eik.example", "blocked", None),
        ("joost@twente.example", "resting", None),
        ("wilma@brabant.example", "resting", None),
        ("ruben@zuid.example", "resting", None),
        ("petra@linde.example", "resting", None),
        ("henk@maas.example", "resting", None),
        ("eva@klant.example", "promoted", None),
    ] {
        let lead = one(leads, "email", email);
        assert_eq!((&lead["state"], &lead["paused_until"]), (&json!(state), &json!(until)), "{email}");
    }
    assert_eq!(story["suppressions"], json!({ "hard_bounce": 1, "replied_stop": 1 }));
    let continued = story["continued"].as_array().expect("follow-ups");
    assert_eq!(
        continued.len(),
        3,
        "only who never answered hears more, no colleague of a prospect: {continued:?}"
    );
    assert_eq!(one(&story["continued"], "to", "henk@maas.example")["on"], "2026-12-01");
    assert_eq!(one(&story["continued"], "to", "petra@linde.example")["on"], "2026-12-01");
    let ruben = one(&story["continued"], "to", "ruben@zuid.example");
    assert_eq!(ruben["on"], "2026-12-04", "away until and with 3 December: the next mail waits for the 4th");
}

fn what_happened_is_graded(story: &Value) {
    assert_eq!(
        story["engagements"],
        json!({
            "booking": { "human_certain": 1 },
            "bounce": { "machine": 1 },
            "click": { "human_certain": 4, "machine": 4 },
            "quote_request": { "human_certain": 1, "machine": 1 },
            "reply": { "human_certain": 7, "machine": 1 },
            "session": { "human_certain": 4 },
        })
    );
}

fn sales_goes_on_from_there(story: &Value) {
    assert_eq!(story["booking"]["confirmation"], "Afspraak: Kennismaking");
    assert_eq!(story["booking"]["has_invitation"], true, "the guest gets an invitation for the calendar");
    assert_eq!(story["booking"]["second_try"], 409, "a moment is given away once");
    let prospects = &story["prospects"];
    let bas = one(prospects, "company", "Metaal Delta BV");
    assert_eq!((&bas["state"], &bas["nurture_until"]), (&json!("nurture"), &json!("2027-02-28T23:00:00Z")));
    let states: Vec<&Value> = prospects.as_array().into_iter().flatten().map(|p| &p["state"]).collect();
    assert_eq!(states, ["to_qualify", "to_qualify", "to_qualify", "to_qualify", "nurture", "won"]);
    for prospect in prospects.as_array().into_iter().flatten().take(4) {
        assert!(prospect["next_action"].is_string(), "an open prospect has a next action: {prospect}");
    }
    let eva = one(prospects, "company", "Bakkerij Klant B.V.");
    // Eight working hours (09:00 to 17:30) after Tuesday 10:20 end on Wednesday at 09:50.
    assert_eq!(eva["response_due_at"], "2026-11-25T08:50:00Z");
    assert_eq!(story["customers"], json!(["Bakkerij Klant B.V."]));
    assert_eq!(story["opportunities"].as_array().map(Vec::len), Some(1));
    assert_eq!(story["opportunities"][0]["state"], "won");
    let stages = &story["funnel"]["funnel"]["stages"];
    let counts = ["lead", "prospect", "opportunity", "customer"].map(|stage| stages[stage]["count"].clone());
    assert_eq!(counts, [17, 6, 1, 1].map(Value::from));
    let gates = &story["funnel"]["lead_prospect"]["gates"];
    let counts = ["reply", "appointment", "visits", "case_study", "quote_request"];
    assert_eq!(counts.map(|gate| gates[gate]["count"].clone()), [2, 1, 1, 1, 1].map(Value::from));
}
