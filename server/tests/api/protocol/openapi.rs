//! The OpenAPI document, which must match the router.

use crate::security::access::operations;
use crate::security::isolation::table::TABLE;
use crate::support::call::Call;
use crate::support::server::Server;
use serde_json::Value;
use server::router::plain_routes;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn every_documented_path_supports_exactly_the_documented_methods() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (method, path) in operations(&server) {
        documented.entry(path).or_default().insert(method);
    }
    for (path, methods) in documented {
        let answer = server.send(Call::new("OPTIONS", &path).cookie(&ada.cookie)).await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed = answer.headers["allow"].to_str().unwrap().split(',').filter(|method| *method != "HEAD");
        assert_eq!(allowed.map(str::to_owned).collect::<BTreeSet<_>>(), methods, "{path}");
    }
}

#[tokio::test]
async fn every_route_of_the_api_is_documented() {
    let documented: BTreeSet<String> =
        operations(&Server::start().await).into_iter().map(|(_, path)| path.trim_end_matches('/').to_owned()).collect();
    for (path, _) in plain_routes().iter().filter(|(path, _)| path.starts_with("/api")) {
        assert!(documented.contains(path.trim_end_matches('/')), "{path}");
    }
}

#[tokio::test]
async fn every_documented_handler_is_routed() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    let sources = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let handlers: usize = sources.map(|source| source.matches("#[utoipa::path(").count()).sum();
    assert_eq!(operations(&Server::start().await).len(), handlers);
}

#[tokio::test]
async fn the_document_describes_the_security_schemes() {
    let server = Server::start().await;
    let document = server.send(Call::get("/api/openapi.json")).await.json();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["session", "token", "webhook_secret"]);
    let webhook = &document["paths"]["/api/v1/integrations/{slug}/{webhook}"]["post"];
    assert!(webhook["security"][0]["webhook_secret"].is_array());
    assert!(webhook["responses"]["default"]["content"]["application/problem+json"].is_object());
    let contract = &document["paths"]["/api/v1/contracts/{id}"]["get"];
    assert_eq!(contract["parameters"][0]["name"], "id");
}

/// The operations in the document, as `METHOD /path` and description.
fn described(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_operation_has_a_unique_id_path_parameters_and_described_responses() {
    let document = Server::start().await.send(Call::get("/api/openapi.json")).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    let mut ids = BTreeSet::new();
    for (route, operation) in described(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{route}"));
        assert!(ids.insert(id.to_owned()), "{route}: `{id}` is the id of another operation, too");
        let in_path = route.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect::<Vec<_>>();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let declared: Vec<_> = parameters.filter(|parameter| parameter["in"] == "path").collect();
        assert_eq!(declared.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect::<Vec<_>>(), in_path, "{route}");
        assert!(declared.iter().all(|parameter| parameter["required"] == true), "{route}");

        let answers = operation["responses"].as_object().unwrap();
        for (status, answer) in answers {
            assert!(answer["description"].as_str().is_some_and(|text| !text.is_empty()), "{route} {status}");
        }
        assert!(answers["405"]["headers"]["Allow"].is_object() && answers.contains_key("default"), "{route}");
        assert_eq!(answers.contains_key("404"), !in_path.is_empty() || route.ends_with("/security.txt"), "{route}");
    }
}

#[tokio::test]
async fn every_reference_resolves() {
    let document = Server::start().await.send(Call::get("/api/openapi.json")).await.json();
    let text = document.to_string();
    let references: BTreeSet<&str> = text.split("\"$ref\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(references.len() > 20, "{references:?}");
    let is_missing = |reference: &&str| document.pointer(reference.strip_prefix('#').unwrap()).is_none();
    assert_eq!(references.into_iter().filter(is_missing).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[tokio::test]
async fn every_api_route_of_the_isolation_table_is_documented() {
    let document = Server::start().await.send(Call::get("/api/openapi.json")).await.json();
    let described = described(&document);
    let routes: BTreeSet<&str> = described.iter().map(|(route, _)| route.trim_end_matches('/')).collect();
    let programs = ["/api/v1/", "/healthz", "/readyz", "/metrics", "/.well-known/"];
    let expected = TABLE.iter().filter(|row| programs.iter().any(|prefix| row.path().starts_with(prefix)));
    let expected: BTreeSet<&str> = expected.map(|row| row.route.trim_end_matches('/')).collect();
    assert_eq!(routes, expected);
}

#[tokio::test]
async fn every_parameter_is_described_once() {
    let server = Server::start().await;
    let document = server.send(Call::get("/api/openapi.json")).await.json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let mut seen = BTreeSet::new();
            for parameter in parameters {
                let is_new = seen.insert((parameter["in"].to_string(), parameter["name"].to_string()));
                assert!(is_new, "{method} {path}: {parameter}");
            }
        }
    }
}
