//! Traces in one row each, as servers since 2.19 give them.

use super::{ids, value};
use crate::model::fault::FetchError;
use crate::model::trace::{Share, Summary};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

/// One that has no id is left out: it could not be opened.
pub fn summaries(body: &[u8]) -> Result<Vec<Summary>, FetchError> {
    let mut scan = Scanner::new(body);
    let mut found = Vec::new();
    // Of a search that found nothing the list may be missing.
    value::fields(&mut scan, |key, scan| match key {
        b"summaries" => value::list(scan, |scan| {
            found.extend(summary(scan)?);
            Ok(())
        }),
        _ => scan.raw().map(drop),
    })?;
    scan.finish()?;
    Ok(found)
}

fn summary(scan: &mut Scanner) -> Result<Option<Summary>, Fault> {
    let (mut id, mut end, mut summary) = (None, None, Summary::default());
    value::fields(scan, |key, scan| {
        match key {
            b"traceId" | b"traceID" => id = ids::trace(&value::text(scan)?),
            b"rootServiceName" => summary.service = Plain::from_bytes(&value::text(scan)?),
            b"rootOperationName" => summary.operation = Plain::from_bytes(&value::text(scan)?),
            b"minStartTimeUnixNano" => summary.start = value::nanoseconds(scan)?,
            b"maxEndTimeUnixNano" => end = Some(value::nanoseconds(scan)?),
            b"startTimeUnixUs" => summary.start = value::whole(scan)?.saturating_mul(1_000),
            b"durationUs" => summary.duration = value::whole(scan)?.saturating_mul(1_000),
            b"spanCount" => summary.spans = count(scan)?,
            b"errorSpanCount" => summary.errors = count(scan)?,
            b"services" => value::list(scan, |scan| {
                summary.services.push(share(scan)?);
                Ok(())
            })?,
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    if let Some(end) = end {
        summary.duration = end.saturating_sub(summary.start).max(0);
    }
    summary.services.sort_by(|a, b| a.service.cmp(&b.service));
    Ok(id.map(|id| Summary { id, ..summary }))
}

fn share(scan: &mut Scanner) -> Result<Share, Fault> {
    let mut share = Share::default();
    value::fields(scan, |key, scan| {
        match key {
            b"name" => share.service = Plain::from_bytes(&value::text(scan)?),
            b"spanCount" => share.spans = count(scan)?,
            b"errorSpanCount" => share.errors = count(scan)?,
            _ => drop(scan.raw()?),
        }
        Ok(())
    })?;
    Ok(share)
}

fn count(scan: &mut Scanner) -> Result<u32, Fault> {
    Ok(u32::try_from(value::whole(scan)?.max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trace::TraceId;

    #[test]
    fn a_summary_is_read_in_both_forms() {
        let body = br#"{"summaries":[{"traceId":"ab","rootServiceName":"front\u001b","rootOperationName":"GET /",
            "minStartTimeUnixNano":"1000","maxEndTimeUnixNano":"4000","spanCount":3,"errorSpanCount":"1","new":[{}],
            "services":[{"name":"b","spanCount":1},{"name":"a","spanCount":2,"errorSpanCount":1}]},{"spanCount":1},
            {"traceID":"ac","startTimeUnixUs":2,"durationUs":5,"spanCount":-4}]}"#;
        let found = summaries(body).unwrap();
        let share = |service: &str, spans, errors| Share { service: service.into(), spans, errors };
        let first = Summary {
            id: TraceId(0xab),
            start: 1_000,
            duration: 3_000,
            service: "front\u{1b}".into(),
            operation: "GET /".into(),
            spans: 3,
            errors: 1,
            services: vec![share("a", 2, 1), share("b", 1, 0)],
        };
        let second = Summary { id: TraceId(0xac), start: 2_000, duration: 5_000, ..Summary::default() };
        assert_eq!(found, [first, second]);
        assert_eq!(summaries(b"{}"), Ok(Vec::new()));
        assert_eq!(summaries(br#"{"summaries":[{"traceId":"#), Err(FetchError::Truncated));
    }
}
