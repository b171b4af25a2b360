//! Date-times: written as naive UTC, read from every form that clients send.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Timelike as _, Utc};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// Numbers beyond this many seconds are milliseconds (it is the year 2603).
const MILLISECONDS_ABOVE: f64 = 2e10;
/// Seconds from 1970 to the start of year 1 and to the end of year 9999.
const FIRST_SECOND: f64 = -62_135_596_800.0;
const LAST_SECOND: f64 = 253_402_300_799.0;

/// A moment in UTC as it stands on the wire: `2026-11-20T23:50:06.336035`, without an offset, and without a fraction when
/// the microseconds are zero. Holds whole microseconds of the years 1 to 9999 when it was read from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// Reads an ISO 8601 date-time, a date alone (midnight), or a number as text (see
    /// [`from_number`](Self::from_number)). Date and time are separated by `T`, `t`, `_` or a space; seconds and their
    /// fraction may be missing, digits beyond the microsecond are dropped. Without an offset the time is UTC. A space in
    /// place of the offset's `+` is understood, because a raw `+` in a query decodes to one. The error is the reason
    /// that a validation item of type `datetime_parsing` carries.
    pub fn parse(text: &str) -> Result<Self, String> {
        match parse_iso(text) {
            Ok(moment) => Ok(Self(moment)),
            Err(reason) => match text.parse::<f64>() {
                Ok(number) => Self::from_number(number),
                Err(_) => Err(reason.to_owned()),
            },
        }
    }

    /// Reads Unix seconds, or milliseconds when the absolute value exceeds 2·10¹⁰; rounded to the microsecond.
    pub fn from_number(number: f64) -> Result<Self, String> {
        let seconds = if number.abs() > MILLISECONDS_ABOVE { number / 1000.0 } else { number };
        if number.is_nan() {
            return Err("NaN values not permitted".to_owned());
        }
        if !(FIRST_SECOND..=LAST_SECOND).contains(&seconds) {
            return Err("dates outside of the years 1 to 9999 are not supported".to_owned());
        }
        DateTime::from_timestamp_micros((seconds * 1e6).round() as i64)
            .map(Self)
            .ok_or_else(|| "the number is outside of the calendar".to_owned())
    }
}

fn parse_iso(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let (date, rest) = parse_date(text.as_bytes())?;
    let (time, zone) = match rest {
        [] => return Ok(date.and_time(NaiveTime::MIN).and_utc()),
        [b'T' | b't' | b'_' | b' ', rest @ ..] => parse_time(rest)?,
        _ => return Err("invalid datetime separator, expected `T`, `t`, `_` or space"),
    };
    let local = date.and_time(time);
    let utc = local.checked_sub_signed(parse_zone(zone)?).ok_or(OUT_OF_RANGE)?;
    in_range(utc).ok_or(OUT_OF_RANGE)
}

const OUT_OF_RANGE: &str = "dates outside of the years 1 to 9999 are not supported";

fn in_range(moment: NaiveDateTime) -> Option<DateTime<Utc>> {
    let moment = moment.and_utc();
    let seconds = moment.timestamp() as f64;
    (FIRST_SECOND..=LAST_SECOND).contains(&seconds).then_some(moment)
}

fn parse_date(text: &[u8]) -> Result<(NaiveDate, &[u8]), &'static str> {
    let (year, rest) = number(text, 4, "invalid character in year")?;
    let rest = expect(rest, b'-', "invalid date separator, expected `-`")?;
    let (month, rest) = number(rest, 2, "invalid character in month")?;
    let rest = expect(rest, b'-', "invalid date separator, expected `-`")?;
    let (day, rest) = number(rest, 2, "invalid character in day")?;
    if year == 0 {
        return Err("year 0 is out of range");
    }
    if !(1..=12).contains(&month) {
        return Err("month value is outside expected range of 1-12");
    }
    // Four digits always fit.
    let date = NaiveDate::from_ymd_opt(year as i32, month, day);
    date.map(|date| (date, rest)).ok_or("day value is outside expected range")
}

