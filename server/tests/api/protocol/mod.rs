//! HTTP: headers, methods, pagination, OpenAPI, sockets, operations.

mod headers;
mod lists;
mod methods;
mod openapi;
mod operations;
mod sockets;
mod startup_log;
