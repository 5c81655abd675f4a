//! Handlers for the forms of the web page. Each handler redirects back to the page.

use crate::control::chosen::Rejection;
use crate::control::opportunities::{known_id, move_to_stage, unknown};
use crate::options::Webhook;
use crate::samples;
use crate::state::files::{self, NewFile};
use crate::state::organization::Organization;
use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::response::Redirect;
use bytes::Bytes;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
pub struct StageForm {
    stage: String,
}

/// `POST /opportunities/{id}/stage`: moves an Opportunity.
pub async fn change_stage(
    State(organization): State<Arc<Organization>>,
    Path(id): Path<String>,
    Form(form): Form<StageForm>,
) -> Result<Redirect, Rejection> {
    move_to_stage(&organization, vec![id], &form.stage).await?;
    Ok(Redirect::to("/"))
}

/// `POST /opportunities/{id}/files`: attaches the uploaded file or the selected sample document.
pub async fn attach(
    State(organization): State<Arc<Organization>>,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Redirect, Rejection> {
    let id = known_id(&id)?;
    let (file_name, bytes) = chosen_file(form).await?;
    let file = NewFile { file_name, bytes, modified_at: organization.record_time(), ..NewFile::default() };
    let mut state = organization.state();
    state.records.live("Opportunity", &id).ok_or_else(unknown)?;
    files::attach(&mut state, &id, &file);
    Ok(Redirect::to("/"))
}

/// `POST /webhook`: changes the webhook's URL and secret.
pub async fn save_webhook(State(organization): State<Arc<Organization>>, Form(webhook): Form<Webhook>) -> Redirect {
    let trimmed = Webhook { url: webhook.url.trim().to_owned(), secret: webhook.secret.trim().to_owned() };
    organization.state().webhook = trimmed;
    Redirect::to("/")
}

async fn chosen_file(mut form: Multipart) -> Result<(String, Bytes), Rejection> {
    let unreadable = |_| Rejection::bad("the form could not be read");
    let mut sample = None;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(unreadable)?;
        match name.as_str() {
            "file" if !file_name.is_empty() => return Ok((file_name, bytes)),
            "sample" => sample = samples::find(&String::from_utf8_lossy(&bytes)),
            _ => {}
        }
    }
    let sample = sample.ok_or_else(|| Rejection::bad("choose a document"))?;
    Ok((sample.file_name.to_owned(), Bytes::from_static(sample.bytes)))
}
