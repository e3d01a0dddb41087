//! Ids of traces and spans: hexadecimal, or base64 as some write bytes.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::model::trace::{SpanId, TraceId};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Nothing for what is no id, or all zeros.
pub fn trace(text: &[u8]) -> Option<TraceId> {
    number(text, 32, 16).filter(|id| *id != 0).map(TraceId)
}

/// As `trace`.
pub fn span(text: &[u8]) -> Option<SpanId> {
    let id = number(text, 16, 8).filter(|id| *id != 0)?;
    u64::try_from(id).ok().map(SpanId)
}

/// Of at most so many hexadecimal digits, or just so many bytes.
fn number(text: &[u8], digits: usize, bytes: usize) -> Option<u128> {
    if text.is_empty() {
        return None;
    }
    if text.len() <= digits
        && let Some(id) = hexadecimal(text)
    {
        return Some(id);
    }
    let held = BASE64.decode(text).ok().filter(|held| held.len() == bytes)?;
    Some(held.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte)))
}

fn hexadecimal(text: &[u8]) -> Option<u128> {
    text.iter().try_fold(0u128, |sum, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => return None,
        };
        Some(sum << 4 | u128::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_as_digits_or_as_bytes() {
        let long = Some(TraceId(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736));
        assert_eq!(trace(b"4bf92f3577b34da6a3ce929d0e0e4736"), long);
        assert_eq!(trace(b"S/kvNXezTaajzpKdDg5HNg=="), long);
        assert_eq!(trace(b"S/kvNXezTaajzpKdDg5HNg"), long);
        assert_eq!(trace(b"00aF"), Some(TraceId(0xaf)));
        assert_eq!(span(b"a360000000000001"), Some(SpanId(0xa360_0000_0000_0001)));
        assert_eq!(span(b"o2AAAAAAAAE="), Some(SpanId(0xa360_0000_0000_0001)));
        for bad in [&b""[..], b"0", b"0000000000000000", b"a360000000000001a", b"not an id", b"\xff\xfe"] {
            assert_eq!(span(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }
}
