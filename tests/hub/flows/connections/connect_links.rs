//! Connect links: consent by a visitor without an account, the browser that may finish it, and the end of links.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::domain::connection::connect_link::NewConnectLink;
use lexicontract::domain::connection::{Authorization, Connection, ConnectionStatus, Environment};
use lexicontract::domain::ids::IntegrationId;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::{Error, Result};
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, Callback, Client, UserChange};
use salesforce_simulator::state::faults::Fault;
use test_support::databases::on_every_database;
use test_support::fixture::Fixture;
use test_support::users::{join, register};

const DAY: u64 = 24 * 60 * 60;

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it must be rejected"),
    }
}

fn salesforce() -> IntegrationId {
    IntegrationId::from_suffix("salesforce")
}

fn browser() -> Secret<String> {
    Secret::from("the secret of the visitor's browser")
}

async fn create(fixture: &Fixture, actor: &Actor) -> NewConnectLink {
    fixture.hub.create_connect_link(actor, &salesforce(), Environment::Production, None).await.unwrap()
}

fn token(link: &NewConnectLink) -> Secret<String> {
    Secret::from(link.url.rsplit('/').next().unwrap())
}

async fn start(fixture: &Fixture, link: &NewConnectLink) -> Authorization {
    let started = fixture.hub.start_link_flow(&token(link), &browser(), &Client::default()).await.unwrap();
    assert_eq!(started.slug, "salesforce");
    Authorization { authorization_url: started.authorization_url }
}

/// Opens the link, and consents. Returns the callback.
async fn consent(fixture: &Fixture, link: &NewConnectLink) -> Callback {
    fixture.allow(&start(fixture, link).await).await
}

fn copy(callback: &Callback) -> Callback {
    let (state, code) = (callback.state.clone(), callback.code.clone());
    Callback { state, code, error: callback.error.clone(), error_description: None }
}

async fn finish(
    fixture: &Fixture,
    browser: Option<&Secret<String>>,
    callback: &Callback,
) -> std::result::Result<Connection, ConnectFailure> {
    fixture.hub.finish_link_flow("salesforce", browser, copy(callback)).await
}

fn exchanged_codes(fixture: &Fixture) -> usize {
    fixture.salesforce().requests.entries().filter(|entry| entry.path.ends_with("/oauth2/token")).count()
}

/// Kind and summary of each audit entry after the registration, oldest first.
async fn audited(fixture: &Fixture) -> Vec<(String, String)> {
    let page = PageRequest::new(Some(100), None).unwrap();
    let lines = fixture.hub.audit_log(&fixture.admin, &AuditFilter::default(), &page).await.unwrap().items;
    lines.into_iter().rev().skip(1).map(|line| (line.kind, line.summary)).collect()
}

