//! Salesforce's error rules. The tests check that each rule matches a simulated response and is listed in
//! `docs/salesforce-answers.md`.

use lexicontract::clock::Clock;
use lexicontract::connectors::http::Client;
use lexicontract::connectors::{
    self, ApiUsage, Call, Connector, Ctx, Deals, Endpoint, Error, ErrorRule, Fault, Kind, Match, Target, Tokens,
};
use lexicontract::domain::connection::deal::TriggerRule;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::record::RecordId;
use lexicontract::domain::time::Timestamp;
use lexicontract::secret::Secret;
use salesforce_simulator::state::faults;
use salesforce_simulator::wire::Then;
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use test_support::settings::{FERNET_KEY, SalesforceSettings, config};
use url::Url;

const FIELD: &str = "LexiContract_Status__c";
/// URL of a port without a listener.
const CLOSED: &str = "http://127.0.0.1:1";
/// Causes that other tests cover. `connectors::http` tests DNS and the outbound proxy, and `deliveries::retries` tests damaged
/// downloads.
const COVERED_ELSEWHERE: [&str; 6] =
    ["address_not_public", "name_not_resolved", "proxy_unreachable", "proxy_refused", "wrong_length", "wrong_checksum"];

struct Bench {
    simulator: Simulator,
    ctx: Ctx,
}

impl Bench {
    async fn start() -> Self {
        let simulator = Simulator::start(Options::default()).await.unwrap();
        let mut salesforce = SalesforceSettings::of(&simulator);
        salesforce.allowed_hosts.push_str(",127.0.0.1:1");
        let config = config(&[&[("FERNET_KEY", FERNET_KEY)][..], &salesforce.pairs()].concat());
        Self {
            ctx: Ctx {
                http: client_with_short_timeout(),
                clock: Clock::fixed(Timestamp::from_millis(0)),
                config: Arc::new(config),
            },
            simulator,
        }
    }

    fn order(&self, fault: faults::Fault) {
        self.simulator.production().state().faults.order(vec![fault]);
    }

    fn tokens(&self, address: &str) -> Tokens {
        Tokens {
            access_token: Secret::from("00D!access"),
            refresh_token: Secret::from("5Aep861.refresh"),
            instance_url: Url::parse(address).unwrap(),
            login_url: Url::parse(address).unwrap(),
            identity_url: "https://login.salesforce.com/id/00Dxx0000001gPLEAY/005xx000001Sv6AAAS".to_owned(),
            scopes: Vec::new(),
            issued_at: Timestamp::from_millis(0),
        }
    }

    fn call(&self, tokens: &Tokens) -> Call {
        Call::with_tokens(&self.ctx, salesforce(), tokens, ApiUsage::default())
    }

    /// Makes a call to which the rule applies, and returns the resulting error.
    async fn error(&self, endpoint: Endpoint, rule: &ErrorRule) -> Error {
        let address = match rule.criterion {
            Match::Transport(Fault::NoConnection) => CLOSED,
            _ => self.simulator.production_url(),
        };
        let (ctx, tokens, id) = (&self.ctx, self.tokens(address), RecordId::new("006ak00000OQ4RxAAL"));
        let call = self.call(&tokens);
        match (endpoint, rule.criterion) {
            (Endpoint::Resource, _) => deals().deal(&call, &any_stage(), &id).await.map(drop),
            (Endpoint::Token, _) => salesforce().oauth().unwrap().refresh(ctx, &tokens).await.map(drop),
            (_, Match::Transport(Fault::Malformed)) => deals().deal(&call, &any_stage(), &id).await.map(drop),
            _ => deals().write(&call, &id, FIELD, "In Review").await,
        }
        .expect_err(rule.cause)
    }
}

fn salesforce() -> &'static Connector {
    connectors::find("salesforce").unwrap()
}

fn any_stage() -> TriggerRule {
    TriggerRule::of_stages(Vec::new())
}

fn deals() -> &'static dyn Deals {
    salesforce().deals.unwrap()
}

fn rules() -> &'static [ErrorRule] {
    salesforce().error_rules
}

#[expect(clippy::disallowed_methods, reason = "the read timeout of the product's client is 30 s")]
fn client_with_short_timeout() -> Client {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    client.read_timeout(Duration::from_millis(400)).build().unwrap().into()
}

