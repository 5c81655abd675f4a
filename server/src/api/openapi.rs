//! The document that describes every route of the API.

use super::problem::{PROBLEM_JSON, ProblemBody};
use crate::layers::authorization::{Audience, audience};
use lexicontract::{connectors::CONNECTORS, domain::connection::StatusFieldType, services::is_webhook_path};
use utoipa::{
    OpenApi, PartialSchema,
    openapi::{
        ContentBuilder, HeaderBuilder, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, ParameterBuilder, ParameterIn, PathItem},
        schema::Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

/// What the document begins with; the router adds the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "LexiContract",
        description = "Connections to CRM systems, the webhook, contracts and their way back. Failures are RFC 9457 problems with a stable `code`. \
            Collections and the webhook answer with and without a slash at the end of their paths. HEAD is answered wherever GET is; any other \
            method that an address does not support, OPTIONS included, is 405 with `Allow`. Without an identity, every address that is not \
            open is 401, whether it exists or not."
    ),
    components(schemas(ProblemBody, StatusFieldType)),
    tags(
        (name = "auth", description = "Registration, sign-in, sign-out"),
        (name = "tokens", description = "API tokens"),
        (name = "users", description = "The people of an organization"),
        (name = "organization", description = "The organization, and its quotas"),
        (name = "audit", description = "Who did what, from where, when"),
        (name = "integrations", description = "The catalogue, and how a connection is made"),
        (name = "connections", description = "An organization's connections"),
        (name = "webhook", description = "What providers call"),
        (name = "deliveries", description = "What came of the calls"),
        (name = "contracts", description = "Contracts and their documents"),
        (name = "operations", description = "For load balancers and Prometheus"),
    )
)]
struct Beginning;

const SESSION: &str = "session";
const TOKEN: &str = "token";
const WEBHOOK_SECRET: &str = "webhook_secret";

/// The document without routes.
pub fn beginning() -> Document {
    Beginning::openapi()
}

/// Adds what is the same everywhere: how callers prove who they are, ids in paths, and the form of failures.
pub fn complete(mut document: Document, session_cookie: &str) -> Document {
    let components = document.components.get_or_insert_default();
    let cookie = ApiKeyValue::with_description(session_cookie, "Set by sign-in; unsafe requests must come from the same origin");
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme(TOKEN, SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    let secret = ApiKeyValue::with_description("X-Webhook-Secret", "Made on the page of the connection");
    components.add_security_scheme(WEBHOOK_SECRET, SecurityScheme::ApiKey(ApiKey::Header(secret)));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = operation_id(operation);
            add_path_parameters(operation, path);
            describe_answers(operation);
            add_failures(operation, &method, path);
            operation.security = Some(security(method, path));
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (http::Method, &mut Operation)> {
    use http::Method;
    [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// A path of a template that names a provider.
fn example(template: &str) -> String {
    template.replace("{slug}", CONNECTORS[0].slug).replace("{webhook}", "webhook")
}

fn security(method: http::Method, path: &str) -> Vec<SecurityRequirement> {
    let requirement = |name: &str| SecurityRequirement::new::<_, _, String>(name, []);
    match audience(&method, &example(path)) {
        _ if is_webhook_path(&example(path)) => vec![requirement(WEBHOOK_SECRET)],
        Audience::Machines => vec![SecurityRequirement::default()],
        Audience::Anyone => vec![requirement(SESSION)],
        Audience::SignedIn => vec![requirement(SESSION), requirement(TOKEN)],
    }
}

fn add_path_parameters(operation: &mut Operation, path: &str) {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters = operation.parameters.get_or_insert_default();
    // Of a path, axum's extractors describe as many as they read; these replace them.
    parameters.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path));
    for name in names {
        let schema = if name == "number" { i64::schema() } else { String::schema() };
        let description = match name {
            "number" => "The number of the version, from 1",
            "slug" => "The provider, such as `salesforce`",
            "webhook" => "The provider's webhook, such as `webhook`",
            _ => "An unknown or foreign id is 404",
        };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).schema(Some(schema));
        let parameter = parameter.description(Some(description));
        parameters.push(parameter.required(utoipa::openapi::Required::True).build().into());
    }
}

/// The handler's name is unique within its tag only, and an id must be unique in the document.
fn operation_id(operation: &Operation) -> Option<String> {
    let (tag, handler) = (operation.tags.as_ref()?.first()?, operation.operation_id.as_ref()?);
    Some(format!("{tag}_{handler}"))
}

/// OpenAPI requires a description of every answer.
fn describe_answers(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            usual_description(status).clone_into(&mut response.description);
        }
    }
}

fn usual_description(status: &str) -> &'static str {
    match status {
        "201" => "Created",
        "202" => "Accepted; the work continues in the background",
        "204" => "Done; the answer has no body",
        _ => "Success",
    }
}

/// The failures that are the same everywhere; a handler's own description of one stays.
fn add_failures(operation: &mut Operation, method: &http::Method, path: &str) {
    let needs_proof = is_webhook_path(&example(path)) || audience(method, &example(path)) == Audience::SignedIn;
    let not_signed_in = needs_proof.then(|| ("401", failure("No valid proof of identity")));
    let not_found = path.contains('{').then(|| ("404", failure("Unknown, or of another organization")));
    let allow = HeaderBuilder::new().schema(Some(String::schema())).description(Some("The supported methods")).build();
    let mut wrong_method = failure("The request used a method that is not described here");
    wrong_method.headers.insert("Allow".to_owned(), RefOr::T(allow));
    let other = ("default", failure("What went wrong, and what to do next"));
    for (status, response) in [not_signed_in, not_found, Some(("405", wrong_method)), Some(other)].into_iter().flatten() {
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

fn failure(description: &str) -> Response {
    let schema: RefOr<Schema> = Ref::from_schema_name("Problem").into();
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content).build()
}
