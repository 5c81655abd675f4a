//! Analyses and virus scans of contract versions.

use super::fixture;

mod analyses;
mod virus_scans;
