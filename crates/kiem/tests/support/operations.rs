//! Every operation of the OpenAPI document with something sensible filled in, so that a new one is tried by itself.

use kiem::api;
use serde_json::{Value, json};
use uuid::Uuid;

/// What is searched for: stands in every text of the other workspace of `tests/isolation.rs`.
pub const SEARCHED: &str = "GEHEIM";

/// One operation with everything that it needs filled in.
pub struct Operation {
    pub method: String,
    pub path: String,
    /// The path as the document has it.
    pub pattern: String,
    pub body: Option<Value>,
    /// Whether it takes a file instead.
    pub is_upload: bool,
}

/// All operations of the document, with `id` wherever an id is asked.
pub fn operations(id: Uuid) -> Vec<Operation> {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut all = Vec::new();
    for (pattern, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            let mut path = pattern.clone();
            while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                // A year and a signal are no ids: they name nothing of another workspace.
                let value = match &path[from..=to] {
                    "{year}" => "2026".to_owned(),
                    "{signal}" => "reply".to_owned(),
                    _ => id.to_string(),
                };
                path.replace_range(from..=to, &value);
            }
            let mut query = Vec::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["in"] == "query" {
                    let value = match sample(&document, &parameter["schema"], id, 0) {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    let name = parameter["name"].as_str().unwrap();
                    let is_search = matches!(name, "q" | "search");
                    let value = if is_search { SEARCHED.to_owned() } else { value };
                    if parameter["required"] == true || name.ends_with("id") || is_search {
                        query.push(format!("{name}={}", value.replace(' ', "%20")));
                    }
                }
            }
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let is_upload = operation["requestBody"]["content"]["multipart/form-data"].is_object();
            let body = (!schema.is_null()).then(|| sample(&document, schema, id, 0));
            all.push(Operation {
                method: method.to_uppercase(),
                path,
                pattern: pattern.clone(),
                body,
                is_upload,
            });
        }
    }
    assert!(all.len() >= 30, "the document has operations: {}", all.len());
    all
}

/// A value that fits a schema, as full as the schema allows.
fn sample(document: &Value, schema: &Value, id: Uuid, depth: u32) -> Value {
    if depth > 12 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return sample(document, &document["components"]["schemas"][name], id, depth + 1);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(choice) = schema[key].as_array().and_then(|c| c.iter().find(|s| s["type"] != "null")) {
            return sample(document, choice, id, depth + 1);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|e| e.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").cloned().unwrap_or_default(),
        other => other.clone(),
    };
    match kind.as_str().unwrap_or_default() {
        "object" => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let filled =
                properties.map(|(k, v)| (k.clone(), named(k, v, sample(document, v, id, depth + 1))));
            Value::Object(filled.collect())
        }
        "array" => json!([sample(document, &schema["items"], id, depth + 1)]),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        _ if schema["format"] == "uuid" => json!(id.to_string()),
        _ => json!("iets"),
    }
}

/// A text that its field takes: the first choice that its description names, else what such a name means.
fn named(name: &str, schema: &Value, value: Value) -> Value {
    if value != "iets" {
        return value;
    }
    let described = schema["description"].as_str().unwrap_or_default().split('`').nth(1);
    let choice = described.filter(|c| !c.is_empty() && c.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    json!(match (name, choice) {
        ("role", _) => "sales",
        (_, Some(choice)) => choice,
        ("email" | "address", _) => "iemand@b.example",
        ("from", _) => "09:00",
        ("to", _) => "17:00",
        (n, _) if n.ends_with("_at") => "2026-12-01T10:00:00Z",
        (n, _) if n.ends_with("_on") || n.ends_with("until") || n.ends_with("date") => "2026-12-01",
        _ => "iets",
    })
}
