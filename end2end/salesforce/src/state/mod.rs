pub mod faults;
pub mod files;
pub mod logs;
pub mod opportunities;
pub mod organization;
pub mod records;
pub mod schema;
pub mod seed;
