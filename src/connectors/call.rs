//! Authenticated calls of a provider, the only network access of connectors. Adds the credential, checks the host, limits body sizes,
//! reads the API usage, and maps rejections to errors by the rules. Connectors never see a token and never interpret a status code.

use super::{
    ApiUsage, Connector, Ctx, Error, FileStream, Kind, Tokens,
    auth::{ApiKey, KeyScheme},
    error_rules::{Endpoint, Subject, accepted},
    http::{Answer, JSON_LIMIT, broken, read, send, send_and_read},
};
use crate::{config::ProviderConfig, secret::Secret};
use futures::StreamExt;
use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use url::Url;

/// The most that a download may take, however steadily it drips. A stall ends it sooner: the client bounds each piece.
const WHOLE_DOWNLOAD: Duration = Duration::from_secs(3_600);
/// Far longer than any key.
const KEY_CHARACTERS: usize = 1_024;

/// The credential of a call.
#[derive(Clone)]
enum Credential {
    Bearer(Secret<String>),
    Header(&'static str, Secret<String>),
}

/// Calls of one account with one credential.
#[derive(Clone)]
pub struct Call {
    ctx: Ctx,
    connector: &'static Connector,
    base: Url,
    /// Where users see the account.
    pages: Url,
    credential: Credential,
    scopes: Vec<String>,
    api_usage: ApiUsage,
}

impl Call {
    /// Calls with the access token of a grant, at `_API_URL` if that is set. What answers say about the account's API calls is kept in `meter`.
    pub fn with_tokens(ctx: &Ctx, connector: &'static Connector, tokens: &Tokens, api_usage: ApiUsage) -> Self {
        Self {
            ctx: ctx.clone(),
            connector,
            base: ctx.config.provider(connector.slug).api_url.as_ref().unwrap_or(&tokens.instance_url).clone(),
            pages: tokens.instance_url.clone(),
            credential: Credential::Bearer(tokens.access_token.clone()),
            scopes: tokens.scopes.clone(),
            api_usage,
        }
    }

    /// Calls with a key that a person pasted.
    ///
    /// # Errors
    /// [`Kind::GrantDead`] for a key that is empty, too long, or not plain text.
    pub fn with_key(
        ctx: &Ctx,
        connector: &'static Connector,
        method: &ApiKey,
        fields: &BTreeMap<String, Secret<String>>,
    ) -> Result<Self, Error> {
        let key = fields.get("api_key").map(|key| key.expose().trim()).unwrap_or_default();
        let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > KEY_CHARACTERS || !is_plain {
            return Err(Error::new(Kind::GrantDead, "the key is empty, too long, or not plain text").of(connector.terms));
        }
        let key = Secret::from(key);
        let credential = match method.scheme {
            KeyScheme::Bearer => Credential::Bearer(key),
            KeyScheme::Header(name) => Credential::Header(name, key),
        };
        let fixed = || Url::parse(method.origin).map_err(|error| Error::new(Kind::Unexpected, "not an address").because(error));
        let base = ctx.config.provider(connector.slug).api_url.clone().map_or_else(fixed, Ok)?;
        let pages = base.clone();
        Ok(Self { ctx: ctx.clone(), connector, base, pages, credential, scopes: Vec::new(), api_usage: ApiUsage::default() })
    }

    /// What the credential may do, as far as the provider said.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// What the answers say about the account's API calls.
    pub fn api_usage(&self) -> &ApiUsage {
        &self.api_usage
    }

    /// The provider's variables.
    pub fn config(&self) -> &ProviderConfig {
        self.ctx.config.provider(self.connector.slug)
    }

    /// The address of a page for users. It is never called.
    pub(super) fn page(&self, path: &str) -> Url {
        let mut url = self.pages.clone();
        url.set_path(path);
        url
    }

