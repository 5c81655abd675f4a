//! The contract list and the pages of a contract.

pub(crate) mod analysis;
pub(crate) mod by_record;
pub(crate) mod compare;
pub(crate) mod contract;
pub(crate) mod facts;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod overview;
pub(crate) mod status;
pub(crate) mod text;
pub(crate) mod versions;
