//! Days and moments of the crate `chrono`.

use chrono::{Datelike as _, FixedOffset, NaiveDate, Offset as _, TimeZone, Utc};

use super::{Date, DateTime, OutOfRange};

impl From<Date> for NaiveDate {
    fn from(date: Date) -> Self {
        // It has all years that we have.
        Self::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).unwrap_or_default()
    }
}

impl TryFrom<NaiveDate> for Date {
    type Error = OutOfRange;

    fn try_from(date: NaiveDate) -> Result<Self, OutOfRange> {
        let year = u16::try_from(date.year()).map_err(|_| OutOfRange)?;
        Self::new(year, date.month() as u8, date.day() as u8).ok_or(OutOfRange)
    }
}

/// A leap second becomes the one after it.
impl From<DateTime> for chrono::DateTime<Utc> {
    fn from(moment: DateTime) -> Self {
        // It has all moments that we have.
        Self::from_timestamp(moment.unix_seconds(), 0).unwrap_or_default()
    }
}

/// A leap second becomes the one after it. An offset of a day or more has no form here.
impl TryFrom<DateTime> for chrono::DateTime<FixedOffset> {
    type Error = OutOfRange;

    fn try_from(moment: DateTime) -> Result<Self, OutOfRange> {
        let offset = FixedOffset::east_opt(i32::from(moment.offset_minutes) * 60).ok_or(OutOfRange)?;
        Ok(chrono::DateTime::<Utc>::from(moment).with_timezone(&offset))
    }
}

/// Without the fraction of a second; an offset of parts of minutes becomes whole ones, and the moment stays the same.
impl<Tz: TimeZone> TryFrom<chrono::DateTime<Tz>> for DateTime {
    type Error = OutOfRange;

    fn try_from(moment: chrono::DateTime<Tz>) -> Result<Self, OutOfRange> {
        let offset = moment.offset().fix().local_minus_utc() / 60;
        let offset = i16::try_from(offset).map_err(|_| OutOfRange)?;
        Self::from_unix_seconds(moment.timestamp(), offset).ok_or(OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn days_both_ways() {
        for (text, year, month, day) in
            [("29-Feb-2024", 2024, 2, 29), ("1-Jan-0000", 0, 1, 1), ("31-Dec-9999", 9999, 12, 31)]
        {
            let (date, other): (Date, _) =
                (text.parse().unwrap(), NaiveDate::from_ymd_opt(year, month, day).unwrap());
            assert_eq!((NaiveDate::from(date), Date::try_from(other)), (other, Ok(date)));
        }
        assert_eq!(Date::try_from(NaiveDate::MAX), Err(OutOfRange));
        assert_eq!(Date::try_from(NaiveDate::MIN), Err(OutOfRange));
    }

    #[test]
    fn moments_both_ways() {
        for text in [
            "17-Jul-1996 02:44:25 -0700",
            "31-Dec-1969 23:59:59 +0000",
            "01-Jan-0001 00:00:00 +1400",
            "31-Dec-9999 00:00:00 -2359",
        ] {
            let moment: DateTime = text.parse().unwrap();
            let fixed = chrono::DateTime::<FixedOffset>::try_from(moment).unwrap();
            assert_eq!(DateTime::try_from(fixed), Ok(moment));
            assert_eq!(
                (fixed.timestamp(), NaiveDate::from(moment.date())),
                (moment.unix_seconds(), fixed.date_naive())
            );
            assert_eq!(chrono::DateTime::<Utc>::from(moment), fixed);
        }
        let leap: DateTime = "31-Dec-2016 23:59:60 +0000".parse().unwrap();
        assert_eq!(chrono::DateTime::<Utc>::from(leap).to_string(), "2017-01-01 00:00:00 UTC");
        let before = Utc.timestamp_millis_opt(-500).unwrap();
        assert_eq!(DateTime::try_from(before).unwrap().to_string(), "31-Dec-1969 23:59:59 +0000");
        assert!(
            chrono::DateTime::<FixedOffset>::try_from(
                "17-Jul-1996 02:44:25 +9959".parse::<DateTime>().unwrap()
            )
            .is_err()
        );
        assert_eq!(DateTime::try_from(chrono::DateTime::<Utc>::MAX_UTC), Err(OutOfRange));
    }
}