    /// The address of a path at the account's own host. Only the path is used, so that nothing in an answer can lead elsewhere.
    pub(super) fn address(&self, path: &str) -> Result<Url, Error> {
        if !self.config().allows(&self.base) {
            return Err(Error::new(Kind::HostNotAllowed, "the account's host is not one of the provider's"));
        }
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        Ok(url)
    }

    /// Reads what is at a path; `what` names the call in the log.
    pub(super) fn get<'c>(&'c self, what: &'c str, path: &str) -> Request<'c> {
        Request::new(self, what, Method::GET, self.address(path))
    }

    /// Changes what is at a path.
    pub(super) fn patch<'c>(&'c self, what: &'c str, path: &str, body: Value) -> Request<'c> {
        Request { body: Some(body), ..Request::new(self, what, Method::PATCH, self.address(path)) }
    }

    /// The bytes at a path, as they arrive.
    pub(super) async fn download(&self, what: &'static str, path: &str) -> Result<FileStream, Error> {
        let request = self
            .authorized(Method::GET, self.address(path)?)
            .header(ACCEPT, "*/*")
            // The bytes are compared with a length and a checksum, so they should arrive as they are.
            .header(ACCEPT_ENCODING, "identity")
            .timeout(WHOLE_DOWNLOAD);
        let response = send(&self.ctx, what, request).await?;
        if response.status() != StatusCode::OK || is_page(&response) {
            let answer = read(&self.ctx, what, response, JSON_LIMIT).await?;
            let status = answer.status.as_u16();
            accepted(&self.ctx, self.connector, answer, Endpoint::Data, Subject::default())?;
            return Err(Error::new(Kind::Unexpected, format!("{what}: {status} is not a file")));
        }
        Ok(response.bytes_stream().map(move |piece| piece.map_err(|error| broken(what, error))).boxed())
    }

    fn authorized(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let request = self.ctx.http.request(method, url);
        match &self.credential {
            Credential::Bearer(token) => request.bearer_auth(token.expose()),
            Credential::Header(name, value) => request.header(*name, value.expose()),
        }
    }
}

/// Providers answer with a page while they are maintained.
fn is_page(response: &reqwest::Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.to_ascii_lowercase().starts_with("text/html"))
}

/// A request to be sent.
pub(super) struct Request<'c> {
    call: &'c Call,
    what: &'c str,
    method: Method,
    url: Result<Url, Error>,
    body: Option<Value>,
    endpoint: Endpoint,
    subject: Subject<'c>,
    limit: usize,
}

impl<'c> Request<'c> {
    fn new(call: &'c Call, what: &'c str, method: Method, url: Result<Url, Error>) -> Self {
        let (endpoint, subject) = (Endpoint::Data, Subject::default());
        Self { call, what, method, url, body: None, endpoint, subject, limit: JSON_LIMIT }
    }

    /// With a parameter of the query.
    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        if let Ok(url) = &mut self.url {
            url.query_pairs_mut().append_pair(name, value);
        }
        self
    }

    /// About no record in particular: what is not there is then not a record.
    pub(super) fn resource(mut self) -> Self {
        self.endpoint = Endpoint::Resource;
        self
    }

    /// With what is written, for the message of a refusal.
    pub(super) fn about(mut self, subject: Subject<'c>) -> Self {
        self.subject = subject;
        self
    }

    /// With another limit of the answer's length.
    pub(super) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The answer, which is a success.
    pub(super) async fn answer(self) -> Result<Answer, Error> {
        let Self { call, what, method, url, body, endpoint, subject, limit } = self;
        let request = call.authorized(method, url?).header(ACCEPT, "application/json");
        let request = body.iter().fold(request, reqwest::RequestBuilder::json);
        let answer = send_and_read(&call.ctx, what, request, limit).await?;
        call.api_usage.note((call.connector.allowance)(&answer));
        accepted(&call.ctx, call.connector, answer, endpoint, subject)
    }

    /// The answer as JSON of that form.
    pub(super) async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.answer().await?.json()
    }
}
