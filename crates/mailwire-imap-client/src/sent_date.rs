//! Sent dates: the `Date` field of a message as a moment
//! ([RFC 5256 section 2.2](https://www.rfc-editor.org/rfc/rfc5256#section-2.2)).

use mailwire_imap::date::{Date, DateTime};

/// The moment that a `Date` field tells; nothing if there is no date in it
/// ([RFC 5322 section 3.3](https://www.rfc-editor.org/rfc/rfc5322#section-3.3), with the obsolete forms of its section 4.3).
///
/// A time that is none is midnight, a zone that is none is Universal Time.
///
/// ```
/// use mailwire_imap_client::sent_date::sent_date;
///
/// let sent = sent_date(b"Sun, 31 Dec 2000 16:01:33 -0800 (PST)").unwrap();
/// assert_eq!(Some(sent.unix_seconds()), sent_date(b"1 Jan 01 00:01:33 GMT").map(|sent| sent.unix_seconds()));
/// assert_eq!(sent_date(b"yesterday"), None);
/// ```
pub fn sent_date(field: &[u8]) -> Option<DateTime> {
    let mut words = words(field).peekable();
    // `[day-of-week ","]`
    words.next_if(|word| word.first().is_some_and(u8::is_ascii_alphabetic));
    let day = u8::try_from(number(words.next()?, 2)?).ok()?;
    let month = month(words.next()?)?;
    let date = Date::new(year(words.next()?)?, month, day)?;
    let (hour, minute, second) = words.next().and_then(time).unwrap_or_default();
    let offset = words.next().and_then(zone).unwrap_or_default();
    let midnight = || DateTime::new(date, 0, 0, 0, offset);
    DateTime::new(date, hour, minute, second, offset).or_else(midnight)
}

/// The moment by which messages are ordered, in seconds since the start of 1970: what the `Date` field tells, else when
/// the message arrived, else the earliest moment.
pub fn order(date: Option<&[u8]>, arrival: Option<DateTime>) -> i64 {
    date.and_then(sent_date).or(arrival).map_or(i64::MIN, DateTime::unix_seconds)
}

/// Words between spaces, commas and comments.
fn words(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = field;
    core::iter::from_fn(move || {
        loop {
            match rest {
                [b' ' | b'\t' | b'\r' | b'\n' | b',', after @ ..] => rest = after,
                [b'(', ..] => rest = after_comment(rest),
                [] => return None,
                _ => break,
            }
        }
        let is_end = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'(');
        let (word, after) = rest.split_at_checked(rest.iter().position(is_end).unwrap_or(rest.len()))?;
        rest = after;
        Some(word)
    })
}

/// `comment = "(" *([FWS] ccontent) [FWS] ")"`
fn after_comment(text: &[u8]) -> &[u8] {
    let (mut depth, mut is_quoted) = (0_usize, false);
    for (index, octet) in text.iter().enumerate() {
        match octet {
            _ if is_quoted => is_quoted = false,
            b'\\' => is_quoted = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(index + 1..).unwrap_or_default();
        }
    }
    b""
}

fn number(digits: &[u8], most: usize) -> Option<u16> {
    let is_number = (1..=most.min(4)).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |value, digit| value * 10 + u16::from(digit & 0xF)))
}

fn month(name: &[u8]) -> Option<u8> {
    let start = name.get(..3)?;
    let index = MONTHS.iter().position(|month| start.eq_ignore_ascii_case(*month))?;
    Some(index as u8 + 1)
}

/// `obs-year`: two digits below 50 are of this century, others and three digits of the last one
/// ([RFC 5322 section 4.3](https://www.rfc-editor.org/rfc/rfc5322#section-4.3)).
fn year(digits: &[u8]) -> Option<u16> {
    let year = number(digits, 4)?;
    match digits.len() {
        2 if year < 50 => Some(2000 + year),
        2 | 3 => Some(1900 + year),
        4 => Some(year),
        _ => None,
    }
}

/// `time-of-day = hour ":" minute [ ":" second ]`
fn time(word: &[u8]) -> Option<(u8, u8, u8)> {
    let mut parts = word.split(|octet| *octet == b':').map(|part| number(part, 2).map(|part| part as u8));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    (parts.next().is_none() && hour < 24 && minute < 60 && second <= 60).then_some((hour, minute, second))
}

