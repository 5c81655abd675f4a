//! The setup package, and the webhook call that its Apex code sends.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::Server;
use crate::webhook::signatures::signature;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use salesforce_simulator::ids;
use serde_json::{Value, json};
use server::process::serve::{Limits, accept_until};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

fn path(connected: &Connected) -> String {
    format!("/api/v1/integrations/organization/{}/setup-package", connected.connection["id"].as_str().unwrap())
}

fn files(answer: &Answer) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(&answer.body)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before}: {text}"));
    rest.split_once(after).unwrap().0
}

#[tokio::test]
async fn admins_download_the_package_without_the_secret() {
    let connected = Connected::start(&[]).await;
    let answer = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["content-type"], "application/zip");
    let disposition = "attachment; filename=\"lexicontract-salesforce-production.zip\"";
    assert_eq!(answer.headers["content-disposition"], disposition);
    let files = files(&answer);
    assert!(files.contains_key("sfdx-project.json") && files.contains_key("README.md"), "{:?}", files.keys());
    for (path, content) in &files {
        assert!(!content.contains(&connected.secret) && !content.contains("lcwh_"), "{path}");
    }
    assert!(files["README.md"].contains("Salesforce cannot call this address"), "the test server is on this machine");
    let again = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    assert_eq!(again.body, answer.body);
}

