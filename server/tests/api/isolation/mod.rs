//! Every route and every server function, tried by strangers, by each role and by a neighbour, on both databases.
//!
//! The routes come from the router's own lists, so that one which is not in the table fails a test, as does a row of the table
//! whose route is gone.

/// One try of a route, and what of its answer can be compared.
mod attempt;
/// The people, and what they have.
mod cast;
/// Requests whose user loses the authority while the body is on its way.
mod held_back;
/// Bodies in pieces of one byte.
mod pieces;
/// Every route of the server, from its own lists.
mod routes;
/// Who may do what, and with which body.
pub mod table;

use crate::databases::on_every_database;
use attempt::Attempt;
use cast::{Cast, Kind};
use std::collections::BTreeSet;
use table::{Row, TABLE, UPLOAD, Who};

#[tokio::test]
async fn the_table_holds_every_route_and_no_others() {
    let server = crate::server::Server::start().await;
    let routes = routes::all(&server).await;
    let rows: BTreeSet<String> = TABLE.iter().map(|row| row.route.to_owned()).collect();
    assert_eq!(rows.len(), TABLE.len(), "a route is in the table twice");
    let missing: Vec<_> = routes.difference(&rows).collect();
    assert!(missing.is_empty(), "say in `table.rs` who may use these: {missing:#?}");
    let gone: Vec<_> = rows.difference(&routes).collect();
    assert!(gone.is_empty(), "these rows have no route any more: {gone:#?}");
}

#[test]
fn routes_are_made_where_the_lists_come_from_and_nowhere_else() {
    let places = [
        "docs.rs .route( 1",
        "pages.rs .route( 1",
        "pages.rs leptos_routes 1",
        "router.rs .route( 1",
        "static_files.rs .nest 1",
        "static_files.rs .route_service( 1",
    ];
    assert_eq!(routes::places_that_make_routes(), places, "add routes to `plain_routes` or to the document in `router.rs`");
}

#[tokio::test]
async fn strangers_pass_only_where_anyone_may() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        for row in TABLE {
            let seen = Attempt::of(row, &cast.own_id(row)).send(&cast, None).await;
            match row.who {
                Who::Anyone(status) => assert_eq!(seen.status, status, "{} {seen:?}", row.route),
                _ => assert!(seen.asks_to_sign_in(row), "{} {seen:?}", row.route),
            }
            if row.is_action() && !matches!(row.who, Who::Anyone(_)) {
                let form = Attempt::of(row, &cast.own_id(row)).posted().send(&cast, None).await;
                assert!(form.leads_to_sign_in(), "{} {form:?}", row.route);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_too_low_is_refused_and_changes_nothing() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let before = cast.everything().await;
        for row in TABLE {
            for person in cast.too_low_for(row) {
                let seen = Attempt::of(row, &cast.own_id(row)).send(&cast, Some(person)).await;
                assert!(seen.is_forbidden(), "{} as {} {seen:?}", row.route, person.name);
                if row.path().starts_with("/api/") && row.body.starts_with('{') {
                    let seen = Attempt::of(row, &cast.own_id(row)).with_body("{\"x\":[1]}").send(&cast, Some(person)).await;
                    assert!(seen.is_forbidden(), "{} as {} with a wrong body {seen:?}", row.route, person.name);
                }
            }
        }
        assert_eq!(cast.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_a_neighbour_is_as_unknown_as_what_nobody_has() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let before = cast.everything().await;
        for row in TABLE.iter().filter(|row| row.kind.is_some_and(Kind::belongs_to_someone)) {
            let kind = row.kind.unwrap();
            let unknown = Attempt::of(row, &kind.unknown_id()).send(&cast, Some(&cast.neighbour)).await;
            assert_eq!(unknown.status, 404, "{} {unknown:?}", row.route);
            let mut ids = kind.malformed_ids();
            ids.push(cast.own_id(row));
            for id in ids {
                let seen = Attempt::of(row, &id).send(&cast, Some(&cast.neighbour)).await;
                assert_eq!(seen, unknown, "{} with `{id}`", row.route);
            }
        }
        assert_eq!(cast.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn each_role_may_do_what_the_table_says() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let (ending, lasting): (Vec<&Row>, Vec<&Row>) = TABLE.iter().partition(|row| row.ends);
        for row in lasting {
            for person in cast.high_enough_for(row) {
                let seen = Attempt::of(row, &cast.own_id(row)).send(&cast, Some(person)).await;
                assert!(seen.is_about_the_content(row), "{} as {} {seen:?}", row.route, person.name);
            }
        }
        for row in ending {
            let person = cast.with_a_fresh_session(row).await;
            let seen = Attempt::of(row, &cast.id_to_end(row, &person)).send(&cast, Some(&person)).await;
            assert!((200..400).contains(&seen.status), "{} {seen:?}", row.route);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_whoever_is_signed_in() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let before = cast.everything().await;
        let is_webhook = |row: &Row| row.path().trim_end_matches('/').ends_with("/{webhook}");
        for row in TABLE.iter().filter(|row| row.method() != "GET" && !is_webhook(row)) {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
                let seen = Attempt::of(row, &cast.own_id(row)).from(name, value).send(&cast, Some(cast.admin())).await;
                assert!(seen.status == 403 && seen.body.contains("cross_origin"), "{} {name}: {value} {seen:?}", row.route);
            }
        }
        assert_eq!(cast.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_server_function_takes_its_own_fields_once_and_no_other_content_type() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let before = cast.everything().await;
        for row in TABLE.iter().filter(|row| row.is_action() && row.body != UPLOAD) {
            let tried = async |attempt: fn(Attempt<'static>) -> Attempt<'static>, body: String| {
                let body: &'static str = body.leak();
                let id = cast.own_id(row);
                let json = attempt(Attempt::of(row, &id).with_body(body)).send(&cast, Some(cast.admin())).await;
                let page = attempt(Attempt::of(row, &id).with_body(body).posted()).send(&cast, Some(cast.admin())).await;
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
        assert_eq!(cast.everything().await, before);
    })
    .await;
}

#[tokio::test]
async fn no_action_leads_off_this_site_or_puts_words_into_an_address() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let (ending, mut rows): (Vec<&Row>, Vec<&Row>) = TABLE.iter().filter(|row| row.is_action()).partition(|row| row.ends);
        rows.extend(ending);
        for row in rows {
            for id in [Kind::Connection.unknown_id(), cast.own_id(row)] {
                let seen = Attempt::of(row, &id).posted().led_by("https://evil.example/x").send(&cast, Some(cast.admin())).await;
                let location = seen.location.as_deref().unwrap_or("/");
                let is_ours = location.starts_with('/') && !location.starts_with("//");
                let is_consent = location.starts_with("http://127.0.0.1:") && location.contains("/services/oauth2/authorize?");
                assert!(is_ours || is_consent, "{} {seen:?}", row.route);
                let said = format!("{location} {}", seen.body);
                assert!(!said.contains("evil.example") && !said.contains("__err"), "{} {seen:?}", row.route);
            }
        }
    })
    .await;
}
