//! The integration tests, in one binary: the library and the program from outside.

mod support;

mod absence;
mod agreement;
mod cases;
mod commitments;
mod example;
mod faults;
mod guards;
mod hostile;
mod journeys;
mod killed;
mod layering;
mod properties;
mod registries;
mod stores;
mod targets;
mod together;