#[tokio::test]
async fn the_package_depends_on_settings_and_field_type() {
    let connected = Connected::start(&[]).await;
    let settings = json!({"metadata": {"status_field": "Legal_State__c", "trigger_stages": ["With Legal"]}});
    let connection = path(&connected).replace("/setup-package", "");
    let changed = connected.server.send(Call::new("PATCH", &connection).cookie(&connected.admin.cookie).json(&settings)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for (query, kind) in [("", Some("Picklist")), ("?status_field=text", Some("Text")), ("?status_field=existing", None)] {
        let call = Call::get(&format!("{}{query}", path(&connected))).cookie(&connected.admin.cookie);
        let files = files(&connected.server.send(call).await);
        let field = files.iter().find(|(path, _)| path.ends_with("Legal_State__c.field-meta.xml"));
        assert_eq!(field.map(|(_, content)| between(content, "<type>", "</type>")), kind);
        assert!(files.values().any(|content| content.contains("With Legal")));
    }
    let wrong = Call::get(&format!("{}?status_field=number", path(&connected))).cookie(&connected.admin.cookie);
    let answer = connected.server.send(wrong).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{answer:?}");
}

/// Unpacks the package for the XML checks of `scripts/test`.
#[tokio::test]
async fn the_package_is_unpacked_for_checks_of_its_files() {
    let mut connected = Connected::start(&[]).await;
    connected.signing("required").await;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("setup-package");
    for kind in ["picklist", "text"] {
        // Removes files of earlier runs.
        let _ = std::fs::remove_dir_all(folder.join(kind));
        let call = Call::get(&format!("{}?status_field={kind}", path(&connected))).cookie(&connected.admin.cookie);
        for (path, content) in files(&connected.server.send(call).await) {
            let path = folder.join(kind).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }
}

/// The webhook call that the package's Apex code sends, derived from the package's files.
struct ApexCall {
    address: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl ApexCall {
    fn of(files: &BTreeMap<String, String>, connected: &Connected, ids: &[String]) -> Self {
        let class = apex(files, "LexiContractWebhook");
        assert_eq!(between(class, "request.setMethod('", "'"), "POST");
        let keys = between(class, "String body(List<Id>", "}");
        let names: Vec<&str> = keys.split('\'').skip(1).step_by(2).collect();
        assert_eq!(names, ["OrganizationId", "OpportunityIds"]);
        let credential = &files["force-app/main/default/externalCredentials/LexiContract.externalCredential-meta.xml"];
        let (_, secret) = credential.split_once("NamedPrincipal").unwrap();
        assert_eq!(between(secret, "<parameterValue>", "</parameterValue>"), "{!$Credential.LexiContract.Secret}");
        let mut headers = vec![(between(secret, "<parameterName>", "</parameterName>").to_owned(), connected.secret.clone())];
        for line in class.lines().filter(|line| line.contains("request.setHeader('")) {
            let texts: Vec<&str> = line.split('\'').collect();
            headers.push((texts[1].to_owned(), texts[3].to_owned()));
        }
        let address = between(class, "'callout:LexiContract", "'").to_owned();
        Self { address, headers, body: json!({names[0]: connected.organization(), names[1]: ids}).to_string() }
    }

    /// Signs the call by evaluating the formula of the Apex class `LexiContractSignature`, as Salesforce does.
    fn sign(&mut self, files: &BTreeMap<String, String>, key: &str, seconds: i64) {
        let class = apex(files, "LexiContractSignature");
        assert!(class.contains("formula(messageId + '.' + seconds + '.' + body)"), "{class}");
        let message = format!("{}{}", between(class, "messageId =", "+").trim().trim_matches('\''), "0123456789abcdef".repeat(2));
        let content = format!("{message}.{seconds}.{}", self.body);
        let literal = between(class, "return '", "';").replace("\\'", "'");
        let formula = literal
            .replace("' + text + '", &STANDARD.encode(&content))
            .replace("' + KEY + '", between(class, "String KEY = '", "'"));
        assert!(formula.len() < 3_900, "Salesforce takes formulas of at most 3,900 characters, not {}", formula.len());
        let worked_out = evaluate(&formula, key);
        let names: Vec<&str> = class.split("request.setHeader('").skip(1).map(|rest| rest.split('\'').next().unwrap()).collect();
        assert_eq!(names, ["webhook-id", "webhook-timestamp", "webhook-signature"]);
        let values = [message, seconds.to_string(), worked_out];
        self.headers.extend(names.into_iter().map(str::to_owned).zip(values));
    }

    fn call(&self) -> Call {
        let call = self.headers.iter().fold(Call::post(&self.address), |call, (name, value)| call.header(name, value));
        call.body(self.body.clone())
    }

    /// Sends the call over a socket, with Salesforce's headers. Returns status and body of the response.
    async fn send(&self, server: &Server) -> (u16, Value) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut salesforce = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (end, ended) = oneshot::channel::<()>();
        tokio::spawn(accept_until(listener, server.router.clone(), Limits::default(), async { drop(ended.await) }));
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!("POST {} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nConnection: close\r\n{headers}", self.address);
        let message = format!("{head}Content-Length: {}\r\n\r\n{}", self.body.len(), self.body);
        salesforce.write_all(message.as_bytes()).await.unwrap();
        let mut answer = String::new();
        salesforce.read_to_string(&mut answer).await.unwrap();
        drop(end);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}")))
    }
}

/// Evaluates a formula. Supports only `v1,{!BASE64ENCODE(HMAC('SHA-256', BASE64DECODE('…'), BASE64DECODE(<key>)))}`.
fn evaluate(formula: &str, key: &str) -> String {
    let inner = formula.strip_prefix("v1,{!BASE64ENCODE(HMAC('SHA-256', BASE64DECODE('").unwrap_or_else(|| panic!("{formula}"));
    let text =
        inner.strip_suffix("'), BASE64DECODE($Credential.LexiContract.SigningKey)))}").unwrap_or_else(|| panic!("{formula}"));
    let content = String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
    format!("v1,{}", signature(key, &content))
}

fn apex<'f>(files: &'f BTreeMap<String, String>, class: &str) -> &'f str {
    &files[&format!("force-app/main/default/classes/{class}.cls")]
}

fn opportunities(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("006{number:012}")).collect()
}

