//! Record types, the fields of each type, and what the connected user can see of them.

mod types;
pub mod visibility;

use serde::{Deserialize, Serialize};
pub use types::TYPES;
use visibility::View;

/// The Opportunity field to which LexiContract AI writes the status.
pub const STATUS_FIELD: &str = "LexiContract_Status__c";

/// Values of a restricted status field.
pub const STATUS_LABELS: &[&str] = &["Draft", "In Review", "In Negotiation", "Approved", "Signed", "Rejected"];

pub const STAGES: &[&str] = &[
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Needs Legal Review",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusField {
    /// A text field of 255 characters that the connected user is allowed to edit.
    #[default]
    Present,
    /// The field does not exist, or the connected user cannot see it.
    Missing,
    ReadOnly,
    /// A restricted picklist of [`STATUS_LABELS`].
    Restricted,
    Short,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    /// Name of the relationship, and referenced record type. The type is empty if the field can reference several types.
    Reference(&'static str, &'static str),
    Text,
    Picklist(&'static [&'static str]),
    Boolean,
    Integer,
    Decimal,
    Date,
    DateTime,
    /// Binary content. Query results contain the URL path of the content instead of its bytes.
    Base64,
}

#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub label: &'static str,
    pub length: u32,
    pub updateable: bool,
    /// True if a picklist accepts only the listed values.
    pub restricted: bool,
    pub nillable: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub name: &'static str,
    pub prefix: &'static str,
    fields: &'static [Field],
}

impl Type {
    /// Lists the fields that the connected user can see.
    pub fn fields(&self, view: View<'_>) -> Vec<Field> {
        let mut fields = self.fields.to_vec();
        if self.name == "Opportunity" {
            fields.extend(status_field(view.status_field));
        }
        fields.retain(|field| !view.hidden.has_field(self.name, field.name));
        fields
    }

    /// Finds a field by its name, without regard to case. Ignores fields that the connected user cannot see.
    pub fn field(&self, name: &str, view: View<'_>) -> Option<Field> {
        self.fields(view).into_iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

/// Finds a record type by its name, without regard to case.
pub fn find(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

/// Returns true if the field exists in the record type and contains a time. Names are case-sensitive.
pub fn is_time(object: &str, field: &str) -> bool {
    let object = TYPES.iter().find(|known| known.name == object);
    object.is_some_and(|object| object.fields.iter().any(|known| known.name == field && known.kind == Kind::DateTime))
}

fn status_field(status: StatusField) -> Option<Field> {
    let text = Field {
        name: STATUS_FIELD,
        kind: Kind::Text,
        label: "LexiContract Status",
        length: 255,
        updateable: true,
        restricted: false,
        nillable: true,
    };
    match status {
        StatusField::Present => Some(text),
        StatusField::Missing => None,
        StatusField::ReadOnly => Some(Field { updateable: false, ..text }),
        StatusField::Restricted => Some(Field { kind: Kind::Picklist(STATUS_LABELS), restricted: true, ..text }),
        StatusField::Short => Some(Field { length: 5, ..text }),
    }
}
