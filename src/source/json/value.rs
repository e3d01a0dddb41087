//! Values that mean the same in every server's JSON: label sets, moments, numbers that may be missing.

use super::{Fault, Scanner, number};
use crate::model::labels::Labels;
use crate::text::Plain;
use crate::time::Timestamp;

/// An object of texts; what is not a text is left out.
pub fn labels(scan: &mut Scanner) -> Result<Labels, Fault> {
    let mut pairs = Vec::new();
    scan.object(|name, scan| {
        let name = Plain::from_bytes(name);
        if let Some(value) = scan.text()? {
            pairs.push((name, value));
        }
        Ok(())
    })?;
    Ok(Labels::new(pairs))
}

/// RFC 3339. Go's zero time means never, and gives nothing.
pub fn moment(scan: &mut Scanner) -> Result<Option<Timestamp>, Fault> {
    let text = exact(scan)?.unwrap_or_default();
    let at = text.parse::<jiff::Timestamp>().ok().map(|at| Timestamp(at.as_millisecond()));
    Ok(at.filter(|at| at.0 > 0))
}

/// A text exactly as it was sent, for sending back and not for showing; any other value gives nothing.
pub fn exact(scan: &mut Scanner) -> Result<Option<String>, Fault> {
    if scan.peek()? != b'"' {
        scan.skip()?;
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&scan.string()?).into_owned()))
}

/// A number, in quotes or not; anything else gives nothing.
pub fn figure(scan: &mut Scanner) -> Result<Option<f64>, Fault> {
    let value = scan.skip()?;
    let bare = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(value);
    Ok(number::text(bare).filter(|figure| figure.is_finite()))
}

/// As `figure`, in seconds; gives milliseconds.
pub fn seconds(scan: &mut Scanner) -> Result<Option<f64>, Fault> {
    Ok(figure(scan)?.map(|seconds| seconds * 1_000.0).filter(|ms| ms.abs() < 9e15))
}

/// `true` or not.
pub fn is_true(scan: &mut Scanner) -> Result<bool, Fault> {
    Ok(scan.skip()? == b"true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_of_another_kind_gives_nothing() {
        for text in ["null", "{}", "[1]", "true", "\"\"", "\"soon\"", "\"NaN\""] {
            let scan = || Scanner::new(text.as_bytes());
            assert_eq!((moment(&mut scan()), figure(&mut scan())), (Ok(None), Ok(None)), "{text}");
        }
        assert_eq!(figure(&mut Scanner::new(b"\"1e+00\"")), Ok(Some(1.0)));
        assert_eq!(seconds(&mut Scanner::new(b"0.25 ")), Ok(Some(250.0)));
        assert_eq!(seconds(&mut Scanner::new(b"1e300 ")), Ok(None));
        assert_eq!(
            labels(&mut Scanner::new(br#"{"a":"\u001b[2J","b":7,"c":null}"#)),
            Ok(Labels::of(&[("a", "^[[2J")]))
        );
    }

    #[test]
    fn moments_come_with_or_without_a_zone() {
        let read = |text: &str| moment(&mut Scanner::new(text.as_bytes())).unwrap().map(|at| at.0);
        assert_eq!(read("\"1970-01-01T00:00:01.500Z\""), Some(1_500));
        assert_eq!(read("\"1970-01-01T02:00:01+02:00\""), Some(1_000));
        assert_eq!(read("\"0001-01-01T00:00:00Z\""), None);
    }
}