#[tokio::test]
async fn the_call_of_the_package_is_accepted() {
    let connected = Connected::start(&[]).await;
    let answer = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    let call = ApexCall::of(&files(&answer), &connected, &opportunities(200));
    let (status, answer) = call.send(&connected.server).await;
    assert_eq!(status, 202, "{answer}");
    assert_eq!(answer["deliveries"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn the_progress_call_of_the_package_is_answered() {
    let connected = Connected::start(&[]).await;
    let answer = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    let files = files(&answer);
    let mut call = ApexCall::of(&files, &connected, &opportunities(1));
    let class = apex(&files, "LexiContractWebhook");
    between(class, "String PROGRESS_ENDPOINT = 'callout:LexiContract", "'").clone_into(&mut call.address);
    let keys = between(class, "askProgress", "}").split('\'').skip(1).step_by(2).collect::<Vec<_>>();
    assert_eq!(keys, ["OrganizationId", "OpportunityId"]);
    call.body = json!({keys[0]: connected.organization(), keys[1]: opportunities(1)[0]}).to_string();
    let (status, answer) = call.send(&connected.server).await;
    assert_eq!((status, &answer["delivery"]), (200, &Value::Null), "{answer}");
    let progress = apex(&files, "LexiContractProgress");
    for part in answer.as_object().unwrap().keys() {
        assert!(progress.contains(&format!(" {part} {{ get; set; }}")), "{part}");
    }
}

#[tokio::test]
async fn the_signed_call_of_the_package_is_accepted_where_signatures_are_required() {
    let mut connected = Connected::start(&[]).await;
    let key = connected.signing("required").await;
    let answer = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    let files = files(&answer);
    let most: usize = between(apex(&files, "LexiContractSignature"), "Integer MAX_IDS = ", ";").parse().unwrap();
    let long_ids: Vec<String> = opportunities(most).iter().map(|id| ids::to_18(id).unwrap()).collect();
    let mut call = ApexCall::of(&files, &connected, &long_ids);
    assert_eq!(connected.server.send(call.call()).await.status, 401, "not signed yet");
    call.sign(&files, &key, connected.server.hub.clock().now().millis() / 1_000);
    let (status, answer) = call.send(&connected.server).await;
    assert_eq!(status, 202, "{answer}");
    let (_, again) = call.send(&connected.server).await;
    assert_eq!(again["deliveries"][most - 1]["status"], "duplicate");
    let record = &files["force-app/main/default/customMetadata/LexiContract_Setting.LexiContract.md-meta.xml"];
    assert!(record.contains("<field>Is_Signed__c</field>\n        <value xsi:type=\"xsd:boolean\">true</value>"), "{record}");
}

#[tokio::test]
async fn members_and_other_organizations_get_no_package() {
    let connected = Connected::start(&[]).await;
    let server = &connected.server;
    let mia = server.colleague(&connected.admin, "mia", "member").await;
    let eve = server.admin("eve").await;
    assert_eq!(server.send(Call::get(&path(&connected)).cookie(&mia.cookie)).await.status, 403);
    assert_eq!(server.send(Call::get(&path(&connected)).cookie(&eve.cookie)).await.status, 404);
    assert_eq!(server.send(Call::get(&path(&connected))).await.status, 401);
}

#[tokio::test]
async fn other_providers_have_no_package() {
    let me = json!({"data": {"id": 1, "name": "Ada", "company_id": 2, "company_name": "Acme"}});
    let pipedrive = axum::Router::new().fallback(async move || axum::Json(me));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, pipedrive).await });
    let server = Server::with(&[("PIPEDRIVE_API_URL", &origin)]).await;
    let ada = server.admin("ada").await;
    let connect =
        Call::post("/api/v1/integrations/organization/int_pipedrive").cookie(&ada.cookie).json(&json!({"api_key": "k"}));
    let connected = server.send(connect).await;
    assert_eq!(connected.status, 201, "{connected:?}");
    let path = format!("/api/v1/integrations/organization/{}/setup-package", connected.json()["id"].as_str().unwrap());
    assert_eq!(server.send(Call::get(&path).cookie(&ada.cookie)).await.status, 404);
}
