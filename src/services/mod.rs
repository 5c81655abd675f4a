//! What a person or a program can ask for: `impl Hub` blocks, one file per intention.
//!
//! Every method that acts for somebody takes the [`Actor`] first, checks the role on its first line, and passes the
//! organization to every query.

mod actor;

mod api_tokens;
mod people;
mod sign_in;

mod catalogue;
mod connect;
mod connections;
mod disconnect;
mod webhook_secret;

mod deliveries;
mod dry_run;
mod receive;

mod contracts;
mod status;
mod versions;

pub use actor::{Actor, Via};
pub use connect::{Callback, ConnectRequest, Connecting};
pub use connections::ConnectionChange;
pub use contracts::ContractFilter;
pub use people::{NewUser, UserChange};
pub use receive::{WebhookCall, WebhookCaller};
pub use sign_in::{Registration, SignedIn};
pub use versions::{Upload, VersionFile};
