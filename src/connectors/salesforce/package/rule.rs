//! The trigger rule as records of the custom metadata type `LexiContract_Stage__mdt`.

use crate::domain::connection::Settings;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum length of the field `Record_Types__c`. Apex truncates longer texts of custom metadata to this length, so a long text
/// area would not hold more.
const RECORD_TYPES_CHARACTERS: usize = 255;
const SEPARATOR: &str = ",";

/// A record for a stage. If several records have the same stage, all their record types match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::connectors::salesforce) struct StageRecord {
    pub stage: String,
    /// API names of the record types that match, separated by commas. All record types match if the text is empty.
    pub record_types: String,
}

/// Returns the records for the trigger rule of a connection.
pub(in crate::connectors::salesforce) fn stage_records(settings: &Settings) -> Vec<StageRecord> {
    let lists = record_type_lists(&settings.trigger.record_types);
    let records = settings.trigger_stages().into_iter().flat_map(|stage| {
        let of_stage = |record_types: &String| StageRecord { stage: stage.trim().to_owned(), record_types: record_types.clone() };
        lists.iter().map(of_stage).collect::<Vec<_>>()
    });
    records.collect()
}

/// Joins the names into as few lists as the length of the field allows. Returns one empty list if there are no names.
fn record_type_lists(names: &[String]) -> Vec<String> {
    let mut lists = vec![String::new()];
    for name in names {
        // Replaces commas, because Apex would read a name with a comma as two names. A valid API name has no comma.
        let name = name.trim().replace(SEPARATOR, " ");
        let last = lists.len() - 1;
        let list = &mut lists[last];
        if list.is_empty() {
            *list = name;
        } else if list.chars().count() + SEPARATOR.len() + name.chars().count() <= RECORD_TYPES_CHARACTERS {
            list.push_str(SEPARATOR);
            list.push_str(&name);
        } else {
            lists.push(name);
        }
    }
    lists
}

/// The record types of each stage, as the Apex class `LexiContractStages` reads the records: names are compared without case, and
/// an empty set means all record types.
pub(in crate::connectors::salesforce) fn record_types_by_stage(records: &[StageRecord]) -> BTreeMap<String, BTreeSet<String>> {
    let mut stages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in records {
        let names: BTreeSet<String> = record.record_types.split(SEPARATOR).map(normal).filter(|name| !name.is_empty()).collect();
        stages
            .entry(normal(&record.stage))
            .and_modify(|known| match known.is_empty() || names.is_empty() {
                true => known.clear(),
                false => known.extend(names.iter().cloned()),
            })
            .or_insert_with(|| names.clone());
    }
    stages
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::connection::Trigger;

    fn record(stage: &str, record_types: &str) -> StageRecord {
        StageRecord { stage: stage.to_owned(), record_types: record_types.to_owned() }
    }

    fn settings(stages: &[&str], record_types: Vec<String>) -> Settings {
        let trigger_stages = stages.iter().map(|stage| (*stage).to_owned()).collect();
        Settings { trigger_stages, trigger: Trigger { record_types, ..Trigger::default() }, ..Settings::default() }
    }

    #[test]
    fn each_stage_has_one_record_for_all_record_types() {
        assert_eq!(stage_records(&Settings::default()), [record("Needs Legal Review", "")]);
        let restricted = settings(&[" Legal ", "Closing"], vec!["Direct".to_owned(), " a,b ".to_owned()]);
        assert_eq!(stage_records(&restricted), [record("Legal", "Direct,a b"), record("Closing", "Direct,a b")]);
    }

    #[test]
    fn long_lists_of_record_types_are_divided_and_read_together() {
        let names: Vec<String> = (0..50).map(|number| format!("{number:080}")).collect();
        let records = stage_records(&settings(&["Legal"], names.clone()));
        assert_eq!(records.len(), 17);
        assert!(records.iter().all(|record| record.record_types.chars().count() <= RECORD_TYPES_CHARACTERS));
        let read = record_types_by_stage(&records);
        assert_eq!(read["legal"], names.into_iter().collect());
    }

    #[test]
    fn records_are_read_as_the_apex_class_reads_them() {
        let read = record_types_by_stage(&[record(" LEGAL", "Direct, partner ,"), record("legal", "Renewal")]);
        assert_eq!(read["legal"], BTreeSet::from(["direct", "partner", "renewal"].map(str::to_owned)));
        for records in [[record("Legal", "Direct"), record("Legal", " ")], [record("Legal", ""), record("Legal", "Direct")]] {
            assert!(record_types_by_stage(&records)["legal"].is_empty());
        }
    }
}
