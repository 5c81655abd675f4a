//! The user's account and the organization's settings, team, tokens and audit log.

pub(crate) mod appearance;
pub(crate) mod audit;
pub(crate) mod profile;
pub(crate) mod settings;
pub(crate) mod team;
pub(crate) mod tokens;