/// `zone`, in minutes east of Greenwich; those by letters that are not here are not known, which means Universal Time.
fn zone(word: &[u8]) -> Option<i16> {
    if let [sign @ (b'+' | b'-'), digits @ ..] = word {
        let number = number(digits, 4).filter(|number| digits.len() == 4 && number % 100 < 60)?;
        let minutes = (number / 100 * 60 + number % 100) as i16;
        return Some(if *sign == b'-' { -minutes } else { minutes });
    }
    let hours = ZONES.iter().find(|(name, _)| word.eq_ignore_ascii_case(*name))?.1;
    Some(hours * 60)
}

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// `obs-zone`
const ZONES: [(&[u8; 3], i16); 8] = [
    (b"EST", -5),
    (b"EDT", -4),
    (b"CST", -6),
    (b"CDT", -5),
    (b"MST", -7),
    (b"MDT", -6),
    (b"PST", -8),
    (b"PDT", -7),
];

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for (field, moment) in [
            ("Fri, 21 Nov 1997 09:55:06 -0600", Some("21-Nov-1997 09:55:06 -0600")),
            ("21 Nov 1997 09:55 +0130", Some("21-Nov-1997 09:55:00 +0130")),
            ("fri,21 nov 1997 9:55:6 -0600", Some("21-Nov-1997 09:55:06 -0600")),
            ("Fri 21 November 97 09:55:06 GMT", Some("21-Nov-1997 09:55:06 +0000")),
            ("1 Jan 49 00:00:00 EST", Some(" 1-Jan-2049 00:00:00 -0500")),
            ("1 Jan 50 00:00:00 pdt", Some(" 1-Jan-1950 00:00:00 -0700")),
            ("1 Jan 100 00:00:60 UT", Some(" 1-Jan-2000 00:00:60 +0000")),
            (
                "(a (b\\) c) d)Fri(e), 21 Nov\r\n 1997\t09:55:06(x)-0600 (CST)",
                Some("21-Nov-1997 09:55:06 -0600"),
            ),
            // What is no time is midnight, what is no zone is Universal Time.
            ("21 Nov 1997", Some("21-Nov-1997 00:00:00 +0000")),
            ("21 Nov 1997 25:00:00 -0600", Some("21-Nov-1997 00:00:00 -0600")),
            ("21 Nov 1997 9.55 -0600", Some("21-Nov-1997 00:00:00 -0600")),
            ("21 Nov 1997 09:55:06", Some("21-Nov-1997 09:55:06 +0000")),
            ("21 Nov 1997 09:55:06 Z", Some("21-Nov-1997 09:55:06 +0000")),
            ("21 Nov 1997 09:55:06 MESZ", Some("21-Nov-1997 09:55:06 +0000")),
            ("21 Nov 1997 09:55:06 -0660", Some("21-Nov-1997 09:55:06 +0000")),
            ("21 Nov 1997 09:55:06 +200", Some("21-Nov-1997 09:55:06 +0000")),
            ("21 Nov 1997 09:55:06:07 -0600", Some("21-Nov-1997 00:00:00 -0600")),
            // What is no date.
            ("", None),
            ("Fri", None),
            ("Fri, 31 Nov 1997 09:55:06 -0600", None),
            ("Fri, 0 Nov 1997 09:55:06 -0600", None),
            ("Fri, 21 Foo 1997 09:55:06 -0600", None),
            ("Fri, 21 No 1997 09:55:06 -0600", None),
            ("Fri, 21 Nov 19997 09:55:06 -0600", None),
            ("Fri, 21 Nov 7 09:55:06 -0600", None),
            ("Nov 21 1997", None),
            ("(21 Nov 1997", None),
            ("1997-11-21T09:55:06Z", None),
        ] {
            assert_eq!(
                sent_date(field.as_bytes()).map(|date| date.to_string()).as_deref(),
                moment,
                "{field}"
            );
        }
        let long = "(".repeat(1_000_000);
        assert_eq!(sent_date(long.as_bytes()), None);
    }

    #[test]
    fn messages_without_a_date_are_ordered_by_arrival() {
        let arrival = "21-Nov-1997 09:55:06 -0600".parse().ok();
        assert_eq!(order(Some(b"1 Jan 1970 00:00:07 +0000"), arrival), 7);
        assert_eq!(order(Some(b"soon"), arrival), 880_127_706);
        assert_eq!(order(None, arrival), 880_127_706);
        assert_eq!(order(None, None), i64::MIN);
    }
}
