//! Each line of the table of rules, through the simulator.

use lexicontract::{
    clock::Clock,
    config::Config,
    connectors::{
        self, ApiUsage, Call, Connector, Ctx, Deals, Endpoint, Error, ErrorRule, Fault, Kind, Match, Target, Tokens, http::Client,
    },
    domain::{
        connection::{health::Responsible, record::RecordId},
        time::Timestamp,
    },
    secret::Secret,
};
use salesforce_simulator::{Options, Simulator, options::ConnectedApp, state::faults, wire::Then};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use url::Url;

const FIELD: &str = "LexiContract_Status__c";
/// Nobody listens there.
const SILENT: &str = "http://127.0.0.1:1";
/// What only happens beyond one call: name servers and the outbound proxy (`connectors::http` tests them), and files (`files` and
/// `troubles` do).
const ELSEWHERE: [&str; 6] =
    ["address_not_public", "name_not_resolved", "proxy_unreachable", "proxy_refused", "wrong_length", "wrong_checksum"];

struct Bench {
    simulator: Simulator,
    ctx: Ctx,
}

impl Bench {
    async fn start() -> Self {
        let simulator = Simulator::start(Options::default()).await.unwrap();
        let app = ConnectedApp::default();
        let hosts = format!("{},127.0.0.1:1", simulator.production_url().trim_start_matches("http://"));
        let pairs = [
            ("FERNET_KEY", super::fixture::KEY),
            ("SALESFORCE_CLIENT_ID", &app.client_id),
            ("SALESFORCE_CLIENT_SECRET", &app.client_secret),
            ("SALESFORCE_LOGIN_URL", simulator.production_url()),
            ("SALESFORCE_ALLOWED_HOSTS", &hosts),
        ];
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let config = Config::read(find).unwrap();
        Self {
            ctx: Ctx { http: impatient(), clock: Clock::fixed(Timestamp::from_millis(0)), config: Arc::new(config) },
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

    /// What a call makes of the answer that was ordered.
    async fn error(&self, endpoint: Endpoint, rule: &ErrorRule) -> Error {
        let address = match rule.sign {
            Match::Broken(Fault::NoConnection) => SILENT,
            _ => self.simulator.production_url(),
        };
        let (ctx, tokens, id) = (&self.ctx, self.tokens(address), RecordId::new("006ak00000OQ4RxAAL"));
        let call = self.call(&tokens);
        match (endpoint, rule.sign) {
            (Endpoint::Resource, _) => deals().deal(&call, &id).await.map(drop),
            (Endpoint::Token, _) => salesforce().oauth().unwrap().refresh(ctx, &tokens).await.map(drop),
            (_, Match::Broken(Fault::Malformed)) => deals().deal(&call, &id).await.map(drop),
            _ => deals().write(&call, &id, FIELD, "In Review").await,
        }
        .expect_err(rule.cause)
    }
}

fn salesforce() -> &'static Connector {
    connectors::find("salesforce").unwrap()
}

fn deals() -> &'static dyn Deals {
    salesforce().deals.unwrap()
}

fn rules() -> &'static [ErrorRule] {
    salesforce().error_rules
}

#[expect(clippy::disallowed_methods, reason = "the product's client waits 30 seconds for a silent server, and tests do not")]
fn impatient() -> Client {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    client.read_timeout(Duration::from_millis(400)).build().unwrap().into()
}

/// An answer that the rule is about, at that endpoint.
fn example(endpoint: Endpoint, rule: &ErrorRule) -> Option<faults::Fault> {
    let status = match rule.status {
        (0, 999) if rule.sign == Match::Status => 300,
        (0, 999) => 400,
        (first, _) => first,
    };
    let says = |code: &str, words: &str| {
        let code = if code.is_empty() { "SOMETHING_NEW" } else { code };
        let words = format!("Well: {}.", words.to_uppercase());
        Some(match endpoint {
            Endpoint::Token => json!({ "error": code, "error_description": words }),
            Endpoint::Data | Endpoint::Resource | Endpoint::Either => json!([{ "errorCode": code, "message": words }]),
        })
    };
    let answer = |body: Option<Value>| faults::Fault { status: Some(status), body, ..faults::Fault::default() };
    let header =
        |name: &str, value: &str| faults::Fault { headers: [(name.to_owned(), value.to_owned())].into(), ..answer(says("", "")) };
    Some(match rule.sign {
        Match::Says(code, words) => answer(says(code, words)),
        Match::Status => answer(says("", "")),
        Match::NoCode => faults::Fault { content_type: Some("text/plain".to_owned()), ..answer(Some("garbage".into())) },
        Match::Page => answer(Some("<html>We are down for maintenance.</html>".into())),
        Match::AsksToWait => header("Retry-After", "5"),
        Match::Redirect(Target::Foreign) => header("Location", "https://evil.example/services"),
        Match::Redirect(Target::Provider) => header("Location", "https://moved.my.salesforce.com/"),
        Match::Redirect(Target::Same) => header("Location", "/secur/login"),
        Match::Broken(Fault::TimeOut) => faults::Fault { cut_at: Some(30), then: Then::Stall, ..faults::Fault::default() },
        Match::Broken(Fault::BrokenOff) => faults::Fault { cut_at: Some(30), then: Then::Reset, ..faults::Fault::default() },
        Match::Broken(Fault::TooLong) => faults::Fault { endless: true, status: Some(200), ..answer(Some(json!({}))) },
        Match::Broken(Fault::Malformed) => faults::Fault { status: Some(200), ..answer(Some(json!({ "records": 7 }))) },
        Match::Broken(Fault::NoConnection) => return None,
        Match::Broken(Fault::NotPublic | Fault::WrongLength | Fault::WrongChecksum) => return None,
        Match::Broken(Fault::NotResolved | Fault::ProxyUnreachable | Fault::ProxyRefused) => return None,
    })
}

