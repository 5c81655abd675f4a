//! Analyses and virus scans of contract versions.

mod analyses;
mod virus_scans;
