//! Creates Opportunities. The creation never fires the trigger and sends no Outbound Message.

use super::chosen::{Chosen, Rejection};
use super::opportunities::{record_type_id, time};
use crate::state::opportunities::{self, NewOpportunity};
use crate::state::organization::Organization;
use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

const MAX_COUNT: usize = 10_000;

#[derive(Debug, Deserialize)]
pub struct One {
    name: String,
    #[serde(default)]
    account_name: Option<String>,
    #[serde(flatten)]
    values: Values,
}

#[derive(Debug, Deserialize)]
pub struct Many {
    count: usize,
    /// Prefix of the names, which end with a number.
    #[serde(default)]
    name: Option<String>,
    #[serde(flatten)]
    values: Values,
}

#[derive(Debug, Deserialize)]
struct Values {
    #[serde(default)]
    stage: Option<String>,
    /// Developer name of the record type.
    #[serde(default)]
    record_type: Option<String>,
    /// Time of creation. The default is the present time.
    #[serde(default)]
    at: Option<String>,
}

/// `POST /control/opportunities`: creates an Opportunity.
pub async fn create(Chosen(organization): Chosen, Json(request): Json<One>) -> Result<(StatusCode, Json<Value>), Rejection> {
    let ids = insert(&organization, &[request.name], request.account_name.as_deref(), &request.values)?;
    Ok((StatusCode::CREATED, Json(json!({ "id": ids.first() }))))
}

/// `POST /control/opportunities/bulk`: creates up to 10,000 Opportunities.
pub async fn create_many(
    Chosen(organization): Chosen,
    Json(request): Json<Many>,
) -> Result<(StatusCode, Json<Value>), Rejection> {
    if !(1..=MAX_COUNT).contains(&request.count) {
        return Err(Rejection::bad(format!("`count` is 1 to {MAX_COUNT}")));
    }
    let name = request.name.as_deref().unwrap_or("Deal");
    let names: Vec<String> = (1..=request.count).map(|number| format!("{name} {number}")).collect();
    let ids = insert(&organization, &names, None, &request.values)?;
    Ok((StatusCode::CREATED, Json(json!({ "ids": ids }))))
}

fn insert(
    organization: &Organization,
    names: &[String],
    account_name: Option<&str>,
    values: &Values,
) -> Result<Vec<String>, Rejection> {
    let at = values.at.as_deref().map_or_else(|| Ok(organization.record_time()), time)?;
    let stage = values.stage.as_deref().unwrap_or("Prospecting");
    let mut state = organization.state();
    let record_type = values.record_type.as_deref().map(|name| record_type_id(&state, name)).transpose()?;
    let insert_one = |name: &String| {
        let record_type_id = record_type.as_deref();
        let new = NewOpportunity { name, account_name, stage, record_type_id, amount: opportunities::AMOUNT, at: &at };
        opportunities::insert(&mut state, &new)
    };
    Ok(names.iter().map(insert_one).collect())
}
