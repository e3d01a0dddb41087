//! The log lines that are held: in order of time however they arrive, each once, compact, up to a cap.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::log::{Level, Line, Said};

mod find;
mod names;
mod seek;

use names::Names;
use seek::Sought;

/// So many lines are held; the oldest go first.
pub const CAP: usize = 1_000_000;
/// Lines of a block: putting one in its place moves at most so many.
const BLOCK: usize = 1_024;
/// Lines that come later than this behind newer ones, in ns: less is how servers work.
const LATE: i64 = 2_000_000_000;
/// From so many shared words on those that no line uses any more are let go.
const WORDS: usize = 65_536;

/// Which line it is, wherever it stands. Lines of the same moment stand in the order of their documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub at: i64,
    pub index: Arc<str>,
    pub id: Box<str>,
}

impl Key {
    pub fn of(line: &Line) -> Self {
        Self { at: line.at, index: Arc::clone(&line.index), id: (&*line.id).into() }
    }
}

/// One line that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// Nanoseconds since the epoch.
    pub at: i64,
    pub level: Level,
    pub service: &'a str,
    pub place: &'a str,
    pub kind: &'a str,
    pub endpoint: &'a str,
    pub error_type: &'a str,
    pub message: &'a str,
    pub trace: &'a str,
    /// It came so many seconds after a line that is newer.
    pub late: Option<u32>,
    pub index: &'a str,
    pub id: &'a str,
}

impl<'a> Held<'a> {
    pub fn said(&self) -> Said<'a> {
        Said { at: self.at, level: self.level, service: self.service, message: self.message }
    }
}

/// Message, id and trace are one text: that is one allocation a line.
#[derive(Debug)]
struct Row {
    at: i64,
    text: Box<str>,
    message: u32,
    id: u32,
    index: u32,
    service: u32,
    place: u32,
    kind: u32,
    endpoint: u32,
    error_type: u32,
    late: u32,
    level: Level,
}

impl Row {
    fn message(&self) -> &str {
        self.text.get(..self.message as usize).unwrap_or_default()
    }

    fn id(&self) -> &str {
        self.text.get(self.message as usize..(self.message + self.id) as usize).unwrap_or_default()
    }

    fn trace(&self) -> &str {
        self.text.get((self.message + self.id) as usize..).unwrap_or_default()
    }

    fn words(&mut self) -> [&mut u32; 6] {
        let Self { index, service, place, kind, endpoint, error_type, .. } = self;
        [index, service, place, kind, endpoint, error_type]
    }
}

#[derive(Debug)]
pub struct Lines {
    blocks: VecDeque<Vec<Row>>,
    len: usize,
    cap: usize,
    names: Names,
    /// So many words were left when they were last looked through.
    swept: usize,
    dropped: u64,
    sought: Option<Sought>,
}

impl Default for Lines {
    fn default() -> Self {
        Self::up_to(CAP)
    }
}

