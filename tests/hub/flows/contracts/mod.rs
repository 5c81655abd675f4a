//! Contracts: analyses, virus scans, new versions, titles, links and erasure.

mod analyses;
mod erasure;
mod erasure_in_progress;
mod links;
mod new_versions;
mod titles;
mod virus_scans;
