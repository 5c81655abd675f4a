//! Writes one field of an Opportunity.

use super::{call::data_path, id::of_deal};
use crate::{
    connectors::{Call, Error, Kind, error_rules::Subject},
    domain::connection::record::RecordId,
};
use serde_json::{Map, Value};

pub(super) async fn write(call: &Call, id: &RecordId, field: &str, value: &str) -> Result<(), Error> {
    let path = data_path(call, &format!("sobjects/Opportunity/{}", of_deal(id)?));
    let body = Map::from_iter([(field.to_owned(), Value::from(value))]);
    let answer = call.patch("write the status", &path, body.into()).about(Subject { field, value }).answer().await?;
    match answer.status {
        reqwest::StatusCode::NO_CONTENT => Ok(()),
        _ => Err(Error::new(Kind::Unexpected, format!("{} instead of 204", answer.context()))),
    }
}
