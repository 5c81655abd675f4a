//! What a person or a program can ask for: `impl Hub` blocks, one file per intention.
//!
//! Every method that acts for somebody takes the [`Actor`] first, checks the role on its first line and, where it writes, again in
//! the transaction (`authorization.rs`), and passes the organization to every query. Methods that jobs call take the claimed job instead, and end in one transaction that
//! stores the effects and completes the job, so that a worker which lost its claim changes nothing.

mod actor;
mod audit;
mod authorization;
mod checked;
mod client;
mod form_posts;
mod pages;
mod password_hashing;
mod passwords;
pub(crate) mod tenant_limiter;

mod account;
mod api_tokens;
mod known_actors;
mod known_browser;
mod people;
mod sealed_cookies;
mod sign_in;
mod sign_in_limits;

mod callback;
mod catalogue;
mod confirmation;
mod connect;
mod connection_detail;
mod connections;
mod deal_schema;
mod disconnect;
mod oauth_flow;
mod refresh;
mod session;
mod setup_package;
mod standing;
mod upkeep;
mod webhook_secret;
mod webhook_signature;

pub(crate) mod callers;
mod deliveries;
mod dry_run;
mod ingest;
pub(crate) mod intake;
mod receive;

mod analyse;
mod contracts;
mod documents;
mod file_types;
mod housekeeping;
mod isolation;
mod measures;
mod operator;
mod operator_warnings;
mod organization;
mod push;
mod quotas;
mod reconcile;
mod refusals;
mod same_file;
mod scan;
mod status;
mod verify_audit;
mod versions;
mod waiting_quota;

pub use account::PasswordChange;
pub use actor::{Actor, Via};
pub use callback::Callback;
pub use client::Client;
pub use connect::{ConnectRequest, Connecting};
pub use connections::ConnectionChange;
pub use contracts::{ContractCounts, ContractFilter, ContractSort};
pub use form_posts::{FormPost, Sender, Submission};
pub use isolation::Isolation;
pub(crate) use known_actors::KnownActors;
pub use measures::{Measures, QuotaMeasure};
pub use oauth_flow::AuthorizationRequest;
pub use operator::{CreatedUser, JoinedOrganization, KeyCount, NewOperatorUser, Rotation};
pub use organization::{LlmProvider, OrganizationChange};
pub(crate) use password_hashing::PasswordHasher;
pub use people::{NewUser, UserChange};
pub use receive::{WebhookCaller, is_callback_path, is_webhook_path, webhook_path};
pub(crate) use refusals::Refusals;
pub use sealed_cookies::SealedCookie;
pub use setup_package::SetupPackage;
pub use sign_in::{Registration, SESSION_LIFETIME, SignedIn};
pub(crate) use sign_in_limits::SignInLimits;
pub use tenant_limiter::Permit;
pub use verify_audit::{ChainState, WholeChain};
pub use versions::{Upload, VersionFile};
pub use webhook_signature::WebhookSignature;
