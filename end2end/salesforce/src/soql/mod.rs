//! The query language: the part of SOQL that integrations of Opportunities and files use.

/// Words become a condition.
pub mod conditions;
/// Faults, written as Salesforce writes them.
pub mod error;
/// Field names meet the schema.
pub mod fields;
/// Conditions meet records.
pub mod filter;
/// Words become a query.
pub mod parser;
/// What a query says.
pub mod query;
/// What ContentDocumentLink insists on.
pub mod restriction;
/// A query meets the records.
pub mod run;
/// Text becomes words.
pub mod words;
