//! Prometheus' answers, from bytes to columns.
//!
//! Every answer is one envelope, `{"status":…,"data":…}`, whose keys come in any order. Thanos, Mimir and
//! VictoriaMetrics fill it a little differently; what they do otherwise is noted where it is read.

mod alerts;
mod envelope;
mod rules;
mod samples;

use crate::model::fault::FetchError;
use crate::model::series::{Frame, Sample, Series, Vector};
use crate::model::window::Window;
use crate::text::Plain;

pub use alerts::alerts;
pub use envelope::server_error;
use envelope::{Envelope, envelope};
pub use rules::{RulePage, rules};
use samples::{Data, Shape};

/// What a 200 answer should be, for an error that says it is not.
pub const EXPECTED: &str = "a Prometheus API";
/// The most series of a chart that are kept; what no eye can tell apart is counted instead.
pub const MAX_SERIES: usize = 500;
/// The most rows of an instant answer that are kept.
pub const MAX_SAMPLES: usize = 5_000;

/// The answer to `query_range`.
pub fn range(body: &[u8], window: Window) -> Result<Frame, FetchError> {
    let (result, envelope) = read(body, MAX_SERIES)?;
    match result.shape()? {
        Shape::Matrix | Shape::Empty => {}
        other => return Err(FetchError::Decode(Plain::from(format!("a {} for a range question", other.word())))),
    }
    let mut notes = envelope.notes;
    (notes.series_dropped, notes.histograms) = (result.dropped, result.histograms);
    let series = result.elements.into_iter().filter(|element| !element.times.is_empty());
    let series = series.map(|e| Series::new(e.labels, e.times, e.values)).collect();
    Ok(Frame { window, series, notes })
}

/// The answer to `query`. A scalar is one sample without labels, which is what VictoriaMetrics makes of it anyway.
pub fn instant(body: &[u8]) -> Result<Vector, FetchError> {
    let (result, envelope) = read(body, MAX_SAMPLES)?;
    match result.shape()? {
        Shape::Vector | Shape::Scalar | Shape::Empty => {}
        Shape::Matrix => return unsupported("a range of samples: put a function such as rate() around it"),
        Shape::String => return unsupported("the answer is a string, not numbers"),
    }
    let mut notes = envelope.notes;
    (notes.series_dropped, notes.histograms) = (result.dropped, result.histograms);
    let mut samples = Vec::with_capacity(result.elements.len());
    for element in result.elements {
        if let (Some(&time), Some(&value)) = (element.times.last(), element.values.last()) {
            samples.push(Sample { labels: element.labels, time, value });
        }
    }
    Ok(Vector { samples, notes })
}

fn unsupported<T>(text: &str) -> Result<T, FetchError> {
    Err(FetchError::Unsupported(Plain::new(text)))
}

fn read(body: &[u8], limit: usize) -> Result<(Data, Envelope), FetchError> {
    let mut result = Data::new(limit);
    let envelope = envelope(body, |scan| result.read(scan))?;
    envelope.succeeded()?;
    Ok((result, envelope))
}

#[cfg(test)]
mod tests;
