//! What became of effects: the outcome of each row of the outbox, and what follows from it.

use jiff::SignedDuration;

use super::assignment::finish;
use super::record::{
    Assignment, Delivery, DeliveryState, Governed, GrantState, Hold, Mark, Person, Source,
};
use super::{Activity, Desk, Effect, Outcome, Role, Stop, Unread, people};

/// What the outbox reports.
#[derive(Debug, Clone)]
pub enum Command {
    /// Somebody has begun with these: whatever happens now, they are not planned any more.
    Begin(Vec<u64>),
    /// What became of them.
    Settle(Vec<(u64, Outcome)>),
}

/// How often an effect is tried.
pub const TRIES: u8 = 6;

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Begin(numbers) => {
            for number in numbers {
                let mut delivery = desk.need::<Delivery>(*number)?;
                if delivery.state.is_open() {
                    delivery.state = DeliveryState::Sent;
                    delivery.tries = delivery.tries.saturating_add(1);
                    desk.keep(&delivery)?;
                }
            }
            Ok(())
        }
        Command::Settle(outcomes) => {
            for (number, outcome) in outcomes {
                settle(desk, *number, outcome)?;
            }
            Ok(())
        }
    }
}

fn settle(desk: &mut Desk<'_>, number: u64, outcome: &Outcome) -> Result<(), Stop> {
    let mut delivery = desk.need::<Delivery>(number)?;
    if !delivery.state.is_open() {
        return Ok(());
    }
    let later = match outcome {
        Outcome::Later(trouble) => Some((DeliveryState::Planned, trouble)),
        Outcome::Unknown(trouble) => Some((DeliveryState::Unknown, trouble)),
        Outcome::Done | Outcome::Failed(_) => None,
    };
    if let Some((state, trouble)) = later
        && delivery.tries < TRIES
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
    desk.keep(&delivery)?;
    match &delivery.effect {
        Effect::Mail(_) => Ok(()),
        Effect::Grant(role) => Ok(granted(desk, role, failed)?),
        Effect::Revoke(role) => Ok(revoked(desk, role, failed)?),
        Effect::CreateGuest { assignment, .. } => invited(desk, *assignment, failed),
    }
}

/// How long to wait before an effect is tried again: half a minute, doubling to four hours.
fn pause(tries: u8) -> SignedDuration {
    let doubled = 30_i64 << u32::from(tries.min(9));
    SignedDuration::from_secs(doubled.min(4 * 3600))
}

fn granted(desk: &mut Desk<'_>, role: &Role, failed: Option<String>) -> Result<(), Unread> {
    let mut assignment = desk.need::<Assignment>(role.assignment)?;
    let now = match &failed {
        None => GrantState::Held,
        Some(why) => GrantState::Failed(why.clone()),
    };
    for granted in &mut assignment.roles {
        let same = granted.place == role.place && granted.role == role.role;
        if same && granted.state == GrantState::Pending {
            granted.state = now.clone();
        }
    }
    if failed.is_none() && find(desk, role)?.is_none() {
        let hold = Hold {
            number: desk.fresh::<Hold>()?,
            person: role.person,
            place: role.place.clone(),
            role: role.role.clone(),
            source: Source::Package,
        };
        desk.put(Activity::FulfillResource, &hold)?;
    }
    finish(desk, assignment)
}

fn find(desk: &Desk<'_>, role: &Role) -> Result<Option<Hold>, Unread> {
    let holds = desk.find::<Hold>(Mark::HoldPlace, &role.place.key().person(role.person))?;
    Ok(holds.into_iter().find(|hold| hold.role == role.role))
}

fn revoked(desk: &mut Desk<'_>, role: &Role, failed: Option<String>) -> Result<(), Unread> {
    let mut assignment = desk.need::<Assignment>(role.assignment)?;
    if failed.is_none() {
        for granted in &mut assignment.roles {
            if granted.place == role.place && granted.role == role.role {
                granted.state = GrantState::Gone;
            }
        }
        desk.keep(&assignment)?;
        if let Some(hold) = find(desk, role)? {
            desk.remove(Activity::RemoveResource, &hold)?;
        }
    }
    Ok(())
}

/// Goes on with an assignment whose guest was to be created.
fn invited(desk: &mut Desk<'_>, number: u64, failed: Option<String>) -> Result<(), Stop> {
    let mut assignment = desk.need::<Assignment>(number)?;
    if let Some(why) = failed {
        for granted in &mut assignment.roles {
            granted.state = GrantState::Failed(why.clone());
        }
        return Ok(finish(desk, assignment)?);
    }
    let mut person: Person = desk.person(assignment.person)?;
    if person.living().is_none() {
        person.account = Some(people::guest_account(desk, &person.mail)?);
        person.governed = Governed::Governed;
        desk.put(Activity::Invite, &person)?;
    }
    super::assignment::ask_for_roles(desk, &assignment)?;
    Ok(finish(desk, assignment)?)
}
