//! The story: connect, poll, file, contract, status back, disconnect.

use crate::browser;
use crate::org::Org;
use crate::product::{Product, text};
use crate::report::Report;
use loadtest::Outcome;
use reqwest::Method;
use salesforce_simulator::samples::SAMPLES;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Text field of every org in which the status is written, so that no field has to be created.
const STATUS_FIELD: &str = "NextStep";
const POLL_SECONDS: u64 = 30;
const SIGN_IN: Duration = Duration::from_secs(15 * 60);
const POLL: Duration = Duration::from_secs(3 * POLL_SECONDS);
const MINUTE: Duration = Duration::from_secs(60);
const FILE: &str = "Order Form.pdf";

pub async fn run(product: &Product, is_simulated: bool, report: &mut Report) -> Outcome<()> {
    let connection = connect(product, is_simulated, report).await?;
    let org = Org::new(product.salesforce_session().await?);
    let found = org_story(product, &connection, &org, report).await;
    // A failed test also ends the access to the org.
    let ended = disconnect(product, &connection, &org, report).await;
    found.and(ended)
}

async fn connect(product: &Product, is_simulated: bool, report: &mut Report) -> Outcome<String> {
    let body = json!({"integration_id": "int_salesforce"});
    let link = text(&product.send(Method::POST, "/integrations/organization/connect-links", &body).await?, "url")?;
    if is_simulated {
        browser::consent(&link).await?;
    } else {
        println!("\nOpen this link in a browser, sign in to the Developer Edition org, and press Allow:\n\n    {link}\n");
    }
    let connections = "/integrations/organization";
    let made =
        product.wait(connections, SIGN_IN, |list| Some(list[0].clone()).filter(|one| one["status"] == "needs_confirmation"));
    let pending = text(&made.await?, "id")?;
    report.passed("Consent by a connect link", "the connection waits for confirmation");
    let confirmed = product.send(Method::POST, &format!("{connections}/{pending}/confirm"), &json!({})).await?;
    let connection = text(&confirmed, "id")?;
    report.fact("Org", format!("{} ({})", text(&confirmed, "account_label")?, text(&confirmed, "external_account_id")?));
    report.passed("Confirm the connection", text(&confirmed, "status")?);
    let tested = product.send(Method::POST, &format!("{connections}/{connection}/test"), &json!({})).await?;
    let checks = tested["checks"].as_array().into_iter().flatten();
    let failed: Vec<&str> = checks.filter(|check| check["ok"] == false).filter_map(|check| check["name"].as_str()).collect();
    // The org of the test need not have the status field, and its user is often an administrator.
    match failed.as_slice() {
        [] => report.passed("Test the connection", "all checks passed"),
        _ => report.noted("Test the connection", format!("checks that failed: {}", failed.join(", "))),
    }
    Ok(connection)
}

async fn org_story(product: &Product, connection: &str, org: &Org, report: &mut Report) -> Outcome<()> {
    let (first, trigger) = org.open_stages().await?;
    let settings = json!({"metadata": {"trigger_stages": [trigger], "poll_seconds": POLL_SECONDS, "status_field": STATUS_FIELD}});
    product.send(Method::PATCH, &format!("/integrations/organization/{connection}"), &settings).await?;
    report.fact("Trigger stage", trigger.clone());
    let fields = json!({"Name": "LexiContract acceptance test", "StageName": first, "CloseDate": "2030-12-31"});
    let opportunity = org.create("Opportunity", &fields).await?;
    let found = deal_story(product, connection, org, &opportunity, &trigger, report).await;
    org.delete("Opportunity", &opportunity).await.map_err(|error| format!("{opportunity} was not deleted: {error}"))?;
    found?;
    report.passed("Clean up", "the Opportunity was deleted");
    Ok(())
}

async fn deal_story(
    product: &Product,
    connection: &str,
    org: &Org,
    opportunity: &str,
    trigger: &str,
    report: &mut Report,
) -> Outcome<()> {
    let bytes = SAMPLES.iter().find(|sample| sample.file_name == FILE).map(|sample| sample.bytes).ok_or("no sample")?;
    let version = org.attach(opportunity, FILE, bytes).await?;
    report.passed("Create an Opportunity with a file", format!("{opportunity}, ContentVersion {version}"));
    org.change(opportunity, &json!({"StageName": trigger})).await?;
    let deliveries = format!("/integrations/organization/{connection}/deliveries");
    let is_done = |list: &Value| Some(list["items"][0].clone()).filter(|one| one["status"] == "done");
    let delivery = product.wait(&deliveries, POLL, is_done).await?;
    expect("origin of the delivery", &delivery["origin"], "poll")?;
    let contract = text(&delivery, "contract_id")?;
    report.passed("Find the Opportunity by polling", format!("contract {contract}, interval {POLL_SECONDS} s"));
    let path = format!("/contracts/{contract}");
    let analysed = |found: &Value| Some(found.clone()).filter(|one| one["versions"][0]["analysis"]["status"] == "completed");
    let found = product.wait(&path, MINUTE, analysed).await?;
    expect("file name", &found["versions"][0]["file_name"], FILE)?;
    expect("ContentVersion", &found["versions"][0]["salesforce_content_version_id"], &version)?;
    let clauses = found["versions"][0]["analysis"]["clauses"].as_array().map_or(0, Vec::len);
    report.passed("Import and analyse the file", format!("{} bytes, {clauses} clauses", found["versions"][0]["size_bytes"]));
    expect_field(org, opportunity, "Draft").await?;
    report.passed("Write the first status", format!("{STATUS_FIELD} = Draft"));
    product.send(Method::PUT, &format!("{path}/status"), &json!({"negotiation_status": "approved"})).await?;
    expect_field(org, opportunity, "Approved").await?;
    report.passed("Write a changed status", format!("{STATUS_FIELD} = Approved"));
    Ok(())
}

async fn disconnect(product: &Product, connection: &str, org: &Org, report: &mut Report) -> Outcome<()> {
    product.send(Method::DELETE, &format!("/integrations/organization/{connection}"), &json!({})).await?;
    let began = Instant::now();
    while org.accepts_token().await? {
        if began.elapsed() > MINUTE {
            return Err("Salesforce still accepts the access token a minute after the disconnection".into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    report.passed("Disconnect", "Salesforce rejects the access token");
    Ok(())
}

async fn expect_field(org: &Org, opportunity: &str, expected: &str) -> Outcome<()> {
    let began = Instant::now();
    loop {
        let found = org.field(opportunity, STATUS_FIELD).await?;
        if found.as_deref() == Some(expected) {
            return Ok(());
        }
        if began.elapsed() > MINUTE {
            return Err(format!("{STATUS_FIELD} is {found:?} instead of {expected} after a minute").into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn expect(what: &str, found: &Value, expected: &str) -> Outcome<()> {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found} instead of {expected}").into()) }
}
