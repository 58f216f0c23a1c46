//! The command line as a new user meets it: whatever is wrong is said in a sentence with what to do, in the language of the
//! terminal, and the exit code tells scripts.

use std::path::{Path, PathBuf};

#[path = "support/place.rs"]
mod place;

use place::Place;

impl Place {
    /// What goes wrong is one line, without a debug dump, and ends with an error.
    fn says(&self, settings: &[(&str, &str)], words: &[&str], typed: &str, english: &str, dutch: &str) {
        for (language, expected) in [("en_GB.UTF-8", english), ("nl_NL.UTF-8", dutch)] {
            let output = self.kiem(language, settings, words, typed);
            let text = String::from_utf8(output.stderr).unwrap();
            assert!(text.contains(expected), "{words:?} {settings:?} in {language}: {text}");
            assert_eq!(output.status.code(), Some(1), "{words:?}: {text}");
            for dump in ["Error {", "Error(", "panicked", "StoreError", "Some(", "stack backtrace"] {
                assert!(!text.contains(dump), "{dump} in {text}");
            }
        }
    }

    fn works(&self, words: &[&str], typed: &str) -> String {
        let output = self.kiem("C", &[], words, typed);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {text}");
        String::from_utf8(output.stdout).unwrap()
    }
}

const PASSWORD: &str = "een lang wachtwoord\n";

#[test]
fn wrong_settings_are_named_with_their_place() {
    let place = Place::new();
    let write = |name: &str, text: &str| std::fs::write(place.0.join(name), text).unwrap();
    place.says(
        &[],
        &["--config", "none.toml", "doctor"],
        "",
        "none.toml cannot be read",
        "none.toml kan niet worden gelezen",
    );
    write("broken.toml", "log = \"info\"\nlisten = \"x");
    place.says(
        &[],
        &["--config", "broken.toml", "migrate"],
        "",
        "in broken.toml, line 2",
        "in broken.toml, line 2 is niet te begrijpen",
    );
    write("unknown.toml", "lisen = \"127.0.0.1:1\"");
    place.says(
        &[],
        &["--config", "unknown.toml", "migrate"],
        "",
        "`lisen`",
        "in unknown.toml is niet te begrijpen",
    );
    place.says(
        &[("KIEM_LISTEN", "999")],
        &["migrate"],
        "",
        "in KIEM_LISTEN is not understood",
        "in KIEM_LISTEN is niet te begrijpen",
    );
    place.says(
        &[("KIEM_DATABASE_URL", "mysql://x")],
        &["migrate"],
        "",
        "must begin with sqlite:",
        "kan niet worden geopend",
    );
    assert!(!Path::new(&place.path("data")).join("kiem.sqlite").exists(), "nothing was made on the way");
    let down = [("KIEM_DATABASE_URL", "postgres://kiem@127.0.0.1:1/kiem")];
    place.says(&down, &["migrate"], "", "refused", "De database kan niet worden gebruikt");
    write("file", "");
    let inside = place.path("file/data");
    let folder = [("KIEM_DATA_DIR", inside.as_str())];
    place.says(&folder, &["migrate"], "", "choose another with data_dir", "data_dir");
}

#[test]
fn a_damaged_key_a_newer_database_and_a_locked_one_are_told_apart() {
    let place = Place::new();
    place.works(&["migrate"], "");
    let key = PathBuf::from(place.path("data")).join("kiem.key");
    let good = std::fs::read(&key).unwrap();
    std::fs::write(&key, "short").unwrap();
    place.says(&[], &["doctor"], "", "it must hold 32 bytes", "Het sleutelbestand is niet bruikbaar");
    std::fs::write(&key, good).unwrap();

    let sql = |sql: &str| {
        let file = PathBuf::from(place.path("data")).join("kiem.sqlite");
        let url = format!("sqlite:{}", file.display());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = kiem_store::Store::open(&url, 2).await.unwrap();
            let mut tx = store.global().await.unwrap();
            tx.execute(sql.to_owned(), vec![]).await.unwrap();
            tx.commit().await.unwrap();
            store.close().await;
        });
    };
    sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)",
    );
    place.says(
        &[],
        &["migrate"],
        "",
        "A newer version of Kiem has used this database",
        "Een nieuwere versie van Kiem",
    );
    sql("DELETE FROM _sqlx_migrations WHERE version = 9999");
    assert!(place.works(&["migrate"], "").contains("up to date"));
}

#[test]
fn a_port_that_is_taken_is_said() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = place.kiem("C", &[("KIEM_LISTEN", &address)], &["serve"], "");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains(&format!("{address} is taken")), "{text}");
}

#[test]
fn people_backup_and_restore_answer_to_mistakes() {
    let place = Place::new();
    let add = ["user", "add", "eva@voorbeeld.example", "--name", "Eva Meer"];
    place.says(&[], &add, "", "No password was given", "Er is geen wachtwoord gegeven");
    place.says(
        &[],
        &[&add[..], &["--role", "king"]].concat(),
        PASSWORD,
        "king is no role",
        "king is geen rol",
    );
    place.says(&[], &["user", "add", "eva", "--name", "Eva"], PASSWORD, "email", "email");
    place.says(
        &[],
        &["user", "password", "nobody@voorbeeld.example"],
        PASSWORD,
        "Not found",
        "Niet gevonden",
    );
    place.works(&add, PASSWORD);
    assert!(place.works(&["user", "list"], "").contains("eva@voorbeeld.example\tEva Meer"));
    let elsewhere = [("KIEM_DATA_DIR", "mistyped")];
    place.says(
        &elsewhere,
        &["backup", "two.backup"],
        "",
        "kiem.sqlite is not there",
        "kiem.sqlite bestaat niet",
    );
    assert!(!place.0.join("mistyped").exists(), "nothing is made where nothing is");
    place.works(&["backup", "one.backup"], "");
    place.says(&[], &["backup", "one.backup"], "", "is there already", "bestaat al");
    place.says(&[], &["backup", "no/such/folder/x"], "", "cannot be used", "kan niet worden gebruikt");
    place.says(&[], &["restore", "none.backup"], "", "none.backup is not there", "none.backup bestaat niet");
    place.says(&[], &["restore", "one.backup"], "", "holds data already", "staan al gegevens");
    std::fs::write(place.0.join("holiday.jpg"), [0xff; 4_000]).unwrap();
    let elsewhere = place.path("new");
    let new = [("KIEM_DATA_DIR", elsewhere.as_str())];
    place.says(&new, &["restore", "holiday.jpg"], "", "is no backup", "is geen bruikbare back-up");
    let output = place.kiem("nl_NL", &new, &["restore", "one.backup"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("Er is geen verzendjournaal"), "{text}");
    assert!(text.contains("Zet het sleutelbestand van de oude installatie op"), "{text}");
}

#[test]
fn the_doctor_and_the_help_are_readable() {
    let place = Place::new();
    let output = place.kiem("nl_NL.UTF-8", &[], &["doctor"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "there is no workspace yet: {text}");
    assert!(text.contains("kijk  Er is nog geen werkruimte."), "{text}");
    let help = place.works(&["--help"], "");
    for command in ["serve", "demo", "migrate", "backup", "restore", "doctor", "user", "config"] {
        assert!(help.contains(command), "{command} in {help}");
    }
    assert!(place.works(&["config"], "").parse::<toml::Table>().is_ok(), "what is printed can be used");
    assert_eq!(place.kiem("C", &[], &["frobnicate"], "").status.code(), Some(2));
}
