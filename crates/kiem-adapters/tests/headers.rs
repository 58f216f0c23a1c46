//! Headers of known programs, registers and lists as people make them: what each column means stands beside it.

use std::path::Path;

use kiem_adapters::import::{Preset, propose};
use serde_json::Value;

#[test]
fn at_least_95_of_100_columns_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/headers");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    assert!(files.len() >= 25, "the headers are whole");
    let (mut right, mut n, mut wrong) = (0, 0, Vec::new());
    for path in files {
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let columns = file["columns"].as_array().unwrap();
        let header: Vec<String> = columns.iter().map(|c| c[0].as_str().unwrap().to_owned()).collect();
        let preset = Preset::detect(&header).map(Preset::as_str);
        assert_eq!(preset, file["preset"].as_str(), "{name}");
        let found = propose(&header, &[], true);
        for (at, column) in columns.iter().enumerate() {
            let field = found.iter().find(|p| p.column == at).map(|p| p.field.as_str());
            n += 1;
            right += usize::from(field == column[1].as_str());
            if field != column[1].as_str() {
                wrong.push(format!("{name}: {} is {field:?}, not {:?}", column[0], column[1]));
            }
            // A promise about the law is kept every time.
            let is_consent =
                header[at].to_lowercase().contains("opt-in") || header[at].contains("Toestemming");
            assert!(!is_consent || field.is_none(), "{name}: {}", header[at]);
        }
    }
    let share = right * 1000 / n;
    println!("{right} of {n} columns\n{}", wrong.join("\n"));
    assert!(share >= 950, "{right} of {n}:\n{}", wrong.join("\n"));
}
