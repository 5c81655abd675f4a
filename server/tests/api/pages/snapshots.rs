//! Snapshots of all pages. Open pages are requested without an identity, all other pages by an admin.

use super::fixture::Fixture;
use crate::support::call::{Answer, Call};
use crate::support::server::Server;
use crate::support::snapshot::html;
use test_support::databases::on_every_database;

/// Snapshot names and paths of pages whose path is not in [`app::ROUTES`].
const OTHER_PAGES: [(&str, &str); 4] = [
    ("not_found", "/nothing"),
    ("ask_to_connect", "/api/v1/integrations/salesforce/auth"),
    ("connect_link_form", "/integrations/connect/salesforce/link"),
    ("contracts_filtered", "/contracts?status=signed"),
];
/// Pages that are tested without an identity.
const OPEN_PAGES: [&str; 5] = ["/login", "/register", "/invitations/{token}", "/connect", "/connect/{token}"];
/// Pages of an organization without data.
const EMPTY_PAGES: [(&str, &str); 2] = [("integrations_empty", "/integrations"), ("contracts_empty", "/contracts")];

#[tokio::test]
async fn pages_equal_their_snapshots() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let server = &fixture.connected.server;
        for route in &app::ROUTES {
            let path = filled_in(route.path, &fixture);
            let answer = if OPEN_PAGES.contains(&route.path) {
                server.send(Call::get(&path).header("accept", "text/html")).await
            } else {
                open(server, &fixture.connected.admin.cookie, &path).await
            };
            check(&name(route.path), &answer);
        }
        for (name, path) in OTHER_PAGES {
            check(name, &open(server, &fixture.connected.admin.cookie, path).await);
        }
        let eve = server.admin("eve").await;
        for (name, path) in EMPTY_PAGES {
            check(name, &open(server, &eve.cookie, path).await);
        }
    })
    .await;
}

async fn open(server: &Server, cookie: &str, path: &str) -> Answer {
    server.send(Call::get(path).header("cookie", cookie).header("accept", "text/html")).await
}

/// The path of a route, with ids from the fixture.
fn filled_in(route: &str, fixture: &Fixture) -> String {
    let id = match route.split('/').nth(1) {
        Some("contracts") => &fixture.contract,
        Some("deliveries") => &fixture.delivery,
        _ => fixture.connected.connection["id"].as_str().unwrap(),
    };
    let token = if route.starts_with("/connect/") { &fixture.connect_link } else { &fixture.invitation };
    let path = route.replace("{id}", id).replace("{slug}", "pipedrive").replace("{token}", token);
    let query = if route.ends_with("/compare") { "?from=1&to=2" } else { "" };
    path.replace("{record}", &fixture.opportunity) + query
}

/// The name of the route's snapshot, such as `contracts_id_compare`.
fn name(route: &str) -> String {
    match route {
        "/" => "start".to_owned(),
        _ => route[1..].replace('/', "_").replace(['{', '}'], ""),
    }
}

fn check(name: &str, answer: &Answer) {
    let location = answer.headers.get("location").map(|value| format!("location: {}\n", value.to_str().unwrap()));
    let text = format!("status: {}\n{}{}", answer.status, location.unwrap_or_default(), String::from_utf8_lossy(&answer.body));
    html().bind(|| insta::assert_snapshot!(name, text));
}
