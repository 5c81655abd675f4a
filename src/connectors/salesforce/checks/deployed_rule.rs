//! Compares the trigger rule of the deployed setup package with the settings of the connection.

use super::{CheckSpec, fixable};
use crate::connectors::salesforce::deals::opportunity::{STAGE, stage_field};
use crate::connectors::salesforce::package::rule::{StageRecord, record_types_by_stage, stage_records};
use crate::connectors::salesforce::soql::query;
use crate::connectors::{Call, Error};
use crate::domain::connection::{Check, CheckCode, Settings};
use serde::Deserialize;
use std::collections::BTreeSet;

const CHECK: CheckSpec = CheckSpec(CheckCode::DeployedRule, "Deployed trigger rule");
const STAGES: &str = "SELECT Stage__c, Record_Types__c, Is_Active__c FROM LexiContract_Stage__mdt LIMIT 2000";
const SETTING: &str = "SELECT Is_Active__c, Only_If_Still_There__c, Stage_Field__c FROM LexiContract_Setting__mdt WHERE DeveloperName = 'LexiContract' LIMIT 1";
/// Maximum number of differences in the message.
const MAX_LISTED: usize = 5;

#[derive(Deserialize)]
struct StageRow {
    #[serde(rename = "Stage__c")]
    stage: Option<String>,
    #[serde(rename = "Record_Types__c")]
    record_types: Option<String>,
    #[serde(rename = "Is_Active__c")]
    is_active: bool,
}

#[derive(Deserialize)]
struct SettingRow {
    #[serde(rename = "Is_Active__c")]
    is_active: bool,
    #[serde(rename = "Only_If_Still_There__c")]
    only_if_still_there: bool,
    #[serde(rename = "Stage_Field__c")]
    stage_field: Option<String>,
}

/// Returns `None` if the package is not deployed, or the connected user is not allowed to read its custom metadata. Salesforce
/// reports the same error in both cases.
pub(super) async fn check(call: &Call, settings: &Settings) -> Result<Option<Check>, Error> {
    let Ok(rows) = fixable(query::<StageRow>(call, "read the deployed stages", STAGES).await)? else { return Ok(None) };
    // `setting` is `None` if Salesforce rejects the query because the deployed package is older than the queried fields.
    let setting = fixable(query::<SettingRow>(call, "read the deployed settings", SETTING).await)?.ok();
    let setting = setting.map(|rows| rows.into_iter().next());
    Ok(Some(result(&deployed(rows), setting.as_ref().map(Option::as_ref), settings)))
}

fn deployed(rows: Vec<StageRow>) -> Vec<StageRecord> {
    let active = rows.into_iter().filter(|row| row.is_active);
    let record = |row: StageRow| Some(StageRecord { stage: row.stage?, record_types: row.record_types.unwrap_or_default() });
    active.filter_map(record).filter(|record| !record.stage.trim().is_empty()).collect()
}

