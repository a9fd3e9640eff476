//! The words of tests are those of the engine.

use std::collections::BTreeSet;

use crate::app::governance::words;
use crate::governance::record::AssignmentState;
use crate::governance::{Ground, Template};
use crate::scenario::{self, AssignmentWord, MailWord, RequestWord, RoleWord};

#[test]
fn every_ground_of_a_refusal_has_its_word() {
    let engine: Vec<&str> = Ground::ALL.iter().map(|one| one.as_str()).collect();
    let words: Vec<&str> = scenario::Ground::ALL
        .iter()
        .map(|one| one.as_str())
        .collect();
    assert_eq!(words, [&engine[..], &["protection"]].concat());
}

#[test]
fn every_mail_has_its_word() {
    let engine: Vec<&str> = Template::ALL.iter().map(|one| one.as_str()).collect();
    let words: Vec<&str> = MailWord::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(words, engine);
}

#[test]
fn every_state_has_its_word() {
    use crate::governance::record::RequestState as State;
    let states = [
        State::Submitted,
        State::PendingApproval,
        State::Scheduled,
        State::Delivering,
        State::Delivered,
        State::PartiallyDelivered,
        State::DeliveryFailed,
        State::Denied,
        State::Canceled,
    ];
    let known: BTreeSet<&str> = states.iter().map(|one| one.as_str()).collect();
    let words: BTreeSet<&str> = RequestWord::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(words, known);
    let mut known: BTreeSet<&str> = AssignmentState::ALL
        .iter()
        .map(|one| one.as_str())
        .collect();
    known.insert("none");
    let words: BTreeSet<&str> = AssignmentWord::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(words, known);
}

#[test]
fn every_role_is_called_as_lists_of_people_call_it() {
    for word in RoleWord::ALL {
        let role = words::read_role(word.as_str());
        assert_eq!(role, Ok(super::people::role(*word)), "{word}");
    }
}
