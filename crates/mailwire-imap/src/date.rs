//! Dates as IMAP writes them.

use core::{fmt, str::FromStr};

use crate::{
    ParseError,
    decoder::read_text,
    encoder::Encoder,
    grammar::{octet, quoted},
    input::{Input, Parsed},
};

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "time")]
mod time;

/// A day: `1-Feb-1994`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day that exists in the Gregorian calendar, in the years 0 to 9999.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => 0,
        };
        if year > 9999 || day == 0 || day > days { None } else { Some(Self { year, month, day }) }
    }

    /// The year, from 0 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since the start of 1970.
    fn unix_days(self) -> i64 {
        // Days since the start of March of year 0, as H. Hinnant counts them.
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The day so many days after the start of 1970: the way back.
    fn from_unix_days(days: i64) -> Option<Self> {
        let days = days.checked_add(719_468)?;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, month as u8, day as u8)
    }

    fn month_name(self) -> &'static str {
        MONTHS.get(usize::from(self.month).wrapping_sub(1)).copied().unwrap_or_default()
    }

    pub(crate) fn encode(self, out: &mut Encoder) {
        out.number(self.day.into()).raw(b"-").raw(self.month_name().as_bytes()).raw(b"-");
        four(self.year, out);
    }
}

impl FromStr for Date {
    type Err = ParseError;

    /// Reads the form that is shown: `1-Feb-1994`.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        read_text(text, date_text)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:04}", self.day, self.month_name(), self.year)
    }
}

/// A moment with its zone: `17-Jul-1996 02:44:25 -0700`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct DateTime {
    date: Date,
    hour: u8,
    minute: u8,
    second: u8,
    /// East of Greenwich.
    offset_minutes: i16,
}

impl DateTime {
    /// A moment; `offset_minutes` is how far the zone is east of Greenwich. Second 60 is a leap second.
    pub const fn new(date: Date, hour: u8, minute: u8, second: u8, offset_minutes: i16) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 60 || offset_minutes.unsigned_abs() >= 100 * 60 {
            return None;
        }
        Some(Self { date, hour, minute, second, offset_minutes })
    }

    /// The day in its zone.
    pub const fn date(self) -> Date {
        self.date
    }

    /// Hour, minute and second in its zone.
    pub const fn time(self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// How many minutes the zone is east of Greenwich.
    pub const fn offset_minutes(self) -> i16 {
        self.offset_minutes
    }

    /// The moment so many seconds after the start of 1970 in Universal Time, in a zone; nothing outside of the years 0 to 9999.
    ///
    /// ```
    /// use mailwire_imap::date::DateTime;
    ///
    /// let moment = DateTime::from_unix_seconds(837_596_665, -420).unwrap();
    /// assert_eq!(moment.to_string(), "17-Jul-1996 02:44:25 -0700");
    /// assert_eq!(moment.unix_seconds(), 837_596_665);
    /// ```
    pub fn from_unix_seconds(seconds: i64, offset_minutes: i16) -> Option<Self> {
        let local = seconds.checked_add(i64::from(offset_minutes) * 60)?;
        let date = Date::from_unix_days(local.div_euclid(86_400))?;
        let second = local.rem_euclid(86_400);
        let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60].map(|part| part as u8);
        Self::new(date, hour, minute, second, offset_minutes)
    }

    /// Seconds since the start of 1970 in Universal Time.
    pub fn unix_seconds(self) -> i64 {
        let days = self.date.unix_days();
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        days * 86_400 + seconds - i64::from(self.offset_minutes) * 60
    }

    pub(crate) fn encode(self, out: &mut Encoder) {
        out.raw(if self.date.day < 10 { b"\" " } else { b"\"" }).number(self.date.day.into());
        out.raw(b"-").raw(self.date.month_name().as_bytes()).raw(b"-");
        four(self.date.year, out);
        for (before, number) in [(b" ", self.hour), (b":", self.minute), (b":", self.second)] {
            out.raw(before);
            two(number, out);
        }
        out.raw(if self.offset_minutes < 0 { b" -" } else { b" +" });
        let minutes = self.offset_minutes.unsigned_abs();
        four(minutes / 60 * 100 + minutes % 60, out);
        out.raw(b"\"");
    }
}

