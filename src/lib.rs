//! External access as code: the library behind the `guestlist` program.
pub mod app;
pub mod apply;
pub mod audit;
pub mod cli;
pub mod diag;
pub mod guard;
pub mod load;
pub mod model;
pub mod plan;
pub mod ports;
pub mod render;
pub mod source;
pub mod store;
