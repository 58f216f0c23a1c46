//! Lists as people have them, all of our own making: each file in `tests/files` with what must be read beside it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kiem_adapters::import::{Dialect, ImportError, Record, Source, Whole, detect, detect_in, read_rows};
use serde_json::{Value, json};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the files are there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e != "json"))
        .collect();
    files.sort();
    assert!(files.len() > 40, "the files are whole");
    files
}

fn read(source: &Source, expected: &Value) -> Result<(Dialect, Whole, Vec<Record>), ImportError> {
    let dialect = match expected["choose"].as_str() {
        Some(chosen) => detect_in(source, chosen.parse().unwrap())?,
        None => detect(source)?,
    };
    let mut rows = Vec::new();
    let whole = read_rows(source, &dialect, |_, row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((dialect, whole, rows))
}

fn as_json(dialect: &Dialect, whole: &Whole, rows: &[Record], expected: &Value) -> Value {
    let flaws: Vec<Value> = rows
        .iter()
        .filter_map(|r| Some(json!({ "line": r.line_number, "flaw": r.flaw?.as_str() })))
        .collect();
    let notes: Vec<&str> = whole.notes.iter().map(|n| n.as_str()).collect();
    let mut found = json!({
        "encoding": dialect.encoding.as_str(), "delimiter": char::from(dialect.delimiter).to_string(),
        "header_row": dialect.header_row, "columns": whole.header, "rows": whole.n_rows, "first": rows[0].cells,
        "notes": notes, "flaws": flaws,
    });
    for key in ["format", "choose"] {
        if expected.get(key).is_some() {
            found[key] = if key == "format" { json!(dialect.format.as_str()) } else { expected[key].clone() };
        }
    }
    found
}

#[test]
fn every_file_is_read_as_written_beside_it() {
    let mut wrong = Vec::new();
    for path in files() {
        let beside = PathBuf::from(format!("{}.json", path.display()));
        let expected: Value = serde_json::from_slice(&std::fs::read(beside).unwrap()).unwrap();
        // On disk and in memory, which is how the command line and an upload have it.
        for source in [Source::Path(path.clone()), Source::bytes(std::fs::read(&path).unwrap())] {
            let found = match read(&source, &expected) {
                Ok((dialect, whole, rows)) => as_json(&dialect, &whole, &rows, &expected),
                Err(error) => json!({ "refused": format!("{error:?}") }),
            };
            if found != expected {
                wrong.push(format!("{}\n expected {expected}\n found    {found}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
