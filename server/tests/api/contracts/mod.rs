//! Documents of contracts.

mod documents;
mod scanning;