fn parse_time(text: &[u8]) -> Result<(NaiveTime, &[u8]), &'static str> {
    let (hour, rest) = number(text, 2, "invalid character in hour")?;
    let rest = expect(rest, b':', "invalid time separator, expected `:`")?;
    let (minute, rest) = number(rest, 2, "invalid character in minute")?;
    let (second, micros, rest) = match rest {
        [b':', rest @ ..] => {
            let (second, rest) = number(rest, 2, "invalid character in second")?;
            let (micros, rest) = parse_fraction(rest)?;
            (second, micros, rest)
        }
        rest => (0, 0, rest),
    };
    if hour > 23 {
        return Err("hour value is outside expected range of 0-23");
    }
    if minute > 59 {
        return Err("minute value is outside expected range of 0-59");
    }
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micros);
    time.map(|time| (time, rest)).ok_or("second value is outside expected range of 0-59")
}

fn parse_fraction(text: &[u8]) -> Result<(u32, &[u8]), &'static str> {
    let [b'.' | b',', rest @ ..] = text else { return Ok((0, text)) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err("second fraction is missing after its point");
    }
    let digit = |position: usize| if position < digits { u32::from(rest[position] - b'0') } else { 0 };
    let micros = (0..6).fold(0, |value, position| value * 10 + digit(position));
    Ok((micros, &rest[digits..]))
}

fn parse_zone(text: &[u8]) -> Result<TimeDelta, &'static str> {
    let (sign, rest) = match text {
        [] | [b'Z' | b'z'] => return Ok(TimeDelta::zero()),
        [b'+' | b' ', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return Err("invalid timezone sign"),
    };
    let (hours, rest) = number(rest, 2, "invalid timezone hour")?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        [b':', rest @ ..] | rest => number(rest, 2, "invalid timezone minute")?,
    };
    if !rest.is_empty() {
        return Err("unexpected extra characters at the end of the input");
    }
    if minutes > 59 {
        return Err("timezone minute value is outside expected range of 0-59");
    }
    if hours > 23 {
        return Err("timezone offset must be less than 24 hours");
    }
    Ok(TimeDelta::minutes(sign * (i64::from(hours) * 60 + i64::from(minutes))))
}

fn number<'a>(text: &'a [u8], digits: usize, wrong: &'static str) -> Result<(u32, &'a [u8]), &'static str> {
    let (number, rest) = text.split_at_checked(digits).ok_or("input is too short")?;
    if !number.iter().all(u8::is_ascii_digit) {
        return Err(wrong);
    }
    Ok((number.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), rest))
}

