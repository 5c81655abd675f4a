//! Writes one field of an Opportunity.

use super::{
    budget::allowance,
    call::data_address,
    classify::{Subject, accepted},
    decision::Asked,
    id::of_deal,
};
use crate::{
    connectors::{
        Ctx, Error, Kind, Session,
        http::{JSON_LIMIT, send_and_read},
    },
    domain::record::RecordId,
};
use serde_json::{Map, Value};

const CALL: &str = "write the status";

pub(super) async fn write(ctx: &Ctx, session: &Session, id: &RecordId, field: &str, value: &str) -> Result<(), Error> {
    let id = of_deal(id)?;
    let body = Map::from_iter([(field.to_owned(), Value::from(value))]);
    let request = ctx
        .http
        .patch(data_address(ctx, session, &format!("sobjects/Opportunity/{id}"))?)
        .bearer_auth(session.access_token.expose())
        .json(&body);
    let answer = send_and_read(ctx, CALL, request, JSON_LIMIT).await?;
    session.meter.note(allowance(&answer));
    if answer.status == reqwest::StatusCode::NO_CONTENT {
        return Ok(());
    }
    let answer = accepted(ctx, answer, Asked::Data, Subject { field, value })?;
    Err(Error::new(Kind::Unexpected, format!("{} instead of 204", answer.context())))
}
