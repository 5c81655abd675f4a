//! HTTP: headers, methods, pagination, problem documents, OpenAPI, sockets, operations.

mod headers;
mod lists;
mod methods;
mod openapi;
mod operations;
mod problems;
mod sockets;
mod startup_log;
