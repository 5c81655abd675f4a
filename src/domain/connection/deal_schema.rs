//! What a deal consists of at the provider, as far as the settings of a connection refer to it.

/// What can be chosen from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DealSchema {
    /// The fields that can carry a status, by their label.
    pub fields: Vec<StatusField>,
    /// The stages, in their order.
    pub stages: Vec<String>,
}

/// A field that can carry a status: it holds text, and the connected user may edit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusField {
    /// Its API name.
    pub name: String,
    /// What people at the provider call it.
    pub label: String,
    /// What it can be set to; empty when it takes any text.
    pub values: Vec<String>,
}

impl DealSchema {
    /// The field of that API name, whatever its case.
    pub fn field(&self, name: &str) -> Option<&StatusField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}
