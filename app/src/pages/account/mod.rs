//! The page of the user's account, and the pages of the organization: settings, team, API tokens and audit log.

pub(crate) mod audit;
pub(crate) mod profile;
pub(crate) mod settings;
pub(crate) mod team;
pub(crate) mod tokens;
