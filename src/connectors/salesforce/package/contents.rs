//! Contents of the package: templates filled with the values of a connection, and generated files.

use super::archive::{File, archive};
use super::project::FILES;
use super::readme;
use super::rule::{StageRecord, stage_records};
use super::template::{Value, fill, xml};
use crate::connectors::SetupContext;
use crate::connectors::salesforce::deals::opportunity::stage_field;
use crate::domain::connection::{Settings, StatusFieldType};

const DEFAULT_FOLDER: &str = "force-app/main/default";
const STAGE: &str = include_str!("templates/stage.md-meta.xml");
const STATUS_PICKLIST: &str = include_str!("templates/status-picklist.field-meta.xml");
const STATUS_TEXT: &str = include_str!("templates/status-text.field-meta.xml");
const PICKLIST_VALUE: &str = include_str!("templates/picklist-value.xml");
const STATUS_READABLE: &str = include_str!("templates/status-readable.xml");
const STATUS_EDITABLE: &str = include_str!("templates/status-editable.xml");
/// Maximum number of characters in the label of a custom metadata record.
const RECORD_LABEL_CHARACTERS: usize = 40;

/// Builds the package as a ZIP. Equal contexts give identical bytes.
pub(in crate::connectors::salesforce) fn setup_package(connection: &SetupContext<'_>) -> Vec<u8> {
    let field = StatusField::of(connection.settings, connection.status_field);
    let records = stage_records(connection.settings);
    let values = values(connection, &field, records.len());
    let readme = readme::values(connection, &field);
    let mut files: Vec<File> = FILES
        .iter()
        .map(|(path, template)| {
            let values = if *path == "README.md" { &readme } else { &values };
            ((*path).to_owned(), fill(template, values))
        })
        .collect();
    files.extend(records.iter().enumerate().map(|(index, record)| stage_file(index, record)));
    files.extend(field.file());
    archive(files)
}

pub(super) struct StatusField<'c> {
    settings: &'c Settings,
    pub(super) name: &'c str,
    /// Template of the field definition. `None` if the package does not create the field.
    pub(super) template: Option<&'static str>,
    /// True for a custom field. The permission set omits standard fields, because they can be required, and a permission set must
    /// not list required fields.
    pub(super) is_custom: bool,
}

impl<'c> StatusField<'c> {
    fn of(settings: &'c Settings, status_field: StatusFieldType) -> Self {
        let name = settings.status_field();
        let base_name = name.strip_suffix("__c");
        // A `__` in the base name follows the namespace of a managed package. Our package cannot create fields in a namespace.
        let is_creatable = base_name.is_some_and(|base_name| !base_name.contains("__"));
        let template = match status_field {
            StatusFieldType::Existing => None,
            StatusFieldType::Picklist => is_creatable.then_some(STATUS_PICKLIST),
            StatusFieldType::Text => is_creatable.then_some(STATUS_TEXT),
        };
        Self { settings, name, template, is_custom: base_name.is_some() }
    }

    fn file(&self) -> Option<File> {
        let values = [("status_field", xml(self.name)), ("labels", self.picklist_values())];
        let path = format!("{DEFAULT_FOLDER}/objects/Opportunity/fields/{}.field-meta.xml", self.name);
        Some((path, fill(self.template?, &values)))
    }

    fn picklist_values(&self) -> String {
        self.labels().into_iter().map(|label| fill(PICKLIST_VALUE, &[("label", xml(label))])).collect()
    }

    /// All values that can be written. Omits duplicates without regard to case, because Salesforce rejects values that differ
    /// only in case.
    fn labels(&self) -> Vec<&'c str> {
        let mut labels: Vec<&str> = Vec::new();
        for label in self.settings.writable_values() {
            if labels.iter().all(|known| known.to_lowercase() != label.to_lowercase()) {
                labels.push(label);
            }
        }
        labels
    }

    fn permission(&self, template: &str) -> String {
        if self.is_custom { fill(template, &[("status_field", xml(self.name))]) } else { String::new() }
    }

    fn package_member(&self) -> String {
        self.template.map_or_else(String::new, |_| format!("        <members>Opportunity.{}</members>\n", xml(self.name)))
    }
}

fn values(connection: &SetupContext<'_>, field: &StatusField<'_>, stage_records: usize) -> Vec<Value> {
    let members: String = (0..stage_records)
        .map(|index| format!("        <members>LexiContract_Stage.{}</members>\n", record_name(index)))
        .collect();
    vec![
        ("webhook_origin", xml(connection.origin)),
        ("webhook_path", connection.webhook_path.to_owned()),
        ("deal_status_path", connection.deal_status_path.to_owned()),
        ("stage_field", xml(stage_field(&connection.settings.trigger_rule()))),
        ("status_field", xml(field.name)),
        ("is_signed", connection.settings.webhook_signature.is_some().to_string()),
        ("only_if_still_there", connection.settings.trigger.only_if_still_there.to_string()),
        ("status_readable", field.permission(STATUS_READABLE)),
        ("status_editable", field.permission(STATUS_EDITABLE)),
        ("package_status_field", field.package_member()),
        ("package_stages", members),
    ]
}

/// A record name contains a number, not the stage. If the list of stages changes, the records of the new package therefore
/// overwrite the previous records.
fn record_name(index: usize) -> String {
    format!("Stage_{:02}", index + 1)
}

fn stage_file(index: usize, record: &StageRecord) -> File {
    let label: String = record.stage.chars().take(RECORD_LABEL_CHARACTERS).collect();
    let record_types = match record.record_types.as_str() {
        "" => "<value xsi:nil=\"true\"/>".to_owned(),
        names => format!("<value xsi:type=\"xsd:string\">{}</value>", xml(names)),
    };
    let values = [("record_label", xml(label.trim())), ("stage", xml(&record.stage)), ("record_types", record_types)];
    let path = format!("{DEFAULT_FOLDER}/customMetadata/LexiContract_Stage.{}.md-meta.xml", record_name(index));
    (path, fill(STAGE, &values))
}