fn expect<'a>(text: &'a [u8], byte: u8, wrong: &'static str) -> Result<&'a [u8], &'static str> {
    match text {
        [first, rest @ ..] if *first == byte => Ok(rest),
        [] => Err("input is too short"),
        _ => Err(wrong),
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.format("%Y-%m-%dT%H:%M:%S"))?;
        match self.0.nanosecond() % 1_000_000_000 / 1000 {
            0 => Ok(()),
            micros => write!(formatter, ".{micros:06}"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.trunc_subsecs(6))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a date-time in ISO 8601 or a Unix time")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        Timestamp::parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Timestamp, E> {
        self.visit_f64(number as f64)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Timestamp, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Timestamp, E> {
        Timestamp::from_number(number).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        Timestamp::parse(text).unwrap_or_else(|reason| panic!("{text}: {reason}")).to_string()
    }

    #[test]
    fn written_as_naive_utc() {
        let moment: DateTime<Utc> = "2026-11-20T23:50:06.336035Z".parse().unwrap();
        assert_eq!(serde_json::to_string(&Timestamp(moment)).unwrap(), "\"2026-11-20T23:50:06.336035\"");
        let moment: DateTime<Utc> = "2026-01-02T00:00:00Z".parse().unwrap();
        assert_eq!(serde_json::to_string(&Timestamp(moment)).unwrap(), "\"2026-01-02T00:00:00\"");
        let moment: DateTime<Utc> = "2026-01-02T00:00:00.000000999Z".parse().unwrap();
        assert_eq!(Timestamp::from(moment).to_string(), "2026-01-02T00:00:00");
    }

    #[test]
    fn every_usual_form_is_read() {
        for (text, written) in [
            ("2026-01-02T03:04:05", "2026-01-02T03:04:05"),
            ("2026-01-02t03:04:05z", "2026-01-02T03:04:05"),
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05"),
            ("2026-01-02_03:04", "2026-01-02T03:04:00"),
            ("2026-01-02", "2026-01-02T00:00:00"),
            ("2026-01-02T03:04:05.5", "2026-01-02T03:04:05.500000"),
            ("2026-01-02T03:04:05,123456789Z", "2026-01-02T03:04:05.123456"),
            ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05"),
            ("2026-01-02T03:04:05-0230", "2026-01-02T05:34:05"),
            ("2026-01-02T03:04:05+02", "2026-01-02T01:04:05"),
            ("2026-01-02T03:04:05 02:00", "2026-01-02T01:04:05"),
            ("2026-01-02 03:04:05.25 02:00", "2026-01-02T01:04:05.250000"),
            ("2024-02-29T00:00:00", "2024-02-29T00:00:00"),
            ("0", "1970-01-01T00:00:00"),
            ("1795000000", "2026-11-18T11:06:40"),
            ("1795000000.5", "2026-11-18T11:06:40.500000"),
            ("1795000000123", "2026-11-18T11:06:40.123000"),
            ("-1", "1969-12-31T23:59:59"),
        ] {
            assert_eq!(read(text), written, "{text}");
        }
    }

    #[test]
    fn every_bad_form_has_its_reason() {
        for (text, reason) in [
            ("", "input is too short"),
            ("2026", "1970-01-01T00:33:46"),
            ("2026-01", "input is too short"),
            ("2026-1-2", "invalid character in month"),
            ("yyyy-01-02", "invalid character in year"),
            ("2026/01/02", "invalid date separator, expected `-`"),
            ("0000-01-02", "year 0 is out of range"),
            ("2026-13-02", "month value is outside expected range of 1-12"),
            ("2026-02-29", "day value is outside expected range"),
            ("2026-01-02x03:04:05", "invalid datetime separator, expected `T`, `t`, `_` or space"),
            ("2026-01-02T", "input is too short"),
            ("2026-01-02T0304", "invalid time separator, expected `:`"),
            ("2026-01-02T24:00:00", "hour value is outside expected range of 0-23"),
            ("2026-01-02T03:60:00", "minute value is outside expected range of 0-59"),
            ("2026-01-02T03:04:60", "second value is outside expected range of 0-59"),
            ("2026-01-02T03:04:05.", "second fraction is missing after its point"),
            ("2026-01-02T03:04:05Zulu", "invalid timezone sign"),
            ("2026-01-02T03:04:05+2", "input is too short"),
            ("2026-01-02T03:04:05+02:60", "timezone minute value is outside expected range of 0-59"),
            ("2026-01-02T03:04:05+24:00", "timezone offset must be less than 24 hours"),
            ("2026-01-02T03:04:05+02:00x", "unexpected extra characters at the end of the input"),
            ("0001-01-01T00:00:00+01:00", OUT_OF_RANGE),
            ("9999-12-31T23:59:59-01:00", OUT_OF_RANGE),
            ("1e300", OUT_OF_RANGE),
            ("inf", OUT_OF_RANGE),
            ("nan", "NaN values not permitted"),
            ("２０２６-01-02", "invalid character in year"),
        ] {
            let found = match Timestamp::parse(text) {
                Ok(timestamp) => timestamp.to_string(),
                Err(reason) => reason,
            };
            assert_eq!(found, reason, "{text}");
        }
    }

    #[test]
    fn json_gives_texts_and_numbers() {
        for (json, written) in [
            ("\"2026-01-02T03:04:05+02:00\"", Some("2026-01-02T01:04:05")),
            ("1795000000", Some("2026-11-18T11:06:40")),
            ("1795000000.25", Some("2026-11-18T11:06:40.250000")),
            ("-62135596800", Some("1968-01-12T20:06:43.200000")),
            ("18446744073709551615", None),
            ("true", None),
            ("null", None),
            ("[]", None),
        ] {
            let read: Option<Timestamp> = serde_json::from_str(json).ok();
            assert_eq!(read.map(|timestamp| timestamp.to_string()).as_deref(), written, "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(micros in -62_135_596_800_000_000_i64..=253_402_300_799_999_999) {
            let timestamp = Timestamp(DateTime::from_timestamp_micros(micros).unwrap());
            prop_assert_eq!(Timestamp::parse(&timestamp.to_string()), Ok(timestamp));
        }

        #[test]
        fn nothing_makes_the_reader_panic(text in "\\PC{0,40}", number: f64) {
            let _ = Timestamp::parse(&text);
            let _ = Timestamp::from_number(number);
        }

        #[test]
        fn almost_dates_do_not_panic(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{0,9})?)?[-+ Z]?[0-9:]{0,5}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
