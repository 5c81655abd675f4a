use super::chosen::{Chosen, Rejection};
use crate::state::organization::Organization;
use crate::state::{opportunities, schema};
use crate::{ids, trigger};
use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
pub struct NewOpportunity {
    name: String,
    #[serde(default)]
    account_name: Option<String>,
    #[serde(default)]
    stage: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Move {
    stage: String,
}

#[derive(Debug, Deserialize)]
pub struct MoveMany {
    ids: Vec<String>,
    stage: String,
}

/// `POST /control/opportunities`: creates an Opportunity. Never fires the trigger.
pub async fn create(Chosen(organization): Chosen, Json(new): Json<NewOpportunity>) -> (StatusCode, Json<Value>) {
    let now = organization.now();
    let stage = new.stage.as_deref().unwrap_or("Prospecting");
    let id = opportunities::create(&mut organization.state(), &new.name, new.account_name.as_deref(), stage, &now);
    (StatusCode::CREATED, Json(json!({ "id": id })))
}

/// `POST /control/opportunities/{id}/stage`: moves an Opportunity to a stage. Returns the result of the webhook call.
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

/// `PATCH /control/opportunities/{id}`: sets fields, including read-only fields. The key `AccountName` sets the account. Never
/// fires the trigger.
pub async fn change(
    Chosen(organization): Chosen,
    Path(id): Path<String>,
    Json(mut fields): Json<Map<String, Value>>,
) -> Result<Json<Value>, Rejection> {
    let (id, now) = (known_id(&id)?, organization.now());
    let mut state = organization.state();
    if let Some(name) = fields.remove("AccountName") {
        let account = name.as_str().map(|name| opportunities::account(&mut state, name, &now));
        fields.insert("AccountId".to_owned(), account.into());
    }
    opportunities::change(&mut state, &id, &fields, &now).ok_or_else(unknown)?;
    let record = state.records.live("Opportunity", &id).ok_or_else(unknown)?;
    Ok(Json(opportunities::summary(&state, record)))
}

pub async fn delete(Chosen(organization): Chosen, Path(id): Path<String>) -> Result<StatusCode, Rejection> {
    let id = known_id(&id)?;
    if opportunities::delete(&mut organization.state(), &id) { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// Moves Opportunities to a stage. Fires the trigger for the Opportunities that newly reach the trigger stage.
pub async fn move_to_stage(organization: &Arc<Organization>, ids: Vec<String>, stage: &str) -> Result<Value, Rejection> {
    if !schema::STAGES.contains(&stage) && organization.state().trigger_stage != stage {
        return Err(Rejection::bad(format!("no stage is called `{stage}`")));
    }
    let ids = ids.iter().map(|id| known_id(id)).collect::<Result<Vec<_>, _>>()?;
    let fields = Map::from_iter([("StageName".to_owned(), stage.into())]);
    let mut fired = Vec::new();
    {
        let now = organization.now();
        let mut state = organization.state();
        if ids.iter().any(|id| state.records.live("Opportunity", id).is_none()) {
            return Err(unknown());
        }
        for id in ids {
            if opportunities::change(&mut state, &id, &fields, &now) == Some(true) {
                fired.push(id);
            }
        }
    }
    if fired.is_empty() {
        return Ok(json!({ "stage": stage, "webhook": null }));
    }
    let call = trigger::fire(organization, fired).await;
    Ok(json!({ "stage": stage, "webhook": call }))
}

/// Converts the id of an Opportunity to its 18-character form. Fails if the id is not an Opportunity's.
pub fn known_id(id: &str) -> Result<String, Rejection> {
    ids::to_18(id).filter(|id| id.starts_with("006")).ok_or_else(unknown)
}

pub fn unknown() -> Rejection {
    Rejection::not_found("there is no such Opportunity")
}
