//! Opportunities: making, moving, changing, deleting. Every answer's ids have 18 characters.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::chosen::{Chosen, Refusal};
use crate::ids;
use crate::state::opportunities;
use crate::state::organization::Organization;
use crate::state::schema;
use crate::trigger;

/// A new Opportunity.
#[derive(Debug, Deserialize)]
pub struct NewOpportunity {
    name: String,
    #[serde(default)]
    account_name: Option<String>,
    #[serde(default)]
    stage: Option<String>,
}

/// A move of one Opportunity.
#[derive(Debug, Deserialize)]
pub struct Move {
    stage: String,
}

/// A move of several Opportunities in one transaction.
#[derive(Debug, Deserialize)]
pub struct MoveMany {
    ids: Vec<String>,
    stage: String,
}

/// `POST /control/opportunities`: never fires the trigger.
pub async fn create(Chosen(organization): Chosen, Json(new): Json<NewOpportunity>) -> (StatusCode, Json<Value>) {
    let now = organization.now();
    let stage = new.stage.as_deref().unwrap_or("Prospecting");
    let id = opportunities::create(&mut organization.state(), &new.name, new.account_name.as_deref(), stage, &now);
    (StatusCode::CREATED, Json(json!({ "id": id })))
}

/// `POST /control/opportunities/{id}/stage`: moves it, and answers what came of the webhook call.
pub async fn move_one(
    Chosen(organization): Chosen,
    Path(id): Path<String>,
    Json(wanted): Json<Move>,
) -> Result<Json<Value>, Refusal> {
    move_to_stage(&organization, vec![id], &wanted.stage).await.map(Json)
}

/// `POST /control/opportunities/stage`: moves several at once; the trigger tells about all of them in one call.
pub async fn move_many(Chosen(organization): Chosen, Json(wanted): Json<MoveMany>) -> Result<Json<Value>, Refusal> {
    move_to_stage(&organization, wanted.ids, &wanted.stage).await.map(Json)
}

/// `PATCH /control/opportunities/{id}`: sets any fields, also those that the API refuses; `AccountName` sets the account. Never
/// fires the trigger.
pub async fn change(
    Chosen(organization): Chosen,
    Path(id): Path<String>,
    Json(mut fields): Json<Map<String, Value>>,
) -> Result<Json<Value>, Refusal> {
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

/// `DELETE /control/opportunities/{id}`.
pub async fn delete(Chosen(organization): Chosen, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    let id = known_id(&id)?;
    if opportunities::delete(&mut organization.state(), &id) { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// Moves Opportunities and calls the webhook when the stage fires the trigger.
pub async fn move_to_stage(organization: &Arc<Organization>, ids: Vec<String>, stage: &str) -> Result<Value, Refusal> {
    if !schema::STAGES.contains(&stage) && organization.state().trigger_stage != stage {
        return Err(Refusal::bad(format!("no stage is called `{stage}`")));
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

/// The 18-character form of an Opportunity's id.
pub fn known_id(id: &str) -> Result<String, Refusal> {
    ids::to_18(id).filter(|id| id.starts_with("006")).ok_or_else(unknown)
}

/// No Opportunity has this id.
pub fn unknown() -> Refusal {
    Refusal::not_found("there is no such Opportunity")
}