/// The outer `None` of `setting` means that the package lacks a field of the current version, and the inner `None` that the record
/// is missing.
fn result(deployed: &[StageRecord], setting: Option<Option<&SettingRow>>, settings: &Settings) -> Check {
    let mut differences = stage_differences(deployed, settings);
    match setting {
        None => differences.push("the deployed package is of an earlier version".to_owned()),
        Some(None) => return CHECK.passed("The deployed trigger is switched off in Salesforce."),
        Some(Some(row)) if !row.is_active => return CHECK.passed("The deployed trigger is switched off in Salesforce."),
        Some(Some(row)) => differences.extend(setting_differences(row, settings)),
    }
    if differences.is_empty() {
        return CHECK.passed("The deployed trigger has the stages and record types of this connection's settings.");
    }
    let more = differences.len().saturating_sub(MAX_LISTED);
    differences.truncate(MAX_LISTED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    CHECK.failed(format!(
        "The deployed trigger differs from the settings of this connection: {}{more}. An admin must download the setup package \
         again, and your Salesforce administrator must deploy it. A stage that the settings no longer contain stays after a \
         deployment: Setup → Custom Metadata Types → LexiContract Stage → Manage Records → untick Active.",
        differences.join("; ")
    ))
}

fn setting_differences(deployed: &SettingRow, settings: &Settings) -> Vec<String> {
    let rule = settings.trigger_rule();
    let mut differences = Vec::new();
    if deployed.only_if_still_there != rule.only_if_still_there {
        let what = if deployed.only_if_still_there { "skips" } else { "reports" };
        differences.push(format!("the deployed trigger {what} Opportunities that have left the stage before the call"));
    }
    let (here, there) = (stage_field(&rule), deployed.stage_field.as_deref().map_or(STAGE, str::trim));
    if !there.eq_ignore_ascii_case(here) {
        differences.push(format!("the deployed trigger reads the stage from the field {there} instead of {here}"));
    }
    differences
}

fn stage_differences(deployed: &[StageRecord], settings: &Settings) -> Vec<String> {
    let expected = stage_records(settings);
    let (here, there) = (record_types_by_stage(&expected), record_types_by_stage(deployed));
    let name = |stage: &str| {
        let is_same = |record: &&StageRecord| record.stage.trim().to_lowercase() == stage;
        expected.iter().chain(deployed).find(is_same).map_or(stage, |record| record.stage.trim()).to_owned()
    };
    let stages: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    let difference = |stage: &String| match (here.get(stage), there.get(stage)) {
        (Some(_), None) => Some(format!("the stage “{}” is not deployed", name(stage))),
        (None, Some(_)) => Some(format!("the stage “{}” is deployed, but not in the settings", name(stage))),
        (Some(here), Some(there)) if here != there => {
            let (here, there) = (listed(here), listed(there));
            Some(format!("the stage “{}” is deployed for {there} instead of {here}", name(stage)))
        }
        _ => None,
    };
    stages.into_iter().filter_map(difference).collect()
}

fn listed(record_types: &BTreeSet<String>) -> String {
    if record_types.is_empty() {
        return "all record types".to_owned();
    }
    let names: Vec<&str> = record_types.iter().take(MAX_LISTED).map(String::as_str).collect();
    let more = if record_types.len() > MAX_LISTED { ", …" } else { "" };
    format!("the record types {}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ON: SettingRow = SettingRow { is_active: true, only_if_still_there: true, stage_field: None };

    fn settings() -> Settings {
        let rule = json!({"trigger_stages": ["Legal", "Closing"], "trigger": {"record_types": ["Direct", "Partner"]}});
        Settings::default().merged(rule.as_object().unwrap()).unwrap()
    }

    fn check(stages: &[(&str, &str)], setting: Option<Option<&SettingRow>>) -> (bool, String) {
        let record = |(stage, types): &(&str, &str)| StageRecord { stage: (*stage).into(), record_types: (*types).into() };
        let check = result(&stages.iter().map(record).collect::<Vec<_>>(), setting, &settings());
        (check.ok, check.detail)
    }

    #[test]
    fn equal_rules_pass_in_any_case_and_order() {
        let same = [("LEGAL", "partner, Direct"), ("Closing", "Direct"), ("Closing", "Partner")];
        assert!(check(&same, Some(Some(&ON))).0);
    }

    #[test]
    fn differences_are_listed_with_what_to_do() {
        let (ok, detail) = check(&[("legal", ""), ("Won", "Direct")], Some(Some(&ON)));
        assert!(!ok);
        for part in [
            "the stage “Closing” is not deployed",
            "the stage “Won” is deployed, but not in the settings",
            "the stage “Legal” is deployed for all record types instead of the record types direct, partner",
            "download the setup package again",
            "Setup → Custom Metadata Types → LexiContract Stage",
        ] {
            assert!(detail.contains(part), "{part}: {detail}");
        }
        let many: Vec<(String, String)> = (0..20).map(|number| (format!("Stage {number}"), String::new())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(stage, types)| (stage.as_str(), types.as_str())).collect();
        let (_, detail) = check(&many, Some(Some(&ON)));
        assert!(detail.contains("; and 17 more."), "{detail}");
    }

    #[test]
    fn condition_version_and_switch_are_compared() {
        let same = [("Legal", "Direct,Partner"), ("Closing", "Direct,Partner")];
        let (ok, detail) = check(&same, Some(Some(&SettingRow { only_if_still_there: false, ..ON })));
        assert!(!ok && detail.contains("reports Opportunities that have left the stage"), "{detail}");
        let other_field = SettingRow { stage_field: Some("Legal_Stage__c".to_owned()), ..ON };
        let (ok, detail) = check(&same, Some(Some(&other_field)));
        assert!(!ok && detail.contains("from the field Legal_Stage__c instead of StageName"), "{detail}");
        let standard_field = SettingRow { stage_field: Some("stagename".to_owned()), ..ON };
        assert!(check(&same, Some(Some(&standard_field))).0);
        let (ok, detail) = check(&same, None);
        assert!(!ok && detail.contains("earlier version"), "{detail}");
        for off in [None, Some(&SettingRow { is_active: false, ..ON })] {
            let (ok, detail) = check(&[], Some(off));
            assert!(ok && detail.contains("switched off"), "{detail}");
        }
    }

    #[test]
    fn inactive_and_empty_records_do_not_count() {
        let rows = json!([
            {"Stage__c": "Legal", "Record_Types__c": null, "Is_Active__c": true},
            {"Stage__c": "Closing", "Record_Types__c": "Direct", "Is_Active__c": false},
            {"Stage__c": " ", "Record_Types__c": null, "Is_Active__c": true},
            {"Stage__c": null, "Record_Types__c": null, "Is_Active__c": true},
        ]);
        let records = deployed(serde_json::from_value(rows).unwrap());
        assert_eq!(records, [StageRecord { stage: "Legal".to_owned(), record_types: String::new() }]);
    }
}
