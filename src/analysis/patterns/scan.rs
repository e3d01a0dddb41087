//! Cuts a line into the words that its author wrote and the values that were filled in, in one pass over its bytes.
//!
//! What has a digit is a value; so are paths, addresses, host and class names, truth values, a number with its unit,
//! the name after `user`. Values that follow each other are one, also in lists: how many there were says nothing.

mod around;

use std::ops::Range;

/// One part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Of its text; that of every value is [`VALUE`].
    pub hash: u64,
    /// Where it stands in the line, in bytes.
    pub start: u32,
    pub end: u32,
    /// A blank stands before it.
    pub spaced: bool,
}

/// The hash of every value.
pub const VALUE: u64 = 0;
/// A line is told apart by so many parts; what follows counts as one value.
pub const MOST: usize = 128;

impl Piece {
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Whether a hash is that of a word, not of a sign or a value.
pub fn is_word(hash: u64) -> bool {
    hash > u64::from(u8::MAX)
}

/// What a byte is to the scanner.
const SPACE: u8 = 1;
const SIGN: u8 = 2;
const DIGIT: u8 = 4;
const DOT: u8 = 8;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut i = 0;
    let spaces = b" \t\r\n";
    while i < spaces.len() {
        class[spaces[i] as usize] = SPACE;
        i += 1;
    }
    let signs = b",;:=()[]{}<>\"'|";
    i = 0;
    while i < signs.len() {
        class[signs[i] as usize] = SIGN;
        i += 1;
    }
    i = b'0' as usize;
    while i <= b'9' as usize {
        class[i] = DIGIT;
        i += 1;
    }
    class[b'.' as usize] = DOT;
    class
};

fn is(byte: u8, kind: u8) -> bool {
    CLASS[byte as usize] & kind != 0
}

/// Appends the parts of a line to `out`, which is cleared first.
pub fn scan(line: &[u8], out: &mut Vec<Piece>) {
    out.clear();
    let mut scan = Scan { line, out, at: 0, spaced: false };
    while scan.at < line.len() {
        if scan.out.len() >= MOST {
            scan.value(scan.at, line.len());
            return;
        }
        scan.step();
    }
}

struct Scan<'a> {
    line: &'a [u8],
    out: &'a mut Vec<Piece>,
    at: usize,
    spaced: bool,
}

