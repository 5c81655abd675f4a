//! Resolves field paths with the schema, and reads the values of fields.

use super::error::QueryError;
use super::query::Path;
use crate::state::organization::State;
use crate::state::records::{Record, text};
use crate::state::schema::visibility::View;
use crate::state::schema::{Field, Kind, Type};
use serde_json::Value;
use std::borrow::Cow;

const MAX_PARENTS: usize = 5;

#[derive(Clone, Debug)]
pub struct Resolved {
    /// Name, id field and parent type of each relationship on the path.
    pub parents: Vec<(&'static str, &'static str, &'static Type)>,
    pub object: &'static Type,
    pub field: Field,
}

pub fn resolve(path: &Path, object: &'static Type, view: View<'_>) -> Result<Resolved, QueryError> {
    let (last, relationships) = path.parts.split_last().ok_or_else(|| QueryError::malformed("field expected", path.at))?;
    let mut current = object;
    let mut parents = Vec::new();
    for name in relationships.iter().take(MAX_PARENTS) {
        let found = current.fields(view).into_iter().find_map(|field| match field.kind {
            Kind::Reference(relationship, target) if relationship.eq_ignore_ascii_case(name) => {
                Some((relationship, field.name, view.find(target)?))
            }
            _ => None,
        });
        let step = found.ok_or_else(|| no_relationship(name, current, path.at))?;
        current = step.2;
        parents.push(step);
    }
    let field = current.field(last, view).ok_or_else(|| no_column(last, current, path.at))?;
    Ok(Resolved { parents, object: current, field })
}

impl Resolved {
    /// Returns the record that contains the field: `record` itself or one of its parents. Returns `None` if a parent is missing.
    pub fn holder<'a>(&self, state: &'a State, record: &'a Record) -> Option<&'a Record> {
        self.parents
            .iter()
            .try_fold(record, |record, (_, id_field, object)| state.records.live(object.name, text(record, id_field)))
    }

    /// Returns the value of the field, or `null` if a parent is missing.
    pub fn value<'a>(&self, state: &'a State, record: &'a Record) -> Cow<'a, Value> {
        self.holder(state, record).map_or(Cow::Owned(Value::Null), |holder| own_value(self.object, &self.field, holder))
    }
}

/// Returns the value of a field of `record` itself. For a binary field, returns the URL path of its content.
pub fn own_value<'a>(object: &Type, field: &Field, record: &'a Record) -> Cow<'a, Value> {
    match field.kind {
        Kind::Base64 => {
            let id = text(record, "Id");
            let path = format!("/services/data/{}/sobjects/{}/{id}/{}", crate::rest::versions::CURRENT, object.name, field.name);
            Cow::Owned(path.into())
        }
        _ => record.get(field.name).map_or(Cow::Owned(Value::Null), Cow::Borrowed),
    }
}

fn no_column(name: &str, object: &Type, at: usize) -> QueryError {
    let text = format!(
        "No such column '{name}' on entity '{}'. If you are attempting to use a custom field, be sure to append the '__c' \
         after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
        object.name
    );
    QueryError::at("INVALID_FIELD", text, at)
}

fn no_relationship(name: &str, object: &Type, at: usize) -> QueryError {
    let text = format!(
        "Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be sure \
         to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the \
         appropriate names. ({})",
        object.name
    );
    QueryError::at("INVALID_FIELD", text, at)
}
