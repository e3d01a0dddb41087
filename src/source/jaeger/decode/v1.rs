//! Jaeger's own JSON: one trace after the other, each with its spans and the processes that they name.

use std::collections::HashMap;

use super::table::Texts;
use super::{blank, foreign, ids, tells_error, value};
use crate::model::fault::FetchError;
use crate::model::trace::{Event, Kind, Process, Reference, Span, SpanId, Tag, Trace, TraceId};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

/// Hands over each trace as soon as it is read, and gives what the server says beside them.
pub fn traces(body: &[u8], mut each: impl FnMut(Trace)) -> Result<Vec<Plain>, FetchError> {
    let mut scan = Scanner::new(body);
    let mut texts = Texts::new();
    let (mut errors, mut is_there) = (Vec::new(), false);
    value::fields(&mut scan, |key, scan| match key {
        b"data" => {
            is_there = true;
            value::list(scan, |scan| {
                each(trace(scan, &mut texts)?);
                Ok(())
            })
        }
        b"errors" => value::list(scan, |scan| {
            value::fields(scan, |key, scan| {
                match key {
                    b"msg" => errors.extend(scan.text()?),
                    _ => drop(scan.raw()?),
                }
                Ok(())
            })
        }),
        _ => scan.raw().map(drop),
    })?;
    scan.finish()?;
    if is_there { Ok(errors) } else { Err(foreign()) }
}

