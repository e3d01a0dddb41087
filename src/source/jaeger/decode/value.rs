//! Values of any kind as something definite: what is of another kind than it should be is passed over.

use std::borrow::Cow;

use crate::source::json::{Fault, Scanner, number};
use crate::text::Plain;

/// The keys of an object; any other value is read and has none.
pub fn fields<'a>(
    scan: &mut Scanner<'a>,
    each: impl FnMut(&[u8], &mut Scanner<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if scan.peek()? == b'{' { scan.object(each) } else { scan.raw().map(drop) }
}

/// The elements of a list; any other value is read and has none.
pub fn list<'a>(scan: &mut Scanner<'a>, each: impl FnMut(&mut Scanner<'a>) -> Result<(), Fault>) -> Result<(), Fault> {
    if scan.peek()? == b'[' { scan.array(each) } else { scan.raw().map(drop) }
}

/// A text; any other value is read and is empty.
pub fn text<'a>(scan: &mut Scanner<'a>) -> Result<Cow<'a, [u8]>, Fault> {
    if scan.peek()? == b'"' { scan.string() } else { scan.raw().map(|_| Cow::Borrowed(&[][..])) }
}

/// A value of any kind as text: numbers and what is made of parts as they stand there, nothing for `null`.
pub fn written<'a>(scan: &mut Scanner<'a>) -> Result<Cow<'a, [u8]>, Fault> {
    Ok(match scan.peek()? {
        b'"' => scan.string()?,
        b'n' => {
            scan.raw()?;
            Cow::Borrowed(&[])
        }
        _ => Cow::Borrowed(scan.raw()?),
    })
}

/// A whole number, in quotes or not; the nearest one that there is for what is too large or has a fraction.
pub fn whole(scan: &mut Scanner) -> Result<i64, Fault> {
    let text = written(scan)?;
    Ok(nearest(&text))
}

fn nearest(text: &[u8]) -> i64 {
    digits(text).or_else(|| number::text(text).map(|figure| figure as i64)).unwrap_or(0)
}

/// Up to eighteen digits, which is nearly all there are.
fn digits(text: &[u8]) -> Option<i64> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if text.is_empty() || text.len() > 18 {
        return std::str::from_utf8(text).ok()?.parse().ok().map(|sum: i64| if negative { -sum } else { sum });
    }
    let sum =
        text.iter().try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))?;
    Some(if negative { -sum } else { sum })
}

/// Nanoseconds since the epoch. Times before it come as numbers beyond all others, as their bits are read without sign.
pub fn nanoseconds(scan: &mut Scanner) -> Result<i64, Fault> {
    let text = written(scan)?;
    let exact = digits(&text).or_else(|| {
        let bits: u64 = std::str::from_utf8(&text).ok()?.parse().ok()?;
        Some(bits.cast_signed())
    });
    Ok(exact.unwrap_or_else(|| nearest(&text)))
}

/// The texts of a list.
pub fn texts(scan: &mut Scanner) -> Result<Vec<Plain>, Fault> {
    let mut texts = Vec::new();
    list(scan, |scan| {
        texts.extend(scan.text()?);
        Ok(())
    })?;
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(json: &str, mut read: impl FnMut(&mut Scanner) -> Result<T, Fault>) -> T {
        // A number ends where something else begins.
        let json = format!("{json} ");
        let mut scan = Scanner::new(json.as_bytes());
        let found = read(&mut scan).unwrap();
        scan.finish().unwrap();
        found
    }

    #[test]
    fn numbers_are_the_nearest_there_is() {
        for (json, number) in [
            ("12", 12),
            ("\"-12\"", -12),
            ("1.9e3", 1_900),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775807", -i64::MAX),
            ("\"99999999999999999999\"", i64::MAX),
            ("-1e300", i64::MIN),
            ("null", 0),
            ("\"soon\"", 0),
            ("\"NaN\"", 0),
            ("[1]", 0),
            ("true", 0),
        ] {
            assert_eq!(read(json, whole), number, "{json}");
        }
        // Year 1, whose nanoseconds have run over.
        assert_eq!(read("\"11651379494838206464\"", nanoseconds), -6_795_364_578_871_345_152);
        assert_eq!(read("\"1795176000000000000\"", nanoseconds), 1_795_176_000_000_000_000);
        assert_eq!(read("\"99999999999999999999\"", nanoseconds), i64::MAX);
    }

    #[test]
    fn what_is_of_another_kind_is_passed_over() {
        let seen = |json: &str| {
            let (mut keys, mut items) = (0, 0);
            read(json, |scan| {
                fields(scan, |_, scan| {
                    keys += 1;
                    scan.raw().map(drop)
                })
            });
            read(json, |scan| {
                list(scan, |scan| {
                    items += 1;
                    scan.raw().map(drop)
                })
            });
            let length = read(json, |scan| Ok(text(scan)?.len()));
            let written = read(json, |scan| Ok(written(scan)?.into_owned()));
            (keys, items, length, String::from_utf8(written).unwrap())
        };
        assert_eq!(seen(r#"{"a":1,"b":[{}]}"#), (2, 0, 0, r#"{"a":1,"b":[{}]}"#.to_owned()));
        assert_eq!(seen("[1,2,3]"), (0, 3, 0, "[1,2,3]".to_owned()));
        assert_eq!(seen(r#""ab""#), (0, 0, 2, "ab".to_owned()));
        assert_eq!(seen("null"), (0, 0, 0, String::new()));
        assert_eq!(seen("false"), (0, 0, 0, "false".to_owned()));
        assert_eq!(read(r#"["a",7,"\u001b",null]"#, texts), [Plain::new("a"), Plain::new("\x1b")]);
    }
}
