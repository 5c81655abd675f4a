//! What a person or a program can ask for: `impl Hub` blocks, one file per intention.
//!
//! Every method that acts for somebody takes the [`Actor`] first, checks the role on its first line and, where it writes, again in
//! the transaction (`authorization.rs`), and passes the organization to every query. Methods that jobs call take the claimed job instead, and end in one transaction that
//! stores the effects and completes the job, so that a worker which lost its claim changes nothing.

mod audit;
pub mod auth;
mod pagination;
pub(crate) mod tenant_limiter;
mod validation;

mod account;

mod connections;

pub(crate) mod deliveries;

mod admin_cli;
mod contracts;
mod housekeeping;
mod isolation;
mod metrics;
mod operator_warnings;

pub use account::PasswordChange;
pub use account::organization::{LlmProvider, OrganizationChange};
pub use account::users::{NewUser, UserChange};
pub use admin_cli::{CreatedUser, JoinedOrganization, KeyCount, NewOperatorUser, Rotation};
pub(crate) use audit::rejections::Rejections;
pub use audit::verify::{ChainState, WholeChain};
pub use auth::actor::{Actor, Via};
pub use auth::client::Client;
pub use auth::idempotency::{IdempotencyKey, Sender, Submission};
pub(crate) use auth::password_hashing::PasswordHasher;
pub use auth::sealed_cookies::SealedCookie;
pub(crate) use auth::session_cache::SessionCache;
pub use auth::sign_in::{Registration, SESSION_LIFETIME, SignedIn};
pub(crate) use auth::sign_in_limits::SignInLimits;
pub use connections::ConnectionChange;
pub use connections::callback::Callback;
pub use connections::connect::{ConnectRequest, Connecting};
pub use connections::oauth_flow::AuthorizationRequest;
pub use connections::setup_package::SetupPackage;
pub use contracts::versions::{Upload, VersionFile};
pub use contracts::{ContractCounts, ContractFilter, ContractSort};
pub use deliveries::receive::{WebhookCaller, is_callback_path, is_webhook_path, webhook_path};
pub use deliveries::webhook_signature::WebhookSignature;
pub use isolation::Isolation;
pub use metrics::{Metrics, QuotaMetric};
pub use tenant_limiter::Permit;
