//! What people and Salesforce do, and what comes of it: through the services, with the simulated Salesforce, without workers.

mod fixture;

/// A person's own password and sessions.
mod account;
/// What becomes of a document that cannot be read.
mod analyses;
/// Every answer of Salesforce has a decision.
mod answers;
/// Connecting with a key.
mod api_keys;
/// What several people, servers and organizations do at the same moment.
mod at_once;
/// What the audit log keeps, and who may read it.
mod audit;
/// Whether the audit log's chain shows what was done to it.
mod audit_chain;
/// Back-up beside a running server, and the way back.
mod backup;
/// What a user or an organization can have at most, by constants.
mod bounds;
/// Connections that an admin must confirm.
mod confirming;
/// Consent, reconnect, and what is refused on the way back.
mod connecting;
/// The end of a connection.
mod disconnecting;
/// What a delivery would do.
mod dry_run;
/// Which types of files are accepted, in uploads and in deals.
mod file_types;
/// Which file becomes a version.
mod files;
/// Forms that arrive twice.
mod form_posts;
/// Grants that a connection no longer uses.
mod grants;
/// How a connection stands: set-up, traffic, work under way, receipts.
mod health;
/// What goes by itself, and when.
mod housekeeping;
/// From the webhook's call to a contract with its versions.
mod ingesting;
/// Keys of the vault: rotation and a refused start.
mod keys;
/// Accounts that have records with the same ids.
mod links;
/// The settings of an organization.
mod organization;
/// Which passwords are refused.
mod passwords;
/// What an organization may store and have waiting, and the reserve of free disk.
mod quotas;
/// What no call told us of is found.
mod reconciling;
/// One refresh at a time, and no refresh token sent twice.
mod refreshing;
/// Virus scans.
mod scanning;
/// Values that are kept in browsers.
mod sealed_cookies;
/// Sessions of Salesforce that end, and grants that are revoked.
mod sessions;
/// Settings that two people change at once.
mod settings;
/// Servers that refresh at the same moment.
mod several_servers;
/// Sign-ins: rate limits, and the sessions that begin and end.
mod sign_in;
/// Signed calls: keys, rotation, messages that come again.
mod signatures;
/// Authority that was lost after a request began.
mod stale_actors;
/// Another organization gets `NotFound` everywhere.
mod strangers;
/// API tokens: what ends them.
mod tokens;
/// What passes by itself is tried again.
mod troubles;
/// What is kept alive, tried again and left alone by the hour.
mod upkeep;
/// What a user asks for is tried at once.
mod user_actions;
/// The secret of the webhook.
mod webhook;
/// The status on its way to Salesforce.
mod write_back;
