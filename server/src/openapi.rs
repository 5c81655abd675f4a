//! The document that describes every route of the API.

use crate::problem::{PROBLEM_JSON, ProblemBody};
use utoipa::{
    OpenApi, PartialSchema,
    openapi::{
        ContentBuilder, OpenApi as Document, Ref, RefOr, ResponseBuilder,
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
        description = "Connections to CRM systems, the webhook, contracts and their way back. Failures are RFC 9457 problems with a stable `code`."
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "auth", description = "Registration, sign-in, sign-out"),
        (name = "tokens", description = "API tokens"),
        (name = "users", description = "The people of an organization"),
        (name = "organization", description = "The organization, and its quotas"),
        (name = "audit", description = "Who did what, from where, when"),
        (name = "integrations", description = "The catalogue, and how a connection is made"),
        (name = "connections", description = "An organization's connections"),
        (name = "webhook", description = "What Salesforce calls"),
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
            operation.security = Some(security(method, path));
            add_path_parameters(operation, path);
            operation.responses.responses.insert("default".to_owned(), RefOr::T(failure()));
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

fn security(method: http::Method, path: &str) -> Vec<SecurityRequirement> {
    use crate::access::{Audience, audience};
    let requirement = |name: &str| SecurityRequirement::new::<_, _, String>(name, []);
    match audience(&method, path) {
        _ if path.ends_with("/webhook") => vec![requirement(WEBHOOK_SECRET)],
        Audience::Machines => vec![SecurityRequirement::default()],
        Audience::Anyone => vec![requirement(SESSION)],
        Audience::SignedIn => vec![requirement(SESSION), requirement(TOKEN)],
    }
}

fn add_path_parameters(operation: &mut Operation, path: &str) {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters = operation.parameters.get_or_insert_default();
    for name in names {
        let schema = if name == "number" { i64::schema() } else { String::schema() };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).schema(Some(schema));
        parameters.push(parameter.required(utoipa::openapi::Required::True).build().into());
    }
}

fn failure() -> utoipa::openapi::Response {
    let schema: RefOr<Schema> = Ref::from_schema_name("Problem").into();
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description("What went wrong, and what to do next").content(PROBLEM_JSON, content).build()
}
