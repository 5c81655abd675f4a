//! One call of the REST API: an address on the instance, the bearer token, and what the answer means.

use super::{
    budget::allowance,
    classify::{Subject, accepted},
    decision::Asked,
    provider::{api_version, settings},
};
use crate::connectors::{
    Ctx, Error, Kind, Session,
    http::{Answer, JSON_LIMIT, send_and_read},
};
use reqwest::header::ACCEPT;
use serde::de::DeserializeOwned;
use url::Url;

const DATA: &str = "/services/data/";

/// An address on the instance. Only the path is taken over, so that nothing in an answer can lead elsewhere.
pub(super) fn address(ctx: &Ctx, session: &Session, path: &str) -> Result<Url, Error> {
    if !settings(&ctx.config).allows(&session.instance_url) {
        return Err(Error::new(Kind::HostNotAllowed, "the instance is not one of Salesforce's hosts"));
    }
    let mut url = session.instance_url.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// An address below `/services/data/{version}/`.
pub(super) fn data_address(ctx: &Ctx, session: &Session, path: &str) -> Result<Url, Error> {
    address(ctx, session, &format!("{DATA}{}/{path}", api_version(&ctx.config)))
}

/// Gets JSON of a known form; `call` names it in the log.
pub(super) async fn get_json<T: DeserializeOwned>(ctx: &Ctx, session: &Session, call: &str, url: Url) -> Result<T, Error> {
    get(ctx, session, call, url, JSON_LIMIT).await?.json()
}

/// Gets something that is not one record.
pub(super) async fn get(ctx: &Ctx, session: &Session, call: &str, url: Url, limit: usize) -> Result<Answer, Error> {
    let asked = if url.path().starts_with(DATA) { Asked::Resource } else { Asked::Data };
    let request = ctx.http.get(url).bearer_auth(session.access_token.expose()).header(ACCEPT, "application/json");
    let answer = send_and_read(ctx, call, request, limit).await?;
    session.meter.note(allowance(&answer));
    accepted(ctx, answer, asked, Subject::default())
}
