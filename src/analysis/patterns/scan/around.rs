//! Values that are known by what stands around them: assigned, in quotes, in the brackets of a name, or byte by byte.

use super::{DIGIT, HASH, SIGN, SPACE, Scan, finish, hash, is, is_word, mix};

/// Brackets are followed so far, in bytes.
const LONGEST: usize = 512;
/// What is longer, or of more words, is a sentence and read like one.
const QUOTED: usize = 64;
const WORDS: usize = 3;
const NAME: u64 = hash(b"name");
/// What is assigned to these is said by the program and not filled in.
const SAID: [u64; 8] = [
    hash(b"msg"),
    hash(b"message"),
    hash(b"error"),
    hash(b"err"),
    hash(b"event"),
    hash(b"level"),
    hash(b"reason"),
    hash(b"log"),
];

impl Scan<'_> {
    /// What stands right after `name=`: a value whatever it is, and so is nothing, as in `logname= uid=0`.
    pub(super) fn assigned(&mut self) {
        let start = self.at;
        match self.byte(start) {
            byte if is(byte, SPACE) => {}
            byte if byte.is_ascii_alphabetic() => {
                while !is(self.byte(self.at), SPACE | SIGN) {
                    self.at += 1;
                }
                let is_word = self.line[start..self.at].iter().all(u8::is_ascii_alphabetic);
                // A plain word may be one of a few that are told apart on purpose, unless it is a name.
                if !self.nested() && is_word && !self.is_name() {
                    self.at = start;
                    return;
                }
            }
            _ => return,
        }
        self.value(start, self.at);
    }

    /// Right after a value: a letter or two in brackets belong to it, as in `0000:00:1d.0[A]`.
    pub(super) fn index(&mut self) -> bool {
        let inside =
            self.line.get(self.at + 1..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_alphabetic());
        let end = self.at + 1 + inside.count();
        let is_index = !self.spaced && end <= self.at + 3 && self.byte(end) == b']';
        if is_index {
            self.value(self.at, end + 1);
            self.at = end + 1;
        }
        is_index
    }

    /// Whether `name=` stands before what is assigned.
    fn is_name(&self) -> bool {
        self.out.iter().rev().nth(1).is_some_and(|piece| piece.hash == NAME)
    }

    /// After a name: what it holds in brackets, as in `Rect(0, 0)` and `Token{a64f992 Record{3b04890}}`.
    fn nested(&mut self) -> bool {
        if !b"{([".contains(&self.byte(self.at)) {
            return false;
        }
        let mut depth = 0;
        for (at, byte) in self.line.iter().enumerate().skip(self.at).take(LONGEST) {
            match byte {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at = at + 1;
                return true;
            }
        }
        false
    }

    /// `\\\\server\\folder`
    pub(super) fn share(&mut self) {
        let start = self.at;
        while self.at < self.line.len()
            && !is(self.byte(self.at), SPACE)
            && !b"\"'<>|,;)]}".contains(&self.byte(self.at))
        {
            self.at += 1;
        }
        self.value(start, self.at);
    }

    /// Whether bytes are written one by one here, as in `00:1b:ba:c3`: some have no digit.
    pub(super) fn is_in_pairs(&self) -> bool {
        let pair = |at| self.byte(at).is_ascii_hexdigit() && self.byte(at + 1).is_ascii_hexdigit();
        self.byte(self.at + 2) == b':' && self.byte(self.at + 5) == b':' && pair(self.at) && pair(self.at + 3)
    }

    pub(super) fn pairs(&mut self) {
        let start = self.at;
        while self.byte(self.at).is_ascii_hexdigit() || self.byte(self.at) == b':' {
            self.at += 1;
        }
        self.value(start, self.at);
    }

    /// After an opening quote: a few words in quotes are one name, and a value where they have a digit.
    pub(super) fn quoted(&mut self, quote: usize) {
        let opens = quote == 0 || is(self.byte(quote - 1), SPACE) || b"=:([{,".contains(&self.byte(quote - 1));
        let start = self.at;
        let rest = self.line.get(start..).unwrap_or_default();
        let Some(length) = rest.iter().take(QUOTED).position(|byte| *byte == b'"').filter(|_| opens) else { return };
        let (inside, end) = (&rest[..length], start + length);
        let blanks = inside.iter().filter(|byte| is(**byte, SPACE)).count();
        let is_assigned = quote > 0 && self.byte(quote - 1) == b'=';
        // A single word is read as any other, and so is a request with its path.
        let is_plain = (blanks == 0 && !is_assigned) || blanks >= WORDS || inside.contains(&b'/');
        if is_plain || length == 0 || self.is_said() {
            return;
        }
        self.at = end;
        if is_assigned || inside.iter().any(|byte| is(*byte, DIGIT)) {
            self.value(start, end);
        } else {
            self.push(finish(inside.iter().fold(HASH, |state, byte| mix(state, *byte))), start, end);
        }
    }

    /// Whether the name before the quote is one of [`SAID`].
    fn is_said(&self) -> bool {
        self.out.iter().rev().take(5).find(|piece| is_word(piece.hash)).is_some_and(|piece| SAID.contains(&piece.hash))
    }
}
