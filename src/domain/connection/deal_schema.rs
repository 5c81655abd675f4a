//! Fields, stages and record types of deals at the provider.

/// Fields, stages and record types that an admin can choose in the settings of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DealSchema {
    /// Fields that can serve as the status field, sorted by label.
    pub fields: Vec<StatusField>,
    /// Stages in the order of the pipeline.
    pub stages: Vec<Stage>,
    /// Record types that deals can have; empty if the account does not use record types.
    pub record_types: Vec<RecordType>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Value in the provider's API. Settings and deals refer to the stage by this value.
    pub id: String,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordType {
    /// Name in the provider's API.
    pub id: String,
    pub label: String,
}

/// A text field or picklist that the connected user can edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusField {
    /// Name in the provider's API, which ignores case.
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
