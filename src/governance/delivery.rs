//! What became of effects: the outcome of each row of the outbox, and what follows from it.

use jiff::SignedDuration;

use super::assignment::{fail, finish, inadmissible};
use super::record::{
    Assignment, AssignmentState, Delivery, DeliveryState, Governed, GrantState, Hold, Mark, Person,
    Source,
};
use super::{
    Activity, Desk, Effect, Ground, Outcome, Refusal, Role, Scope, Stop, Task, Template, Unread,
    delegation, mail, people,
};

/// What the outbox reports.
#[derive(Debug, Clone)]
pub enum Command {
    /// Somebody takes these and begins: only those that are due, so that two who come at once never take the same one.
    /// Whoever takes one has it for [`CLAIM`]; after that, without an outcome, somebody else may.
    Begin(Vec<u64>),
    /// What became of them.
    Settle(Vec<(u64, Outcome)>),
    /// A mail that was given up is sent after all.
    Retry(u64),
}

/// How often an effect is tried.
pub const TRIES: u8 = 6;

/// How long an effect belongs to whoever has begun with it. Longer than all time limits of one mail together.
pub const CLAIM: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Begin(numbers) => {
            for number in numbers {
                let Some(mut delivery) = desk.get::<Delivery>(*number)? else {
                    continue;
                };
                if delivery.state.is_open() && delivery.due() <= desk.now() {
                    delivery.state = DeliveryState::Sent;
                    delivery.tries = delivery.tries.saturating_add(1);
                    delivery.retry_at = desk.now().checked_add(CLAIM).ok();
                    if let Effect::Mail(mail) = &mut delivery.effect {
                        mail::lead(desk, mail)?;
                    }
                    desk.keep(&delivery)?;
                }
            }
            Ok(())
        }
        Command::Retry(number) => retry(desk, *number),
        Command::Settle(outcomes) => {
            for (number, outcome) in outcomes {
                settle(desk, *number, outcome)?;
            }
            Ok(())
        }
    }
}

fn settle(desk: &mut Desk<'_>, number: u64, outcome: &Outcome) -> Result<(), Stop> {
    // A mail to somebody who is gone for good is dropped, even one that is on its way.
    let Some(mut delivery) = desk.get::<Delivery>(number)? else {
        return Ok(());
    };
    if !delivery.state.is_open() {
        return Ok(());
    }
    if delivery.state == DeliveryState::Planned {
        // Tried without a beginning of its own: the directory is the store itself.
        delivery.tries = delivery.tries.saturating_add(1);
    }
    // Access that has ended must go: whatever the directory says, taking it away is never given up.
    let must = matches!(delivery.effect, Effect::Revoke(_));
    let later = match outcome {
        Outcome::Failed(trouble) if must => Some((DeliveryState::Planned, trouble)),
        Outcome::Later(trouble) => Some((DeliveryState::Planned, trouble)),
        Outcome::Unknown(trouble) => Some((DeliveryState::Unknown, trouble)),
        Outcome::Done | Outcome::Failed(_) => None,
    };
    if let Some((state, trouble)) = later
        && (must || delivery.tries < TRIES)
    {
        delivery.state = state;
        delivery.trouble = Some(trouble.clone());
        delivery.retry_at = desk.now().checked_add(pause(delivery.tries)).ok();
        return Ok(desk.keep(&delivery)?);
    }
    let failed = match outcome {
        Outcome::Done => None,
        Outcome::Failed(why) | Outcome::Later(why) | Outcome::Unknown(why) => Some(why.clone()),
    };
    delivery.state = match failed {
        None => DeliveryState::Done,
        Some(_) => DeliveryState::Failed,
    };
    delivery.trouble.clone_from(&failed);
    delivery.retry_at = None;
    delivery
        .effect
        .forget(delivery.state == DeliveryState::Done);
    desk.keep(&delivery)?;
    match &delivery.effect {
        Effect::Mail(_) => Ok(()),
        Effect::Grant(role) => Ok(granted(desk, role, failed)?),
        Effect::Revoke(role) => Ok(revoked(desk, role, failed)?),
        Effect::CreateGuest { assignment, .. } => invited(desk, *assignment, failed),
    }
}