impl Scan<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.line.get(at).copied().unwrap_or(b' ')
    }

    fn step(&mut self) {
        let byte = self.byte(self.at);
        if is(byte, SPACE) {
            self.spaced = true;
            self.at += 1;
        } else if is(byte, SIGN) {
            self.sign(byte);
        } else if byte == b'/' {
            self.path();
        } else if byte == b'\\' && self.byte(self.at + 1) == b'\\' {
            self.share();
        } else if self.is_in_pairs() {
            self.pairs();
        } else {
            self.word();
        }
    }

    fn push(&mut self, hash: u64, start: usize, end: usize) {
        self.out.push(Piece { hash, start: start as u32, end: end as u32, spaced: self.spaced });
        self.spaced = false;
    }

    fn sign(&mut self, sign: u8) {
        let start = self.at;
        let last = self.out.last().map_or(u64::MAX, |piece| piece.hash);
        if sign == b'[' && last == VALUE && self.index() {
            return;
        }
        self.at += 1;
        if sign == b')' {
            if last == u64::from(b'(') {
                self.value(start, start);
            }
            // `4096 bytes (4 KB)` is one value, and so is `10.0.0.7 ()`.
            if self.ends_with(&[VALUE, u64::from(b'('), VALUE]) {
                self.out.truncate(self.out.len() - 2);
                self.spaced = false;
                return;
            }
        }
        self.push(u64::from(sign), start, self.at);
        match sign {
            b'=' if is_word(last) => self.assigned(),
            b'"' => self.quoted(start),
            _ => {}
        }
    }

    fn ends_with(&self, hashes: &[u64]) -> bool {
        let Some(from) = self.out.len().checked_sub(hashes.len()) else { return false };
        self.out[from..].iter().map(|piece| piece.hash).eq(hashes.iter().copied())
    }

    /// A value, which is one with the value before it, and with what only separates the two.
    fn value(&mut self, start: usize, end: usize) {
        const BETWEEN: [u64; 2] = [b',' as u64, b':' as u64];
        match self.out[..] {
            [.., Piece { hash: VALUE, .. }] => {}
            [.., Piece { hash: VALUE, .. }, Piece { hash, .. }] if BETWEEN.contains(&hash) || is_between(hash) => {
                self.out.pop();
            }
            // `"a1", "b2"`
            [
                ..,
                Piece { hash: VALUE, .. },
                Piece { hash: QUOTE, .. },
                Piece { hash: COMMA, .. },
                Piece { hash: QUOTE, .. },
            ] => {
                self.out.truncate(self.out.len() - 3);
            }
            // `< 1 sec`
            [.., Piece { hash: LESS, spaced, .. }] if self.byte(end) != b'>' => {
                self.out.pop();
                self.spaced |= spaced;
                return self.value(start, end);
            }
            _ => return self.push(VALUE, start, end),
        }
        if let Some(last) = self.out.last_mut() {
            // Where nothing stood yet, the blank before this one is its own.
            last.spaced |= self.spaced && last.start == last.end;
            last.end = end as u32;
        }
        self.spaced = false;
    }

    /// From a slash: with more than one it is a path.
    fn path(&mut self) {
        let start = self.at;
        let (mut slashes, mut digits) = (0, false);
        while self.at < self.line.len() {
            let byte = self.byte(self.at);
            if is(byte, SPACE) || b"\"'|,;()[]{}<>".contains(&byte) {
                break;
            }
            slashes += usize::from(byte == b'/');
            digits |= is(byte, DIGIT);
            self.at += 1;
        }
        if digits || slashes > 1 {
            self.value(start, self.at)
        } else {
            self.push(hash(&self.line[start..self.at]), start, self.at)
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let (mut kinds, mut dots, mut state) = (0, 0, HASH);
        while self.at < self.line.len() {
            let byte = self.byte(self.at);
            let kind = CLASS[byte as usize];
            if kind & (SPACE | SIGN) != 0 || (kind == DOT && self.at > start && self.byte(self.at + 1) == b'.') {
                break;
            }
            kinds |= kind;
            dots += usize::from(kind == DOT && self.at > start && self.byte(self.at + 1).is_ascii_alphanumeric());
            state = mix(state, byte);
            self.at += 1;
        }
        let (end, next) = (self.at, self.byte(self.at));
        if kinds & DIGIT != 0 {
            self.value(start, end);
            return self.unit();
        }
        if next == b':' && self.is_address(start, dots) {
            return;
        }
        let word = &self.line[start..end];
        if (dots > 1 && !ends_in_capitals(word))
            || self.is_date(word)
            || self.is_truth(word)
            || is_hex(word)
            || is_direction(word)
            || self.names_a_user()
            || self.comes_from()
        {
            self.value(start, end);
        } else {
            self.push(finish(state), start, end);
        }
    }

    /// `https://…`, `C:\…`, `github.com:443`: to its end.
    fn is_address(&mut self, start: usize, dots: usize) -> bool {
        let (one, two) = (self.byte(self.at + 1), self.byte(self.at + 2));
        let is_url = one == b'/' && two == b'/' || (one == b'\\' && self.at == start + 1);
        let is_host = dots > 0 && is(one, DIGIT);
        if !is_url && !is_host {
            return false;
        }
        self.at += 1;
        while self.at < self.line.len() {
            let byte = self.byte(self.at);
            let ends = is(byte, SPACE) || b"\"'<>|,;)]}".contains(&byte) || (is_host && !is(byte, DIGIT));
            if ends {
                break;
            }
            self.at += 1;
        }
        self.value(start, self.at);
        true
    }

    /// After a number: its unit belongs to it.
    fn unit(&mut self) {
        let start = self.at + usize::from(self.byte(self.at) == b' ');
        let mut end = start;
        while end < self.line.len() && self.byte(end).is_ascii_alphabetic() && end - start <= 7 {
            end += 1;
        }
        let after = self.byte(end);
        let stands_alone = is(after, SPACE | SIGN) && after != b':' && after != b'=';
        let ends_sentence = after == b'.' && is(self.byte(end + 1), SPACE);
        if self.line.get(start..end).is_some_and(|unit| UNITS.contains(&unit)) && (stands_alone || ends_sentence) {
            self.at = end;
            if let Some(last) = self.out.last_mut() {
                last.end = end as u32;
            }
        }
    }

    /// The name of a day or a month, with a number or the other after it.
    fn is_date(&self, word: &[u8]) -> bool {
        let Some(start) = word.get(..3) else { return false };
        if !DAYS.contains(&start) && !MONTHS.contains(&start) {
            return false;
        }
        let mut next = self.at;
        while next < self.line.len() && b" ,.".contains(&self.byte(next)) {
            next += 1;
        }
        let follows = self.line.get(next..next + 3).unwrap_or_default();
        is(self.byte(next), DIGIT) || MONTHS.contains(&follows)
    }

    fn is_truth(&self, word: &[u8]) -> bool {
        matches!(word, b"true" | b"false" | b"null")
    }

    /// `for root from 10.0.0.7`
    fn comes_from(&self) -> bool {
        let rest = self.line.get(self.at..).unwrap_or_default();
        rest.starts_with(b" from ")
            && is(self.byte(self.at + 6), DIGIT)
            && self.out.last().is_some_and(|last| last.hash == FOR)
    }

    fn names_a_user(&self) -> bool {
        self.spaced
            && self
                .out
                .last()
                .is_some_and(|last| self.line.get(last.start as usize..last.end as usize) == Some(b"user"))
    }
}