#[tokio::test]
async fn consent_of_a_visitor_creates_a_pending_connection_and_uses_the_link() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let link = create(&fixture, admin).await;
        assert_eq!(link.expires_at.since(hub.clock().now()).as_secs(), DAY);
        for _ in 0..3 {
            let request = hub.link_request(&token(&link), &Client::default()).await.unwrap();
            assert_eq!((request.user.as_str(), request.email.as_str()), ("ada", "ada@example.com"), "user, e-mail");
            assert_eq!((request.organization.as_str(), request.slug.as_str()), ("ada", "salesforce"), "organization, provider");
            assert!(fixture.simulator.production_url().ends_with(&request.login_host) && !request.is_connected, "{request:?}");
        }
        assert_eq!(hub.connect_links(admin).await.unwrap().len(), 1, "looking at the link does not use it up");
        let callback = consent(&fixture, &link).await;
        assert!(hub.is_link_flow(callback.state.as_ref().unwrap()).await.unwrap());
        let held = finish(&fixture, Some(&browser()), &callback).await.unwrap();
        assert_eq!(held.status, ConnectionStatus::NeedsConfirmation);
        let confirmation = held.confirmation.clone().unwrap();
        assert_eq!(confirmation.started_by, "a connect link of ada");
        assert_eq!(confirmation.user.as_deref(), Some("Dana Whitfield, dana.whitfield@acme.example"));
        assert_eq!(finish(&fixture, Some(&browser()), &callback).await.unwrap(), held, "the second callback");
        assert_eq!(exchanged_codes(&fixture), 1);
        assert!(hub.connect_links(admin).await.unwrap().is_empty());
        assert_eq!(problem(hub.link_request(&token(&link), &Client::default()).await), Problem::ConnectLinkInvalid);

        let result = hub.link_result(&token(&link), &browser()).await.unwrap().unwrap();
        assert_eq!((result.organization.as_str(), result.connection.as_ref()), ("ada", Some(&held)), "organization, connection");
        assert_eq!(hub.link_result(&token(&link), &Secret::from("another browser")).await.unwrap(), None);
        assert_eq!(hub.link_result(&Secret::from("another link"), &browser()).await.unwrap(), None);
        hub.confirm_connection(admin, &held.id).await.unwrap();
        let result = hub.link_result(&token(&link), &browser()).await.unwrap().unwrap();
        assert_eq!(result.connection.unwrap().status, ConnectionStatus::Connected);

        let lines = audited(&fixture).await;
        let expected = [
            ("connect_link_created", "ada created a connect link for Salesforce (Production)"),
            ("connect_link_used", "Dana Whitfield, dana.whitfield@acme.example used the connect link of ada"),
            (
                "connection_held",
                "A connect link of ada connected Acme Corporation (dana.whitfield@acme.example), which an admin must confirm",
            ),
        ];
        let found: Vec<(&str, &str)> = lines.iter().map(|line| (line.0.as_str(), line.1.as_str())).collect();
        assert_eq!(found[..3], expected, "kind, summary");
        let page = PageRequest::new(Some(2), None).unwrap();
        let held_line = hub.audit_log(admin, &AuditFilter::default(), &page).await.unwrap().items.remove(1);
        assert_eq!((held_line.actor.as_str(), held_line.via.as_deref()), ("Connect link", Some(link.id.as_str())), "actor, via");
    })
    .await;
}

#[tokio::test]
async fn only_the_browser_that_started_the_flow_can_finish_it() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let link = create(&fixture, admin).await;
        let invalid = ConnectFailure::StateInvalid;
        let callback = consent(&fixture, &link).await;
        assert_eq!(finish(&fixture, None, &callback).await.unwrap_err(), invalid, "a link scanner");
        assert!(finish(&fixture, Some(&browser()), &callback).await.is_ok(), "a scanner does not consume the state");
        hub.disconnect(admin, &hub.connections(admin).await.unwrap()[0].id).await.unwrap();

        let link = create(&fixture, admin).await;
        let callback = consent(&fixture, &link).await;
        assert_eq!(finish(&fixture, Some(&Secret::from("another browser")), &callback).await.unwrap_err(), invalid);
        assert_eq!(finish(&fixture, Some(&browser()), &callback).await.unwrap_err(), invalid, "the state was consumed");
        let callback = consent(&fixture, &link).await;
        let by_session = hub.finish_flow("salesforce", Some(admin), copy(&callback)).await;
        assert_eq!(by_session.unwrap_err(), invalid, "the session of the user who created the link");
        let callback = fixture.allow(&fixture.begin_to_connect().await).await;
        assert!(!hub.is_link_flow(callback.state.as_ref().unwrap()).await.unwrap());
        assert_eq!(finish(&fixture, Some(&browser()), &callback).await.unwrap_err(), invalid, "the flow of a session");
        let late = consent(&fixture, &link).await;
        fixture.advance(600);
        assert_eq!(finish(&fixture, Some(&browser()), &late).await.unwrap_err(), invalid, "the flow has expired");
        assert_eq!(exchanged_codes(&fixture), 1, "only the first callback redeemed its code");
        assert!(hub.connections(admin).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_one_of_two_concurrent_consents_uses_the_link() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let link = create(&fixture, &fixture.admin).await;
        let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(500), times: 2, ..Fault::default() };
        fixture.salesforce().faults.order(vec![slow]);
        let (one, other) = (consent(&fixture, &link).await, consent(&fixture, &link).await);
        let browser = browser();
        let outcomes = tokio::join!(finish(&fixture, Some(&browser), &one), finish(&fixture, Some(&browser), &other));
        let ((Ok(_), Err(failure)) | (Err(failure), Ok(_))) = outcomes else { panic!("one must fail") };
        assert_eq!(failure, ConnectFailure::NotAllowed);
        assert_eq!(fixture.hub.connections(&fixture.admin).await.unwrap().len(), 1);
        let ended: Vec<bool> = fixture.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect();
        assert_eq!(ended.iter().filter(|is_revoked| **is_revoked).count(), 1, "{ended:?}");
    })
    .await;
}

