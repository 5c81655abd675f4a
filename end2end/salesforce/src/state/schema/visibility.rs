//! Record types and fields that the control API hides, as an administrator does with permissions.

use super::{StatusField, TYPES, Type};
use serde::Serialize;
use std::collections::BTreeSet;

/// Hidden record types (`OpportunityHistory`) and hidden fields (`Opportunity.LastStageChangeDate`).
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Hidden(BTreeSet<String>);

impl Hidden {
    /// Parses names, without regard to case. Fails with the first name that is not in the schema.
    pub fn parse(names: &[String]) -> Result<Self, String> {
        names.iter().map(|name| canonical(name).ok_or_else(|| name.clone())).collect::<Result<_, _>>().map(Hidden)
    }

    pub fn has_type(&self, object: &str) -> bool {
        self.0.contains(object)
    }

    pub fn has_field(&self, object: &str, field: &str) -> bool {
        self.0.iter().any(|name| name.split_once('.') == Some((object, field)))
    }
}

/// The record types and fields that the connected user can see.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub status_field: StatusField,
    pub hidden: &'a Hidden,
}

impl View<'_> {
    /// Finds a visible record type by its name, without regard to case.
    pub fn find(self, name: &str) -> Option<&'static Type> {
        super::find(name).filter(|object| !self.hidden.has_type(object.name))
    }

    pub fn types(self) -> impl Iterator<Item = &'static Type> {
        TYPES.iter().filter(move |object| !self.hidden.has_type(object.name))
    }
}

fn canonical(name: &str) -> Option<String> {
    let Some((object, field)) = name.split_once('.') else { return Some(super::find(name)?.name.to_owned()) };
    let object = super::find(object)?;
    let field = object.fields.iter().find(|known| known.name.eq_ignore_ascii_case(field))?;
    Some(format!("{}.{}", object.name, field.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_without_regard_to_case() {
        let hidden = Hidden::parse(&["opportunity.laststagechangedate".to_owned(), "RECORDTYPE".to_owned()]).unwrap();
        assert!(hidden.has_field("Opportunity", "LastStageChangeDate") && hidden.has_type("RecordType"));
        assert!(!hidden.has_type("Opportunity") && !hidden.has_field("Opportunity", "StageName"));
        assert_eq!(Hidden::parse(&["Opportunity.Nonsense".to_owned()]).unwrap_err(), "Opportunity.Nonsense");
    }
}
