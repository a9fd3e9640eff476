//! Everybody, divided: the sorts of people that trees and a store can tell apart, and the words for them.

pub(super) mod called;
pub(super) mod census;
pub(super) mod class;
pub(super) mod crowd;
mod held;
mod names;
pub(super) mod part;
pub(super) mod speaker;
pub(super) mod stray;
pub(super) mod who;
mod zones;
