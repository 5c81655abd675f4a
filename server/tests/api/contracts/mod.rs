//! Documents of contracts, their repair and erasure, and what needs attention.

mod attention;
mod deal_files;
mod documents;
mod filing;
mod repair;
mod scanning;
