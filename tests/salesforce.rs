//! The Salesforce connector against the simulator: consent, reading, download, write-back, refresh, revocation.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use futures::TryStreamExt;
use lexicontract::{
    clock::Clock,
    config::Config,
    connectors::{self, Access, Ctx, Kind, OAuthConnector, Session, Tokens, http},
    domain::{connection::Environment, record::RecordId},
    secret::Secret,
};
use salesforce_simulator::{Options, Simulator, options::ConnectedApp};
use std::{collections::HashMap, sync::Arc};
use url::Url;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const FIELD: &str = "LexiContract_Status__c";

fn salesforce() -> &'static dyn OAuthConnector {
    match connectors::find("salesforce").unwrap().access {
        Access::OAuth2(connector) => connector,
        _ => panic!("Salesforce is reached with OAuth"),
    }
}

fn context(simulator: &Simulator) -> Ctx {
    let app = ConnectedApp::default();
    let host = simulator.production_url().strip_prefix("http://").unwrap();
    let pairs = [
        ("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="),
        ("SALESFORCE_CLIENT_ID", &app.client_id),
        ("SALESFORCE_CLIENT_SECRET", &app.client_secret),
        ("SALESFORCE_LOGIN_URL", simulator.production_url()),
        ("SALESFORCE_ALLOWED_HOSTS", host),
    ];
    let config = Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())).unwrap();
    Ctx { http: http::client(&config).unwrap(), clock: Clock::system(), config: Arc::new(config) }
}

async fn simulate(rotation: bool) -> (Simulator, Ctx) {
    let options = Options { rotation, require_pkce: true, ..Options::default() };
    let simulator = Simulator::start(options).await.unwrap();
    let ctx = context(&simulator);
    (simulator, ctx)
}

/// Consents as a person would, and redeems the code.
async fn connect(ctx: &Ctx) -> Tokens {
    let login = salesforce().login_url(&ctx.config, Environment::Production, None).unwrap();
    let verifier = Secret::from(VERIFIER);
    let authorize = salesforce().authorize_url(&ctx.config, &login, &Secret::from("r4nd"), &verifier).unwrap();
    let mut form: HashMap<String, String> = authorize.query_pairs().into_owned().collect();
    form.insert("decision".to_owned(), "allow".to_owned());
    let mut decide = authorize.clone();
    decide.set_query(None);
    let answer = ctx.http.post(decide).form(&form).send().await.unwrap();
    let callback = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let callback: HashMap<String, String> = callback.query_pairs().into_owned().collect();
    assert_eq!(callback["state"], "r4nd");
    salesforce().exchange(ctx, &login, &Secret::from(callback["code"].as_str()), &verifier).await.unwrap()
}

fn session(tokens: &Tokens) -> Session {
    Session::new(tokens)
}

/// The id of an Opportunity of the demonstration data.
async fn find(ctx: &Ctx, session: &Session, name: &str) -> RecordId {
    let mut url = session.instance_url.join("/services/data/v67.0/query").unwrap();
    url.query_pairs_mut().append_pair("q", &format!("SELECT Id FROM Opportunity WHERE Name = '{name}'"));
    let answer = ctx.http.get(url).bearer_auth(session.access_token.expose()).send().await.unwrap();
    let body: serde_json::Value = answer.json().await.unwrap();
    RecordId::new(body["records"][0]["Id"].as_str().unwrap())
}

#[tokio::test]
async fn an_opportunity_and_its_file_are_read_and_the_status_is_written() {
    let (_simulator, ctx) = simulate(false).await;
    let session = session(&connect(&ctx).await);
    let account = salesforce().identify(&ctx, &session).await.unwrap();
    assert_eq!(account.label, "Acme Corporation (dana.whitfield@acme.example)");
    let id = find(&ctx, &session, "Northwind platform rollout").await;
    let deal = salesforce().deal(&ctx, &session, &id).await.unwrap();
    assert_eq!((&deal.id, deal.name.as_str()), (&id, "Northwind platform rollout"));
    assert_eq!((deal.party_name.as_deref(), deal.stage.as_str()), (Some("Northwind Traders"), "Proposal/Price Quote"));
    assert!(deal.url.is_some_and(|url| url.contains(id.as_str())));
    let files = salesforce().files(&ctx, &session, &id, 0).await.unwrap();
    assert_eq!((files.len(), files[0].name.as_str()), (1, "Master Services Agreement.pdf"));
    let pieces: Vec<_> = salesforce().open(&ctx, &session, &files[0]).await.unwrap().try_collect().await.unwrap();
    let bytes = pieces.concat();
    assert_eq!(i64::try_from(bytes.len()).unwrap(), files[0].size_bytes);
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(salesforce().file_tiers(), 2);
    assert!(salesforce().files(&ctx, &session, &id, 1).await.unwrap().is_empty(), "it has no attachments");
    salesforce().write(&ctx, &session, &id, FIELD, "In Review").await.unwrap();
    let error = salesforce().write(&ctx, &session, &id, "Missing__c", "In Review").await.unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert!(error.sentence().contains("Missing__c"), "{}", error.sentence());
}

#[tokio::test]
async fn a_fresh_org_passes_every_check() {
    let (_simulator, ctx) = simulate(false).await;
    let session = session(&connect(&ctx).await);
    let account = salesforce().identify(&ctx, &session).await.unwrap();
    let labels = ["Draft".to_owned(), "In Review".to_owned()];
    let checks = salesforce().checks(&ctx, &session, &account.external_id, FIELD, &labels).await.unwrap();
    assert!(checks.iter().all(|check| check.ok), "{checks:?}");
}

#[tokio::test]
async fn a_rotated_refresh_token_is_taken_over_and_the_old_one_ends_the_grant() {
    let (_simulator, ctx) = simulate(true).await;
    let first = connect(&ctx).await;
    let second = salesforce().refresh(&ctx, &first).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    salesforce().identify(&ctx, &session(&second)).await.unwrap();
    let error = salesforce().refresh(&ctx, &first).await.unwrap_err();
    assert_eq!((error.kind, error.outcome_unknown), (Kind::GrantDead, false), "{error}");
}

#[tokio::test]
async fn a_revoked_grant_is_over_and_may_be_revoked_again() {
    let (_simulator, ctx) = simulate(false).await;
    let tokens = connect(&ctx).await;
    salesforce().revoke(&ctx, &tokens).await.unwrap();
    salesforce().revoke(&ctx, &tokens).await.unwrap();
    assert_eq!(salesforce().identify(&ctx, &session(&tokens)).await.unwrap_err().kind, Kind::SessionExpired);
    assert_eq!(salesforce().refresh(&ctx, &tokens).await.unwrap_err().kind, Kind::GrantDead);
}
