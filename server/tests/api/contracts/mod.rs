//! Documents of contracts, and what needs attention.

mod attention;
mod deal_files;
mod documents;
mod filing;
mod scanning;
