//! What a Prometheus, or whatever stands before it, means by a status that is no success.

use super::decode::{self, EXPECTED};
use crate::model::fault::FetchError;
use crate::source::http::{Kind, Reply};
use crate::source::json::Scanner;
use crate::text::Plain;

pub fn refusal(reply: &Reply) -> FetchError {
    if let Some(fault) = decode::server_error(&reply.body) {
        return fault;
    }
    let plain = reply.kind() == Kind::Text;
    match (reply.status, reply.header("x-prometheus-stopping")) {
        (503, Some("true")) => FetchError::Stopping,
        (503, Some(_)) => FetchError::Starting(Plain::default()),
        (404 | 405, _) => {
            let text = format!("HTTP {} “{}”; is the path in the URL right?", reply.status, reply.words());
            FetchError::Foreign { expected: EXPECTED, found: Plain::from(text) }
        }
        // VictoriaMetrics explains itself in plain text.
        (400 | 422, _) if plain => {
            FetchError::Server { kind: Plain::new("bad_data"), message: Plain::from(reply.words()) }
        }
        _ => reply.fault(),
    }
}

/// ` (WAL replay 3/10)`, from the server's own page about it.
pub fn replay(body: &[u8]) -> Option<String> {
    let (mut current, mut max) = (None, None);
    let mut scan = Scanner::new(body);
    let number = |scan: &mut Scanner| Ok(std::str::from_utf8(scan.skip()?).ok().and_then(|n| n.parse::<u64>().ok()));
    let read = scan.object(|key, scan| match key {
        b"data" => scan.object(|key, scan| {
            match key {
                b"current" => current = number(scan)?,
                b"max" => max = number(scan)?,
                _ => drop(scan.skip()?),
            }
            Ok(())
        }),
        _ => scan.skip().map(drop),
    });
    read.ok()?;
    let (current, max) = (current?, max?);
    (max > 0).then(|| format!(" (WAL replay {current}/{max})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderName};

    fn fault(status: u16, stopping: Option<&str>, body: &str) -> FetchError {
        let name = HeaderName::from_static("x-prometheus-stopping");
        let headers = HeaderMap::from_iter(stopping.map(|value| (name, value.parse().unwrap())));
        refusal(&Reply { status, headers, body: body.as_bytes().to_vec(), room: None })
    }

    #[test]
    fn the_meanings_of_503_are_told_apart() {
        let timeout = r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#;
        let error = fault(503, None, timeout);
        assert_eq!(error.to_string(), "timeout: query timed out in expression evaluation");
        assert!(!error.is_outage());
        assert_eq!(fault(503, Some("false"), "Service Unavailable"), FetchError::Starting(Plain::default()));
        assert_eq!(fault(503, Some("true"), "Service Unavailable"), FetchError::Stopping);
        let gateway = fault(503, None, "<html><title>503 Service Temporarily Unavailable</title>");
        assert!(matches!(gateway, FetchError::Status { code: 503, .. }));
    }

    #[test]
    fn a_wrong_path_is_no_api() {
        let error = fault(404, None, "404 page not found\n").to_string();
        assert_eq!(error, "not a Prometheus API: HTTP 404 “404 page not found”; is the path in the URL right?");
        let json = r#"{"status":"error","errorType":"not_found","error":"no such rule"}"#;
        assert!(matches!(fault(404, None, json), FetchError::Server { .. }));
    }

    #[test]
    fn plain_words_of_victoria_metrics_are_kept() {
        let error = fault(400, None, "unsupported path requested: \"/api/v1/x\"\x1b");
        assert_eq!(error.to_string(), "bad_data: unsupported path requested: \"/api/v1/x\"^[");
        assert!(matches!(fault(500, None, "boom"), FetchError::Status { code: 500, .. }));
    }

    #[test]
    fn replay_progress_is_read() {
        let body = br#"{"status":"success","data":{"min":0,"max":10,"current":3,"state":"in progress"}}"#;
        assert_eq!(replay(body).unwrap(), " (WAL replay 3/10)");
        assert_eq!(replay(br#"{"status":"success","data":{"min":0,"max":0,"current":0}}"#), None);
        assert_eq!(replay(b"Service Unavailable"), None);
    }
}
