//! The words of the pages that are computed: times, sizes, outcomes. Pure functions, the same on both sides.

pub mod device;
pub mod moment;
pub mod next_path;
pub mod outcome;
pub mod problem;
pub mod size;
pub mod unfinished;
