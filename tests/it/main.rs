//! The integration tests, in one binary: the library and the program from outside.

mod support;

mod cases;
mod example;
mod hostile;
mod journeys;
mod killed;
mod layering;
mod properties;
mod registries;
mod stores;
mod together;
