//! Requests to every route and server function: without an identity, with each role, and from another organization.

mod attempt;
mod fixture;
mod lost_authority;
mod routes;
mod small_chunks;
pub mod table;

use attempt::Attempt;
use fixture::{Fixture, Kind};
use std::collections::BTreeSet;
use table::{Row, TABLE, UPLOAD, Who};
use test_support::databases::on_every_database;

#[tokio::test]
async fn the_table_contains_exactly_the_routes_of_the_server() {
    let server = crate::support::server::Server::start().await;
    let routes = routes::all(&server).await;
    let rows: BTreeSet<String> = TABLE.iter().map(|row| row.route.to_owned()).collect();
    assert_eq!(rows.len(), TABLE.len(), "a route is in the table twice");
    let missing: Vec<_> = routes.difference(&rows).collect();
    assert!(missing.is_empty(), "add these routes to `table.rs`: {missing:#?}");
    let gone: Vec<_> = rows.difference(&routes).collect();
    assert!(gone.is_empty(), "these rows have no route: {gone:#?}");
}

#[test]
fn routes_are_added_only_in_the_listed_files() {
    let places = [
        "pages/docs.rs .route( 1",
        "pages/mod.rs .route( 1",
        "pages/mod.rs leptos_routes 1",
        "pages/static_files.rs .nest 1",
        "pages/static_files.rs .route_service( 1",
        "router.rs .route( 1",
    ];
    assert_eq!(routes::places_that_add_routes(), places, "add routes to `plain_routes` or to the document in `router.rs`");
}

