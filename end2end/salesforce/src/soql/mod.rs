//! A subset of SOQL, sufficient for integrations that read Opportunities and files.

pub mod conditions;
pub mod error;
pub mod fields;
pub mod filter;
pub mod lexer;
pub mod parser;
pub mod query;
pub mod restriction;
pub mod run;