#[tokio::test]
async fn denied_consent_leaves_the_link_open() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let link = create(&fixture, &fixture.admin).await;
        let denied = fixture.decide(&start(&fixture, &link).await, "deny").await;
        for _ in 0..2 {
            assert_eq!(finish(&fixture, Some(&browser()), &denied).await.unwrap_err(), ConnectFailure::AccessDenied);
        }
        let callback = consent(&fixture, &link).await;
        assert!(finish(&fixture, Some(&browser()), &callback).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn ended_link_cannot_be_opened_started_or_finished() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let role = |role| UserChange { role: Some(role), ..UserChange::default() };
        for (number, reason) in ["revoked", "demoted", "disabled", "removed", "expired"].into_iter().enumerate() {
            let maker = join(hub, admin, &format!("maker{number}"), Role::Admin).await;
            let link = create(&fixture, &maker).await;
            if reason == "expired" {
                fixture.advance(DAY - 60);
            }
            let callback = consent(&fixture, &link).await;
            fixture.stay_signed_in().await;
            match reason {
                "revoked" => hub.revoke_connect_link(admin, &link.id).await.unwrap(),
                "demoted" => drop(hub.update_user(admin, &maker.user_id, role(Role::Member)).await.unwrap()),
                "disabled" => {
                    let change = UserChange { is_disabled: Some(true), ..UserChange::default() };
                    hub.update_user(admin, &maker.user_id, change).await.unwrap();
                }
                "removed" => hub.remove_user(admin, &maker.user_id).await.unwrap(),
                _ => fixture.advance(60),
            }
            let failure = finish(&fixture, Some(&browser()), &callback).await.unwrap_err();
            assert!(matches!(failure, ConnectFailure::NotAllowed | ConnectFailure::StateInvalid), "{reason} {failure:?}");
            let client = Client::default();
            assert_eq!(problem(hub.link_request(&token(&link), &client).await), Problem::ConnectLinkInvalid, "{reason}");
            let started = hub.start_link_flow(&token(&link), &browser(), &client).await;
            assert_eq!(problem(started), Problem::ConnectLinkInvalid, "{reason}");
            assert!(hub.connect_links(admin).await.unwrap().is_empty(), "{reason}");
            if reason == "demoted" {
                hub.update_user(admin, &maker.user_id, role(Role::Admin)).await.unwrap();
                let again = hub.link_request(&token(&link), &client).await;
                assert_eq!(problem(again), Problem::ConnectLinkInvalid, "the new role does not open the link again");
            }
        }
        assert_eq!(exchanged_codes(&fixture), 0);
        let ended: Vec<String> =
            audited(&fixture).await.into_iter().filter(|line| line.0 == "connect_link_revoked").map(|line| line.1).collect();
        let expected = [
            "ada revoked the connect link of maker0 for Salesforce (Production)",
            "The connect link of maker1 for Salesforce (Production) ended because the user is no longer an admin",
            "The connect link of maker2 for Salesforce (Production) ended because the account was disabled",
            "The connect link of maker3 for Salesforce (Production) ended because the account was removed",
        ];
        assert_eq!(ended, expected);
        hub.run_housekeeping().await.unwrap();
        assert_eq!(fixture.opened.number("SELECT count(*) FROM connect_links").await, 0);
    })
    .await;
}

#[tokio::test]
async fn grant_for_a_connected_environment_is_revoked_and_the_link_stays_open() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let link = create(&fixture, &fixture.admin).await;
        let callback = consent(&fixture, &link).await;
        let fixture = fixture.connect().await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        assert_eq!(finish(&fixture, Some(&browser()), &callback).await.unwrap_err(), ConnectFailure::AlreadyConnected);
        let ended: Vec<bool> = fixture.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect();
        assert_eq!(ended.iter().filter(|is_revoked| **is_revoked).count(), 1, "{ended:?}");
        assert!(hub.test_connection(admin, &fixture.connection.id).await.unwrap().ok, "the connection keeps its grant");
        assert!(hub.link_request(&token(&link), &Client::default()).await.unwrap().is_connected);
        let started = hub.start_link_flow(&token(&link), &browser(), &Client::default()).await;
        assert_eq!(problem(started), Problem::AlreadyConnected);
        let created = hub.create_connect_link(admin, &salesforce(), Environment::Production, None).await;
        assert_eq!(problem(created), Problem::AlreadyConnected);
        hub.disconnect(admin, &fixture.connection.id).await.unwrap();
        let callback = consent(&fixture, &link).await;
        assert!(finish(&fixture, Some(&browser()), &callback).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn declined_connection_is_gone_from_the_result() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let link = create(&fixture, admin).await;
        let held = finish(&fixture, Some(&browser()), &consent(&fixture, &link).await).await.unwrap();
        hub.disconnect(admin, &held.id).await.unwrap();
        let result = hub.link_result(&token(&link), &browser()).await.unwrap().unwrap();
        assert_eq!(result.connection, None);
        fixture.run_jobs().await;
        assert!(fixture.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
    })
    .await;
}

