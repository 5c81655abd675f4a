pub(crate) mod columns;
pub(crate) mod database;
pub(crate) mod file_system;
pub(crate) mod instance_lock;
pub(crate) mod json_rows;
pub(crate) mod query;
pub(crate) mod read_pool;
