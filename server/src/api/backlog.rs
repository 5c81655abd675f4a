//! Polling of a connection, and the import of deals that are in a trigger stage and have no contract.

use super::problem::Result;
use crate::extract::{Admin, Caller, Json, OptionalJson, Param, QueryResult};
use axum::extract::Query;
use http::StatusCode;
use lexicontract::domain::connection::polling::{Backlog, Polling};
use lexicontract::domain::ids::ConnectionId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::domain::time::Timestamp;
use lexicontract::services::BacklogFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BacklogQuery {
    /// Ids of stages, separated by commas, or the parameter repeated for each. A value that is a trigger stage of the connection
    /// is not split. The default is the trigger stages.
    #[param(required = false)]
    stages: Vec<String>,
    /// API names of record types, separated by commas, or the parameter repeated for each. The default is the record types of the
    /// trigger rule.
    #[param(required = false)]
    record_types: Vec<String>,
    /// Only deals that entered the stage at or after this time (RFC 3339).
    since: Option<String>,
}

/// Selection of the deals to import. The defaults are those of the preview.
#[derive(Default, Deserialize, ToSchema)]
pub struct BacklogBody {
    #[serde(default)]
    stages: Vec<String>,
    #[serde(default)]
    record_types: Vec<String>,
    since: Option<String>,
    /// Fingerprint of the preview. If the preview would contain other deals now, the response is 409 `changed_meanwhile`, and
    /// nothing is imported.
    fingerprint: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Imported {
    /// Number of deals that are imported.
    count: u64,
}

/// Counts the deals that are in the stages, and have neither a contract nor an open delivery. For admins.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/backlog", tag = "connections", params(BacklogQuery),
    responses((status = 200, body = Backlog)))]
pub async fn preview(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
    query: QueryResult<Vec<(String, String)>>,
) -> Result<Json<Backlog>> {
    let Query(parameters) = query.map_err(|_| Invalid::BacklogFilter)?;
    let query = BacklogQuery::read(parameters);
    let whole = hub.connection(&actor, &id).await?.metadata.trigger_stages();
    let filter = BacklogFilter {
        stages: values(&query.stages, &whole),
        record_types: values(&query.record_types, &[]),
        since: since(query.since)?,
    };
    Ok(Json(hub.backlog(&actor, &id, filter).await?))
}

/// Imports the deals that are in the stages, and have neither a contract nor an open delivery. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/{id}/backlog", tag = "connections",
    request_body = Option<BacklogBody>, responses((status = 202, body = Imported)))]
pub async fn import(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
    OptionalJson(body): OptionalJson<BacklogBody>,
) -> Result<(StatusCode, Json<Imported>)> {
    let filter = BacklogFilter { stages: body.stages, record_types: body.record_types, since: since(body.since)? };
    let count = hub.import_backlog(&actor, &id, filter, body.fingerprint.as_deref()).await?;
    Ok((StatusCode::ACCEPTED, Json(Imported { count })))
}

/// Returns how the connection is polled. 404 if the provider has no deals.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/polling", tag = "connections",
    responses((status = 200, body = Polling)))]
pub async fn polling(Caller(hub, actor): Caller, Param(id): Param<ConnectionId>) -> Result<Json<Polling>> {
    Ok(Json(hub.polling(&actor, &id).await?.ok_or(Problem::NotFound)?))
}

impl BacklogQuery {
    fn read(parameters: Vec<(String, String)>) -> Self {
        let mut query = Self::default();
        for (name, value) in parameters {
            match name.as_str() {
                "stages" => query.stages.push(value),
                "record_types" => query.record_types.push(value),
                "since" => query.since = Some(value),
                _ => {}
            }
        }
        query
    }
}

/// Splits the values at their commas, except for those that are in `whole`.
fn values(given: &[String], whole: &[String]) -> Vec<String> {
    let split = |value: &String| {
        if whole.contains(value) {
            return vec![value.clone()];
        }
        value.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    };
    given.iter().flat_map(split).collect()
}

fn since(text: Option<String>) -> Result<Option<Timestamp>> {
    let text = text.filter(|text| !text.is_empty());
    Ok(text.map(|text| Timestamp::parse(&text).ok_or(Invalid::Since)).transpose()?)
}