#[tokio::test]
async fn links_are_for_admins_of_the_organization_and_bounded() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let member = Actor { role: Role::Member, ..admin.clone() };
        let link = create(&fixture, admin).await;
        let by_member = hub.create_connect_link(&member, &salesforce(), Environment::Production, None).await;
        assert_eq!(problem(by_member), Problem::Forbidden);
        assert_eq!(problem(hub.connect_links(&member).await), Problem::Forbidden);
        assert_eq!(problem(hub.revoke_connect_link(&member, &link.id).await), Problem::Forbidden);
        let eve = register(hub, "eve").await;
        assert_eq!(problem(hub.revoke_connect_link(&eve, &link.id).await), Problem::NotFound);
        assert!(hub.connect_links(&eve).await.unwrap().is_empty());
        for (slug, expected) in [("pipedrive", Problem::Invalid(Invalid::ConnectLink)), ("unknown", Problem::NotFound)] {
            let id = IntegrationId::from_suffix(slug);
            assert_eq!(problem(hub.create_connect_link(admin, &id, Environment::Production, None).await), expected, "{slug}");
        }
        let host = fixture.simulator.production_url().trim_start_matches("http://").to_owned();
        hub.create_connect_link(admin, &salesforce(), Environment::MyDomain, Some(&host)).await.unwrap();
        let listed = hub.connect_links(admin).await.unwrap();
        let names: Vec<&str> = listed.iter().map(|link| link.environment_name()).collect();
        assert_eq!(names, ["Production", host.as_str()]);
        assert_eq!((&listed[0].id, listed[0].created_by.as_str()), (&link.id, "ada"), "id, created by");
        for _ in 2..20 {
            create(&fixture, admin).await;
        }
        let one_more = hub.create_connect_link(admin, &salesforce(), Environment::Sandbox, None).await;
        assert_eq!(problem(one_more), Problem::TooManyConnectLinks);
        hub.revoke_connect_link(admin, &link.id).await.unwrap();
        assert_eq!(problem(hub.revoke_connect_link(admin, &link.id).await), Problem::NotFound, "it is revoked already");
        create(&fixture, admin).await;
        let tokens = "SELECT count(*) FROM connect_links WHERE token_digest LIKE 'lccl_%'";
        assert_eq!(fixture.opened.number(tokens).await, 0, "only digests are stored");
    })
    .await;
}

#[tokio::test]
async fn visitors_of_a_link_do_not_remove_the_flows_of_its_creator() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let link = create(&fixture, &fixture.admin).await;
        let own = fixture.allow(&fixture.begin_to_connect().await).await;
        for _ in 0..25 {
            start(&fixture, &link).await;
        }
        assert_eq!(fixture.opened.number("SELECT count(*) FROM oauth_flows").await, 21, "20 of the link and one of the session");
        assert!(fixture.hub.finish_flow("salesforce", Some(&fixture.admin), own).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn opening_and_starting_are_limited_by_network() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, link) = (&fixture.hub, create(&fixture, &fixture.admin).await);
        let from = |address: &str| Client { address: Some(address.parse().unwrap()), ..Client::default() };
        let wrong = Secret::from("lccl_wrong");
        for _ in 0..60 {
            assert_eq!(problem(hub.link_request(&wrong, &from("192.0.2.1")).await), Problem::ConnectLinkInvalid);
        }
        assert_eq!(problem(hub.link_request(&wrong, &from("192.0.2.1")).await), Problem::TooManyRequests);
        let started = hub.start_link_flow(&token(&link), &browser(), &from("192.0.2.1")).await;
        assert_eq!(problem(started), Problem::TooManyRequests);
        assert!(hub.start_link_flow(&token(&link), &browser(), &from("192.0.2.2")).await.is_ok());
    })
    .await;
}