/// The day in the moment's zone.
impl From<DateTime> for Date {
    fn from(moment: DateTime) -> Self {
        moment.date
    }
}

/// A day or moment that IMAP has no form for, or that another crate has none for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the day is outside of the years 0 to 9999, or the zone is too far from Greenwich")]
pub struct OutOfRange;

impl FromStr for DateTime {
    type Err = ParseError;

    /// Reads the form that is shown: `17-Jul-1996 02:44:25 -0700`, a day of one digit after a space.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        read_text(&alloc::format!("\"{text}\""), |input| match date_time(input)? {
            (rest, Some(moment)) => Ok((rest, moment)),
            (_, None) => input.expected("date-time"),
        })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset_minutes.unsigned_abs();
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        write!(
            f,
            "{:>11} {:02}:{:02}:{:02} ",
            alloc::format!("{}", self.date),
            self.hour,
            self.minute,
            self.second
        )?;
        write!(f, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

fn two(number: u8, out: &mut Encoder) {
    out.raw(&[b'0' + number / 10 % 10, b'0' + number % 10]);
}

fn four(number: u16, out: &mut Encoder) {
    two((number / 100) as u8, out);
    two((number % 100) as u8, out);
}

/// `date = date-text / DQUOTE date-text DQUOTE` ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9))
pub(crate) fn date(input: Input<'_>) -> Parsed<'_, Date> {
    if input.first() != Some(b'"') {
        return date_text(input);
    }
    let (rest, date) = date_text(input.skip(1))?;
    Ok((octet(rest, b'"', "DQUOTE")?.0, date))
}

fn date_text(input: Input<'_>) -> Parsed<'_, Date> {
    let end = input
        .rest()
        .iter()
        .position(|octet| matches!(octet, b' ' | b')' | b'"'))
        .unwrap_or(input.rest().len());
    let (text, rest) = input.split(end);
    match read_date(text) {
        Some((date, b"")) => Ok((rest, date)),
        _ => input.expected("date-text"),
    }
}

/// `date-time`; nothing for one that is none and is tolerated.
pub(crate) fn date_time(input: Input<'_>) -> Parsed<'_, Option<DateTime>> {
    if let Some(date_time) = input.rest().first_chunk().and_then(read_quoted) {
        return Ok((input.skip(28), Some(date_time)));
    }
    let (rest, text) = quoted(input)?;
    match read_date_time(&text, input.quirks().loose_fetch) {
        Some(date_time) => Ok((rest, Some(date_time))),
        None if input.quirks().loose_fetch && !input.context.is_command => Ok((rest, None)),
        None => input.expected("date-time"),
    }
}

/// `date-time` as the rule has it, each part at its place.
#[rustfmt::skip]
fn read_quoted(octets: &[u8; 28]) -> Option<DateTime> {
    let [
        b'"', d1, d2, b'-', m1, m2, m3, b'-', y1, y2, y3, y4, b' ',
        h1, h2, b':', n1, n2, b':', s1, s2, b' ', sign, z1, z2, z3, z4, b'"',
    ] = *octets else { return None };
    let day = two_digits(if d1 == b' ' { b'0' } else { d1 }, d2)?;
    let year = u16::from(two_digits(y1, y2)?) * 100 + u16::from(two_digits(y3, y4)?);
    let date = Date::new(year, read_month([m1, m2, m3])?, day)?;
    let (hours, minutes) = (i16::from(two_digits(z1, z2)?), i16::from(two_digits(z3, z4)?));
    let offset = match sign {
        _ if minutes > 59 => return None,
        b'+' => hours * 60 + minutes,
        b'-' => -(hours * 60 + minutes),
        _ => return None,
    };
    DateTime::new(date, two_digits(h1, h2)?, two_digits(n1, n2)?, two_digits(s1, s2)?, offset)
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then_some(tens.wrapping_mul(10).wrapping_add(ones))
}

/// `date-month`
fn read_month(name: [u8; 3]) -> Option<u8> {
    Some(match &name.map(|octet| octet.to_ascii_uppercase()) {
        b"JAN" => 1,
        b"FEB" => 2,
        b"MAR" => 3,
        b"APR" => 4,
        b"MAY" => 5,
        b"JUN" => 6,
        b"JUL" => 7,
        b"AUG" => 8,
        b"SEP" => 9,
        b"OCT" => 10,
        b"NOV" => 11,
        b"DEC" => 12,
        _ => return None,
    })
}

fn read_date_time(text: &[u8], is_loose: bool) -> Option<DateTime> {
    let trimmed = text.trim_ascii_start();
    if !is_loose && (text.len() != 26 || text.len() - trimmed.len() > 1) {
        return None;
    }
    let (date, rest) = read_date(trimmed)?;
    let rest = rest.trim_ascii_start();
    let (time, zone) = match rest.iter().position(|octet| *octet == b' ') {
        Some(end) => rest.split_at_checked(end)?,
        None if is_loose => (rest, &b"+0000"[..]),
        None => return None,
    };
    let mut parts = time.splitn(3, |octet| *octet == b':').map(read_number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().flatten()?);
    let small = |number: u32| u8::try_from(number).ok();
    DateTime::new(date, small(hour)?, small(minute)?, small(second)?, read_zone(zone.trim_ascii())?)
}

fn read_zone(zone: &[u8]) -> Option<i16> {
    let (sign, digits) = zone.split_first()?;
    let number = i16::try_from(read_number(digits).filter(|_| digits.len() == 4)?).ok()?;
    if number % 100 > 59 {
        return None;
    }
    let minutes = number / 100 * 60 + number % 100;
    match sign {
        b'+' => Some(minutes),
        b'-' => Some(-minutes),
        _ => None,
    }
}

/// `1*2DIGIT "-" date-month "-" 4DIGIT`, and what follows.
fn read_date(text: &[u8]) -> Option<(Date, &[u8])> {
    let dash = text.iter().position(|octet| *octet == b'-').filter(|dash| matches!(dash, 1 | 2))?;
    let (day, rest) = text.split_at_checked(dash)?;
    let (month, rest) = rest.get(1..)?.split_first_chunk::<3>()?;
    let (year, rest) = rest.strip_prefix(b"-")?.split_at_checked(4)?;
    let date = Date::new(
        u16::try_from(read_number(year)?).ok()?,
        read_month(*month)?,
        u8::try_from(read_number(day)?).ok()?,
    )?;
    Some((date, rest))
}

fn read_number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    digits.iter().try_fold(0, |value: u32, digit| {
        digit.is_ascii_digit().then(|| value * 10 + u32::from(digit.wrapping_sub(b'0')))
    })
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::table::{COMMAND, RESPONSE};

    #[test]
    fn moments_are_read() {
        let read =
            |text: &str, is_loose| read_date_time(text.as_bytes(), is_loose).map(|moment| moment.to_string());
        for (text, strict, loose) in [
            ("17-Jul-1996 02:44:25 -0700", true, true),
            (" 7-Feb-1994 22:43:04 +0530", true, true),
            ("29-Feb-2024 23:59:60 +0000", true, true),
            ("29-Feb-2023 23:59:60 +0000", false, false),
            ("00-Jan-0000 00:00:00 +0000", false, false),
            ("7-Feb-1994 22:43:04 +0530", false, true),
            ("17-Jul-1996 02:44:25", false, true),
            ("17-Jul-1996 02:44:25 +0060", false, false),
            ("17-Jul-1996 24:44:25 +0000", false, false),
            ("", false, false),
            ("NIL", false, false),
        ] {
            assert_eq!((read(text, false).is_some(), read(text, true).is_some()), (strict, loose), "{text}");
            if strict {
                assert_eq!(read(text, false).as_deref(), Some(text));
            }
        }
    }

    #[test]
    fn moments_on_the_line_of_time() {
        for (text, seconds) in [
            ("01-Jan-1970 00:00:00 +0000", 0),
            ("17-Jul-1996 02:44:25 -0700", 837_596_665),
            ("29-Feb-2000 12:00:00 +0100", 951_822_000),
            ("31-Dec-1969 23:59:59 +0000", -1),
        ] {
            let moment = read_date_time(text.as_bytes(), false).unwrap();
            assert_eq!(moment.unix_seconds(), seconds);
            assert_eq!(DateTime::from_unix_seconds(seconds, moment.offset_minutes()), Some(moment));
        }
        // Each day of all years, in order.
        let mut days = -719_528;
        for year in 0..=9999 {
            for (month, day) in (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day))) {
                let Some(date) = Date::new(year, month, day) else { continue };
                assert_eq!((date.unix_days(), Date::from_unix_days(days)), (days, Some(date)));
                days += 1;
            }
        }
        for seconds in [i64::MIN, i64::MAX, (days + 1) * 86_400, -719_530 * 86_400] {
            assert_eq!(DateTime::from_unix_seconds(seconds, 0), None);
        }
        assert_eq!(DateTime::from_unix_seconds(0, i16::MAX), None);
    }

    /// `date = date-text / DQUOTE date-text DQUOTE`
    #[test]
    fn dates_both_ways() {
        for (wire, year, month, day) in [
            ("1-Feb-1994", 1994, 2, 1),
            ("31-Dec-9999", 9999, 12, 31),
            ("29-Feb-2024", 2024, 2, 29),
            ("01-jan-0001", 1, 1, 1),
            ("\"17-Jul-1996\"", 1996, 7, 17),
        ] {
            let wanted = Date::new(year, month, day).unwrap();
            assert_eq!(COMMAND.read(date, wire), Ok(wanted), "{wire}");
            let written = COMMAND.written(|out| wanted.encode(out));
            assert_eq!(COMMAND.read(date, &written), Ok(wanted), "{written}");
            assert_eq!(written, wanted.to_string());
        }
        for wire in [
            "",
            "1-Feb-94",
            "1-Feb-19940",
            "001-Feb-1994",
            "-1-Feb-1994",
            " 1-Feb-1994",
            "0-Feb-1994",
            "30-Feb-1994",
            "29-Feb-2023",
            "31-Apr-2000",
            "1-February-1994",
            "1-Fev-1994",
            "1/Feb/1994",
            "1-2-1994",
            "1994-Feb-1",
            "\"1-Feb-1994",
            "1-Feb-1994\"",
            "\" 1-Feb-1994\"",
            "\"\"",
            "NIL",
        ] {
            assert!(
                COMMAND.read(date, wire).is_err() && COMMAND.lenient().read(date, wire).is_err(),
                "{wire}"
            );
        }
    }

    /// `date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE`
    #[test]
    fn moments_both_ways() {
        for (wire, moment, offset) in [
            ("\"17-Jul-1996 02:44:25 -0700\"", (2, 44, 25), -420),
            ("\"17-Jul-1996 00:00:00 +0000\"", (0, 0, 0), 0),
            ("\"17-Jul-1996 23:59:60 +1400\"", (23, 59, 60), 840),
            ("\"17-Jul-1996 12:30:00 -0001\"", (12, 30, 0), -1),
        ] {
            let read = COMMAND.read(date_time, wire).unwrap().unwrap();
            assert_eq!((read.time(), read.offset_minutes()), (moment, offset), "{wire}");
            assert_eq!(RESPONSE.read(date_time, wire), Ok(Some(read)));
            assert_eq!(COMMAND.written(|out| read.encode(out)), wire);
        }
        for wire in [
            "",
            "17-Jul-1996 02:44:25 -0700",
            "\"17-Jul-1996 02:44:25\"",
            "\"17-Jul-1996 02:44:25 0700\"",
            "\"17-Jul-1996 2:44:25 -0700\"",
            "\"17-Jul-1996 02:44 -0700\"",
            "\"17-Jul-1996 02:60:25 -0700\"",
            "\"17-Jul-1996 02:44:61 -0700\"",
            "\"17-Jul-1996 25:44:25 -0700\"",
            "\"17-Jul-1996 02:44:25 -07:00\"",
            "\"17-Jul-1996 02:44:25 -0760\"",
            "\"1-Jul-1996 02:44:25 -0700\"",
            "\"17-Jul-1996 02:44:25 GMT\"",
            "NIL",
            "{2}\r\nab",
        ] {
            assert!(
                COMMAND.read(date_time, wire).is_err() && RESPONSE.read(date_time, wire).is_err(),
                "{wire}"
            );
        }
    }
}
