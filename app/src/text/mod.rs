pub mod details;
pub mod device;
pub mod done;
pub mod engine;
pub mod moment;
pub mod problem;
pub mod size;
pub mod url;
