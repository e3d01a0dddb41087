//! Functions that read a value as seconds since 1970 and tell its place in the calendar, in UTC.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::map::MapFn;

pub fn by_name(name: &str) -> Option<MapFn> {
    Some(match name {
        "minute" => |v, _| read(v, |t| t.minute().into()),
        "hour" => |v, _| read(v, |t| t.hour().into()),
        "day_of_week" => |v, _| read(v, |t| t.weekday().to_sunday_zero_offset().into()),
        "day_of_month" => |v, _| read(v, |t| t.day().into()),
        "day_of_year" => |v, _| read(v, |t| t.day_of_year()),
        "days_in_month" => |v, _| read(v, |t| t.days_in_month().into()),
        "month" => |v, _| read(v, |t| t.month().into()),
        "year" => |v, _| read(v, |t| t.year()),
        _ => return None,
    })
}

/// `None` for what no calendar holds; Prometheus gives numbers without meaning there.
fn read(value: f64, field: impl Fn(&Zoned) -> i16) -> Option<f64> {
    let moment = jiff::Timestamp::from_second(value as i64).ok()?;
    Some(field(&moment.to_zoned(TimeZone::UTC)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_a_leap_year() {
        let t = 1_709_251_199.9; // 2024-02-29T23:59:59.9Z, a Thursday
        let names = ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"];
        let read = names.map(|name| by_name(name).unwrap()(t, &[]).unwrap());
        assert_eq!(read, [59.0, 23.0, 4.0, 29.0, 60.0, 29.0, 2.0, 2024.0]);
        assert_eq!(by_name("year").unwrap()(1e300, &[]), None);
    }
}
