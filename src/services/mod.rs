//! The application services: `impl Hub` blocks, one module per subject.
//!
//! A method for a user takes the [`Actor`] as its first parameter, checks the actor's role first, and passes the actor's
//! organization to every query. A method that writes checks the role again in the transaction (see `authorization.rs`).
//!
//! A method for a job takes the claimed job. One final transaction stores the effects and completes the job. A worker that has lost
//! its claim therefore changes nothing.

mod account;
mod admin_cli;
mod audit;
pub mod auth;
mod connections;
mod contracts;
pub(crate) mod deliveries;
mod erasure;
mod housekeeping;
mod isolation;
mod key_rotation;
mod metrics;
mod operator_warnings;
mod pagination;
pub(crate) mod tenant_limiter;
mod validation;

pub use crate::db::deliveries::failed::ReceivedRange;
pub use account::PasswordChange;
pub use account::organization::{LlmProvider, OrganizationChange};
pub use account::users::{NewUser, UserChange};
pub use admin_cli::{CreatedUser, JoinedOrganization, NewOperatorUser};
pub(crate) use audit::rejections::Rejections;
pub use audit::verify::{ChainState, WholeChain};
pub use auth::actor::{Actor, IdempotencyKey, Via};
pub use auth::client::Client;
pub(crate) use auth::password_hashing::PasswordHasher;
pub use auth::sealed_cookies::SealedCookie;
pub(crate) use auth::session_cache::SessionCache;
pub use auth::sign_in::{Registration, SESSION_LIFETIME, SignedIn};
pub(crate) use auth::sign_in_limits::SignInLimits;
pub use connections::ConnectionChange;
pub use connections::callback::Callback;
pub use connections::connect::{ConnectRequest, Connecting};
pub use connections::connect_link::CONNECT_LINK_PAGE;
pub use connections::connect_link_flow::{LinkRequest, LinkResult, StartedLinkFlow};
pub use connections::oauth_flow::AuthorizationRequest;
pub use connections::polling::BacklogFilter;
pub(crate) use connections::refused_calls::RefusedCalls;
pub use connections::setup_package::SetupPackage;
pub use contracts::new_version::{UploadedVersion, VersionUpload};
pub use contracts::versions::{Upload, VersionFile};
pub use contracts::{ContractCounts, ContractFilter, ContractSort};
pub use deliveries::deal_status::deal_status_path;
pub use deliveries::receive::{
    AddressedWebhook, addressed_webhook, callback_path, is_callback_path, is_webhook_path, webhook_path,
};
pub use deliveries::redelivery::MAX_REDELIVERIES;
pub use deliveries::webhook_authentication::WebhookCaller;
pub use deliveries::webhook_signature::WebhookSignature;
pub use erasure::OrganizationErasure;
pub use isolation::Isolation;
pub use key_rotation::{KeyCount, Rotation};
pub use metrics::{Metrics, QuotaMetric};
pub use tenant_limiter::{Permit, TenantLimiter};
