//! Validates changes of records. The error messages are copied from Salesforce.

use super::errors::ApiError;
use crate::state::schema::visibility::View;
use crate::state::schema::{Field, Kind, Type};
use serde_json::{Map, Value};

pub fn check(object: &Type, fields: &Map<String, Value>, view: View<'_>) -> Result<(), ApiError> {
    for (name, value) in fields {
        let field = object.field(name, view).ok_or_else(|| {
            ApiError::bad("INVALID_FIELD", format!("No such column '{name}' on sobject of type {}", object.name))
        })?;
        if !field.updateable {
            return Err(not_writable(name));
        }
        check_value(&field, value)?;
    }
    Ok(())
}

fn check_value(field: &Field, value: &Value) -> Result<(), ApiError> {
    let name = field.name;
    if value.is_null() || value.as_str() == Some("") {
        let message = format!("Required fields are missing: [{name}]");
        return if field.nillable { Ok(()) } else { Err(ApiError::bad("REQUIRED_FIELD_MISSING", message).about(&[name])) };
    }
    match (field.kind, value) {
        (Kind::Text | Kind::Picklist(_), Value::String(text)) => check_text(field, text),
        (Kind::Boolean, Value::Bool(_)) | (Kind::Integer | Kind::Decimal, Value::Number(_)) => Ok(()),
        (Kind::Date | Kind::DateTime | Kind::Id | Kind::Reference(..), Value::String(_)) => Ok(()),
        (_, other) => {
            let message = format!("Cannot deserialize instance of {} from value {other}", kind_name(field.kind));
            Err(ApiError::bad("JSON_PARSER_ERROR", message))
        }
    }
}

fn check_text(field: &Field, text: &str) -> Result<(), ApiError> {
    if let Kind::Picklist(values) = field.kind
        && field.restricted
        && !values.contains(&text)
    {
        let message = format!("{}: bad value for restricted picklist field: {text}", field.label);
        return Err(ApiError::bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message).about(&[field.name]));
    }
    if text.chars().count() > field.length as usize {
        let message = format!("{}: data value too large: {text} (max length={})", field.label, field.length);
        return Err(ApiError::bad("STRING_TOO_LONG", message).about(&[field.name]));
    }
    Ok(())
}

fn not_writable(name: &str) -> ApiError {
    let message = format!(
        "Unable to create/update fields: {name}. Please check the security settings of this field and verify that it is \
         read/write for your profile or permission set."
    );
    ApiError::bad("INVALID_FIELD_FOR_INSERT_UPDATE", message).about(&[name])
}

pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Id => "id",
        Kind::Reference(..) => "reference",
        Kind::Text => "string",
        Kind::Picklist(_) => "picklist",
        Kind::Boolean => "boolean",
        Kind::Integer => "int",
        Kind::Decimal => "double",
        Kind::Date => "date",
        Kind::DateTime => "datetime",
        Kind::Base64 => "base64",
    }
}
