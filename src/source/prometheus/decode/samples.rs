//! The samples of an answer, whatever its shape: matrix, vector, scalar or string.

use std::borrow::Cow;

use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::source::json::value::labels;
use crate::source::json::{Fault, Scanner, number};
use crate::text::Plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Matrix,
    Vector,
    Scalar,
    String,
    /// Nothing came and nothing says what it would have been.
    Empty,
}

impl Shape {
    pub fn word(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Vector => "vector",
            Self::Scalar => "scalar",
            Self::String => "string",
            Self::Empty => "nothing",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Matrix, Self::Vector, Self::Scalar, Self::String].into_iter().find(|shape| shape.word() == name)
    }
}

#[derive(Debug, Default)]
pub struct Element {
    pub labels: Labels,
    pub times: Vec<i64>,
    pub values: Vec<f64>,
    shape: Option<Shape>,
    histogram: bool,
}

/// `data`: what it says it is, and what is in it.
#[derive(Debug, Default)]
pub struct Data {
    limit: usize,
    named: Option<Plain>,
    seen: Option<Shape>,
    complete: bool,
    pub elements: Vec<Element>,
    pub dropped: usize,
    pub histograms: usize,
}

impl Data {
    /// Keeps at most `limit` elements and counts the others.
    pub fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// What the answer is by its own word, or else by what it holds.
    pub fn shape(&self) -> Result<Shape, FetchError> {
        let decode = |text: String| FetchError::Decode(Plain::from(text));
        if !self.complete {
            return Err(decode("it has no `result`".to_owned()));
        }
        let Some(named) = &self.named else { return Ok(self.seen.unwrap_or(Shape::Empty)) };
        let named = Shape::named(named).ok_or_else(|| decode(format!("unknown resultType `{named}`")))?;
        match self.seen {
            // A string and a scalar look alike.
            Some(Shape::Scalar) if named == Shape::String => Ok(named),
            Some(seen) if seen != named => Err(decode(format!("a {} that holds a {}", named.word(), seen.word()))),
            _ => Ok(named),
        }
    }

    pub fn read(&mut self, scan: &mut Scanner) -> Result<(), Fault> {
        scan.object(|key, scan| {
            match key {
                b"resultType" => self.named = scan.text()?,
                b"result" => self.result(scan)?,
                _ => drop(scan.skip()?),
            }
            Ok(())
        })
    }

    fn result(&mut self, scan: &mut Scanner) -> Result<(), Fault> {
        self.complete = true;
        if scan.peek()? == b'[' && scan.clone().opens_with_number()? {
            return self.scalar(scan);
        }
        scan.array(|scan| {
            if self.elements.len() >= self.limit {
                self.dropped += 1;
                return scan.skip().map(drop);
            }
            // One answer's series are mostly of one length.
            let points = self.elements.last().map_or(0, |before| before.times.len());
            let element = element(scan, points)?;
            self.histograms += usize::from(element.histogram);
            self.seen = self.seen.or(element.shape);
            if !element.times.is_empty() {
                self.elements.push(element);
            }
            Ok(())
        })
    }

    /// `[1795388290.8, "1"]`, a scalar or a string.
    fn scalar(&mut self, scan: &mut Scanner) -> Result<(), Fault> {
        self.seen = Some(Shape::Scalar);
        let (time, text) = stamped(scan)?;
        if let Some(value) = number::text(&text) {
            self.elements.push(Element { times: vec![time], values: vec![value], ..Element::default() });
        }
        Ok(())
    }
}

fn element(scan: &mut Scanner, points: usize) -> Result<Element, Fault> {
    let mut element = Element::default();
    scan.object(|key, scan| {
        match key {
            b"metric" => element.labels = labels(scan)?,
            b"values" => {
                element.shape = Some(Shape::Matrix);
                element.times.reserve(points);
                element.values.reserve(points);
                scan.array(|scan| pair(scan, &mut element.times, &mut element.values))?;
            }
            b"value" => {
                element.shape = Some(Shape::Vector);
                pair(scan, &mut element.times, &mut element.values)?;
            }
            b"histograms" => {
                element.shape = Some(Shape::Matrix);
                element.histogram |= !matches!(scan.skip()?, b"null" | b"[]");
            }
            b"histogram" => {
                element.shape = Some(Shape::Vector);
                element.histogram |= scan.skip()? != b"null";
            }
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(element)
}

#[inline]
fn pair(scan: &mut Scanner, times: &mut Vec<i64>, values: &mut Vec<f64>) -> Result<(), Fault> {
    let (time, value) = match usual(scan.rest()) {
        Some((time, value, length)) => {
            scan.advance(length);
            (time, value)
        }
        None => {
            let (time, text) = stamped(scan)?;
            let Some(value) = number::text(&text) else { return scan.bad("a number in quotes before this") };
            (time, value)
        }
    };
    times.push(time);
    values.push(value);
    Ok(())
}

/// `[1795388290.800,"123.4"]`, as servers write it nearly always; nothing for any other form.
#[inline]
fn usual(bytes: &[u8]) -> Option<(i64, f64, usize)> {
    let from_stamp = bytes.strip_prefix(b"[")?;
    let (time, stamp) = number::stamp(from_stamp)?;
    let from_value = from_stamp.get(stamp..)?.strip_prefix(b",\"")?;
    let (value, length) = number::decimal(from_value)?;
    from_value.get(length..)?.starts_with(b"\"]").then_some((time, value, stamp + length + 5))
}

/// A time and a text, in any form that JSON allows.
fn stamped<'a>(scan: &mut Scanner<'a>) -> Result<(i64, Cow<'a, [u8]>), Fault> {
    scan.expect(b'[', "a pair of time and value")?;
    let Some(time) = number::seconds(scan.number()?) else { return scan.bad("a time in seconds before this") };
    scan.expect(b',', "a comma")?;
    let text = scan.string()?;
    scan.expect(b']', "the end of the pair")?;
    Ok((time, text))
}
