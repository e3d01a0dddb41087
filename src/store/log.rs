//! The log lines that are held: in order of time however they arrive, each once, compact, up to a cap.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::log::Line;

mod find;
mod names;
mod row;
mod seek;
mod shown;

pub use find::Needle;
pub use row::Held;
pub use shown::Shown;

use names::Names;
use row::Row;
use seek::Sought;
use shown::Block;

/// So many lines are held; the oldest go first.
pub const CAP: usize = 1_000_000;
/// And so many bytes of what they say: some services write whole documents into each.
const ROOM: usize = 512 << 20;
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

/// How many lines were new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub held: usize,
    /// Of these.
    pub shown: usize,
}

#[derive(Debug)]
pub struct Lines {
    blocks: VecDeque<Block>,
    held: usize,
    /// Which of them are shown; none is all.
    shown: Option<Shown>,
    len: usize,
    cap: usize,
    /// Of what the lines say, and at most, in bytes.
    bytes: usize,
    room: usize,
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
            held: 0,
            shown: None,
            len: 0,
            cap: cap.max(1),
            bytes: 0,
            room: ROOM,
            names: Names::default(),
            swept: 0,
            dropped: 0,
            sought: None,
        }
    }

    /// How many are shown. Positions count these only.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many there are, shown or not.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Whether older lines would have to go as soon as they come.
    pub fn is_full(&self) -> bool {
        self.held >= self.cap || self.bytes >= self.room - self.room / 16
    }

    /// How many of the oldest had to go.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets all lines, not what is looked for, nor what is shown.
    pub fn clear(&mut self) {
        let sought = self.sought.take().map(|sought| Sought { words: Vec::new(), hits: 0, ..sought });
        let shown = self.shown.take();
        *self = Self { sought, shown, room: self.room, ..Self::up_to(self.cap) };
    }

    /// Takes in what a tail brought by now, in ns. Late ones are marked. Each that is new is given the number of its
    /// pattern.
    pub fn arrive(&mut self, lines: Vec<Line>, now: i64, pattern: impl FnMut(&Line) -> u32) -> Taken {
        let newest = self.newest_by(now);
        let late = |line: &Line| {
            let behind = newest.map_or(0, |newest| newest.saturating_sub(line.at));
            if behind < LATE { 0 } else { u32::try_from(behind / 1_000_000_000).unwrap_or(u32::MAX) }
        };
        self.take(lines, late, pattern)
    }

    /// Takes in lines that were there before and were only asked for now.
    pub fn fill(&mut self, lines: Vec<Line>, pattern: impl FnMut(&Line) -> u32) -> Taken {
        self.take(lines, |_| 0, pattern)
    }

    fn take(&mut self, lines: Vec<Line>, late: impl Fn(&Line) -> u32, mut pattern: impl FnMut(&Line) -> u32) -> Taken {
        let (held, shown) = (self.held, self.len);
        for line in lines {
            let Err(place) = self.search(line.at, &line.index, &line.id) else { continue };
            let row = self.row(&line, late(&line), pattern(&line));
            self.insert(row, place);
        }
        let taken = Taken { held: self.held - held, shown: self.len - shown };
        self.trim();
        taken
    }

    /// Whether this line is one of those that are held.
    pub fn has(&self, line: &Line) -> bool {
        self.search(line.at, &line.index, &line.id).is_ok()
    }

    fn insert(&mut self, row: Row, (block, at): (usize, usize)) {
        let is_shown = self.is_shown(&row);
        if is_shown {
            self.count(&row, true);
        }
        self.held += 1;
        self.bytes += row.text.len();
        self.len += usize::from(is_shown);
        let Some(Block { rows, shown }) = self.blocks.get_mut(block) else {
            let mut rows = Vec::with_capacity(BLOCK);
            rows.push(row);
            self.blocks.push_back(Block { rows, shown: usize::from(is_shown) });
            return;
        };
        if rows.len() < BLOCK {
            rows.insert(at, row);
            *shown += usize::from(is_shown);
            return;
        }
        // A full block is cut in two; the last one stays whole when it only grows.
        let mut after = Vec::with_capacity(BLOCK);
        if at == rows.len() {
            after.push(row);
        } else {
            after.extend(rows.drain(BLOCK / 2..));
            if at <= BLOCK / 2 { rows.insert(at, row) } else { after.insert(at - BLOCK / 2, row) }
        }
        *shown = shown::count(self.shown.as_ref(), rows);
        self.blocks.insert(block + 1, Block { shown: shown::count(self.shown.as_ref(), &after), rows: after });
    }

    fn row(&mut self, line: &Line, late: u32, pattern: u32) -> Row {
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
            pattern,
        }
    }

    /// Where a line stands, or should: its block, and its place in there.
    fn search(&self, at: i64, index: &str, id: &str) -> Result<(usize, usize), (usize, usize)> {
        let order = |row: &Row| self.order(row, at, index, id);
        let before = |block: &Block| block.rows.last().is_some_and(|last| order(last) == Ordering::Less);
        let block = self.blocks.partition_point(before);
        match self.blocks.get(block) {
            Some(Block { rows, .. }) => {
                rows.binary_search_by(order).map(|place| (block, place)).map_err(|place| (block, place))
            }
            // After all of them.
            None => match self.blocks.back() {
                Some(last) => Err((block - 1, last.rows.len())),
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
        while let Some(excess) = self.excess()
            && let Some(Block { rows, shown }) = self.blocks.front_mut()
        {
            let mut gone: Vec<Row> = rows.drain(..excess).collect();
            self.held -= gone.len();
            self.dropped += gone.len() as u64;
            self.bytes -= gone.iter().map(|row| row.text.len()).sum::<usize>();
            gone.retain(|row| shown::is_shown(self.shown.as_ref(), row));
            *shown -= gone.len();
            self.len -= gone.len();
            if rows.is_empty() {
                self.blocks.pop_front();
            }
            gone.iter().for_each(|row| self.count(row, false));
        }
        self.sweep();
    }

    /// How many lines of the oldest block are too many.
    fn excess(&self) -> Option<usize> {
        let rows = &self.blocks.front()?.rows;
        let mut bytes = self.bytes.saturating_sub(self.room);
        let is_over = |row: &&Row| {
            let is_over = bytes > 0;
            bytes = bytes.saturating_sub(row.text.len());
            is_over
        };
        let too_large = rows.iter().take_while(is_over).count();
        let excess = self.held.saturating_sub(self.cap).max(too_large).min(rows.len());
        (excess > 0).then_some(excess)
    }

    /// Lets words go that no line uses any more.
    fn sweep(&mut self) {
        if self.names.len() < WORDS.max(2 * self.swept) {
            return;
        }
        let mut names = Names::default();
        for row in self.blocks.iter_mut().flat_map(|block| &mut block.rows) {
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
        Some(self.blocks.back()?.rows.last()?.at)
    }

    /// The same without those that are dated later than that, by a wrong clock.
    pub fn newest_by(&self, now: i64) -> Option<i64> {
        let (Ok((block, at)) | Err((block, at))) = self.search(now.saturating_add(1), "", "");
        let before = |block: &Block, at: usize| Some(block.rows.get(at.checked_sub(1)?)?.at);
        self.blocks
            .get(block)
            .and_then(|block| before(block, at))
            .or_else(|| Some(self.blocks.get(block.checked_sub(1)?)?.rows.last()?.at))
    }

    pub fn oldest(&self) -> Option<i64> {
        Some(self.blocks.front()?.rows.first()?.at)
    }

    /// Where a line stands among those that are shown, counted from the oldest; where it would stand if it is not
    /// there.
    pub fn position(&self, key: &Key) -> usize {
        let (Ok((block, at)) | Err((block, at))) = self.search(key.at, &key.index, &key.id);
        let before = self.blocks.get(block).and_then(|block| block.rows.get(..at));
        let before = before.map_or(0, |rows| shown::count(self.shown.as_ref(), rows));
        self.blocks.iter().take(block).map(|block| block.shown).sum::<usize>() + before
    }

    pub fn key(&self, position: usize) -> Option<Key> {
        let row = self.rows(position).next()?;
        Some(Key { at: row.at, index: self.names.shared(row.index), id: row.id().into() })
    }

    pub fn get(&self, position: usize) -> Option<Held<'_>> {
        self.from(position).next()
    }

    /// The lines that are shown from one on, the older ones first.
    pub fn from(&self, position: usize) -> impl Iterator<Item = Held<'_>> {
        self.rows(position).map(|row| self.hand(row))
    }

    /// All lines from a moment on, shown or not.
    pub fn since(&self, at: i64) -> impl Iterator<Item = Held<'_>> {
        let first = self.blocks.partition_point(|block| block.rows.last().is_some_and(|last| last.at < at));
        let rows = self.blocks.range(first..).flat_map(|block| &block.rows);
        rows.skip_while(move |row| row.at < at).map(|row| self.hand(row))
    }

    fn hand<'a>(&'a self, row: &'a Row) -> Held<'a> {
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
            pattern: row.pattern,
        }
    }
}

#[cfg(test)]
mod tests;
