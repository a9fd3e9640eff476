//! Everybody, divided: the sorts of people that trees and a store can tell apart, and the words for them.

mod addressed;
pub(super) mod called;
pub(super) mod census;
pub(super) mod class;
pub(super) mod crowd;
mod directory;
mod held;
pub(super) mod known;
mod losing;
mod names;
pub(super) mod part;
pub(super) mod said;
pub(super) mod speaker;
mod spoken;
mod stray;
mod those;
pub(super) mod who;
mod zones;