/// Puts a mail that was given up back among those that wait.
fn retry(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    delegation::require(desk, Task::ManageTenant, Scope::Tenant)?;
    let Some(mut delivery) = desk.get::<Delivery>(number)? else {
        let refusal = Refusal::new(
            Ground::Unknown,
            format!("the outbox has no number {number}"),
        );
        return desk
            .refuse(refusal.help("`guestlist outbox list` shows what waits and what failed"));
    };
    let Effect::Mail(mail) = &delivery.effect else {
        let message = format!("number {number} of the outbox is no mail");
        let help = "a role that could not be granted is tried again by reprocessing its assignment";
        return desk.refuse(Refusal::new(Ground::State, message).help(help));
    };
    let refusal = match delivery.state {
        DeliveryState::Failed if mail.template == Template::Passcode => Refusal::new(
            Ground::State,
            format!("mail {number} carries a passcode that is kept no longer"),
        )
        .help("whoever waits for it asks for a new one"),
        DeliveryState::Failed => {
            delivery.state = DeliveryState::Planned;
            delivery.tries = 0;
            delivery.retry_at = Some(desk.now());
            return Ok(desk.keep(&delivery)?);
        }
        DeliveryState::Done => {
            Refusal::new(Ground::State, format!("mail {number} was sent already"))
        }
        DeliveryState::Planned | DeliveryState::Sent | DeliveryState::Unknown => {
            Refusal::new(Ground::State, format!("mail {number} is still being tried"))
                .help("the next `guestlist tick` after its pause tries again")
        }
    };
    desk.refuse(refusal)
}

/// How long to wait before an effect is tried again: five minutes, then four times as long each time, at most four hours. So
/// the tries of an effect last several hours before it is given up.
fn pause(tries: u8) -> SignedDuration {
    let minutes = 5_i64 << (2 * u32::from(tries.saturating_sub(1).min(9)));
    SignedDuration::from_mins(minutes.min(4 * 60))
}

/// Returns true while an effect is still wanted. Between its decision and its turn an assignment may have ended, or another
/// one may have come that grants a role which was to be taken away.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn is_wanted(desk: &Desk<'_>, effect: &Effect) -> Result<bool, Unread> {
    match effect {
        Effect::Mail(_) => Ok(true),
        Effect::CreateGuest { assignment, .. } => {
            let assignment = desk.need::<Assignment>(*assignment)?;
            Ok(assignment.state == AssignmentState::Delivering)
        }
        Effect::Grant(role) => {
            let assignment = desk.need::<Assignment>(role.assignment)?;
            Ok(state_of(&assignment, role) == Some(&GrantState::Pending))
        }
        Effect::Revoke(role) => {
            let assignment = desk.need::<Assignment>(role.assignment)?;
            let leaving = state_of(&assignment, role) == Some(&GrantState::Leaving);
            Ok(leaving && !is_granted_otherwise(desk, &assignment, role)?)
        }
    }
}

fn state_of<'a>(assignment: &'a Assignment, role: &Role) -> Option<&'a GrantState> {
    let mut roles = assignment.roles.iter();
    let found = roles.find(|granted| granted.place == role.place && granted.role == role.role);
    found.map(|granted| &granted.state)
}

fn is_granted_otherwise(
    desk: &Desk<'_>,
    assignment: &Assignment,
    role: &Role,
) -> Result<bool, Unread> {
    let others = super::assignment::all_of(desk, assignment.person)?;
    Ok(others
        .iter()
        .any(|other| other.number != assignment.number && other.gives(&role.place, &role.role)))
}