fn trace(scan: &mut Scanner, texts: &mut Texts) -> Result<Trace, Fault> {
    let mut reader = Reader::new(texts);
    let (mut id, mut spans, mut notes) = (None, Vec::new(), Vec::new());
    value::fields(scan, |key, scan| {
        match key {
            b"traceID" => id = ids::trace(&value::text(scan)?),
            b"spans" => value::list(scan, |scan| {
                spans.push(reader.span(scan)?);
                Ok(())
            })?,
            b"processes" => value::fields(scan, |name, scan| reader.process(name, scan))?,
            b"warnings" => notes = value::texts(scan)?,
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    let id = id.or(reader.id).unwrap_or_default();
    let processes = reader.settle(&mut spans);
    spans.shrink_to_fit();
    for span in &mut spans {
        lead(span, id);
    }
    Ok(Trace { id, spans, processes, notes })
}

/// The parent goes first: the first span of the same trace that waited for it.
fn lead(span: &mut Span, trace: TraceId) {
    let parent = span.references.iter().position(|reference| !reference.follows && reference.trace == trace);
    if let Some(head) = span.references.get_mut(..=parent.unwrap_or(0)) {
        head.rotate_right(1.min(parent.unwrap_or(0)));
    }
}

/// What is known while one trace is read. Spans name processes that come behind them.
struct Reader<'t> {
    texts: &'t mut Texts,
    /// As the first span names it.
    id: Option<TraceId>,
    numbers: HashMap<Vec<u8>, u32>,
    processes: Vec<Option<Process>>,
    tags: Vec<Tag>,
    events: Vec<Event>,
    references: Vec<Reference>,
}

impl<'t> Reader<'t> {
    fn new(texts: &'t mut Texts) -> Self {
        Self {
            texts,
            id: None,
            numbers: HashMap::new(),
            processes: Vec::new(),
            tags: Vec::new(),
            events: Vec::new(),
            references: Vec::new(),
        }
    }

    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.processes.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_vec(), number);
        self.processes.push(None);
        number
    }

    fn process(&mut self, name: &[u8], scan: &mut Scanner) -> Result<(), Fault> {
        let mut process = Process::default();
        value::fields(scan, |key, scan| {
            match key {
                b"serviceName" => process.service = self.texts.name(&value::text(scan)?),
                b"tags" => process.tags = self.tags(scan)?,
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        let number = self.number(name);
        if let Some(slot) = self.processes.get_mut(number as usize) {
            *slot = Some(process);
        }
        Ok(())
    }

    /// Spans of processes that never came are nobody's.
    fn settle(self, spans: &mut [Span]) -> Vec<Process> {
        let mut places = Vec::with_capacity(self.processes.len());
        let mut processes = Vec::with_capacity(self.processes.len());
        for process in self.processes {
            places.push(process.is_some().then_some(processes.len() as u32));
            processes.extend(process);
        }
        for span in spans {
            span.process = span.process.and_then(|number| places.get(number as usize).copied().flatten());
        }
        processes
    }

    fn span(&mut self, scan: &mut Scanner) -> Result<Span, Fault> {
        let (mut span, mut parent) = (blank(), None);
        value::fields(scan, |key, scan| {
            match key {
                b"traceID" if self.id.is_none() => self.id = ids::trace(&value::text(scan)?),
                b"spanID" => span.id = ids::span(&value::text(scan)?).unwrap_or(SpanId(0)),
                b"parentSpanID" => parent = ids::span(&value::text(scan)?),
                b"operationName" => span.operation = self.texts.name(&value::text(scan)?),
                b"references" => span.references = self.references(scan)?,
                b"startTime" => span.start = value::whole(scan)?.saturating_mul(1_000),
                b"duration" => span.duration = value::whole(scan)?.saturating_mul(1_000),
                b"tags" => span.tags = self.tags(scan)?,
                b"logs" => span.events = self.events(scan)?,
                b"warnings" => span.warnings = value::texts(scan)?,
                b"processID" => {
                    let name = value::text(scan)?;
                    span.process = (!name.is_empty()).then(|| self.number(&name));
                }
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        // Only old clients name it so, and it stands among the references, too.
        if let (Some(parent), Some(trace), true) = (parent, self.id, span.references.is_empty()) {
            span.references = vec![Reference { trace, span: parent, follows: false }];
        }
        span.is_error = span.tags.iter().any(tells_error);
        span.kind = span.tag("span.kind").map_or(Kind::default(), |word| kind(word));
        Ok(span)
    }

    fn references(&mut self, scan: &mut Scanner) -> Result<Vec<Reference>, Fault> {
        self.references.clear();
        value::list(scan, |scan| {
            let (mut trace, mut span, mut follows) = (None, None, false);
            value::fields(scan, |key, scan| {
                match key {
                    b"refType" => follows = &*value::text(scan)? == b"FOLLOWS_FROM",
                    b"traceID" => trace = ids::trace(&value::text(scan)?),
                    b"spanID" => span = ids::span(&value::text(scan)?),
                    _ => drop(scan.raw()?),
                }
                Ok(())
            })?;
            if let (Some(trace), Some(span)) = (trace.or(self.id), span) {
                self.references.push(Reference { trace, span, follows });
            }
            Ok(())
        })?;
        Ok(self.references.drain(..).collect())
    }

    fn tags(&mut self, scan: &mut Scanner) -> Result<Vec<Tag>, Fault> {
        self.tags.clear();
        value::list(scan, |scan| {
            let (mut name, mut text) = (None, None);
            value::fields(scan, |key, scan| {
                match key {
                    b"key" => name = Some(self.texts.name(&value::text(scan)?)),
                    b"value" => text = Some(self.texts.value(&value::written(scan)?)),
                    _ => drop(scan.raw()?),
                }
                Ok(())
            })?;
            if let Some(key) = name {
                self.tags.push(Tag { key, value: text.unwrap_or_default() });
            }
            Ok(())
        })?;
        Ok(self.tags.drain(..).collect())
    }

    fn events(&mut self, scan: &mut Scanner) -> Result<Vec<Event>, Fault> {
        self.events.clear();
        value::list(scan, |scan| {
            let mut event = Event { at: 0, name: Plain::default(), tags: Vec::new() };
            value::fields(scan, |key, scan| {
                match key {
                    b"timestamp" => event.at = value::whole(scan)?.saturating_mul(1_000),
                    b"fields" => event.tags = self.tags(scan)?,
                    _ => drop(scan.raw()?),
                }
                Ok(())
            })?;
            if let Some(place) = event.tags.iter().position(|tag| tag.key == "event") {
                event.name = event.tags.remove(place).value;
            }
            self.events.push(event);
            Ok(())
        })?;
        Ok(self.events.drain(..).collect())
    }
}

fn kind(word: &str) -> Kind {
    match word {
        "server" => Kind::Server,
        "client" => Kind::Client,
        "producer" => Kind::Producer,
        "consumer" => Kind::Consumer,
        _ => Kind::Internal,
    }
}
