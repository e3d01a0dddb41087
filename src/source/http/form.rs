//! Form bodies, `application/x-www-form-urlencoded`.

use std::fmt::Write;

pub fn encode(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (i, (name, value)) in pairs.iter().enumerate() {
        if i > 0 {
            out.push('&');
        }
        push(&mut out, name);
        out.push('=');
        push(&mut out, value);
    }
    out
}

fn push(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_odd_is_escaped() {
        let pairs = [("query", "rate(x{a=~\"b|c\"}[5m]) + 1%&"), ("step", "20")];
        assert_eq!(
            encode(&pairs),
            "query=rate%28x%7Ba%3D~%22b%7Cc%22%7D%5B5m%5D%29+%2B+1%25%26&step=20".replace('~', "%7E")
        );
        assert_eq!(encode(&[("q", "ü")]), "q=%C3%BC");
    }
}
