//! Calendars that other programs subscribe to: iCalendar, RFC 5545.
//!
//! Lines end with CR LF and have at most 75 octets, further ones begin with a space; texts are escaped; an event keeps its
//! UID while what it tells of is the same, so that a calendar moves it instead of showing it twice.

use std::io;

use jiff::Timestamp;

use super::neutral::neutral;

/// How many octets a line has at most.
const OCTETS: usize = 75;

/// What a calendar without events holds, because it must hold something.
const NOTHING: &[&str] = &[
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
];

/// An event.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// What tells it from every other.
    pub uid: String,
    /// When.
    pub at: Timestamp,
    /// What it is, for filters.
    pub category: &'a str,
    /// What happens, in one line.
    pub summary: String,
    /// What else there is to know, a line each.
    pub lines: Vec<String>,
}

/// A calendar that is being written.
pub struct Calendar<'o> {
    out: &'o mut dyn io::Write,
    at: Timestamp,
    is_empty: bool,
}

impl<'o> Calendar<'o> {
    /// Begins a calendar that was made at an instant, with the name that people read and what they should know of all of it.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    pub fn begin(
        out: &'o mut dyn io::Write,
        name: &str,
        about: Option<&str>,
        at: Timestamp,
    ) -> io::Result<Self> {
        fold(out, "BEGIN:VCALENDAR")?;
        fold(out, "VERSION:2.0")?;
        fold(
            out,
            concat!(
                "PRODID:-//guestlist//guestlist ",
                env!("CARGO_PKG_VERSION"),
                "//EN"
            ),
        )?;
        fold(out, "CALSCALE:GREGORIAN")?;
        fold(out, &format!("X-WR-CALNAME:{}", text(name)))?;
        if let Some(about) = about {
            fold(out, &format!("X-WR-CALDESC:{}", text(about)))?;
        }
        Ok(Self {
            out,
            at,
            is_empty: true,
        })
    }

    /// Writes an event.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    pub fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.is_empty = false;
        let mut put = |text: &str| fold(self.out, text);
        put("BEGIN:VEVENT")?;
        put(&format!("UID:{}", text(&event.uid)))?;
        put(&format!("DTSTAMP:{}", instant(self.at)))?;
        put(&format!("DTSTART:{}", instant(event.at)))?;
        put("TRANSP:TRANSPARENT")?;
        put(&format!("CATEGORIES:{}", text(event.category)))?;
        put(&format!("SUMMARY:{}", text(&event.summary)))?;
        if !event.lines.is_empty() {
            let lines: Vec<String> = event.lines.iter().map(|line| text(line)).collect();
            put(&format!("DESCRIPTION:{}", lines.join("\\n")))?;
        }
        put("END:VEVENT")
    }

    /// Ends the calendar.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    pub fn end(self) -> io::Result<()> {
        if self.is_empty {
            for line in NOTHING {
                fold(self.out, line)?;
            }
        }
        fold(self.out, "END:VCALENDAR")
    }
}

impl std::fmt::Debug for Calendar<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calendar").finish_non_exhaustive()
    }
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Escapes a text; what hides in it is made visible first.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in neutral(text, false).chars() {
        if matches!(c, '\\' | ';' | ',') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Writes a line, cut where it grows too long and never inside a character.
fn fold(out: &mut dyn io::Write, line: &str) -> io::Result<()> {
    let (mut rest, mut room) = (line, OCTETS);
    loop {
        let end = rest.floor_char_boundary(room);
        let (now, later) = rest.split_at(end);
        out.write_all(now.as_bytes())?;
        out.write_all(b"\r\n")?;
        if later.is_empty() {
            return Ok(());
        }
        out.write_all(b" ")?;
        (rest, room) = (later, OCTETS - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(events: Vec<Event<'_>>) -> String {
        let at = "2027-01-01T00:00:00Z".parse().expect("an instant");
        let mut out = Vec::new();
        let mut calendar =
            Calendar::begin(&mut out, "contoso, soon", None, at).expect("memory takes all");
        for event in &events {
            calendar.event(event).expect("memory takes all");
        }
        calendar.end().expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    fn event(summary: &str) -> Event<'static> {
        Event {
            uid: "access-ends-1@contoso".to_owned(),
            at: "2027-03-01T10:00:00.5Z".parse().expect("an instant"),
            category: "access ends",
            summary: summary.to_owned(),
            lines: vec!["a; b".to_owned(), "c\nBEGIN:VEVENT".to_owned()],
        }
    }

    #[test]
    fn writes_an_event_as_calendars_read_it() {
        let text = written(vec![event("bob@wingtip.example, library \\ done")]);
        for line in [
            "BEGIN:VCALENDAR",
            "X-WR-CALNAME:contoso\\, soon",
            "UID:access-ends-1@contoso",
            "DTSTAMP:20270101T000000Z",
            "DTSTART:20270301T100000Z",
            "SUMMARY:bob@wingtip.example\\, library \\\\ done",
            "DESCRIPTION:a\\; b\\nc\\\\u{a}BEGIN:VEVENT",
            "END:VCALENDAR",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
        }
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn foreign_text_ends_no_value() {
        let foreign = Event {
            uid: "a,b;c\nd@contoso".to_owned(),
            ..event("x")
        };
        let text = written(vec![foreign]);
        assert!(
            text.contains("UID:a\\,b\\;c\\\\u{a}d@contoso\r\n"),
            "{text}"
        );
    }

    #[test]
    fn folds_at_75_octets_and_never_inside_a_character() {
        for length in [60, 66, 67, 68, 75, 200] {
            let summary = format!("{}東京京都", "x".repeat(length));
            let text = written(vec![event(&summary)]);
            assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
            assert!(text.replace("\r\n ", "").contains(&summary), "{text}");
        }
    }

    #[test]
    fn a_calendar_without_events_holds_something() {
        let text = written(Vec::new());
        assert!(
            text.contains("BEGIN:VTIMEZONE\r\n") && !text.contains("VEVENT"),
            "{text}"
        );
    }
}