/// A response that matches the rule. `None` if the simulator cannot send such a response.
fn example(endpoint: Endpoint, rule: &ErrorRule) -> Option<faults::Fault> {
    let status = match rule.status {
        (0, 999) if rule.criterion == Match::Any => 300,
        (0, 999) => 400,
        (first, _) => first,
    };
    let error = |code: &str, message: &str| {
        let code = if code.is_empty() { "SOMETHING_NEW" } else { code };
        let message = format!("Well: {}.", message.to_uppercase());
        Some(match endpoint {
            Endpoint::Token => json!({ "error": code, "error_description": message }),
            Endpoint::Data | Endpoint::Resource | Endpoint::Either => json!([{ "errorCode": code, "message": message }]),
        })
    };
    let answer = |body: Option<Value>| faults::Fault { status: Some(status), body, ..faults::Fault::default() };
    let header = |name: &str, value: &str| faults::Fault {
        headers: [(name.to_owned(), value.to_owned())].into(),
        ..answer(error("", ""))
    };
    Some(match rule.criterion {
        Match::Error(code, message) => answer(error(code, message)),
        Match::Any => answer(error("", "")),
        Match::NoCode => faults::Fault { content_type: Some("text/plain".to_owned()), ..answer(Some("garbage".into())) },
        Match::Html => answer(Some("<html>We are down for maintenance.</html>".into())),
        Match::RetryAfter => header("Retry-After", "5"),
        Match::Redirect(Target::Foreign) => header("Location", "https://evil.example/services"),
        Match::Redirect(Target::Provider) => header("Location", "https://moved.my.salesforce.com/"),
        Match::Redirect(Target::Same) => header("Location", "/secur/login"),
        Match::Transport(Fault::TimeOut) => faults::Fault { cut_at: Some(30), then: Then::Stall, ..faults::Fault::default() },
        Match::Transport(Fault::BrokenOff) => faults::Fault { cut_at: Some(30), then: Then::Reset, ..faults::Fault::default() },
        Match::Transport(Fault::TooLong) => faults::Fault { endless: true, status: Some(200), ..answer(Some(json!({}))) },
        Match::Transport(Fault::Malformed) => faults::Fault { status: Some(200), ..answer(Some(json!({ "records": 7 }))) },
        Match::Transport(Fault::NoConnection) => return None,
        Match::Transport(Fault::NotPublic | Fault::WrongLength | Fault::WrongChecksum) => return None,
        Match::Transport(Fault::NotResolved | Fault::ProxyUnreachable | Fault::ProxyRefused) => return None,
    })
}

#[tokio::test]
async fn every_rule_applies_to_a_matching_response() {
    let bench = Bench::start().await;
    for rule in rules().iter().filter(|rule| !COVERED_ELSEWHERE.contains(&rule.cause)) {
        for endpoint in [Endpoint::Data, Endpoint::Resource, Endpoint::Token] {
            if rule.endpoint != Endpoint::Either && rule.endpoint != endpoint {
                continue;
            }
            if let Some(fault) = example(endpoint, rule) {
                bench.order(fault);
            }
            let error = bench.error(endpoint, rule).await;
            let found = (error.cause, error.kind, error.responsible);
            assert_eq!(found, (rule.cause, rule.kind, rule.responsible), "{endpoint:?} {rule:?}: {error}");
            assert_eq!(bench.simulator.production().state().faults.waiting().count(), 0, "{rule:?}");
        }
    }
}

#[test]
fn causes_are_unique() {
    let causes: BTreeSet<&str> = rules().iter().map(|rule| rule.cause).collect();
    assert_eq!(causes.len(), rules().len());
}

#[tokio::test]
async fn truncated_responses_are_errors() {
    let bench = Bench::start().await;
    let tokens = bench.tokens(bench.simulator.production_url());
    let id = RecordId::new("006ak00000OQ4RxAAL");
    for (cut_at, then) in [(0, Then::Close), (0, Then::Reset), (9, Then::Close), (60, Then::Close), (60, Then::Reset)] {
        bench.order(faults::Fault {
            status: Some(200),
            body: Some(json!({ "done": true, "records": [], "padding": "x".repeat(500) })),
            cut_at: Some(cut_at),
            then,
            ..faults::Fault::default()
        });
        let error = deals().deal(&bench.call(&tokens), &any_stage(), &id).await.unwrap_err();
        assert_eq!((error.kind, error.cause), (Kind::Unavailable, "broken_off"), "{cut_at} {then:?}: {error}");
    }
    for raw in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ] {
        bench.order(faults::Fault { raw: Some(raw.to_owned()), ..faults::Fault::default() });
        let error = deals().deal(&bench.call(&tokens), &any_stage(), &id).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "{raw}: {error}");
    }
    let gzip = [("Content-Encoding".to_owned(), "gzip".to_owned())];
    bench.order(faults::Fault {
        status: Some(200),
        body: Some("this is not gzip".into()),
        headers: gzip.into(),
        ..faults::Fault::default()
    });
    let error = deals().deal(&bench.call(&tokens), &any_stage(), &id).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error}");
}

