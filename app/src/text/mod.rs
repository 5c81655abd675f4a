//! The words of the pages that are computed: times, sizes, outcomes. Pure functions, the same on both sides.

pub mod details;
pub mod device;
pub mod engine;
pub mod matches;
pub mod moment;
pub mod next_path;
pub mod outcome;
pub mod problem;
pub mod saved_form;
pub mod size;
