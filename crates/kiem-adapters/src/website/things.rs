//! JSON-LD to flat nodes. Contexts are not resolved: sites write schema.org names as they are.

use kiem_domain::website::Thing;
use serde_json::{Map, Value};

/// Most nodes of a page, most values of a node, deepest nesting, longest value.
const THINGS_MAX: usize = 100;
const VALUES_MAX: usize = 100;
const DEPTH_MAX: usize = 8;
const VALUE_BYTES_MAX: usize = 2_000;

/// The nodes of all scripts of a page. What is no JSON says nothing.
pub(super) fn things(scripts: &[String]) -> Vec<Thing> {
    let mut found = Vec::new();
    for script in scripts {
        // Depth is bounded by the parser, which refuses more than 128 levels.
        if let Ok(value) = serde_json::from_str::<Value>(script.trim()) {
            collect(&value, 0, &mut found);
        }
    }
    found
}

/// Every object with a type is a node of its own, wherever it stands.
fn collect(value: &Value, depth: usize, found: &mut Vec<Thing>) {
    if depth > DEPTH_MAX || found.len() >= THINGS_MAX {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|v| collect(v, depth + 1, found)),
        Value::Object(object) => {
            let types = types(object);
            if !types.is_empty() {
                let mut thing = Thing { types, values: Vec::new() };
                flatten(object, "", 0, &mut thing.values);
                found.push(thing);
            }
            object.values().for_each(|v| collect(v, depth + 1, found));
        }
        _ => {}
    }
}

fn types(object: &Map<String, Value>) -> Vec<String> {
    let plain = |v: &Value| Some(v.as_str()?.rsplit(['/', ':', '#']).next()?.to_owned());
    match object.get("@type") {
        Some(Value::Array(types)) => types.iter().take(5).filter_map(plain).collect(),
        Some(one) => plain(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn flatten(object: &Map<String, Value>, prefix: &str, depth: usize, values: &mut Vec<(String, String)>) {
    for (name, value) in object.iter().filter(|(name, _)| !name.starts_with('@')) {
        let name = format!("{prefix}{name}");
        let several = match value {
            Value::Array(several) => several.as_slice(),
            one => std::slice::from_ref(one),
        };
        for one in several {
            if values.len() >= VALUES_MAX {
                return;
            }
            match one {
                Value::String(text) if text.len() <= VALUE_BYTES_MAX => {
                    values.push((name.clone(), text.clone()))
                }
                Value::Number(number) => values.push((name.clone(), number.to_string())),
                // Two levels are enough for an address and a register number.
                Value::Object(inner) if depth < 2 => flatten(inner, &format!("{name}."), depth + 1, values),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_found_wherever_they_stand() {
        let script = r#"{"@context": "https://schema.org", "@graph": [
            {"@type": ["Organization", "schema:LocalBusiness"], "legalName": "Dak B.V.", "telephone": ["1", "2"],
             "address": {"@type": "PostalAddress", "postalCode": "3511 AB"},
             "employee": {"@type": "https://schema.org/Person", "name": "Jan de Vries", "jobTitle": "Directeur"}}]}"#;
        let found = things(&[script.to_owned(), "{ no json".to_owned()]);
        assert_eq!(found[0].types, ["Organization", "LocalBusiness"]);
        assert_eq!(found[0].get("address.postalCode"), Some("3511 AB"));
        assert_eq!(found[0].values.iter().filter(|(n, _)| n == "telephone").count(), 2);
        let person = found.iter().find(|t| t.is_a(&["Person"])).unwrap();
        assert_eq!(person.get("jobTitle"), Some("Directeur"));
    }

    #[test]
    fn hostile_data_is_bounded() {
        let many = format!("[{}]", vec![r#"{"@type":"Person"}"#; 10_000].join(","));
        assert_eq!(things(&[many]).len(), THINGS_MAX);
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(things(&[deep]).is_empty());
    }
}
