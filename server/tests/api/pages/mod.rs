//! Pages: snapshots of their HTML.

mod fixture;
mod snapshots;
