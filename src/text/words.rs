//! Words that are written into one line and read back as they were: `name="a \"b\""`. What is not printable is written
//! as its number, for such lines are copied into terminals and chats.

use super::Plain;

/// In quotes, whatever it is.
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        let mut utf8 = [0; 4];
        let own: &str = c.encode_utf8(&mut utf8);
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if *Plain::new(own) != *own => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A word, quoted or not, and what follows it; one without quotes ends at a blank or at one of `stops`.
pub fn word<'a>(text: &'a str, stops: &[char]) -> Result<(String, &'a str), String> {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find(|c: char| stops.contains(&c) || c.is_whitespace()).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return Ok((word.to_owned(), rest));
    };
    let mut word = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((word, inner.get(at + 1..).unwrap_or_default())),
            '\\' => match chars.next() {
                Some((_, 'u')) => {
                    let code: String =
                        chars.by_ref().map(|(_, c)| c).skip_while(|c| *c == '{').take_while(|c| *c != '}').collect();
                    let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    word.push(c.ok_or_else(|| format!("`\\u{{{}}}` is no character", Plain::new(&code)))?);
                }
                Some((_, c)) => word.push(c),
                None => break,
            },
            c => word.push(c),
        }
    }
    Err(format!("a quote is not closed after `{}`", Plain::new(&word)))
}