const QUOTE: u64 = b'"' as u64;
const COMMA: u64 = b',' as u64;
const LESS: u64 = b'<' as u64;
const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
const UNITS: [&[u8]; 19] = [
    b"B", b"KB", b"MB", b"GB", b"TB", b"KiB", b"MiB", b"GiB", b"bytes", b"ms", b"us", b"ns", b"s", b"sec", b"secs",
    b"seconds", b"min", b"h", b"m",
];

/// `deadbeef`: no word has so many of these letters alone.
fn is_hex(word: &[u8]) -> bool {
    word.len() >= 8 && word.iter().all(u8::is_ascii_hexdigit)
}

/// `x+`, `y-`
fn is_direction(word: &[u8]) -> bool {
    matches!(word, [letter, b'+' | b'-'] if letter.is_ascii_lowercase())
}

/// `android.intent.action.SCREEN_ON` names one of a few things.
fn ends_in_capitals(word: &[u8]) -> bool {
    let last = word.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    last.len() > 2 && last.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
}

/// `-` and `.` alone between two values.
fn is_between(hash_of: u64) -> bool {
    hash_of == DASH || hash_of == POINT
}

const FOR: u64 = hash(b"for");
const DASH: u64 = finish(mix(HASH, b'-'));
const POINT: u64 = finish(mix(HASH, b'.'));
const HASH: u64 = 0xcbf2_9ce4_8422_2325;

const fn mix(state: u64, byte: u8) -> u64 {
    (state ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

/// Above all signs.
const fn finish(state: u64) -> u64 {
    (state ^ (state >> 32)) | (1 << 63)
}

const fn hash(text: &[u8]) -> u64 {
    let (mut state, mut at) = (HASH, 0);
    while at < text.len() {
        state = mix(state, text[at]);
        at += 1;
    }
    finish(state)
}
