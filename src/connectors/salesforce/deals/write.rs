//! Writes one field of an Opportunity.

use crate::{
    connectors::{
        Call, Error, Kind,
        error_rules::FieldValue,
        salesforce::{id::opportunity_id, rest::data_path},
    },
    domain::connection::record::RecordId,
};
use serde_json::{Map, Value};

pub(crate) async fn write(call: &Call, id: &RecordId, field: &str, value: &str) -> Result<(), Error> {
    let path = data_path(call, &format!("sobjects/Opportunity/{}", opportunity_id(id)?));
    let body = Map::from_iter([(field.to_owned(), Value::from(value))]);
    let response = call.patch("write the status", &path, body.into()).writing(FieldValue { field, value }).send().await?;
    match response.status {
        reqwest::StatusCode::NO_CONTENT => Ok(()),
        _ => Err(Error::new(Kind::Unexpected, format!("{} instead of 204", response.context()))),
    }
}
