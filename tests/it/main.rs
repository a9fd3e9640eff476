//! The integration tests, in one binary: the library and the program from outside.

mod support;

mod cases;
mod commitments;
mod example;
mod hostile;
mod journeys;
mod layering;
mod registries;
mod stores;
