//! An instant as people read it.

use jiff::Timestamp;

/// Returns an instant to the second; programs get all of it.
pub(super) fn moment(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second())
        .unwrap_or(at)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_seconds() {
        let read = |text: &str| moment(text.parse().expect("an instant"));
        assert_eq!(
            read("2027-05-20T09:12:24.960472804Z"),
            "2027-05-20T09:12:24Z"
        );
        assert_eq!(read("2027-05-20T09:12:24Z"), "2027-05-20T09:12:24Z");
    }
}
