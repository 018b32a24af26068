//! What integration tests share.

pub mod http_server;
