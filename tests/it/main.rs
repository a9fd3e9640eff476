//! The integration tests, in one binary: the library and the program from outside.

mod support;

mod absence;
mod agreement;
mod audit;
mod cases;
mod commitments;
mod diff;
mod drift;
mod example;
mod faults;
mod foreign;
mod formats;
mod governance;
mod guards;
mod hostile;
mod import;
mod invariants;
mod journeys;
mod killed;
mod layering;
mod lease;
mod lint;
mod masked;
mod outputs;
mod pictures;
mod pipelines;
mod properties;
mod registries;
mod rehearsed;
mod report;
mod rollback;
mod scenarios;
mod stores;
mod targets;
mod together;
