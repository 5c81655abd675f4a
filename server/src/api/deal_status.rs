//! The state of a deal, which the setup package shows at the provider.

use super::problem::Result;
use super::webhook::{AuthenticatedCall, authenticated_call, record_refusal, require_account};
use crate::extract::{Json, Param};
use crate::layers::client_address::ClientAddress;
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Request, State};
use lexicontract::connectors;
use lexicontract::connectors::webhook::WebhookSpec;
use lexicontract::domain::compatibility::DealStatusBody;
use lexicontract::domain::connection::SecretPurpose;
use lexicontract::domain::deal_status::DealStatus;
use lexicontract::domain::problem::{Invalid, Problem};

const ONE_DEAL: &str = "Name exactly one deal, not a list.";

/// Returns the state of a deal: its newest delivery, its contract, and the file, the analysis and the write-back of the contract.
///
/// The caller is the provider. The secret, the signature and the order of the checks are those of the provider's webhook. The
/// request changes nothing, so a signed message can be repeated.
#[utoipa::path(post, path = "/api/v1/integrations/{slug}/deal-status", tag = "webhook", request_body = DealStatusBody,
    responses((status = 200, body = DealStatus)))]
pub async fn get(
    State(state): State<AppState>,
    Param(slug): Param<String>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Result<Json<DealStatus>> {
    let webhook = connectors::find(&slug).and_then(|connector| connector.webhook_with(SecretPurpose::Webhook));
    let webhook = webhook.ok_or(Problem::NotFound)?;
    let call = authenticated_call(&state, &slug, webhook, address, request).await?;
    let caller = call.caller.clone();
    record_refusal(&state, &caller, answer(&state, webhook, address, call).await)
}

async fn answer(
    state: &AppState,
    webhook: &WebhookSpec,
    address: ClientAddress,
    call: AuthenticatedCall,
) -> Result<Json<DealStatus>> {
    let AuthenticatedCall { caller, body, permit: _permit, .. } = call;
    let call = (webhook.parse)(&body)?;
    let [deal] = call.events.as_slice() else { return Err(Invalid::WebhookBody(ONE_DEAL).into()) };
    require_account(state, &caller, &call, address)?;
    Ok(Json(state.hub.deal_status(&caller, &deal.record).await?))
}
