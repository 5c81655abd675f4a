//! The document and the router say the same.

use crate::{access::operations, call::Call, server::Server};
use server::router::plain_routes;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn every_documented_path_answers_to_the_documented_methods_and_no_others() {
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
async fn the_document_says_how_callers_prove_who_they_are() {
    let server = Server::start().await;
    let document = server.send(Call::get("/api/openapi.json")).await.json();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["session", "token", "webhook_secret"]);
    let webhook = &document["paths"]["/api/v1/integrations/salesforce/webhook"]["post"];
    assert!(webhook["security"][0]["webhook_secret"].is_array());
    assert!(webhook["responses"]["default"]["content"]["application/problem+json"].is_object());
    let contract = &document["paths"]["/api/v1/contracts/{id}"]["get"];
    assert_eq!(contract["parameters"][0]["name"], "id");
}
