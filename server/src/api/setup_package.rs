//! What an administrator deploys at the provider.

use super::{disposition, problem::Result};
use crate::extract::{Admin, PathId};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use lexicontract::{
    domain::{connection::StatusFieldType, ids::Connection as ConnectionKind, problem::Invalid},
    hub::Hub,
};
use serde::Deserialize;
use utoipa::IntoParams;

/// What the package makes of the field that carries the status.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SetupPackageQuery {
    /// `picklist` (a restricted one; the default), `text`, or `existing`: the field is in the org already, and is left alone.
    #[param(value_type = Option<StatusFieldType>)]
    status_field: Option<String>,
}

/// The project that an administrator deploys at the provider, filled in for the connection, as a ZIP. It holds no secret. For admins.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/setup-package", tag = "connections",
    params(SetupPackageQuery),
    responses((status = 200, description = "The ZIP", body = Vec<u8>, content_type = "application/zip")))]
pub async fn download(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<ConnectionKind>,
    query: std::result::Result<Query<SetupPackageQuery>, QueryRejection>,
) -> Result<Response> {
    let Query(query) = query.map_err(|_| Invalid::StatusFieldType)?;
    let status_field = match query.status_field {
        Some(text) => StatusFieldType::parse(&text).ok_or(Invalid::StatusFieldType)?,
        None => StatusFieldType::default(),
    };
    let package = hub.setup_package(&actor, &id, status_field).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (CONTENT_DISPOSITION, disposition::attachment(&package.file_name)),
    ];
    Ok((headers, package.bytes).into_response())
}