impl Lines {
    /// None yet, and at most so many.
    pub fn up_to(cap: usize) -> Self {
        Self {
            blocks: VecDeque::new(),
            len: 0,
            cap: cap.max(1),
            names: Names::default(),
            swept: 0,
            dropped: 0,
            sought: None,
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn is_full(&self) -> bool {
        self.len >= self.cap
    }

    /// How many of the oldest had to go.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets all lines, not what is looked for.
    pub fn clear(&mut self) {
        let sought = self.sought.take().map(|sought| Sought { words: Vec::new(), hits: 0, ..sought });
        *self = Self { sought, ..Self::up_to(self.cap) };
    }

    /// Takes in what a tail brought by now, in ns; gives how many lines are new. Late ones are marked.
    pub fn arrive(&mut self, lines: Vec<Line>, now: i64) -> usize {
        let newest = self.newest_by(now);
        let late = |line: &Line| {
            let behind = newest.map_or(0, |newest| newest.saturating_sub(line.at));
            if behind < LATE { 0 } else { u32::try_from(behind / 1_000_000_000).unwrap_or(u32::MAX) }
        };
        self.take(lines, late)
    }

    /// Takes in lines that were there before and were only asked for now.
    pub fn fill(&mut self, lines: Vec<Line>) -> usize {
        self.take(lines, |_| 0)
    }

    fn take(&mut self, lines: Vec<Line>, late: impl Fn(&Line) -> u32) -> usize {
        let new = lines.into_iter().map(|line| {
            let late = late(&line);
            usize::from(self.insert(&line, late))
        });
        let new = new.sum();
        self.trim();
        new
    }

    fn insert(&mut self, line: &Line, late: u32) -> bool {
        let Err((block, at)) = self.search(line.at, &line.index, &line.id) else { return false };
        let row = self.row(line, late);
        self.count(&row, true);
        self.len += 1;
        let Some(rows) = self.blocks.get_mut(block) else {
            let mut rows = Vec::with_capacity(BLOCK);
            rows.push(row);
            self.blocks.push_back(rows);
            return true;
        };
        if rows.len() < BLOCK {
            rows.insert(at, row);
            return true;
        }
        // A full block is cut in two; the last one stays whole when it only grows.
        let mut after = Vec::with_capacity(BLOCK);
        if at == rows.len() {
            after.push(row);
        } else {
            after.extend(rows.drain(BLOCK / 2..));
            if at <= BLOCK / 2 { rows.insert(at, row) } else { after.insert(at - BLOCK / 2, row) }
        }
        self.blocks.insert(block + 1, after);
        true
    }

    fn row(&mut self, line: &Line, late: u32) -> Row {
        let mut text = String::with_capacity(line.message.len() + line.id.len() + line.trace.len());
        text.extend([&*line.message, &*line.id, &*line.trace]);
        let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        Row {
            at: line.at,
            text: text.into(),
            message: length(&line.message),
            id: length(&line.id),
            index: self.names.number(&line.index),
            service: self.names.number(&line.service),
            place: self.names.number(&line.place),
            kind: self.names.number(&line.kind),
            endpoint: self.names.number(&line.endpoint),
            error_type: self.names.number(&line.error_type),
            late,
            level: line.level,
        }
    }

    /// Where a line stands, or should: its block, and its place in there.
    fn search(&self, at: i64, index: &str, id: &str) -> Result<(usize, usize), (usize, usize)> {
        let order = |row: &Row| self.order(row, at, index, id);
        let before = |rows: &Vec<Row>| rows.last().is_some_and(|last| order(last) == Ordering::Less);
        let block = self.blocks.partition_point(before);
        match self.blocks.get(block) {
            Some(rows) => rows.binary_search_by(order).map(|place| (block, place)).map_err(|place| (block, place)),
            // After all of them.
            None => match self.blocks.back() {
                Some(last) => Err((block - 1, last.len())),
                None => Err((0, 0)),
            },
        }
    }

    fn order(&self, row: &Row, at: i64, index: &str, id: &str) -> Ordering {
        let documents = || self.names.get(row.index).cmp(index).then_with(|| row.id().cmp(id));
        row.at.cmp(&at).then_with(documents)
    }

    /// Lets the oldest go that are too many.
    fn trim(&mut self) {
        let mut excess = self.len.saturating_sub(self.cap);
        self.len -= excess;
        self.dropped += excess as u64;
        while excess > 0 {
            let Some(rows) = self.blocks.front_mut() else { break };
            let gone: Vec<Row> = rows.drain(..excess.min(rows.len())).collect();
            if rows.is_empty() {
                self.blocks.pop_front();
            }
            excess -= gone.len();
            gone.iter().for_each(|row| self.count(row, false));
        }
        self.sweep();
    }

    /// Lets words go that no line uses any more.
    fn sweep(&mut self) {
        if self.names.len() < WORDS.max(2 * self.swept) {
            return;
        }
        let mut names = Names::default();
        for row in self.blocks.iter_mut().flatten() {
            for word in row.words() {
                *word = names.number(self.names.get(*word));
            }
        }
        self.swept = names.len();
        self.names = names;
        if let Some(sought) = &mut self.sought {
            sought.words = self.names.iter().map(|word| sought.needle.is_in(word)).collect();
        }
    }

    pub fn newest(&self) -> Option<i64> {
        Some(self.blocks.back()?.last()?.at)
    }

    /// The same without those that are dated later than that, by a wrong clock.
    pub fn newest_by(&self, now: i64) -> Option<i64> {
        let (Ok((block, at)) | Err((block, at))) = self.search(now.saturating_add(1), "", "");
        let before = |rows: &Vec<Row>, at: usize| Some(rows.get(at.checked_sub(1)?)?.at);
        self.blocks
            .get(block)
            .and_then(|rows| before(rows, at))
            .or_else(|| Some(self.blocks.get(block.checked_sub(1)?)?.last()?.at))
    }

    pub fn oldest(&self) -> Option<i64> {
        Some(self.blocks.front()?.first()?.at)
    }

    /// Where a line stands, counted from the oldest; where it would stand if it is gone.
    pub fn position(&self, key: &Key) -> usize {
        let (Ok((block, at)) | Err((block, at))) = self.search(key.at, &key.index, &key.id);
        self.blocks.iter().take(block).map(Vec::len).sum::<usize>() + at
    }

    pub fn key(&self, position: usize) -> Option<Key> {
        let row = self.rows(position).next()?;
        Some(Key { at: row.at, index: self.names.shared(row.index), id: row.id().into() })
    }

    pub fn get(&self, position: usize) -> Option<Held<'_>> {
        self.from(position).next()
    }

    /// The lines from one on, the older ones first.
    pub fn from(&self, position: usize) -> impl Iterator<Item = Held<'_>> {
        self.rows(position).map(|row| self.held(row))
    }

    fn rows(&self, position: usize) -> impl Iterator<Item = &Row> {
        let (mut block, mut skip) = (0, position);
        while let Some(rows) = self.blocks.get(block).filter(|rows| rows.len() <= skip) {
            skip -= rows.len();
            block += 1;
        }
        self.blocks.range(block.min(self.blocks.len())..).flatten().skip(skip)
    }

    fn held<'a>(&'a self, row: &'a Row) -> Held<'a> {
        Held {
            at: row.at,
            level: row.level,
            service: self.names.get(row.service),
            place: self.names.get(row.place),
            kind: self.names.get(row.kind),
            endpoint: self.names.get(row.endpoint),
            error_type: self.names.get(row.error_type),
            message: row.message(),
            trace: row.trace(),
            late: (row.late > 0).then_some(row.late),
            index: self.names.get(row.index),
            id: row.id(),
        }
    }
}

#[cfg(test)]
mod tests;
