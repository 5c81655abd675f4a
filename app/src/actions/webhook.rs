//! The webhook's secret and its deliveries.

use super::ending::end;
use crate::{
    Fault,
    context::{hub, sender},
    flash,
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::domain::{
    ids::{ConnectionId, DeliveryId},
    problem::Problem,
};

/// Makes or rotates the secret; the connection's page shows it once.
///
/// # Errors
/// The connection is gone, or not one that has a webhook.
#[server(prefix = "/actions", endpoint = "make_webhook_secret")]
pub async fn make_webhook_secret(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        let made = hub().make_webhook_secret(&sender()?, &id).await?;
        flash::keep(&page, &format!("{} {}", made.secret, made.signing_key));
        Ok(())
    };
    end(outcome.await, |()| format!("{page}?done=secret_made#webhook"), &page)
}

/// Ends the previous secret at once.
///
/// # Errors
/// The connection is gone.
#[server(prefix = "/actions", endpoint = "end_previous_webhook_secrets")]
pub async fn end_previous_webhook_secrets(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async {
        let id: ConnectionId = connection.parse().map_err(|_| Problem::NotFound)?;
        hub().end_previous_webhook_secrets(&sender()?, &id).await
    };
    end(outcome.await, |()| format!("{page}?done=secret_ended#webhook"), &page)
}

/// Runs a delivery again.
///
/// # Errors
/// The delivery is gone.
#[server(prefix = "/actions", endpoint = "redeliver")]
pub async fn redeliver(#[server(default)] delivery: String, #[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async {
        let id: DeliveryId = delivery.parse().map_err(|_| Problem::NotFound)?;
        hub().redeliver(&sender()?, &id).await
    };
    end(outcome.await, |_| format!("{page}?done=redelivered#deliveries"), &page)
}
