//! Authenticated calls to a provider: a connector's only access to the network. A call adds the credential, checks the host,
//! limits body sizes, reads the API usage, and maps unsuccessful responses to errors. Connectors see no token.

use super::auth::{ApiKey, KeyScheme};
use super::error_rules::{Endpoint, FieldValue, check_response};
use super::http::{JSON_LIMIT, Response, UPLOAD_TIMEOUT, at_path, broken, read, send, send_and_read};
use super::multipart::Form;
use super::{ApiUsage, Connector, Ctx, Error, FileStream, Kind, Tokens};
use crate::config::ProviderConfig;
use crate::secret::Secret;
use futures::StreamExt;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// Time limit for a complete download. A stalled download ends earlier, because the read timeout of the client expires.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(3_600);
const KEY_CHARACTERS: usize = 1_024;

#[derive(Clone)]
pub struct Call {
    ctx: Ctx,
    connector: &'static Connector,
    base: Url,
    pages: Url,
    scheme: KeyScheme,
    secret: Secret<String>,
    scopes: Vec<String>,
    api_usage: ApiUsage,
}

impl Call {
    /// Authenticates with an access token. Calls go to the account's host, unless the variable `<SLUG>_API_URL` replaces it.
    pub fn with_tokens(ctx: &Ctx, connector: &'static Connector, tokens: &Tokens, api_usage: ApiUsage) -> Self {
        Self {
            ctx: ctx.clone(),
            connector,
            base: ctx.config.provider(connector.slug).api_url.as_ref().unwrap_or(&tokens.instance_url).clone(),
            pages: tokens.instance_url.clone(),
            scheme: KeyScheme::Bearer,
            secret: tokens.access_token.clone(),
            scopes: tokens.scopes.clone(),
            api_usage,
        }
    }

    /// Authenticates with the API key from a form.
    ///
    /// # Errors
    /// [`Kind::GrantDead`] if the key is empty, too long, or not printable ASCII.
    pub fn with_key(
        ctx: &Ctx,
        connector: &'static Connector,
        method: &ApiKey,
        fields: &BTreeMap<String, Secret<String>>,
    ) -> Result<Self, Error> {
        let key = fields.get("api_key").map(|key| key.expose().trim()).unwrap_or_default();
        let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > KEY_CHARACTERS || !is_plain {
            return Err(Error::new(Kind::GrantDead, "the key is empty, too long, or not plain text").with_terms(connector.terms));
        }
        let base = match &ctx.config.provider(connector.slug).api_url {
            Some(url) => url.clone(),
            None => Url::parse(method.origin).map_err(|error| Error::new(Kind::Unexpected, "not a URL").with_source(error))?,
        };
        let (pages, scheme, secret) = (base.clone(), method.scheme, Secret::from(key));
        Ok(Self { ctx: ctx.clone(), connector, base, pages, scheme, secret, scopes: Vec::new(), api_usage: ApiUsage::default() })
    }

