//! One trace of an answer, span by span.

use std::collections::HashMap;

use super::super::table::Texts;
use super::super::{blank, ids, tells_error, value};
use super::{Place, attributes};
use crate::model::trace::{Event, Kind, Process, Reference, SpanId, Tag, Trace, TraceId};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

pub struct Reader<'t, 'a> {
    texts: &'t mut Texts,
    trace: Trace,
    /// Processes by their bytes: some servers repeat them with each span.
    numbers: HashMap<&'a [u8], u32>,
    last: Option<(&'a [u8], u32)>,
    /// The tags of what made the spans, and where that stands.
    scope: (&'a [u8], Vec<Tag>),
    tags: Vec<Tag>,
    events: Vec<Event>,
    references: Vec<Reference>,
}

/// How it ended.
#[derive(Default)]
struct Status {
    code: u8,
    message: Plain,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub fn new(texts: &'t mut Texts, id: TraceId, spans: usize) -> Self {
        let trace = Trace { id, spans: Vec::with_capacity(spans), processes: Vec::new(), notes: Vec::new() };
        Self {
            texts,
            trace,
            numbers: HashMap::new(),
            last: None,
            scope: (&[], Vec::new()),
            tags: Vec::new(),
            events: Vec::new(),
            references: Vec::new(),
        }
    }

    pub fn trace(self) -> Trace {
        self.trace
    }

    pub fn span(&mut self, place: &Place<'a>) -> Result<(), Fault> {
        let process = self.process(place.resource)?;
        self.enter(place.scope)?;
        let (mut span, mut end, mut status, mut parent) = (blank(), 0, Status::default(), None);
        span.process = process;
        self.tags.clear();
        self.references.clear();
        value::fields(&mut Scanner::new(place.span), |key, scan| {
            match key {
                b"spanId" => span.id = ids::span(&value::text(scan)?).unwrap_or(SpanId(0)),
                b"parentSpanId" => parent = ids::span(&value::text(scan)?),
                b"name" => span.operation = self.texts.name(&value::text(scan)?),
                b"kind" => span.kind = kind(&value::written(scan)?),
                b"startTimeUnixNano" => span.start = value::nanoseconds(scan)?,
                b"endTimeUnixNano" => end = value::nanoseconds(scan)?,
                b"attributes" => attributes::of_span(scan, self.texts, &mut self.tags, &mut span.warnings)?,
                b"events" => span.events = self.events(scan)?,
                b"links" => self.links(scan)?,
                b"status" => status = self.status(scan)?,
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        // One that has not ended yet, as far as is known.
        span.duration = if end == 0 { 0 } else { end.saturating_sub(span.start) };
        if let Some(parent) = parent {
            self.references.insert(0, Reference { trace: self.trace.id, span: parent, follows: false });
        }
        span.references = self.references.drain(..).collect();
        self.tags.extend(self.scope.1.iter().cloned());
        self.say(&status);
        span.is_error = status.code == 2 || self.tags.iter().any(tells_error);
        span.tags = self.tags.drain(..).collect();
        self.trace.spans.push(span);
        Ok(())
    }

    /// By the names that Jaeger's own JSON has for it.
    fn say(&mut self, status: &Status) {
        let word: &[u8] = match status.code {
            1 => b"OK",
            2 => b"ERROR",
            _ => return,
        };
        let (key, value) = (self.texts.name(b"otel.status_code"), self.texts.value(word));
        self.tags.push(Tag { key, value });
        if !status.message.is_empty() {
            let key = self.texts.name(b"otel.status_description");
            self.tags.push(Tag { key, value: status.message.clone() });
        }
    }

    /// Nobody's, where nothing is said of who made it.
    fn process(&mut self, resource: &'a [u8]) -> Result<Option<u32>, Fault> {
        if resource.is_empty() || resource == b"null" {
            return Ok(None);
        }
        if let Some((_, number)) = self.last.filter(|(last, _)| std::ptr::eq(*last, resource)) {
            return Ok(Some(number));
        }
        if let Some(number) = self.numbers.get(resource) {
            self.last = Some((resource, *number));
            return Ok(Some(*number));
        }
        let mut process = Process::default();
        value::fields(&mut Scanner::new(resource), |key, scan| match key {
            b"attributes" => attributes::read(scan, self.texts, &mut process.tags),
            _ => scan.raw().map(drop),
        })?;
        if let Some(place) = process.tags.iter().position(|tag| tag.key == "service.name") {
            process.service = process.tags.remove(place).value;
        }
        let number = u32::try_from(self.trace.processes.len()).unwrap_or(u32::MAX);
        self.trace.processes.push(process);
        self.numbers.insert(resource, number);
        self.last = Some((resource, number));
        Ok(Some(number))
    }

    fn enter(&mut self, scope: &'a [u8]) -> Result<(), Fault> {
        if std::ptr::eq(self.scope.0, scope) {
            return Ok(());
        }
        let mut tags = Vec::new();
        if !scope.is_empty() {
            value::fields(&mut Scanner::new(scope), |key, scan| {
                let name: &[u8] = match key {
                    b"name" => b"otel.scope.name",
                    b"version" => b"otel.scope.version",
                    b"attributes" => return attributes::read(scan, self.texts, &mut tags),
                    _ => return scan.raw().map(drop),
                };
                let value = self.texts.value(&value::text(scan)?);
                if !value.is_empty() {
                    tags.push(Tag { key: self.texts.name(name), value });
                }
                Ok(())
            })?;
        }
        self.scope = (scope, tags);
        Ok(())
    }

    fn events(&mut self, scan: &mut Scanner) -> Result<Vec<Event>, Fault> {
        self.events.clear();
        value::list(scan, |scan| {
            let mut event = Event { at: 0, name: Plain::default(), tags: Vec::new() };
            value::fields(scan, |key, scan| {
                match key {
                    b"timeUnixNano" => event.at = value::nanoseconds(scan)?,
                    b"name" => event.name = self.texts.name(&value::text(scan)?),
                    b"attributes" => attributes::read(scan, self.texts, &mut event.tags)?,
                    _ => drop(scan.raw()?),
                }
                Ok(())
            })?;
            self.events.push(event);
            Ok(())
        })?;
        Ok(self.events.drain(..).collect())
    }

    fn links(&mut self, scan: &mut Scanner) -> Result<(), Fault> {
        value::list(scan, |scan| {
            let (mut trace, mut span) = (None, None);
            value::fields(scan, |key, scan| {
                match key {
                    b"traceId" => trace = ids::trace(&value::text(scan)?),
                    b"spanId" => span = ids::span(&value::text(scan)?),
                    _ => drop(scan.raw()?),
                }
                Ok(())
            })?;
            if let (Some(trace), Some(span)) = (trace, span) {
                self.references.push(Reference { trace, span, follows: true });
            }
            Ok(())
        })
    }

    fn status(&mut self, scan: &mut Scanner) -> Result<Status, Fault> {
        let mut status = Status::default();
        value::fields(scan, |key, scan| {
            match key {
                b"code" => {
                    status.code = match &*value::written(scan)? {
                        b"1" | b"STATUS_CODE_OK" => 1,
                        b"2" | b"STATUS_CODE_ERROR" => 2,
                        _ => 0,
                    }
                }
                b"message" => status.message = self.texts.value(&value::text(scan)?),
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        Ok(status)
    }
}

fn kind(word: &[u8]) -> Kind {
    match word {
        b"2" | b"SPAN_KIND_SERVER" => Kind::Server,
        b"3" | b"SPAN_KIND_CLIENT" => Kind::Client,
        b"4" | b"SPAN_KIND_PRODUCER" => Kind::Producer,
        b"5" | b"SPAN_KIND_CONSUMER" => Kind::Consumer,
        _ => Kind::Internal,
    }
}
