use super::chosen::{Chosen, Rejection};
use crate::clock::{parse_time, record_time};
use crate::state::organization::{Organization, State};
use crate::state::outbound::queue;
use crate::state::{opportunities, record_types, schema};
use crate::{ids, outbound, trigger};
use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
pub struct Move {
    stage: String,
}

#[derive(Debug, Deserialize)]
pub struct MoveMany {
    ids: Vec<String>,
    stage: String,
}

/// `POST /control/opportunities/{id}/stage`: moves an Opportunity to a stage. Returns the webhook call and the Outbound
/// Messages.
pub async fn move_one(
    Chosen(organization): Chosen,
    Path(id): Path<String>,
    Json(request): Json<Move>,
) -> Result<Json<Value>, Rejection> {
    move_to_stage(&organization, vec![id], &request.stage).await.map(Json)
}

/// `POST /control/opportunities/stage`: moves several Opportunities to a stage. The trigger reports them in one webhook call.
pub async fn move_many(Chosen(organization): Chosen, Json(request): Json<MoveMany>) -> Result<Json<Value>, Rejection> {
    move_to_stage(&organization, request.ids, &request.stage).await.map(Json)
}

/// `PATCH /control/opportunities/{id}`: sets fields, including read-only fields. The key `AccountName` sets the account, and the
/// key `RecordType` the record type. Never fires the trigger.
pub async fn change(
    Chosen(organization): Chosen,
    Path(id): Path<String>,
    Json(mut fields): Json<Map<String, Value>>,
) -> Result<Json<Value>, Rejection> {
    let (id, now) = (known_id(&id)?, organization.record_time());
    let mut state = organization.state();
    if let Some(name) = fields.remove("AccountName") {
        let account = name.as_str().map(|name| opportunities::account(&mut state, name, &now));
        fields.insert("AccountId".to_owned(), account.into());
    }
    if let Some(name) = fields.remove("RecordType") {
        let record_type = record_type_id(&state, name.as_str().unwrap_or_default())?;
        fields.insert("RecordTypeId".to_owned(), record_type.into());
    }
    for (name, value) in &mut fields {
        if let (true, Some(at)) = (schema::is_time("Opportunity", name), value.as_str()) {
            *value = time(at)?.into();
        }
    }
    opportunities::change(&mut state, &id, &fields, &now).ok_or_else(unknown)?;
    let record = state.records.live("Opportunity", &id).ok_or_else(unknown)?;
    Ok(Json(opportunities::summary(&state, record)))
}

pub async fn delete(Chosen(organization): Chosen, Path(id): Path<String>) -> Result<StatusCode, Rejection> {
    let id = known_id(&id)?;
    if opportunities::delete(&mut organization.state(), &id) { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// Moves Opportunities to a stage. Fires the trigger for Opportunities that enter the trigger stage, and sends the Outbound
/// Message for Opportunities that enter the stage of the Outbound Message.
pub async fn move_to_stage(organization: &Arc<Organization>, ids: Vec<String>, stage: &str) -> Result<Value, Rejection> {
    if !is_stage(&organization.state(), stage) {
        return Err(Rejection::bad(format!("no stage is called `{stage}`")));
    }
    let ids = ids.iter().map(|id| known_id(id)).collect::<Result<Vec<_>, _>>()?;
    let fields = Map::from_iter([("StageName".to_owned(), stage.into())]);
    let (mut fired, mut notifications) = (Vec::new(), Vec::new());
    {
        let now = organization.record_time();
        let mut state = organization.state();
        if ids.iter().any(|id| state.records.live("Opportunity", id).is_none()) {
            return Err(unknown());
        }
        for id in ids {
            let Some(change) = opportunities::update(&mut state, &id, &fields, &now) else { continue };
            notifications.extend(queue(&mut state, &id, &change));
            if change.entered_stage.as_ref() == Some(&state.trigger_stage) {
                fired.push(id);
            }
        }
    }
    let call = async { if fired.is_empty() { None } else { Some(trigger::fire(organization, fired).await) } };
    let (call, messages) = tokio::join!(call, outbound::send(organization, &notifications));
    Ok(json!({ "stage": stage, "webhook": call, "outbound": messages }))
}

fn is_stage(state: &State, name: &str) -> bool {
    schema::STAGES.contains(&name) || state.trigger_stage == name || state.outbound.stage == name
}

/// Finds the record type of a request by its developer name.
pub fn record_type_id(state: &State, developer_name: &str) -> Result<String, Rejection> {
    let unknown = || Rejection::bad(format!("no record type is called `{developer_name}`"));
    record_types::id(state, developer_name).ok_or_else(unknown)
}

/// Converts a time of a request to the format of record times.
pub fn time(text: &str) -> Result<String, Rejection> {
    parse_time(text).map(record_time).ok_or_else(|| Rejection::bad(format!("`{text}` is not a time")))
}

/// Converts the id of an Opportunity to its 18-character form. Fails if the id is not an Opportunity's.
pub fn known_id(id: &str) -> Result<String, Rejection> {
    ids::to_18(id).filter(|id| id.starts_with("006")).ok_or_else(unknown)
}

pub fn unknown() -> Rejection {
    Rejection::not_found("there is no such Opportunity")
}
