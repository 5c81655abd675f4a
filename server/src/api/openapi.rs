//! The OpenAPI document.

use super::problem::{PROBLEM_JSON, ProblemBody};
use crate::identity::audience::{Audience, audience};
use http::Method;
use lexicontract::connectors::CONNECTORS;
use lexicontract::domain::connection::StatusFieldType;
use lexicontract::services::{addressed_webhook, is_webhook_path};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, OpenApi as Document, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa::{OpenApi, PartialSchema};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "LexiContract",
        description = "Connections to CRM systems, webhooks, contracts and the write-back of their status. Errors are RFC 9457 problems with a stable `code`. \
            Collections and the webhook accept paths with and without a trailing slash. HEAD is supported wherever GET is; all other \
            unsupported methods, including OPTIONS, are 405 with `Allow`. Without an identity, every path that is not open is 401, \
            whether it exists or not."
    ),
    components(schemas(ProblemBody, StatusFieldType)),
    tags(
        (name = "auth", description = "Registration, sign-in, sign-out"),
        (name = "tokens", description = "API tokens"),
        (name = "users", description = "The users of an organization"),
        (name = "organization", description = "The organization, and its quotas"),
        (name = "audit", description = "The audit log"),
        (name = "integrations", description = "The catalogue, and the start of connections"),
        (name = "connections", description = "An organization's connections"),
        (name = "webhook", description = "The webhooks that providers call"),
        (name = "deliveries", description = "The deliveries of webhook calls"),
        (name = "contracts", description = "Contracts and their documents"),
        (name = "operations", description = "For load balancers and Prometheus"),
    )
)]
struct ApiDoc;

const SESSION: &str = "session";
const TOKEN: &str = "token";
const WEBHOOK_SECRET: &str = "webhook_secret";

/// The document without operations, which the router adds.
pub fn document() -> Document {
    ApiDoc::openapi()
}

/// The path with a provider and a webhook that exist.
fn example(path: &str) -> String {
    let path = path.replace("{slug}", CONNECTORS[0].slug).replace("{webhook}/{secret}", "outbound/secret");
    path.replace("{webhook}", "webhook")
}

/// Adds the parts that all operations share: security schemes, path parameters, error responses.
pub fn complete(mut document: Document, session_cookie: &str) -> Document {
    let components = document.components.get_or_insert_default();
    let cookie = ApiKeyValue::with_description(session_cookie, "Set by sign-in; unsafe requests must come from the same origin");
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme(TOKEN, SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    let secret = ApiKeyValue::with_description("X-Webhook-Secret", "Created on the page of the connection");
    components.add_security_scheme(WEBHOOK_SECRET, SecurityScheme::ApiKey(ApiKey::Header(secret)));
    for (path, item) in &mut document.paths.paths {
        let example = example(path);
        let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for (method, operation) in methods.into_iter().zip(operations) {
            let Some(operation) = operation else { continue };
            operation.operation_id = operation_id(operation);
            add_path_parameters(operation, path);
            describe_responses(operation);
            let needs_identity = is_webhook_path(&example) || audience(&method, &example) == Audience::SignedIn;
            add_errors(operation, needs_identity, path.contains('{'));
            operation.security = Some(security(&method, &example));
        }
    }
    document
}

fn security(method: &Method, path: &str) -> Vec<SecurityRequirement> {
    let requirement = |name: &str| SecurityRequirement::new::<_, _, String>(name, []);
    match audience(method, path) {
        _ if addressed_webhook(path).is_some_and(|address| address.secret.is_some()) => vec![SecurityRequirement::default()],
        _ if is_webhook_path(path) => vec![requirement(WEBHOOK_SECRET)],
        Audience::Machines => vec![SecurityRequirement::default()],
        Audience::Anyone => vec![requirement(SESSION)],
        Audience::SignedIn => vec![requirement(SESSION), requirement(TOKEN)],
    }
}

fn add_path_parameters(operation: &mut Operation, path: &str) {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters = operation.parameters.get_or_insert_default();
    // Replaces the path parameters that utoipa derives from the extractors.
    parameters.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path));
    for name in names {
        let schema = if name == "number" { i64::schema() } else { String::schema() };
        let description = match name {
            "number" => "The number of the version, from 1",
            "slug" => "The provider, such as `salesforce`",
            "webhook" => "The provider's webhook, such as `webhook`, or `outbound` if a secret follows",
            "secret" => "The secret of the URL, created on the page of the connection",
            _ => "The id; 404 when it is unknown or of another organization",
        };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).schema(Some(schema));
        parameters.push(parameter.description(Some(description)).required(Required::True).build().into());
    }
}

/// Joins the tag and the name of the handler, because handler names are unique only within a tag.
fn operation_id(operation: &Operation) -> Option<String> {
    let (tag, handler) = (operation.tags.as_ref()?.first()?, operation.operation_id.as_ref()?);
    Some(format!("{tag}_{handler}"))
}

/// Adds missing descriptions, because OpenAPI requires a description for every response.
fn describe_responses(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let description = match status.as_str() {
                "201" => "Created",
                "202" => "Accepted; the work continues in the background",
                "204" => "No content",
                _ => "Success",
            };
            description.clone_into(&mut response.description);
        }
    }
}

/// Adds the common error responses. A response that the handler declares for the same status takes precedence.
fn add_errors(operation: &mut Operation, needs_identity: bool, has_parameters: bool) {
    let not_signed_in = needs_identity.then(|| ("401", problem("No valid credential")));
    let not_found = has_parameters.then(|| ("404", problem("Unknown, or of another organization")));
    let allow = HeaderBuilder::new().schema(Some(String::schema())).description(Some("The supported methods")).build();
    let mut wrong_method = problem("The request used a method that is not described here");
    wrong_method.headers.insert("Allow".to_owned(), RefOr::T(allow));
    let other = ("default", problem("The error and what to do about it"));
    for (status, response) in [not_signed_in, not_found, Some(("405", wrong_method)), Some(other)].into_iter().flatten() {
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content).build()
}
