//! A pull reader of JSON: straight from the bytes into whatever the caller builds, in one pass and without a tree.
//!
//! It is lenient where servers are sloppy (unknown keys, any order, raw control characters, bad UTF-8) and strict
//! where it matters: an answer that stops early, or goes on after its end, is an error and never half a result.

pub mod number;
mod string;
pub mod value;

use std::borrow::Cow;

use crate::model::fault::FetchError;
use crate::text::Plain;

/// Arrays and objects inside one another; no real answer comes near.
const MAX_DEPTH: usize = 64;

/// Where and why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bytes end before the value does.
    End,
    Bad {
        at: usize,
        wanted: &'static str,
    },
}

impl From<Fault> for FetchError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::End => Self::Truncated,
            Fault::Bad { at, wanted } => Self::Decode(Plain::from(format!("expected {wanted} at byte {at}"))),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), at: 0, depth: 0 }
    }

    /// The next byte that is not white space, without taking it.
    pub fn peek(&mut self) -> Result<u8, Fault> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(Fault::End)
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub fn bad<T>(&self, wanted: &'static str) -> Result<T, Fault> {
        Err(Fault::Bad { at: self.at, wanted })
    }

    pub fn expect(&mut self, byte: u8, wanted: &'static str) -> Result<(), Fault> {
        if self.peek()? != byte {
            return self.bad(wanted);
        }
        self.at += 1;
        Ok(())
    }

    /// Takes a comma or the closing byte; true when more follows.
    pub fn more(&mut self, close: u8) -> Result<bool, Fault> {
        let byte = self.peek()?;
        if byte != b',' && byte != close {
            return self.bad("a comma or the end of the list");
        }
        self.at += 1;
        Ok(byte == b',')
    }

    /// Calls `each` with every key, standing before its value, which `each` must read. `null` has no keys.
    pub fn object(&mut self, mut each: impl FnMut(&[u8], &mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.null()? || !self.enter(b'{', b'}', "an object")? {
            return Ok(());
        }
        loop {
            let key = self.string()?;
            self.expect(b':', "a colon")?;
            each(&key, self)?;
            if !self.more(b'}')? {
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Calls `each` before every element, which `each` must read. `null` has no elements.
    pub fn array(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.null()? || !self.enter(b'[', b']', "a list")? {
            return Ok(());
        }
        loop {
            each(self)?;
            if !self.more(b']')? {
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Takes the opening byte, and the closing one if nothing lies between: then there is nothing to read.
    fn enter(&mut self, open: u8, close: u8, wanted: &'static str) -> Result<bool, Fault> {
        self.expect(open, wanted)?;
        if self.peek()? == close {
            self.at += 1;
            return Ok(false);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH { self.bad("fewer levels") } else { Ok(true) }
    }

    pub fn string(&mut self) -> Result<Cow<'a, [u8]>, Fault> {
        self.expect(b'"', "a string")?;
        let rest = self.rest();
        let end = rest.iter().position(|&b| b == b'"' || b == b'\\').ok_or(Fault::End)?;
        let plain = rest.get(..end).unwrap_or_default();
        if rest.get(end) == Some(&b'"') {
            self.at += end + 1;
            return Ok(Cow::Borrowed(plain));
        }
        let (text, length) = string::unescape(rest, end).map_err(|fault| match fault {
            Fault::Bad { at, wanted } => Fault::Bad { at: self.at + at, wanted },
            Fault::End => Fault::End,
        })?;
        self.at += length;
        Ok(Cow::Owned(text))
    }

    /// A string, sanitised; any other value is read and gives nothing.
    pub fn text(&mut self) -> Result<Option<Plain>, Fault> {
        if self.peek()? != b'"' {
            self.skip()?;
            return Ok(None);
        }
        Ok(Some(Plain::from_bytes(&self.string()?)))
    }

    /// Takes a `null` if there is one.
    pub fn null(&mut self) -> Result<bool, Fault> {
        self.peek()?;
        self.word("null")
    }

    pub fn boolean(&mut self) -> Result<bool, Fault> {
        self.peek()?;
        if self.word("true")? {
            return Ok(true);
        }
        if self.word("false")? { Ok(false) } else { self.bad("true or false") }
    }

    /// Takes `word` if it comes next; half a word at the end of the bytes is an early end.
    fn word(&mut self, word: &str) -> Result<bool, Fault> {
        let rest = self.rest();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(true);
        }
        let cut = rest.len() < word.len() && word.as_bytes().starts_with(rest);
        if cut { Err(Fault::End) } else { Ok(false) }
    }

    /// The bytes of a number.
    pub fn number(&mut self) -> Result<&'a [u8], Fault> {
        self.peek()?;
        let rest = self.rest();
        let end = rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        match end.ok_or(Fault::End)? {
            0 => self.bad("a number"),
            end => {
                self.at += end;
                Ok(rest.get(..end).unwrap_or_default())
            }
        }
    }

    /// Reads a value of any kind and gives its bytes.
    pub fn skip(&mut self) -> Result<&'a [u8], Fault> {
        let first = self.peek()?;
        let from = self.at;
        match first {
            b'{' => self.object(|_, scan| scan.skip().map(|_| ()))?,
            b'[' => self.array(|scan| scan.skip().map(|_| ()))?,
            b'"' => self.string().map(|_| ())?,
            b't' | b'f' => self.boolean().map(|_| ())?,
            b'n' => {
                if !self.null()? {
                    return self.bad("a value");
                }
            }
            _ => self.number().map(|_| ())?,
        }
        Ok(self.bytes.get(from..self.at).unwrap_or_default())
    }

    /// As `skip`, without looking inside: however deep it is, and whatever stands between its brackets.
    pub fn raw(&mut self) -> Result<&'a [u8], Fault> {
        if !matches!(self.peek()?, b'{' | b'[') {
            return self.skip();
        }
        let (from, mut depth) = (self.at, 0usize);
        loop {
            match *self.bytes.get(self.at).ok_or(Fault::End)? {
                b'"' => self.pass_string()?,
                byte => {
                    self.at += 1;
                    match byte {
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                }
            }
            if depth == 0 {
                return Ok(self.bytes.get(from..self.at).unwrap_or_default());
            }
        }
    }

    /// To behind the closing quote.
    fn pass_string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            let rest = self.rest();
            let end = rest.iter().position(|&b| b == b'"' || b == b'\\').ok_or(Fault::End)?;
            let quote = rest.get(end) == Some(&b'"');
            self.at += end + if quote { 1 } else { 2 };
            if quote {
                return Ok(());
            }
        }
    }

    /// Whether the list that comes next begins with a number.
    pub fn opens_with_number(mut self) -> Result<bool, Fault> {
        self.expect(b'[', "a list")?;
        Ok(matches!(self.peek()?, b'0'..=b'9' | b'-'))
    }

    /// Nothing but white space may be left.
    pub fn finish(mut self) -> Result<(), Fault> {
        match self.peek() {
            Err(_) => Ok(()),
            Ok(_) => self.bad("the end of the answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skip(text: &str) -> Result<(), Fault> {
        let mut scan = Scanner::new(text.as_bytes());
        scan.skip()?;
        scan.finish()
    }

    #[test]
    fn any_json_value_can_be_skipped() {
        for text in [r#"{"a":[1,2,{"b":null}],"c":true,"d":"x\"y"}"#, "[ ]", "{ }", " [1 , 2] ", "[-1.5e3,false]"] {
            assert_eq!(skip(text), Ok(()), "{text}");
        }
        assert_eq!(skip("\u{feff}{}"), Ok(()));
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        assert_eq!(skip("[1 2]"), Err(Fault::Bad { at: 3, wanted: "a comma or the end of the list" }));
        assert_eq!(skip("{} x"), Err(Fault::Bad { at: 3, wanted: "the end of the answer" }));
        for text in ["{1:2}", "[1,]", "{\"a\" 1}", "nothing", "[tru]", "[}", r#"["\q"]"#] {
            assert!(matches!(skip(text), Err(Fault::Bad { .. })), "{text}: {:?}", skip(text));
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(skip(&"[".repeat(1_000_000)), Err(Fault::Bad { at: MAX_DEPTH + 1, wanted: "fewer levels" }));
    }

    #[test]
    fn a_raw_value_ends_where_it_ends_however_deep() {
        let deep = format!("{}\"]}}\\\"\"{}", "[{\"a\":".repeat(500), "}]".repeat(500));
        let text = format!("{deep},7");
        let mut scan = Scanner::new(text.as_bytes());
        assert_eq!(scan.raw().unwrap().len(), deep.len());
        assert_eq!(scan.rest(), b",7");
        assert_eq!(Scanner::new(b"[\"a").raw(), Err(Fault::End));
        assert_eq!(Scanner::new(b"{\"a\\").raw(), Err(Fault::End));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut scan = Scanner::new(&bytes);
            let _ = scan.skip();
            let _ = Scanner::new(&bytes).raw();
        }

        #[test]
        fn a_text_made_of_json_pieces_never_panics(text in r#"[\[\]{}:,"\\u0-9dDeE.tfn +-]{0,60}"#) {
            let _ = skip(&text);
        }
    }
}
