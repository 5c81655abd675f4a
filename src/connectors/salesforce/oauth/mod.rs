//! OAuth for Salesforce: login hosts, texts for users, and the identity of the connected user.

pub(super) mod guide;
pub(super) mod identity;
pub(super) mod login;
pub(super) mod messages;
