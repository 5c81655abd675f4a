//! The setup package: a Salesforce DX project with Apex code that calls our webhook. Each connection gets its own package.

mod archive;
mod contents;
mod project;
mod readme;
pub(super) mod rule;
mod template;

#[cfg(test)]
mod tests;

pub(super) use contents::setup_package;