#[tokio::test]
async fn redirects_are_not_followed_with_a_token() {
    let bench = Bench::start().await;
    let elsewhere = Bench::start().await;
    let tokens = bench.tokens(bench.simulator.production_url());
    let location = format!("{}/services/data/v67.0/query", elsewhere.simulator.production_url());
    for status in [301, 302, 303, 307, 308] {
        bench.order(faults::Fault {
            status: Some(status),
            headers: [("Location".to_owned(), location.clone())].into(),
            ..faults::Fault::default()
        });
        let id = RecordId::new("006ak00000OQ4RxAAL");
        let error = deals().deal(&bench.call(&tokens), &any_stage(), &id).await.unwrap_err();
        assert_eq!((error.kind, error.responsible), (Kind::HostNotAllowed, Responsible::ProviderAdministrator), "{status}");
    }
    assert_eq!(elsewhere.simulator.production().state().requests.entries().count(), 0);
}

const DOCUMENT: &str = include_str!("../../../../docs/salesforce-answers.md");

#[test]
fn documentation_lists_all_rules() {
    let lines: Vec<String> = rules().iter().map(documented).collect();
    let missing: Vec<&String> = lines.iter().filter(|line| !DOCUMENT.contains(line.as_str())).collect();
    assert!(missing.is_empty(), "docs/salesforce-answers.md must hold:\n{}", lines.join("\n"));
    assert_eq!(DOCUMENT.lines().filter(|line| line.starts_with("| `")).count(), lines.len(), "the document has additional rows");
}

fn documented(rule: &ErrorRule) -> String {
    let endpoint = match rule.endpoint {
        Endpoint::Data => "API",
        Endpoint::Resource => "API, no record",
        Endpoint::Token => "token",
        Endpoint::Either => "both",
    };
    let status = match rule.status {
        (0, 999) => "any".to_owned(),
        (0, 0) => "–".to_owned(),
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}–{last}"),
    };
    let criterion = match rule.criterion {
        Match::Error(code, "") => code.to_owned(),
        Match::Error("", part) => format!("“{part}”"),
        Match::Error(code, part) => format!("{code} “{part}”"),
        Match::Redirect(Target::Foreign) => "redirect to another host than Salesforce's".to_owned(),
        Match::Redirect(Target::Provider) => "redirect to another of Salesforce's hosts".to_owned(),
        Match::Redirect(Target::Same) => "redirect on the same host".to_owned(),
        Match::RetryAfter => "with `Retry-After`".to_owned(),
        Match::Html => "HTML instead of JSON".to_owned(),
        Match::NoCode => "no error code".to_owned(),
        Match::Any => "any other response".to_owned(),
        Match::Transport(fault) => format!("{fault:?}"),
    };
    let action = match rule.kind {
        Kind::SessionExpired => "refresh the session once, retry".to_owned(),
        Kind::GrantDead => "park until an admin reconnects".to_owned(),
        Kind::RateLimited { retry_after } => format!("pause this connection for {} s", retry_after.as_secs()),
        Kind::Unavailable | Kind::Unexpected => "retry: 5 s, doubling, three days".to_owned(),
        Kind::HostNotAllowed | Kind::Forbidden | Kind::NotFound | Kind::Refused => "stop with a message".to_owned(),
    };
    let who = match rule.responsible {
        Responsible::Transient => "transient",
        Responsible::Admin => "LexiContract admin",
        Responsible::ProviderAdministrator => "Salesforce administrator",
        Responsible::Operator => "operator",
    };
    format!("| `{}` | {endpoint} | {status} | {criterion} | {action} | {who} |", rule.cause)
}
