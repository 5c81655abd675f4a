//! The contract list and the pages of a contract.

mod analysis;
pub(super) mod by_record;
pub(super) mod compare;
pub(super) mod contract;
mod data;
mod facts;
mod history;
mod list;
pub(super) mod overview;
mod status;
mod text;
mod versions;
