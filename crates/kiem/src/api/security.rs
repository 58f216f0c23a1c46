//! What holds for every operation, written into the OpenAPI document in one place: who may ask, what a stranger gets, and
//! the header that makes a POST safe to send twice.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Type};

use super::caller::SESSION_COOKIE;
use super::idempotency;

/// Operations that nobody has to be logged in for, as method and path.
const OPEN: &[(&str, &str)] =
    &[("post", "/api/v1/session"), ("get", "/api/v1/setup"), ("post", "/api/v1/setup")];

/// Adds the security schemes, 401 for strangers, and the `Idempotency-Key` of POSTs.
pub fn describe(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let cookie =
        ApiKeyValue::with_description(SESSION_COOKIE, "Session of a person; set by POST /api/v1/session.");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("API token of a program; made under Settings, API tokens."))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let none: [&str; 0] = [];
    document.security =
        Some(vec![SecurityRequirement::new("session", none), SecurityRequirement::new("token", none)]);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ] {
            let Some(operation) = operation else { continue };
            if OPEN.contains(&(method, path.as_str())) {
                operation.security = Some(vec![SecurityRequirement::default()]);
                continue;
            }
            refuses_strangers(operation);
            if method == "post" {
                may_be_repeated(operation);
            }
        }
    }
}

fn refuses_strangers(operation: &mut Operation) {
    operation.responses.responses.entry("401".to_owned()).or_insert_with(|| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description("Nobody is logged in").content("application/json", content);
        RefOr::T(response.build())
    });
}

fn may_be_repeated(operation: &mut Operation) {
    let header = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(utoipa::openapi::Required::False)
        .description(Some(
            "A key of your own, 1 to 255 characters: the same request sent again with it has one effect and gets the same answer.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build();
    debug_assert!(header.name.eq_ignore_ascii_case(idempotency::HEADER));
    operation.parameters.get_or_insert_default().push(RefOr::T(header));
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_says_who_may_ask() {
        let document = serde_json::to_value(crate::api::openapi()).unwrap();
        assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
        let (mut n_closed, mut n_open) = (0, 0);
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if !["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                    continue;
                }
                let is_open = operation["security"].is_array();
                assert!(is_open || operation["responses"]["401"].is_object(), "{method} {path}");
                if is_open {
                    n_open += 1
                } else {
                    n_closed += 1
                }
                let has_key = operation["parameters"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
                assert_eq!(has_key, method == "post" && !is_open, "{method} {path}");
            }
        }
        assert_eq!(n_open, super::OPEN.len());
        assert!(n_closed > 130);
    }
}
