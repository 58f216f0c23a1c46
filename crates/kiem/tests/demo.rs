//! The whole story, played by the program itself, as a user would try it.

use std::process::Command;

use serde_json::Value;

fn story() -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_kiem"))
        .args(["demo", "--script", "--json"])
        .env("KIEM_LOG", "error")
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the story is JSON")
}

#[test]
fn the_story_goes_from_a_list_to_a_customer() {
    let story = story();
    assert_eq!(story["import"]["errors_n"], 1, "the row without an address is told apart");
    assert_eq!(story["mails"]["sent"], 9, "{}", story["mails"]);
    let promotions = story["promotions"].as_array().expect("promotions");
    let by = |rule: &str| promotions.iter().filter(|p| p["rule"] == rule).count();
    assert_eq!((by("R1"), by("R4")), (2, 1), "{promotions:#?}");
    assert_eq!(promotions.len(), 3, "a stop, a no and a scanner make no prospect");
    assert_eq!(story["engagements"]["click"]["machine"], 1, "the scanner is seen as one");
    assert_eq!(story["suppressions"], 1, "the stop is heard");
    assert_eq!(story["customers"][0], "Bakkerij Klant B.V.");
    assert_eq!(story["opportunities"].as_array().map(Vec::len), Some(1));
    assert_eq!(story["funnel"]["funnel"]["stages"]["customer"]["count"], 1);
}