    /// Scopes of the grant. Empty if the provider does not report scopes.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    pub fn api_usage(&self) -> &ApiUsage {
        &self.api_usage
    }

    pub fn config(&self) -> &ProviderConfig {
        self.ctx.config.provider(self.connector.slug)
    }

    /// URL of a web page, for links that users open. This server never requests the page.
    pub(super) fn page(&self, path: &str) -> Url {
        at_path(&self.pages, path)
    }

    /// URL of `path` on the account's host. `path` cannot change the host.
    fn url(&self, path: &str) -> Result<Url, Error> {
        if !self.config().allows(&self.base) {
            return Err(Error::new(Kind::HostNotAllowed, "the account's host is not one of the provider's"));
        }
        Ok(at_path(&self.base, path))
    }

    /// Builds a GET request. `what` names the call in the log.
    pub(super) fn get<'c>(&'c self, what: &'c str, path: &str) -> Request<'c> {
        Request::new(self, what, Method::GET, self.url(path))
    }

    /// Builds a PATCH request that writes one field. Error messages name the field and the value.
    pub(super) fn patch<'c>(&'c self, what: &'c str, path: &str, written: FieldValue<'c>) -> Request<'c> {
        Request { written: Some(written), ..Request::new(self, what, Method::PATCH, self.url(path)) }
    }

    pub(super) async fn download(&self, what: &'static str, path: &str) -> Result<FileStream, Error> {
        let request = self
            .authorized(Method::GET, self.url(path)?)
            .header(ACCEPT, "*/*")
            // Disables compression, because the file list contains the length and checksum of the uncompressed content.
            .header(ACCEPT_ENCODING, "identity")
            .timeout(DOWNLOAD_TIMEOUT);
        let response = send(&self.ctx, what, request).await?;
        let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        if response.status() != StatusCode::OK || content_type.to_ascii_lowercase().starts_with(b"text/html") {
            let response = read(&self.ctx, what, response, JSON_LIMIT).await?;
            let status = response.status.as_u16();
            check_response(&self.ctx, self.connector, response, Endpoint::Data, FieldValue::default())?;
            return Err(Error::new(Kind::Unexpected, format!("{what}: {status} is not a file")));
        }
        Ok(response.bytes_stream().map(move |chunk| chunk.map_err(|error| broken(what, error))).boxed())
    }

    /// Sends a form with a file in a POST request. The request must not be repeated blindly after an error whose outcome is unknown.
    pub(super) async fn upload(&self, what: &'static str, path: &str, form: Form) -> Result<Response, Error> {
        let ctx = Ctx { http: self.ctx.http.for_uploads(), ..self.ctx.clone() };
        let request = self
            .authorized(Method::POST, self.url(path)?)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, form.content_type())
            .header(CONTENT_LENGTH, form.length())
            .body(form.into_body())
            .timeout(UPLOAD_TIMEOUT);
        let response = read(&ctx, what, send(&ctx, what, request).await?, JSON_LIMIT).await?;
        self.api_usage.record((self.connector.api_limit)(&response));
        check_response(&self.ctx, self.connector, response, Endpoint::Data, FieldValue::default())
    }

    fn authorized(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let request = self.ctx.http.request(method, url);
        match self.scheme {
            KeyScheme::Bearer => request.bearer_auth(self.secret.expose()),
            KeyScheme::Header(name) => request.header(name, self.secret.expose()),
        }
    }
}

pub(super) struct Request<'c> {
    call: &'c Call,
    what: &'c str,
    method: Method,
    url: Result<Url, Error>,
    endpoint: Endpoint,
    written: Option<FieldValue<'c>>,
    limit: usize,
}

impl<'c> Request<'c> {
    fn new(call: &'c Call, what: &'c str, method: Method, url: Result<Url, Error>) -> Self {
        Self { call, what, method, url, endpoint: Endpoint::Data, written: None, limit: JSON_LIMIT }
    }

    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        if let Ok(url) = &mut self.url {
            url.query_pairs_mut().append_pair(name, value);
        }
        self
    }

    /// Marks a request whose URL contains no record id. For such a request, 404 means that the endpoint is missing, not that a
    /// record is missing.
    pub(super) fn resource(mut self) -> Self {
        self.endpoint = Endpoint::Resource;
        self
    }

    /// Sets the size limit of the response body. The default is [`JSON_LIMIT`].
    pub(super) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    pub(super) async fn send(self) -> Result<Response, Error> {
        let Self { call, what, method, url, endpoint, written, limit } = self;
        let mut request = call.authorized(method, url?).header(ACCEPT, "application/json");
        if let Some(FieldValue { field, value }) = written {
            request = request.json(&Map::from_iter([(field.to_owned(), Value::from(value))]));
        }
        let response = send_and_read(&call.ctx, what, request, limit).await?;
        call.api_usage.record((call.connector.api_limit)(&response));
        check_response(&call.ctx, call.connector, response, endpoint, written.unwrap_or_default())
    }

    pub(super) async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.send().await?.json()
    }
}
