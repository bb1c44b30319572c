//! Days and moments of the crate `time`.

use time::{Month, OffsetDateTime, UtcOffset};

use super::{Date, DateTime, OutOfRange};

impl From<Date> for time::Date {
    fn from(date: Date) -> Self {
        // It has all years that we have.
        Month::try_from(date.month)
            .and_then(|month| Self::from_calendar_date(date.year.into(), month, date.day))
            .unwrap_or(Self::MIN)
    }
}

impl TryFrom<time::Date> for Date {
    type Error = OutOfRange;

    fn try_from(date: time::Date) -> Result<Self, OutOfRange> {
        let year = u16::try_from(date.year()).map_err(|_| OutOfRange)?;
        Self::new(year, date.month().into(), date.day()).ok_or(OutOfRange)
    }
}

/// A leap second becomes the one after it. An offset of more than a day has no form here, nor has a moment whose year is not
/// from 0 to 9999 in Universal Time.
impl TryFrom<DateTime> for OffsetDateTime {
    type Error = OutOfRange;

    fn try_from(moment: DateTime) -> Result<Self, OutOfRange> {
        let offset = UtcOffset::from_whole_seconds(i32::from(moment.offset_minutes) * 60);
        let moment = Self::from_unix_timestamp(moment.unix_seconds());
        let (offset, moment) = (offset.map_err(|_| OutOfRange)?, moment.map_err(|_| OutOfRange)?);
        moment.checked_to_offset(offset).ok_or(OutOfRange)
    }
}

/// Without the fraction of a second; an offset of parts of minutes becomes whole ones, and the moment stays the same.
impl TryFrom<OffsetDateTime> for DateTime {
    type Error = OutOfRange;

    fn try_from(moment: OffsetDateTime) -> Result<Self, OutOfRange> {
        Self::from_unix_seconds(moment.unix_timestamp(), moment.offset().whole_minutes()).ok_or(OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;
    use core::time::Duration;

    use super::*;

    #[test]
    fn days_both_ways() {
        for (text, year, month, day) in [
            ("29-Feb-2024", 2024, Month::February, 29),
            ("1-Jan-0000", 0, Month::January, 1),
            ("31-Dec-9999", 9999, Month::December, 31),
        ] {
            let (date, other): (Date, _) =
                (text.parse().unwrap(), time::Date::from_calendar_date(year, month, day).unwrap());
            assert_eq!((time::Date::from(date), Date::try_from(other)), (other, Ok(date)));
        }
        assert_eq!(Date::try_from(time::Date::MIN), Err(OutOfRange));
    }

    #[test]
    fn moments_both_ways() {
        for text in ["17-Jul-1996 02:44:25 -0700", "31-Dec-1969 23:59:59 +0000", "01-Jan-0001 00:00:00 +1400"]
        {
            let moment: DateTime = text.parse().unwrap();
            let other = OffsetDateTime::try_from(moment).unwrap();
            assert_eq!(DateTime::try_from(other), Ok(moment));
            assert_eq!(
                (other.unix_timestamp(), time::Date::from(moment.date())),
                (moment.unix_seconds(), other.date())
            );
        }
        let before = OffsetDateTime::UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(DateTime::try_from(before).unwrap().to_string(), "31-Dec-1969 23:59:59 +0000");
        assert!(OffsetDateTime::try_from("17-Jul-1996 02:44:25 +9959".parse::<DateTime>().unwrap()).is_err());
        assert!(OffsetDateTime::try_from("31-Dec-9999 23:59:59 -0100".parse::<DateTime>().unwrap()).is_err());
    }
}
