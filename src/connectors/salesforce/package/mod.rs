//! The set-up package: a Salesforce DX project that makes an org call our webhook, filled in for one connection.

mod archive;
mod fill;
mod project;
mod readme;
mod values;

#[cfg(test)]
mod tests;

pub(super) use values::setup_package;
