//! Settings of a connection: the form without JavaScript, the API, and concurrent changes.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::Person;
use salesforce_simulator::state::faults::Fault;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// The value of the hidden field `seen` in the settings form.
fn seen(page: &str) -> String {
    let value = page.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

impl Connected {
    fn id(&self) -> &str {
        self.connection["id"].as_str().unwrap()
    }

    async fn settings_page(&self, person: &Person, query: &str, cookie: &str) -> String {
        let call = Call::get(&format!("/integrations/{}/settings{query}", self.id()));
        let answer = self.server.send(call.header("cookie", &format!("{}; {cookie}", person.cookie))).await;
        assert_eq!(answer.status, 200);
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    async fn save(&self, person: &Person, seen: &str, stage: &str) -> Answer {
        let fields = [("seen", seen), ("settings[trigger_stages]", stage), ("settings[file_rule]", "newest")];
        self.submit(person, fields.map(|(name, value)| (name.to_owned(), value.to_owned()))).await
    }

    async fn submit(&self, person: &Person, fields: impl IntoIterator<Item = (String, String)>) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.append_pair("connection", self.id()).extend_pairs(fields).finish();
        let call = Call::post("/actions/update_connection").cookie(&person.cookie).header("accept", "text/html");
        self.server.send(call.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    async fn metadata(&self) -> Value {
        let path = format!("/api/v1/integrations/organization/{}", self.id());
        self.server.send(Call::get(&path).cookie(&self.admin.cookie)).await.json()["metadata"].clone()
    }

    async fn stages(&self) -> Value {
        self.metadata().await["trigger_stages"].clone()
    }

    async fn patch(&self, body: &Value) -> Answer {
        let path = format!("/api/v1/integrations/organization/{}", self.id());
        self.server.send(Call::new("PATCH", &path).cookie(&self.admin.cookie).json(body)).await
    }

    /// Adds two record types to the next description of the Opportunity.
    async fn describe_record_types(&self) {
        let record_type = |name: &str, id: &str, master: bool| json!({"name": name, "developerName": id, "active": true, "available": true, "master": master});
        let body = json!({
            "updateable": true,
            "fields": [
                {"name": "LexiContract_Status__c", "label": "LexiContract Status", "type": "string", "updateable": true},
                {"name": "StageName", "label": "Stage", "type": "picklist", "updateable": true, "picklistValues": [
                    {"active": true, "value": "Needs Legal Review", "label": "Rechtsprüfung"},
                    {"active": true, "value": "Closed Won", "label": "Gewonnen"}
                ]}
            ],
            "recordTypeInfos": [
                record_type("New Business", "New_Business", false),
                record_type("Renewal", "Renewal", false),
                record_type("Master", "Master", true)
            ]
        });
        let path_contains = "Opportunity/describe".to_owned();
        let fault = Fault { path_contains, times: 1, status: Some(200), body: Some(body), ..Fault::default() };
        self.simulator.production().state().faults.order(vec![fault]);
    }
}

/// The fields of the settings form that a browser submits if the user changes nothing.
fn fields(page: &str) -> BTreeMap<String, String> {
    let form = page.split_once("action=\"/actions/update_connection\"").unwrap().1.split_once("</form>").unwrap().0;
    let attribute = |tag: &str, name: &str| {
        let value = tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
        Some(value.replace("&quot;", "\"").replace("&amp;", "&"))
    };
    let is_set = |tag: &str, name: &str| tag.split_whitespace().any(|word| word == name);
    let mut fields = BTreeMap::new();
    let mut select = String::new();
    for tag in form.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let (name, value) = (attribute(tag, "name").unwrap_or_default(), attribute(tag, "value").unwrap_or_default());
        let is_choice = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
        match tag.split(' ').next() {
            Some("select") => select = name,
            Some("option") if is_set(tag, "selected") => drop(fields.insert(select.clone(), value)),
            Some("input") if !is_choice || is_set(tag, "checked") => drop(fields.insert(name, value)),
            _ => {}
        }
    }
    fields.remove("connection");
    fields
}

#[tokio::test]
async fn the_second_of_two_admins_gets_a_conflict_and_can_save_again() {
    let connected = Connected::start(&[]).await;
    let bo = connected.server.colleague(&connected.admin, "bo", "admin").await;
    let before = seen(&connected.settings_page(&connected.admin, "", "").await);
    let saved = connected.save(&bo, &before, "Closing").await;
    assert!(saved.location().ends_with("?done=connection_changed"), "{saved:?}");
    let overtaken = connected.save(&connected.admin, &before, "Legal; Signing").await;
    assert!(overtaken.location().ends_with("/settings?problem=changed_meanwhile"), "{overtaken:?}");
    assert_eq!(connected.stages().await, json!(["Closing"]));
    let page = connected.settings_page(&connected.admin, "?problem=changed_meanwhile", &overtaken.cookie()).await;
    for words in ["Settings were changed", "bo changed these settings", "Saved settings", "Closing", "Legal; Signing"] {
        assert!(page.contains(words), "{words}");
    }
    assert_ne!(seen(&page), before);
    let on_top = connected.save(&connected.admin, &seen(&page), "Legal; Signing").await;
    assert!(on_top.location().ends_with("?done=connection_changed"), "{on_top:?}");
    assert_eq!(connected.stages().await, json!(["Legal", "Signing"]));
}

#[tokio::test]
async fn a_program_can_send_the_settings_its_change_is_based_on() {
    let connected = Connected::start(&[]).await;
    let patch = async |body: Value| connected.patch(&body).await;
    let seen = connected.connection["metadata"].clone();
    let stages = |stage: &str, seen: &Value| json!({"metadata": {"trigger_stages": [stage]}, "seen_metadata": seen});
    assert_eq!(patch(stages("Closing", &seen)).await.status, 200);
    let overtaken = patch(stages("Legal", &seen)).await;
    assert_eq!((overtaken.status, overtaken.code()), (409, "changed_meanwhile".to_owned()), "{overtaken:?}");
    assert_eq!(patch(stages("Legal", &json!({"trigger_stages": ["Closing"]}))).await.status, 200);
    assert_eq!(patch(json!({"metadata": {"trigger_stages": ["Signing"]}})).await.status, 200, "accepted without it");
    assert_eq!(patch(stages("Legal", &json!({"unknown": 1}))).await.status, 422);
    assert_eq!(connected.stages().await, json!(["Signing"]));
}

#[tokio::test]
async fn every_setting_of_the_form_is_saved_and_shown_again() {
    let connected = Connected::start(&[]).await;
    connected.describe_record_types().await;
    let page = connected.settings_page(&connected.admin, "", "").await;
    for words in ["Gewonnen", "New Business", "all record types", "Status in the Opportunity", "percentage of the rest"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("Master"), "the record type of records without a record type");
    let mut form = fields(&page);
    let untouched = connected.submit(&connected.admin, form.clone()).await;
    assert!(untouched.location().ends_with("?done=connection_changed"), "{untouched:?}");
    let chosen = json!({"status_field": "LexiContract_Status__c", "trigger_stages": ["Needs Legal Review"]});
    assert_eq!(connected.metadata().await, chosen);
    form.insert("seen".to_owned(), connected.metadata().await.to_string());
    for check_box in ["only_if_still_there", "write_on_create", "reopen_on_new_version"] {
        assert_eq!(form.remove(&format!("settings[{check_box}][on]")).as_deref(), Some("true"), "{check_box}");
    }
    for (name, value) in [
        ("settings[stage_choices][1]", "Closed Won"),
        ("settings[trigger_stages]", "Signing"),
        ("settings[record_types][1]", "Renewal"),
        ("settings[poll_seconds]", "900"),
        ("settings[poll_api_share]", "25"),
        ("settings[status_labels][in_review]", "With Legal"),
        ("settings[status_labels][needs_file]", "No file"),
    ] {
        form.insert(name.to_owned(), value.to_owned());
    }
    let saved = connected.submit(&connected.admin, form).await;
    assert!(saved.location().ends_with("?done=connection_changed"), "{saved:?}");
    let expected = json!({
        "status_field": "LexiContract_Status__c",
        "trigger_stages": ["Needs Legal Review", "Closed Won", "Signing"],
        "trigger": {"record_types": ["Renewal"], "only_if_still_there": false},
        "poll_seconds": 900, "poll_api_share": 25, "write_on_create": false, "reopen_on_new_version": false,
        "status_labels": {"in_review": "With Legal", "needs_file": "No file"},
    });
    assert_eq!(connected.metadata().await, expected);
    connected.describe_record_types().await;
    let page = connected.settings_page(&connected.admin, "", "").await;
    assert!(page.contains("Signing (not found in Salesforce)"), "a stage that does not exist");
    let again = connected.submit(&connected.admin, fields(&page)).await;
    assert!(again.location().ends_with("?done=connection_changed"), "{again:?}");
    assert_eq!(connected.metadata().await, expected);
}

#[tokio::test]
async fn settings_without_a_control_are_kept_and_shown() {
    let connected = Connected::start(&[]).await;
    let trigger = json!({"pipeline": "12", "field": "Legal_Stage__c", "only_if_still_there": true});
    assert_eq!(connected.patch(&json!({"metadata": {"trigger": trigger, "poll_seconds": 90}})).await.status, 200);
    let page = connected.settings_page(&connected.admin, "", "").await;
    assert!(page.contains("Every 90 seconds"), "the current interval is offered");
    let mut form = fields(&page);
    form.remove("settings[only_if_still_there][on]");
    let saved = connected.submit(&connected.admin, form).await;
    assert!(saved.location().ends_with("?done=connection_changed"), "{saved:?}");
    let metadata = connected.metadata().await;
    assert_eq!(metadata["trigger"], json!({"pipeline": "12", "field": "Legal_Stage__c", "only_if_still_there": false}));
    assert_eq!(metadata["poll_seconds"], json!(90));
    let call = Call::get(&format!("/integrations/{}", connected.id()));
    let answer = connected.server.send(call.header("cookie", &connected.admin.cookie)).await;
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    for words in ["Pipeline", "Stage field", "Legal_Stage__c", "Every 90 seconds", "10 percent of the rest"] {
        assert!(page.contains(words), "{words}");
    }
    let partial = [("settings[poll_seconds]".to_owned(), "0".to_owned())];
    let saved = connected.submit(&connected.admin, partial).await;
    assert!(saved.location().ends_with("?done=connection_changed"), "{saved:?}");
    let mut expected = metadata;
    expected["poll_seconds"] = json!(0);
    assert_eq!(connected.metadata().await, expected);
}

#[tokio::test]
async fn rejected_form_keeps_its_input_and_names_the_setting() {
    let connected = Connected::start(&[]).await;
    let mut form = fields(&connected.settings_page(&connected.admin, "", "").await);
    form.insert("settings[poll_api_share]".to_owned(), "300".to_owned());
    form.insert("settings[trigger_stages]".to_owned(), "Signing".to_owned());
    form.remove("settings[write_on_create][on]");
    let rejected = connected.submit(&connected.admin, form).await;
    assert!(rejected.location().ends_with("/settings?problem=metadata"), "{rejected:?}");
    let page = connected.settings_page(&connected.admin, "?problem=metadata", &rejected.cookie()).await;
    assert!(page.contains("Enter a whole number from 1 to 50"), "message");
    let shown = fields(&page);
    assert_eq!(shown["settings[poll_api_share]"], "300");
    assert_eq!(shown["settings[trigger_stages]"], "Signing");
    assert_eq!(shown.get("settings[write_on_create][on]"), None);
    assert_eq!(connected.metadata().await, json!({}));
}

#[tokio::test]
async fn conflict_page_shows_the_saved_settings_that_differ() {
    let connected = Connected::start(&[]).await;
    let form = fields(&connected.settings_page(&connected.admin, "", "").await);
    let change = json!({"poll_seconds": 0, "write_on_create": false, "trigger": {"record_types": ["Renewal"]}});
    assert_eq!(connected.patch(&json!({"metadata": change})).await.status, 200);
    let overtaken = connected.submit(&connected.admin, form).await;
    assert!(overtaken.location().ends_with("/settings?problem=changed_meanwhile"), "{overtaken:?}");
    let page = connected.settings_page(&connected.admin, "?problem=changed_meanwhile", &overtaken.cookie()).await;
    let saved = page.split_once("id=\"saved-now\"").unwrap().1.split_once("</section>").unwrap().0;
    for (name, is_different) in [
        ("Polling interval", true),
        ("Write the status as soon as the contract exists", true),
        ("Share of the API calls", false),
        ("Set an approved contract back to In Review", false),
    ] {
        assert_eq!(saved.contains(name), is_different, "{name}");
    }
}

#[tokio::test]
async fn new_settings_are_changed_removed_and_checked_by_the_api() {
    let connected = Connected::start(&[]).await;
    let settings = json!({
        "poll_seconds": 30, "poll_api_share": 50, "write_on_create": false, "reopen_on_new_version": false,
        "trigger": {"record_types": ["Renewal"], "pipeline": "1", "field": "Stage__c", "only_if_still_there": false},
        "status_labels": {"needs_file": "No file"},
    });
    let changed = connected.patch(&json!({ "metadata": settings })).await;
    assert_eq!((changed.status, &changed.json()["metadata"]), (200, &settings), "{changed:?}");
    for (key, value, detail) in [
        ("poll_seconds", json!(29), "`metadata.poll_seconds` must be 30 to 3600, or 0 to switch polling off"),
        ("poll_seconds", json!(3_601), "`metadata.poll_seconds` must be 30 to 3600, or 0 to switch polling off"),
        ("poll_seconds", json!("60"), "`metadata.poll_seconds`: invalid type"),
        ("poll_api_share", json!(0), "`metadata.poll_api_share` must be 1 to 50, in percent of the API calls that are left"),
        ("poll_api_share", json!(51), "`metadata.poll_api_share` must be 1 to 50, in percent of the API calls that are left"),
        ("poll_api_share", json!(300), "`metadata.poll_api_share`: invalid value"),
        ("write_on_create", json!("yes"), "`metadata.write_on_create`: invalid type"),
        ("reopen_on_new_version", json!(1), "`metadata.reopen_on_new_version`: invalid type"),
        ("trigger", json!({"record_types": [""]}), "`metadata.trigger` must contain at most 50 record types"),
        ("trigger", json!({"field": "a b"}), "`metadata.trigger.field` must be the API name of a field"),
        ("trigger", json!({"stages": []}), "`metadata.trigger`: unknown field `stages`"),
        ("status_labels", json!({"needs_file": " "}), "`metadata.status_labels` must contain values of 1 to 255 characters"),
        ("status_labels", json!({"no_file": "No file"}), "`metadata.status_labels`: unknown variant `no_file`"),
    ] {
        let rejected = connected.patch(&json!({"metadata": {key: value}})).await;
        assert_eq!(rejected.status, 422, "{key} {value}");
        let shown = rejected.json()["detail"].as_str().unwrap().to_owned();
        assert!(shown.contains(detail), "{shown}");
    }
    assert_eq!(connected.metadata().await, settings);
    let keys = settings.as_object().unwrap().keys();
    let removed = keys.map(|key| (key.clone(), Value::Null)).collect::<serde_json::Map<_, _>>();
    assert_eq!(connected.patch(&json!({ "metadata": removed })).await.status, 200);
    assert_eq!(connected.metadata().await, json!({}));
}
