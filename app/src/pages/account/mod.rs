pub(crate) mod audit;
pub(crate) mod delete_organization;
pub(crate) mod profile;
pub(crate) mod settings;
pub(crate) mod team;
pub(crate) mod tokens;
