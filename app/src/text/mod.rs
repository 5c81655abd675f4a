//! Functions that compute texts for the pages, such as times, sizes and messages. They are pure, and compiled for server and
//! browser.

pub mod details;
pub mod device;
pub mod done;
pub mod engine;
pub mod matches;
pub mod moment;
pub mod problem;
pub mod size;
pub mod url;
