//! The OAuth web server flow, as the login host of one organization serves it.

/// The request that a browser brings, and the user's decision.
pub mod authorize;
/// Who is calling: the app's id and secret.
pub mod client;
/// The page that asks the user.
pub mod consent;
/// The answers that report an error.
pub mod errors;
/// Codes, grants, refresh tokens and sessions.
pub mod grants;
/// Who the user is.
pub mod identity;
/// Revoking and introspecting.
pub mod revoke;
/// The addresses.
pub mod routes;
/// Switches that tests flip.
pub mod settings;
/// Codes and refresh tokens become sessions.
pub mod token;
/// What a token request is answered with.
pub mod token_answer;