#[tokio::test]
async fn requests_without_an_identity_pass_only_on_open_routes() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        for row in TABLE {
            let outcome = Attempt::of(row, &fixture.own_id(row)).send(&fixture, None).await;
            match row.who {
                Who::Anyone(status) => assert_eq!(outcome.status, status, "{} {outcome:?}", row.route),
                _ => assert!(outcome.requires_sign_in(row), "{} {outcome:?}", row.route),
            }
            if row.is_action() && !matches!(row.who, Who::Anyone(_)) {
                let form = Attempt::of(row, &fixture.own_id(row)).sent_as_form().send(&fixture, None).await;
                assert!(form.redirects_to_sign_in(), "{} {form:?}", row.route);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_too_low_is_rejected_and_changes_nothing() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let before = fixture.everything().await;
        for row in TABLE {
            for person in fixture.too_low_for(row) {
                let outcome = Attempt::of(row, &fixture.own_id(row)).send(&fixture, Some(person)).await;
                assert!(outcome.is_forbidden(), "{} as {} {outcome:?}", row.route, person.name);
                if row.path().starts_with("/api/") && row.body.starts_with('{') {
                    let outcome =
                        Attempt::of(row, &fixture.own_id(row)).with_body("{\"x\":[1]}").send(&fixture, Some(person)).await;
                    assert!(outcome.is_forbidden(), "{} as {} with a wrong body {outcome:?}", row.route, person.name);
                }
            }
        }
        assert_eq!(fixture.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn ids_of_another_organization_respond_like_unknown_ids() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let before = fixture.everything().await;
        for row in TABLE.iter().filter(|row| row.kind.is_some_and(Kind::belongs_to_an_organization)) {
            let kind = row.kind.unwrap();
            let unknown = Attempt::of(row, &kind.unknown_id()).send(&fixture, Some(&fixture.neighbour)).await;
            assert_eq!(unknown.status, 404, "{} {unknown:?}", row.route);
            let mut ids = kind.malformed_ids();
            ids.push(fixture.own_id(row));
            for id in ids {
                let outcome = Attempt::of(row, &id).send(&fixture, Some(&fixture.neighbour)).await;
                assert_eq!(outcome, unknown, "{} with `{id}`", row.route);
            }
        }
        assert_eq!(fixture.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn each_role_can_use_its_routes() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let (removing, lasting): (Vec<&Row>, Vec<&Row>) = TABLE.iter().partition(|row| row.removes);
        for row in lasting {
            for person in fixture.high_enough_for(row) {
                let outcome = Attempt::of(row, &fixture.own_id(row)).send(&fixture, Some(person)).await;
                assert!(outcome.is_authorized(row), "{} as {} {outcome:?}", row.route, person.name);
            }
        }
        for row in removing {
            let person = fixture.with_new_session(row).await;
            let outcome = Attempt::of(row, &fixture.id_to_remove(row, &person)).send(&fixture, Some(&person)).await;
            assert!((200..400).contains(&outcome.status), "{} {outcome:?}", row.route);
        }
    })
    .await;
}

#[tokio::test]
async fn cross_site_requests_change_nothing() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let before = fixture.everything().await;
        let has_secret = |row: &Row| row.path().contains("/{webhook}") || row.path().ends_with("deal-status");
        for row in TABLE.iter().filter(|row| row.method() != "GET" && !has_secret(row)) {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
                let outcome =
                    Attempt::of(row, &fixture.own_id(row)).from(name, value).send(&fixture, Some(fixture.admin())).await;
                assert!(
                    outcome.status == 403 && outcome.body.contains("cross_origin"),
                    "{} {name}: {value} {outcome:?}",
                    row.route
                );
            }
        }
        assert_eq!(fixture.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_server_function_accepts_its_own_fields_once_in_its_content_type() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let before = fixture.everything().await;
        for row in TABLE.iter().filter(|row| row.is_action() && row.body != UPLOAD) {
            let tried = async |attempt: fn(Attempt<'static>) -> Attempt<'static>, body: String| {
                let body: &'static str = body.leak();
                let id = fixture.own_id(row);
                let json = attempt(Attempt::of(row, &id).with_body(body)).send(&fixture, Some(fixture.admin())).await;
                let page =
                    attempt(Attempt::of(row, &id).with_body(body).sent_as_form()).send(&fixture, Some(fixture.admin())).await;
                assert_eq!(json.status, page.status, "{} `{body}` {json:?} {page:?}", row.route);
                json.status
            };
            let first = row.body.split('&').next().unwrap();
            let (unknown, repeated) = match (row.body.strip_suffix('}').filter(|body| body.starts_with('{')), first) {
                (Some(json), _) => (format!("{json},\"unknown\":1}}"), format!("{json},{}", &row.body[1..])),
                (None, "") => ("unknown=1".to_owned(), "form_id=1&form_id=1".to_owned()),
                (None, first) => (format!("{}&unknown=1", row.body), format!("{}&{first}", row.body)),
            };
            assert_eq!(tried(|attempt| attempt, unknown).await, 422, "{} with an unknown field", row.route);
            assert_eq!(tried(|attempt| attempt, repeated).await, 422, "{} with a repeated field", row.route);
            let other = tried(|attempt| attempt.with_content_type("text/plain"), row.body.to_owned()).await;
            assert_eq!(other, 415, "{} as text", row.route);
            let swapped: fn(Attempt<'static>) -> Attempt<'static> = match row.body.starts_with('{') {
                true => |attempt| attempt.with_content_type("application/x-www-form-urlencoded"),
                false => |attempt| attempt.with_content_type("application/json"),
            };
            assert_eq!(tried(swapped, row.body.to_owned()).await, 415, "{} as the other one", row.route);
        }
        assert_eq!(fixture.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn no_action_redirects_to_another_site_or_puts_errors_into_addresses() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let (removing, mut rows): (Vec<&Row>, Vec<&Row>) =
            TABLE.iter().filter(|row| row.is_action()).partition(|row| row.removes);
        rows.extend(removing);
        for row in rows {
            for id in [Kind::Connection.unknown_id(), fixture.own_id(row)] {
                let outcome = Attempt::of(row, &id)
                    .sent_as_form()
                    .with_referrer("https://evil.example/x")
                    .send(&fixture, Some(fixture.admin()))
                    .await;
                let location = outcome.location.as_deref().unwrap_or("/");
                let is_ours = location.starts_with('/') && !location.starts_with("//");
                let is_consent = location.starts_with("http://127.0.0.1:") && location.contains("/services/oauth2/authorize?");
                assert!(is_ours || is_consent, "{} {outcome:?}", row.route);
                let said = format!("{location} {}", outcome.body);
                assert!(!said.contains("evil.example") && !said.contains("__err"), "{} {outcome:?}", row.route);
            }
        }
    })
    .await;
}
