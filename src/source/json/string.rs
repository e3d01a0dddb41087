//! JSON strings with escapes, as bytes: what is not a character becomes U+FFFD instead of failing the answer.

use super::Fault;

/// Reads a string's inside up to its closing quote. `clean` bytes hold no escape. Gives the text and the bytes read,
/// the quote among them.
pub fn unescape(bytes: &[u8], clean: usize) -> Result<(Vec<u8>, usize), Fault> {
    let mut out = bytes.get(..clean).unwrap_or_default().to_vec();
    let mut at = clean;
    loop {
        match *bytes.get(at).ok_or(Fault::End)? {
            b'"' => return Ok((out, at + 1)),
            b'\\' => at = escape(bytes, at + 1, &mut out)?,
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
}

/// Reads what follows a backslash and gives the place after it.
fn escape(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let byte = match *bytes.get(at).ok_or(Fault::End)? {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0c,
        byte @ (b'"' | b'\\' | b'/') => byte,
        b'u' => return unicode(bytes, at + 1, out),
        _ => return Err(Fault::Bad { at, wanted: "an escape" }),
    };
    out.push(byte);
    Ok(at + 1)
}

/// Reads the four hexadecimal digits of `\u`, and the second half of a surrogate pair if there is one.
fn unicode(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let (unit, mut end) = (hex(bytes, at)?, at + 4);
    let mut code = unit;
    if (0xd800..0xdc00).contains(&unit) && bytes.get(end..end + 2) == Some(b"\\u") {
        let low = hex(bytes, end + 2)?;
        if (0xdc00..0xe000).contains(&low) {
            code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            end += 6;
        }
    }
    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(end)
}

fn hex(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    let digits = bytes.get(at..at + 4).ok_or(Fault::End)?;
    digits.iter().try_fold(0, |sum, &digit| {
        let value = char::from(digit).to_digit(16).ok_or(Fault::Bad { at, wanted: "four hexadecimal digits" })?;
        Ok(sum * 16 + value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> String {
        String::from_utf8(unescape(format!("{inside}\"").as_bytes(), 0).unwrap().0).unwrap()
    }

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(read(r#"a\"b\\c\/d\n\t\r\b\fé\u001b"#), "a\"b\\c/d\n\t\r\u{8}\u{c}é\u{1b}");
        assert_eq!(read(r"\ud83d\ude00!"), "😀!");
    }

    #[test]
    fn lone_surrogates_become_a_mark() {
        assert_eq!(read(r"\ud83dx"), "\u{fffd}x");
        assert_eq!(read(r"\ude00"), "\u{fffd}");
        assert_eq!(read(r"\ud83dA"), "\u{fffd}A");
    }

    #[test]
    fn broken_escapes_are_errors() {
        assert_eq!(unescape(br#"\u12"#, 0), Err(Fault::End));
        assert_eq!(unescape(br#"abc\"#, 3), Err(Fault::End));
        assert!(matches!(unescape(br#"\u12x4""#, 0), Err(Fault::Bad { .. })));
        assert!(matches!(unescape(br#"\x""#, 0), Err(Fault::Bad { at: 1, .. })));
    }
}
