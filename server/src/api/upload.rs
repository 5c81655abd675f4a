//! A document that a person uploads, streamed to where it stays.

use crate::{extract::Caller, incoming, problem::Result};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect},
};
use http::StatusCode;
use lexicontract::{
    domain::{contract::Contract, people::Role, problem::Problem},
    hub::Hub,
    services::Actor,
};
use utoipa::ToSchema;

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct UploadForm {
    title: String,
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Makes a contract from a document, without Salesforce. For members.
#[utoipa::path(post, path = "/api/v1/contracts/", tag = "contracts",
    request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = 201, body = Contract)))]
pub async fn create(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    request: Request,
) -> Result<(StatusCode, axum::Json<Contract>)> {
    Ok((StatusCode::CREATED, axum::Json(upload(&hub, &actor, request).await?)))
}

/// The same for the form of the contracts page, which works without JavaScript: it ends on a page.
pub async fn create_from_form(State(hub): State<Hub>, Caller(actor): Caller, request: Request) -> impl IntoResponse {
    match upload(&hub, &actor, request).await {
        Ok(contract) => Redirect::to(&format!("/contracts/{}?done=uploaded", contract.id)),
        Err(failure) => Redirect::to(&format!("/contracts?problem={}", form_code(&failure.0))),
    }
}

async fn upload(hub: &Hub, actor: &Actor, request: Request) -> Result<Contract> {
    actor.require(Role::Member)?;
    incoming::upload(hub, actor, request, hub.config().max_file_bytes).await
}

/// The word in the address: for a value that cannot be accepted, the value's own.
fn form_code(problem: &Problem) -> String {
    match problem {
        Problem::Invalid(invalid) => match serde_json::to_value(invalid) {
            Ok(serde_json::Value::String(name)) => name,
            _ => problem.code().to_owned(),
        },
        problem => problem.code().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::problem::Invalid;

    #[test]
    fn the_page_learns_which_value_was_wrong() {
        assert_eq!(form_code(&Invalid::FileEmpty.into()), "file_empty");
        assert_eq!(form_code(&Problem::PayloadTooLarge), "payload_too_large");
    }
}
