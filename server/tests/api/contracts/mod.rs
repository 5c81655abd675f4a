//! Documents of contracts.

mod deal_files;
mod documents;
mod scanning;
