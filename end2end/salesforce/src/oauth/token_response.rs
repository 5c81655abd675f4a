//! Successful token responses. As in Salesforce, they contain no token lifetime, and `issued_at` is a string.

use super::grants::Grant;
use crate::options::ConnectedApp;
use crate::state::organization::{Organization, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http::header;
use serde_json::{Value, json};
use sha2::Sha256;

#[derive(Debug)]
pub struct TokenResponse<'a> {
    pub app: &'a ConnectedApp,
    pub grant: &'a Grant,
    pub access_token: &'a str,
    pub refresh_token: Option<&'a str>,
    pub nonce: Option<&'a str>,
}

impl TokenResponse<'_> {
    pub fn into_response(self, organization: &Organization, state: &State) -> Response {
        let issued_at = organization.now_milliseconds().to_string();
        let id = identity_url(organization, state);
        let instance_url = state.settings.instance_url.as_deref().unwrap_or(&organization.url);
        let mut body = json!({
            "access_token": self.access_token,
            "signature": sign(&self.app.client_secret, format!("{id}{issued_at}").as_bytes()),
            "scope": self.grant.scopes.join(" "),
            "instance_url": instance_url,
            "id": id,
            "token_type": "Bearer",
            "issued_at": issued_at,
        });
        if let Some(token) = self.refresh_token.filter(|_| !state.settings.omit_refresh_token) {
            body["refresh_token"] = token.into();
        }
        if self.grant.scopes.iter().any(|scope| scope == "openid") {
            body["id_token"] = self.id_token(organization, &id);
        }
        let headers = [(header::CONTENT_TYPE, "application/json;charset=UTF-8"), (header::CACHE_CONTROL, "no-store")];
        (headers, body.to_string()).into_response()
    }

    /// Builds an ID token that is signed with HS256. The real Salesforce uses RS256.
    fn id_token(&self, organization: &Organization, subject: &str) -> Value {
        let now = organization.now_milliseconds() / 1_000;
        let head = json!({ "alg": "HS256", "typ": "JWT" });
        let claims = json!({
            "iss": organization.url, "aud": self.app.client_id, "sub": subject, "iat": now, "exp": now + 120,
            "nonce": self.nonce,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(keyed_hash(&self.app.client_secret, signed.as_bytes()));
        format!("{signed}.{signature}").into()
    }
}

pub fn identity_url(organization: &Organization, state: &State) -> String {
    format!("{}/id/{}/{}", organization.url, state.organization_id, state.user_id)
}

fn sign(secret: &str, message: &[u8]) -> String {
    STANDARD.encode(keyed_hash(secret, message))
}

fn keyed_hash(secret: &str, message: &[u8]) -> Vec<u8> {
    let mut hash = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC accepts keys of any length");
    hash.update(message);
    hash.finalize().into_bytes().to_vec()
}
