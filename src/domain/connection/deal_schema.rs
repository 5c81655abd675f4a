//! Fields and stages of deals at the provider.

/// Fields and stages that an admin can choose in the settings of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DealSchema {
    /// Fields that can serve as the status field, sorted by label.
    pub fields: Vec<StatusField>,
    /// Stages in the order of the pipeline.
    pub stages: Vec<String>,
}

/// A text field or picklist that the connected user can edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusField {
    /// Name in the provider's API. Its case is ignored.
    pub name: String,
    pub label: String,
    /// Allowed values; empty if every text is allowed.
    pub values: Vec<String>,
}

impl DealSchema {
    pub fn field(&self, name: &str) -> Option<&StatusField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}
