//! Days and moments of the crate `jiff`.

use jiff::{
    Error, Timestamp, ZonedDateTime, civil,
    tz::{Offset, TimeZone},
};

use super::{Date, DateTime, OutOfRange};

impl From<Date> for civil::Date {
    fn from(date: Date) -> Self {
        // It has all years that we have.
        Self::new(date.year as i16, date.month as i8, date.day as i8).unwrap_or_default()
    }
}

impl TryFrom<civil::Date> for Date {
    type Error = OutOfRange;

    fn try_from(date: civil::Date) -> Result<Self, OutOfRange> {
        let year = u16::try_from(date.year()).map_err(|_| OutOfRange)?;
        Self::new(year, date.month() as u8, date.day() as u8).ok_or(OutOfRange)
    }
}

/// A leap second becomes the one after it.
impl TryFrom<DateTime> for Timestamp {
    type Error = Error;

    fn try_from(moment: DateTime) -> Result<Self, Error> {
        Self::from_second(moment.unix_seconds())
    }
}

/// In Universal Time, without the fraction of a second.
impl TryFrom<Timestamp> for DateTime {
    type Error = OutOfRange;

    fn try_from(timestamp: Timestamp) -> Result<Self, OutOfRange> {
        Self::from_unix_seconds(seconds(timestamp), 0).ok_or(OutOfRange)
    }
}

/// In a zone that has this offset always. A leap second becomes the one after it.
impl TryFrom<DateTime> for ZonedDateTime {
    type Error = Error;

    fn try_from(moment: DateTime) -> Result<Self, Error> {
        let offset = Offset::from_seconds(i32::from(moment.offset_minutes) * 60)?;
        Ok(Timestamp::try_from(moment)?.to_zoned_datetime(TimeZone::fixed(offset)))
    }
}

/// Without the fraction of a second; an offset of parts of minutes becomes whole ones, and the moment stays the same.
impl TryFrom<&ZonedDateTime> for DateTime {
    type Error = OutOfRange;

    fn try_from(zoned: &ZonedDateTime) -> Result<Self, OutOfRange> {
        let offset = i16::try_from(zoned.offset().seconds() / 60).map_err(|_| OutOfRange)?;
        Self::from_unix_seconds(seconds(zoned.timestamp()), offset).ok_or(OutOfRange)
    }
}

impl TryFrom<ZonedDateTime> for DateTime {
    type Error = OutOfRange;

    fn try_from(zoned: ZonedDateTime) -> Result<Self, OutOfRange> {
        Self::try_from(&zoned)
    }
}

/// The second in which it is.
fn seconds(timestamp: Timestamp) -> i64 {
    timestamp.as_second() - i64::from(timestamp.subsec_nanosecond() < 0)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::Search;

    #[test]
    fn days_both_ways() {
        for (text, year, month, day) in
            [("29-Feb-2024", 2024, 2, 29), ("1-Jan-0000", 0, 1, 1), ("31-Dec-9999", 9999, 12, 31)]
        {
            let date: Date = text.parse().unwrap();
            assert_eq!(civil::Date::from(date), civil::date(year, month, day));
            assert_eq!(Date::try_from(civil::date(year, month, day)), Ok(date));
        }
        assert_eq!(Date::try_from(civil::date(-1, 12, 31)), Err(OutOfRange));
        let search = Search::unseen().since(civil::date(2026, 11, 1).try_into().unwrap());
        assert_eq!(search.to_string(), "UNSEEN SINCE 1-Nov-2026");
    }

    #[test]
    fn moments_both_ways() {
        for text in ["17-Jul-1996 02:44:25 -0700", "31-Dec-1969 23:59:59 +0000", "01-Jan-0001 00:00:00 +1400"]
        {
            let moment: DateTime = text.parse().unwrap();
            let zoned = ZonedDateTime::try_from(moment).unwrap();
            assert_eq!(DateTime::try_from(&zoned), Ok(moment));
            assert_eq!(DateTime::try_from(zoned.timestamp()).unwrap().unix_seconds(), moment.unix_seconds());
            assert_eq!(Timestamp::try_from(moment).unwrap(), zoned.timestamp());
            assert_eq!(civil::Date::from(moment.date()), zoned.date());
        }
        let leap: DateTime = "31-Dec-2016 23:59:60 +0000".parse().unwrap();
        assert_eq!(ZonedDateTime::try_from(leap).unwrap().to_string(), "2017-01-01T00:00:00+00:00[UTC]");
        let before: Timestamp = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(DateTime::try_from(before).unwrap().to_string(), "31-Dec-1969 23:59:59 +0000");
        let odd = "1900-01-01T00:00:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .to_zoned_datetime(TimeZone::fixed(Offset::from_seconds(-30).unwrap()));
        assert_eq!(
            DateTime::try_from(odd).unwrap().to_string(),
            "01-Jan-1900 00:00:00 +0000".replace("01-", " 1-")
        );
        assert!(ZonedDateTime::try_from("17-Jul-1996 02:44:25 +9959".parse::<DateTime>().unwrap()).is_err());
        assert_eq!(DateTime::try_from(Timestamp::MIN), Err(OutOfRange));
    }
}
