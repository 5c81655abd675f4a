//! Deals. CRMs call them opportunities, deals or potentials.

use crate::domain::record::RecordId;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deal {
    pub id: RecordId,
    pub name: String,
    /// Name of the counterparty, such as the customer.
    pub party_name: Option<String>,
    /// Id of the deal's stage.
    pub stage: String,
    /// API name of the record type; `null` if the provider has no record types.
    pub record_type: Option<String>,
    /// Id of the pipeline; `null` if the provider has no pipelines.
    pub pipeline: Option<String>,
    /// Time at which the deal entered the stage, by the provider's clock; `null` if the provider does not record it.
    pub entered_at: Option<Timestamp>,
    /// The stage of the trigger rule that the deal was in before. Only read if the rule includes deals that have left the stage.
    pub left_stage: Option<String>,
    pub url: Option<String>,
}

/// A deal that entered a stage. Entries with the same deal, stage and time are the same event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub deal: RecordId,
    pub stage: String,
    pub record_type: Option<String>,
    pub pipeline: Option<String>,
    pub entered_at: Option<Timestamp>,
}

/// Selects the deals for which contracts are created. Stages, record types and pipelines match without regard to case, as in the
/// queries of Salesforce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerRule {
    /// Ids of the stages that match.
    pub stages: Vec<String>,
    /// API names of the record types that match. All record types match if the list is empty.
    pub record_types: Vec<String>,
    /// Id of the pipeline that matches; `None` if all pipelines match.
    pub pipeline: Option<String>,
    /// API name of the field that contains the stage; `None` for the provider's stage field.
    pub field: Option<String>,
    /// True if a deal matches only while it is in the stage. If `field` is set, the rule behaves as if this value were true,
    /// because providers record only the history of the standard stage field.
    pub only_if_still_there: bool,
}

impl TriggerRule {
    /// Creates a rule that all deals in these stages match.
    pub fn of_stages(stages: Vec<String>) -> Self {
        Self { stages, record_types: Vec::new(), pipeline: None, field: None, only_if_still_there: true }
    }

    /// Returns the stage in the spelling of the rule; `None` if the rule does not list the stage.
    pub fn listed_stage(&self, stage: &str) -> Option<&str> {
        let exact = self.stages.iter().find(|listed| *listed == stage);
        exact.or_else(|| self.stages.iter().find(|listed| is_same(listed, stage))).map(String::as_str)
    }

    /// Removes the conditions on the record type and the pipeline. The result is for reading deals to which the rule is not
    /// applied.
    #[must_use]
    pub fn for_any_deal(self) -> Self {
        Self { record_types: Vec::new(), pipeline: None, ..self }
    }

    /// Returns the reason why an entry into a stage leads to no contract; `None` if the entry matches.
    pub fn rejection_of_entry(&self, entry: &Entry) -> Option<String> {
        self.stage_rejection(&entry.stage)
            .or_else(|| self.kind_rejection(entry.record_type.as_deref(), entry.pipeline.as_deref()))
    }

    /// Returns the reason why a deal leads to no contract; `None` if the deal matches.
    pub fn rejection(&self, deal: &Deal) -> Option<String> {
        let has_left = !self.only_if_still_there && deal.left_stage.is_some();
        let stage = if has_left { None } else { self.stage_rejection(&deal.stage) };
        stage.or_else(|| self.kind_rejection(deal.record_type.as_deref(), deal.pipeline.as_deref()))
    }

    fn stage_rejection(&self, stage: &str) -> Option<String> {
        self.listed_stage(stage).is_none().then(|| format!("The deal is in stage “{stage}”, which starts no review."))
    }

