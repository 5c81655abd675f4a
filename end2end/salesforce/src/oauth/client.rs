//! Client authentication at the token endpoint: credentials in the request body, or HTTP Basic authentication.

use super::errors::OAuthError;
use crate::options::ConnectedApp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

pub type Form = std::collections::HashMap<String, String>;

pub fn authenticate(apps: &[ConnectedApp], headers: &HeaderMap, form: &Form) -> Result<ConnectedApp, OAuthError> {
    let (client_id, secret) = basic(headers)
        .or_else(|| Some((form.get("client_id")?.clone(), form.get("client_secret").cloned().unwrap_or_default())))
        .ok_or_else(|| OAuthError::new("invalid_client_id", "client identifier invalid"))?;
    let app = apps
        .iter()
        .find(|app| app.client_id == client_id)
        .ok_or_else(|| OAuthError::new("invalid_client_id", "client identifier invalid"))?;
    if app.client_secret == secret {
        Ok(app.clone())
    } else {
        Err(OAuthError::new("invalid_client", "invalid client credentials"))
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decode = |part: &str| {
        let field = format!("v={part}");
        url::form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}