fn granted(desk: &mut Desk<'_>, role: &Role, failed: Option<String>) -> Result<(), Unread> {
    let mut assignment = desk.need::<Assignment>(role.assignment)?;
    let known = find(desk, role)?;
    // Whoever has the role by an assignment that has ended meanwhile keeps it for this one: there was nothing to grant.
    let kept = matches!(&known, Some(hold) if hold.source == Source::Package)
        && state_of(&assignment, role) == Some(&GrantState::Pending);
    let failed = failed.filter(|_| !kept);
    let now = match &failed {
        None => GrantState::Held,
        Some(why) => GrantState::Failed(why.clone()),
    };
    let mut wanted = false;
    for granted in &mut assignment.roles {
        let same = granted.place == role.place && granted.role == role.role;
        if same && granted.state == GrantState::Pending {
            granted.state = now.clone();
            wanted = true;
        }
    }
    if failed.is_none() && known.is_none() {
        let hold = Hold {
            number: desk.fresh::<Hold>()?,
            person: role.person,
            place: role.place.clone(),
            role: role.role.clone(),
            source: Source::Package,
        };
        desk.put(Activity::FulfillResource, &hold)?;
    }
    if failed.is_none() && !wanted {
        // Granted although the assignment has ended meanwhile: nobody would take it away.
        return take_back(desk, assignment, role);
    }
    finish(desk, assignment)
}

/// Takes a role away that was granted too late.
fn take_back(desk: &mut Desk<'_>, mut assignment: Assignment, role: &Role) -> Result<(), Unread> {
    if assignment.gives(&role.place, &role.role) || is_granted_otherwise(desk, &assignment, role)? {
        return Ok(());
    }
    for granted in &mut assignment.roles {
        if granted.place == role.place && granted.role == role.role {
            granted.state = GrantState::Leaving;
        }
    }
    assignment.attempt += 1;
    desk.keep(&assignment)?;
    super::assignment::ask_to_take(desk, &assignment)
}

fn find(desk: &Desk<'_>, role: &Role) -> Result<Option<Hold>, Unread> {
    let holds = desk.find::<Hold>(Mark::HoldPlace, &role.place.key().person(role.person))?;
    Ok(holds.into_iter().find(|hold| hold.role == role.role))
}

fn revoked(desk: &mut Desk<'_>, role: &Role, failed: Option<String>) -> Result<(), Unread> {
    let mut assignment = desk.need::<Assignment>(role.assignment)?;
    if state_of(&assignment, role) != Some(&GrantState::Leaving) {
        return Ok(());
    }
    let kept = is_granted_otherwise(desk, &assignment, role)?;
    if failed.is_some() && !kept {
        // It stays to be taken away: `assignment reprocess` tries again, and lists of assignments show it.
        return Ok(());
    }
    for granted in &mut assignment.roles {
        if granted.place == role.place && granted.role == role.role {
            granted.state = GrantState::Gone;
        }
    }
    desk.keep(&assignment)?;
    if !kept
        && let Some(hold) = find(desk, role)?
        && hold.source != Source::Rule
    {
        desk.remove(Activity::RemoveResource, &hold)?;
    }
    Ok(())
}

/// Goes on with an assignment whose guest was to be created.
fn invited(desk: &mut Desk<'_>, number: u64, failed: Option<String>) -> Result<(), Stop> {
    let assignment = desk.need::<Assignment>(number)?;
    if assignment.state != AssignmentState::Delivering {
        return Ok(());
    }
    if let Some(why) = failed {
        return Ok(fail(desk, assignment, &why)?);
    }
    let mut person: Person = desk.person(assignment.person)?;
    if person.living().is_none() {
        if let Some(why) = inadmissible(desk, &person)? {
            return Ok(fail(desk, assignment, &why)?);
        }
        person.account = match people::guest_account(desk, &person.mail) {
            Ok(account) => Some(account),
            Err(Stop::Refused(refusal)) => return Ok(fail(desk, assignment, &refusal.message)?),
            Err(stop) => return Err(stop),
        };
        person.governed = Governed::Governed;
        desk.put(Activity::Invite, &person)?;
    }
    super::assignment::ask_for_roles(desk, &assignment)?;
    Ok(finish(desk, assignment)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_is_tried_for_several_hours() {
        let pauses: Vec<i64> = (1..TRIES).map(|tries| pause(tries).as_mins()).collect();
        assert_eq!(pauses, [5, 20, 80, 240, 240]);
    }
}
