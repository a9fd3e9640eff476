//! Who we are: the process that holds a lease, told apart from any other, earlier or elsewhere.

use std::fs;
use std::io;

use crate::ports::Holder;

/// Returns this process.
pub(super) fn holder() -> Holder {
    Holder {
        user: user(),
        host: host(),
        pid: std::process::id(),
        born: born(std::process::id()).ok().flatten().unwrap_or_default(),
    }
}

/// Returns true only when it is certain that a process has ended.
///
/// That can be known of our own processes on this machine, in this boot and this namespace of process ids; of others it
/// cannot, since they may merely be hidden.
pub(super) fn is_gone(other: &Holder) -> bool {
    let own = holder();
    if own.host != other.host || own.user != other.user {
        return false;
    }
    let parts = |born: &str| {
        let mut parts = born.splitn(3, '/').map(str::to_owned);
        Some((parts.next()?, parts.next()?, parts.next()?))
    };
    let (Some((boot, space, _)), Some((other_boot, other_space, _))) =
        (parts(&own.born), parts(&other.born))
    else {
        return false;
    };
    if boot != other_boot {
        return true;
    }
    if space != other_space {
        return false;
    }
    match born(other.pid) {
        Ok(Some(born)) => born != other.born,
        Ok(None) => true,
        Err(_) => false,
    }
}

/// Returns `boot/namespace/start` of a process; `None` when there is no such process.
fn born(pid: u32) -> io::Result<Option<String>> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let space = fs::read_link("/proc/self/ns/pid")?;
    let stat = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // The name in parentheses may hold anything; the start is the 20th field behind it.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let start = fields
        .split_whitespace()
        .nth(19)
        .ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some(format!("{}/{}/{start}", boot.trim(), space.display())))
}

fn user() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
        .or_else(account)
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Returns the account that the process runs as, where the environment does not name it.
fn account() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let id = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))?
        .split_whitespace()
        .next()?;
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let named = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    });
    Some(named.unwrap_or_else(|| format!("user {id}")))
}

fn host() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    kernel
        .map(|name| name.trim().to_owned())
        .into_iter()
        .chain(
            ["HOSTNAME", "COMPUTERNAME"]
                .iter()
                .filter_map(|name| std::env::var(name).ok()),
        )
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_are_alive() {
        assert!(!is_gone(&holder()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn knows_who_has_ended_and_who_may_not_have() {
        let own = holder();
        let (head, start) = own.born.rsplit_once('/').expect("three parts");
        let earlier = Holder {
            born: format!("{head}/{start}0"),
            ..own.clone()
        };
        assert!(is_gone(&earlier));
        let ended = Holder {
            pid: u32::MAX,
            ..own.clone()
        };
        assert!(is_gone(&ended));
        let elsewhere = Holder {
            host: "elsewhere".to_owned(),
            ..ended.clone()
        };
        assert!(!is_gone(&elsewhere));
        let foreign = Holder {
            user: "somebody-else".to_owned(),
            ..ended.clone()
        };
        assert!(!is_gone(&foreign));
        let unknown = Holder {
            born: String::new(),
            ..ended
        };
        assert!(!is_gone(&unknown));
    }
}