    fn kind_rejection(&self, record_type: Option<&str>, pipeline: Option<&str>) -> Option<String> {
        let is_listed = |found: &str| self.record_types.iter().any(|name| is_same(name, found));
        if !self.record_types.is_empty() && !record_type.is_some_and(is_listed) {
            let found = record_type.map_or_else(|| "no record type".to_owned(), |name| format!("the record type “{name}”"));
            return Some(format!("The deal has {found}, which starts no review."));
        }
        match (&self.pipeline, pipeline) {
            (Some(expected), Some(found)) if !is_same(expected, found) => {
                Some(format!("The deal is in pipeline “{found}”, which starts no review."))
            }
            _ => None,
        }
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

impl Entry {
    /// Key of the event. If the time is unknown, all entries of the deal into the same stage have the same key.
    pub fn key(&self) -> String {
        event_key(&self.deal, &self.stage, self.entered_at)
    }
}

impl Deal {
    /// Key of the event by which the deal entered its current stage.
    pub fn entry_key(&self) -> String {
        event_key(&self.id, &self.stage, self.entered_at)
    }
}

fn event_key(deal: &RecordId, stage: &str, entered_at: Option<Timestamp>) -> String {
    entered_at.map_or_else(|| format!("{deal}:{stage}"), |at| format!("{deal}:{at}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> TriggerRule {
        TriggerRule {
            stages: vec!["Legal".to_owned()],
            record_types: vec!["Renewal".to_owned()],
            pipeline: Some("sales".to_owned()),
            field: None,
            only_if_still_there: true,
        }
    }

    fn entry(stage: &str, record_type: Option<&str>, pipeline: Option<&str>) -> Entry {
        Entry {
            deal: RecordId::new("d1"),
            stage: stage.to_owned(),
            record_type: record_type.map(str::to_owned),
            pipeline: pipeline.map(str::to_owned),
            entered_at: None,
        }
    }

    #[test]
    fn stage_record_type_and_pipeline_must_match() {
        for (stage, record_type, pipeline, part) in [
            ("Legal", Some("Renewal"), Some("sales"), ""),
            ("Legal", Some("Renewal"), None, ""),
            ("LEGAL", Some("renewal"), Some("Sales"), ""),
            ("Won", Some("Renewal"), None, "stage “Won”"),
            ("Legal", Some("New"), None, "record type “New”"),
            ("Legal", None, None, "no record type"),
            ("Legal", Some("Renewal"), Some("hiring"), "pipeline “hiring”"),
        ] {
            let reason = rule().rejection_of_entry(&entry(stage, record_type, pipeline)).unwrap_or_default();
            assert!(
                reason.contains(part) && reason.is_empty() == part.is_empty(),
                "{stage} {record_type:?} {pipeline:?}: {reason}"
            );
        }
    }

    #[test]
    fn stage_is_returned_as_the_rule_spells_it() {
        let rule = TriggerRule::of_stages(["Überprüfung", "Legal", "LEGAL"].map(str::to_owned).to_vec());
        for (stage, listed) in [
            ("ÜBERPRÜFUNG", Some("Überprüfung")),
            ("legal", Some("Legal")),
            ("LEGAL", Some("LEGAL")),
            ("Legal review", None),
            ("", None),
        ] {
            assert_eq!(rule.listed_stage(stage), listed, "{stage}");
        }
    }

    #[test]
    fn deal_that_has_left_the_stage_matches_only_if_the_rule_allows_it() {
        let deal = Deal {
            id: RecordId::new("d1"),
            name: "Deal".to_owned(),
            party_name: None,
            stage: "Won".to_owned(),
            record_type: Some("Renewal".to_owned()),
            pipeline: None,
            entered_at: None,
            left_stage: Some("Legal".to_owned()),
            url: None,
        };
        let with_left = TriggerRule { only_if_still_there: false, ..rule() };
        assert!(rule().rejection(&deal).is_some());
        assert_eq!(with_left.rejection(&deal), None);
        assert!(with_left.rejection(&Deal { left_stage: None, ..deal }).is_some(), "it was never in the stage");
    }

    #[test]
    fn key_has_the_time_or_else_the_stage() {
        let entry = entry("Legal", None, None);
        assert_eq!(entry.key(), "d1:Legal");
        let at = Timestamp::parse("2026-11-20T10:00:00Z");
        assert_eq!(Entry { entered_at: at, ..entry }.key(), "d1:2026-11-20T10:00:00.000Z");
    }
}
