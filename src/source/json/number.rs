//! Numbers as Prometheus writes them, quickly: a seconds stamp to milliseconds, a decimal to the nearest `f64`.

/// Below this every whole number is an `f64`, so that one division by an exact power of ten rounds correctly.
const EXACT: u64 = 1 << 53;
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Reads `1795388290` or `1795388290.800` as milliseconds and gives the bytes it took; nothing for any other form.
#[inline]
pub fn stamp(bytes: &[u8]) -> Option<(i64, usize)> {
    let (seconds, digits) = whole(bytes, 0);
    if digits == 0 || digits > 15 {
        return None;
    }
    match bytes.get(digits..digits + 5) {
        Some(&[b'.', a, b, c, b',']) if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_digit() => {
            let ms = u64::from(a - b'0') * 100 + u64::from(b - b'0') * 10 + u64::from(c - b'0');
            Some((i64::try_from(seconds * 1_000 + ms).ok()?, digits + 4))
        }
        Some(&[b',', ..]) => Some((i64::try_from(seconds * 1_000).ok()?, digits)),
        _ => None,
    }
}

/// Reads a plain decimal up to a quote and gives the bytes it took; nothing for any other form.
#[inline]
pub fn decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    let negative = usize::from(bytes.first() == Some(&b'-'));
    let (mut mantissa, before) = whole(bytes.get(negative..)?, 0);
    let mut end = negative + before;
    let mut after = 0;
    if bytes.get(end) == Some(&b'.') {
        (mantissa, after) = whole(bytes.get(end + 1..)?, mantissa);
        end += 1 + after;
    }
    if bytes.get(end) != Some(&b'"') || before == 0 {
        return None;
    }
    // Nineteen digits cannot overflow; leading zeros only make this more careful than it need be.
    if before + after > 19 || mantissa > EXACT || after >= POWERS.len() {
        return Some((text(bytes.get(..end)?)?, end));
    }
    let value = mantissa as f64 / POWERS.get(after)?;
    Some((if negative == 1 { -value } else { value }, end))
}

/// Any number that Rust or Go would print: exponents, `NaN`, `+Inf`.
pub fn text(bytes: &[u8]) -> Option<f64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// A JSON number of seconds, in whatever form, as milliseconds.
pub fn seconds(bytes: &[u8]) -> Option<i64> {
    let ms = text(bytes)? * 1_000.0;
    (ms.abs() < 9e15).then(|| ms.round() as i64)
}

/// Appends the digits that come next to `sum`, and counts them. More than nineteen wrap; the caller checks.
#[inline]
fn whole(bytes: &[u8], mut sum: u64) -> (u64, usize) {
    let mut digits = 0;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit));
        digits += 1;
    }
    (sum, digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<f64> {
        decimal(format!("{text}\"").as_bytes()).map(|(value, _)| value)
    }

    #[test]
    fn stamps_are_whole_or_with_three_decimals() {
        assert_eq!(stamp(b"1795388290.800,"), Some((1_795_388_290_800, 14)));
        assert_eq!(stamp(b"1795388290,\"1\"]"), Some((1_795_388_290_000, 10)));
        for odd in [&b"1795388290.8,"[..], b"-5.123,", b"1e9,", b"", b"1795388290", b"99999999999999999999,...."] {
            assert_eq!(stamp(odd), None, "{:?}", String::from_utf8_lossy(odd));
        }
        assert_eq!(seconds(b"1795388290.8"), Some(1_795_388_290_800));
        assert_eq!(seconds(b"-1.5"), Some(-1_500));
        assert_eq!(seconds(b"1.795388290e9"), Some(1_795_388_290_000));
        assert_eq!(seconds(b"1e300"), None);
    }

    #[test]
    fn odd_decimals_are_left_to_the_slow_way() {
        for text in ["NaN", "+Inf", "1e5", "", "-", ".5", "1.2.3"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(text(b"NaN").unwrap().is_nan());
        assert_eq!(text(b"-Inf"), Some(f64::NEG_INFINITY));
        assert_eq!(text(b"1e-300"), Some(1e-300));
        assert!(read("-0").unwrap().is_sign_negative());
    }

    proptest! {
        #[test]
        fn every_decimal_is_the_nearest_float(text in "-?[0-9]{1,24}(\\.[0-9]{1,26})?") {
            prop_assert_eq!(read(&text), text.parse::<f64>().ok());
        }

        #[test]
        fn every_float_as_printed_comes_back(value in any::<f64>()) {
            let printed = format!("{value}");
            if let Some(read) = read(&printed) {
                prop_assert_eq!(read.to_bits(), value.to_bits());
            }
            let read = super::text(printed.as_bytes()).unwrap();
            prop_assert!(read == value || (read.is_nan() && value.is_nan()));
        }
    }
}
