//! All routes of the server, collected from the router's lists.

use crate::security::access::operations;
use crate::support::call::Call;
use crate::support::server::Server;
use leptos::server_fn::axum::server_fn_paths;
use server::router::plain_routes;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The routes of static files and of the documentation.
const FILES: [&str; 9] = [
    "GET /api/openapi.json",
    "GET /api/docs",
    "GET /api/docs/",
    "GET /pkg/none.js",
    "GET /icons/none.svg",
    "GET /connectors/none.svg",
    "GET /favicon.ico",
    "GET /favicon.svg",
    "GET /robots.txt",
];

/// All routes, each as `METHOD /path`.
pub async fn all(server: &Server) -> BTreeSet<String> {
    let mut routes: BTreeSet<String> = FILES.map(str::to_owned).into();
    routes.extend(operations(server).into_iter().map(|(method, path)| format!("{method} {path}")));
    app::actions::register_all();
    routes.extend(server_fn_paths().map(|(path, method)| format!("{method} {path}")));
    routes.extend(app::ROUTES.iter().map(|route| format!("GET {}", route.path)));
    let ada = server.admin("ada").await;
    for (path, _) in plain_routes() {
        let answer = server.send(Call::new("OPTIONS", path).cookie(&ada.cookie)).await;
        let allowed = answer.headers["allow"].to_str().unwrap().to_owned();
        routes.extend(allowed.split(',').filter(|method| *method != "HEAD").map(|method| format!("{method} {path}")));
    }
    routes
}

/// The calls in the server's source code that add routes. Each entry contains file, call and number of occurrences.
pub fn places_that_add_routes() -> Vec<String> {
    let mut places = Vec::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let (source, name) = (fs::read_to_string(&entry).unwrap(), entry.strip_prefix(&sources).unwrap().display());
            for call in [".route(", ".route_service(", ".nest", "leptos_routes"] {
                let times = source.matches(call).count();
                if times > 0 {
                    places.push(format!("{name} {call} {times}"));
                }
            }
        }
    }
    places.sort();
    places
}
