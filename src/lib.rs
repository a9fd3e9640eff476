//! External access as code: the library behind the `guestlist` program.
//!
//! A tree of YAML says who from outside gets in, to what, for how long and who says yes. A store holds what is live. This
//! crate reads the one, compares it with the other, shows the difference, and carries it out.
//!
//! # The house
//!
//! A functional core, where everything is decided, and a shell around it, where everything happens. A folder uses only what
//! its line names; a test reads every `use` and fails on an arrow that points up. No folder of the core touches the clock,
//! the disk, the network, the environment or a terminal.
//!
//! ```text
//! core   source   text, routes, places                          (std)
//!        diag     diagnostics with stable codes                 source
//!        model    kinds, addresses, documents; desired, live    source diag
//!        scenario tests of a tree, and what is judged of them   model
//!        load     a YAML tree to a checked Desired, back        model and up
//!        plan     desired against live; what became of it       model and up
//!        governance  requests to reviews, decided               model and up
//!        impact   who gains and who loses access                model plan governance
//!        invariant  what must never, or always, hold: decided    model scenario impact
//!        guard    safety rules that refuse a plan               model plan impact
//!        lint     what is legal and seldom meant                model governance
//!        audit    entries, hash chain, signed heads             model
//!        render   every output format                           all of the above
//! shell  ports    what comes from outside: Clock, Ids, Holder   (std)
//!        store    live objects, lease, runs, audit log, ledger  model plan governance audit ports
//!        apply    carry out a plan                              plan store
//!        app      use cases                                     everything above
//!        cli      the command line, a face of app               everything above
//! ```
//!
//! # Ways through it
//!
//! *validate*: [`app::check`] finds the files and reads each once; [`load::load`] parses them on all cores into trees of
//! nodes with places, checks their shape by the schema, their objects by their kinds, and the whole by its references.
//! Every problem is collected; an error stops here.
//!
//! *plan*: the tree's digests go to [`store::Store::read`], which fetches only what differs; [`plan::build`] makes every
//! choice, [`guard::judge`] may refuse it, [`render`] prints it. Nothing is written.
//!
//! *apply*: under a lease whose token every write proves, the whole of *plan* again; [`apply::apply`] carries the changes
//! out in one transaction; then the store is read once more, and the next plan is empty.
//!
//! # Where a new thing goes
//!
//! A kind: one file under `model/kinds`, one line in its registry, one case under `tests/cases`. A store: one folder, one
//! line in `store::open`, one in the contract suite. A command: one file under `cli`, one variant. A report: one view, one
//! frozen JSON struct. A diagnostic: one line in [`diag::code`]. A defence: a bug in `planted` that takes it away, and the
//! test that notices in `tests/planted`.

pub mod app;
pub mod apply;
pub mod audit;
#[cfg(test)]
mod cases;
pub mod cli;
pub mod diag;
pub mod governance;
pub mod guard;
pub mod impact;
pub mod invariant;
pub mod lint;
pub mod load;
pub mod model;
pub mod plan;
#[doc(hidden)]
pub mod planted;
pub mod ports;
pub mod render;
pub mod scenario;
pub mod source;
pub mod store;
