//! What of a connection goes into the package, and the files that depend on it.

use super::{
    archive::{File, archive},
    fill::{Value, fill, xml},
    project::FILES,
    readme,
};
use crate::{
    connectors::SetupFor,
    domain::{
        connection::{DEFAULT_TRIGGER_STAGE, Settings, StatusFieldType},
        contract::NegotiationStatus,
    },
};

const DEFAULT_FOLDER: &str = "force-app/main/default";
const STAGE: &str = include_str!("templates/stage.md-meta.xml");
const STATUS_PICKLIST: &str = include_str!("templates/status-picklist.field-meta.xml");
const STATUS_TEXT: &str = include_str!("templates/status-text.field-meta.xml");
const PICKLIST_VALUE: &str = include_str!("templates/picklist-value.xml");
const STATUS_READABLE: &str = include_str!("templates/status-readable.xml");
const STATUS_EDITABLE: &str = include_str!("templates/status-editable.xml");
/// The longest label of a custom metadata record.
const RECORD_LABEL_CHARACTERS: usize = 40;

/// The project as a ZIP. The same connection gives the same bytes.
pub(in crate::connectors::salesforce) fn setup_package(connection: &SetupFor<'_>) -> Vec<u8> {
    let field = StatusField::of(connection.settings, connection.status_field);
    let stages = stages(connection.settings);
    let values = values(connection, &field, &stages);
    let readme = readme::values(connection, &field, &stages);
    let mut files: Vec<File> = FILES
        .iter()
        .map(|(path, template)| {
            let values = if *path == "README.md" { &readme } else { &values };
            ((*path).to_owned(), fill(template, values))
        })
        .collect();
    files.extend(stages.iter().enumerate().map(|(index, stage)| stage_file(index, stage)));
    files.extend(field.file());
    archive(files)
}

/// The field that carries the status.
pub(super) struct StatusField<'c> {
    settings: &'c Settings,
    /// Its API name.
    pub(super) name: &'c str,
    /// What the package makes of it; `None`: it is there already.
    pub(super) template: Option<&'static str>,
    /// Whether permission sets can speak of it: standard fields may be required, and then they cannot.
    pub(super) is_custom: bool,
}

impl<'c> StatusField<'c> {
    fn of(settings: &'c Settings, status_field: StatusFieldType) -> Self {
        let name = settings.status_field();
        let own_name = name.strip_suffix("__c");
        let is_ours_to_make = own_name.is_some_and(|own_name| !own_name.contains("__"));
        let template = match status_field {
            StatusFieldType::Existing => None,
            StatusFieldType::Picklist => is_ours_to_make.then_some(STATUS_PICKLIST),
            StatusFieldType::Text => is_ours_to_make.then_some(STATUS_TEXT),
        };
        Self { settings, name, template, is_custom: own_name.is_some() }
    }

    fn file(&self) -> Option<File> {
        let values = [("status_field", xml(self.name)), ("labels", self.picklist_values())];
        let path = format!("{DEFAULT_FOLDER}/objects/Opportunity/fields/{}.field-meta.xml", self.name);
        Some((path, fill(self.template?, &values)))
    }

    fn picklist_values(&self) -> String {
        self.labels().into_iter().map(|label| fill(PICKLIST_VALUE, &[("label", xml(label))])).collect()
    }

    /// What may be written, each once: Salesforce refuses a picklist with two values that differ only in case.
    fn labels(&self) -> Vec<&'c str> {
        let mut labels: Vec<&str> = Vec::new();
        for label in NegotiationStatus::ALL.map(|status| self.settings.status_label(status)) {
            if labels.iter().all(|known| known.to_lowercase() != label.to_lowercase()) {
                labels.push(label);
            }
        }
        labels
    }

    fn permission(&self, template: &str) -> String {
        match self.is_custom {
            true => fill(template, &[("status_field", xml(self.name))]),
            false => String::new(),
        }
    }

    fn package_member(&self) -> String {
        match self.template {
            Some(_) => format!("        <members>Opportunity.{}</members>\n", xml(self.name)),
            None => String::new(),
        }
    }
}

fn stages(settings: &Settings) -> Vec<&str> {
    match settings.trigger_stages.is_empty() {
        true => vec![DEFAULT_TRIGGER_STAGE],
        false => settings.trigger_stages.iter().map(|stage| stage.trim()).collect(),
    }
}

fn values(connection: &SetupFor<'_>, field: &StatusField<'_>, stages: &[&str]) -> Vec<Value> {
    let members: String = (0..stages.len())
        .map(|index| format!("        <members>LexiContract_Stage.{}</members>\n", record_name(index)))
        .collect();
    vec![
        ("webhook_origin", xml(connection.origin)),
        ("webhook_path", connection.webhook_path.to_owned()),
        ("status_field", xml(field.name)),
        ("is_signed", connection.settings.webhook_signature.is_some().to_string()),
        ("status_readable", field.permission(STATUS_READABLE)),
        ("status_editable", field.permission(STATUS_EDITABLE)),
        ("package_status_field", field.package_member()),
        ("package_stages", members),
    ]
}

/// Numbered, so that a changed list of stages replaces the records of the old one.
fn record_name(index: usize) -> String {
    format!("Stage_{:02}", index + 1)
}

fn stage_file(index: usize, stage: &str) -> File {
    let label: String = stage.chars().take(RECORD_LABEL_CHARACTERS).collect();
    let values = [("record_label", xml(label.trim())), ("stage", xml(stage))];
    let path = format!("{DEFAULT_FOLDER}/customMetadata/LexiContract_Stage.{}.md-meta.xml", record_name(index));
    (path, fill(STAGE, &values))
}