#[tokio::test]
async fn every_line_of_the_table_decides_the_answers_that_it_is_about() {
    let bench = Bench::start().await;
    for rule in rules().iter().filter(|rule| !ELSEWHERE.contains(&rule.cause)) {
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
fn no_two_lines_have_the_same_cause() {
    let causes: BTreeSet<&str> = rules().iter().map(|rule| rule.cause).collect();
    assert_eq!(causes.len(), rules().len());
}

#[tokio::test]
async fn an_answer_may_be_cut_anywhere_and_is_never_taken_for_a_whole_one() {
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
        let error = deals().deal(&bench.call(&tokens), &id).await.unwrap_err();
        assert_eq!((error.kind, error.cause), (Kind::Unavailable, "broken_off"), "{cut_at} {then:?}: {error}");
    }
    for raw in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ] {
        bench.order(faults::Fault { raw: Some(raw.to_owned()), ..faults::Fault::default() });
        let error = deals().deal(&bench.call(&tokens), &id).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "{raw}: {error}");
    }
    let gzip = [("Content-Encoding".to_owned(), "gzip".to_owned())];
    bench.order(faults::Fault {
        status: Some(200),
        body: Some("this is not gzip".into()),
        headers: gzip.into(),
        ..faults::Fault::default()
    });
    let error = deals().deal(&bench.call(&tokens), &id).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_a_token() {
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
        let error = deals().deal(&bench.call(&tokens), &id).await.unwrap_err();
        assert_eq!((error.kind, error.responsible), (Kind::HostNotAllowed, Responsible::ProviderAdministrator), "{status}");
    }
    assert_eq!(elsewhere.simulator.production().state().requests.entries().count(), 0);
}

/// The page that operators and administrators read.
const DOCUMENT: &str = include_str!("../../../docs/salesforce-answers.md");

#[test]
fn the_document_says_what_the_table_says() {
    let lines: Vec<String> = rules().iter().map(documented).collect();
    let missing: Vec<&String> = lines.iter().filter(|line| !DOCUMENT.contains(line.as_str())).collect();
    assert!(missing.is_empty(), "docs/salesforce-answers.md must hold:\n{}", lines.join("\n"));
    assert_eq!(DOCUMENT.lines().filter(|line| line.starts_with("| `")).count(), lines.len(), "it holds more than the table");
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
    let sign = match rule.sign {
        Match::Says(code, "") => code.to_owned(),
        Match::Says("", words) => format!("“{words}”"),
        Match::Says(code, words) => format!("{code} “{words}”"),
        Match::Redirect(Target::Foreign) => "redirect to another host than Salesforce's".to_owned(),
        Match::Redirect(Target::Provider) => "redirect to another of Salesforce's hosts".to_owned(),
        Match::Redirect(Target::Same) => "redirect on the same host".to_owned(),
        Match::AsksToWait => "with `Retry-After`".to_owned(),
        Match::Page => "a page instead of JSON".to_owned(),
        Match::NoCode => "without a code".to_owned(),
        Match::Status => "anything else".to_owned(),
        Match::Broken(fault) => format!("{fault:?}"),
    };
    let follows = match rule.kind {
        Kind::SessionExpired => "renew the session once, call again".to_owned(),
        Kind::GrantDead => "park until someone reconnects".to_owned(),
        Kind::RateLimited { retry_after } => format!("this connection pauses {} s", retry_after.as_secs()),
        Kind::Unavailable | Kind::Unexpected => "try again: 5 s, doubling, three days".to_owned(),
        Kind::HostNotAllowed | Kind::Forbidden | Kind::NotFound | Kind::Refused => "stop, and say why".to_owned(),
    };
    let who = match rule.responsible {
        Responsible::Transient => "passes",
        Responsible::Admin => "LexiContract admin",
        Responsible::ProviderAdministrator => "Salesforce administrator",
        Responsible::Operator => "operator",
    };
    format!("| `{}` | {endpoint} | {status} | {sign} | {follows} | {who} |", rule.cause)
}
