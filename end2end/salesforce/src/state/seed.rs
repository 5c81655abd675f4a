use super::files::{self, NewFile};
use super::opportunities::{self, NewOpportunity};
use super::organization::{Environment, State};
use super::records::record;
use super::{record_types, schema};
use crate::clock::record_time;
use crate::samples;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// An Opportunity to create: name, account, stage, amount, and name of the sample document to attach.
type Deal = (&'static str, &'static str, &'static str, f64, Option<&'static str>);

const DEALS: &[Deal] = &[
    ("Northwind platform rollout", "Northwind Traders", "Proposal/Price Quote", 240_000.0, Some("Master Services Agreement.pdf")),
    ("Globex master services", "Globex Corporation", "Perception Analysis", 180_000.0, Some("Master Services Agreement.docx")),
    ("Initech evaluation", "Initech", "Qualification", 12_000.0, Some("Mutual Non-Disclosure Agreement.docx")),
    ("Umbrella Logistics expansion", "Umbrella Logistics", "Value Proposition", 65_500.0, Some("Order Form.pdf")),
    ("Stark Components renewal", "Stark Components", "Id. Decision Makers", 98_250.0, Some("Master Services Agreement.pdf")),
    ("Wayne Hospitality pilot", "Wayne Hospitality", "Prospecting", 8_400.0, None),
];

pub fn fill(state: &mut State, environment: Environment, now: DateTime<Utc>) {
    let is_sandbox = environment == Environment::Sandbox;
    add_organization(state, is_sandbox);
    add_user(state, is_sandbox);
    record_types::seed(state, &record_time(now - TimeDelta::days(400)));
    for (place, (name, account, stage, amount, sample)) in (1_i32..).zip(DEALS) {
        let at = record_time(now - TimeDelta::days(30 - 2 * i64::from(place)));
        let account_name = Some(*account);
        let new = NewOpportunity { name, account_name, stage, record_type_id: None, amount: *amount, at: &at };
        let id = opportunities::insert(state, &new);
        if let Some(sample) = sample.and_then(samples::find) {
            let file = NewFile {
                file_name: sample.file_name.to_owned(),
                bytes: Bytes::from_static(sample.bytes),
                modified_at: at,
                ..NewFile::default()
            };
            files::attach(state, &id, &file);
        }
    }
}

fn add_organization(state: &mut State, is_sandbox: bool) {
    let fields = record([
        ("Name", "Acme Corporation".into()),
        ("IsSandbox", is_sandbox.into()),
        ("OrganizationType", "Enterprise Edition".into()),
        ("InstanceName", if is_sandbox { "USA9S" } else { "USA42" }.into()),
        ("NamespacePrefix", Value::Null),
        ("TrialExpirationDate", Value::Null),
        ("LanguageLocaleKey", "en_US".into()),
        ("TimeZoneSidKey", "America/Los_Angeles".into()),
    ]);
    let object = schema::find("Organization").expect("the schema has the organization");
    state.organization_id = state.records.insert(object, fields);
}

fn add_user(state: &mut State, is_sandbox: bool) {
    let (username, email) = if is_sandbox {
        ("dana.whitfield@acme.example.uat", "dana.whitfield@acme.example.invalid")
    } else {
        ("dana.whitfield@acme.example", "dana.whitfield@acme.example")
    };
    let fields = record([
        ("Name", "Dana Whitfield".into()),
        ("FirstName", "Dana".into()),
        ("LastName", "Whitfield".into()),
        ("Username", username.into()),
        ("Email", email.into()),
        ("IsActive", true.into()),
    ]);
    let object = schema::find("User").expect("the schema has users");
    state.user_id = state.records.insert(object, fields);
    let permissions = schema::find("UserPermissionAccess").expect("the schema has permissions");
    let none = record([
        ("PermissionsModifyAllData", false.into()),
        ("PermissionsViewAllData", false.into()),
        ("PermissionsManageUsers", false.into()),
        ("PermissionsAuthorApex", false.into()),
        ("PermissionsCustomizeApplication", false.into()),
    ]);
    state.records.insert(permissions, none);
}
