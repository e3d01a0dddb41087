//! Telling the backends apart, by what they say about themselves and by what they leave out.

use std::fmt;

use super::decode::{self, EXPECTED};
use crate::model::fault::FetchError;
use crate::source::json::Scanner;
use crate::text::Plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flavour {
    Prometheus,
    Thanos,
    Mimir,
    VictoriaMetrics,
    #[default]
    Unknown,
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Prometheus => "Prometheus",
            Self::Thanos => "Thanos",
            Self::Mimir => "Mimir",
            Self::VictoriaMetrics => "VictoriaMetrics",
            Self::Unknown => "unknown",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Build {
    pub flavour: Flavour,
    pub version: Plain,
}

/// Reads `buildinfo`. VictoriaMetrics gives a made-up version and nothing else; Thanos looks like Prometheus here.
pub fn build(body: &[u8]) -> Result<Build, FetchError> {
    let mut build = Build::default();
    let (mut go, mut mimir, mut success) = (false, false, false);
    let mut scan = Scanner::new(body);
    scan.object(|key, scan| match key {
        b"status" => {
            success = scan.text()?.is_some_and(|status| status == "success");
            Ok(())
        }
        b"data" => scan.object(|key, scan| {
            let value = scan.text()?.unwrap_or_default();
            match key {
                b"version" => build.version = value,
                b"goVersion" => go = true,
                b"application" => mimir = value.contains("Mimir"),
                _ => {}
            }
            Ok(())
        }),
        _ => scan.skip().map(drop),
    })?;
    if !success {
        let other = FetchError::Foreign { expected: EXPECTED, found: Plain::new("JSON of something else") };
        return Err(decode::server_error(body).unwrap_or(other));
    }
    build.flavour = match (mimir, go) {
        (true, _) => Flavour::Mimir,
        (false, true) => Flavour::Prometheus,
        (false, false) => Flavour::VictoriaMetrics,
    };
    Ok(build)
}

/// A server that has no `buildinfo`: only VictoriaMetrics says so in these words.
pub fn without_page(words: &str) -> Build {
    let victoria = words.contains("unsupported path requested");
    Build { flavour: if victoria { Flavour::VictoriaMetrics } else { Flavour::Unknown }, version: Plain::default() }
}

/// Whether an answer to `rules` holds any group.
pub fn lists_groups(body: &[u8]) -> bool {
    let mut groups = 0;
    let read = Scanner::new(body).object(|key, scan| match key {
        b"data" => scan.object(|key, scan| match key {
            b"groups" => scan.array(|scan| {
                groups += 1;
                scan.skip().map(drop)
            }),
            _ => scan.skip().map(drop),
        }),
        _ => scan.skip().map(drop),
    });
    read.is_ok() && groups > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> (Flavour, String) {
        let build = build(format!(r#"{{"status":"success","data":{data}}}"#).as_bytes()).unwrap();
        (build.flavour, build.version.to_string())
    }

    #[test]
    fn each_backend_is_known() {
        let prometheus = r#"{"version":"2.42.0+ds","revision":"","goVersion":"go1.19.8","features":{"a":true}}"#;
        assert_eq!(read(prometheus), (Flavour::Prometheus, "2.42.0+ds".to_owned()));
        assert_eq!(read(r#"{"version":"","goVersion":"go1.25"}"#), (Flavour::Prometheus, String::new()));
        assert_eq!(read(r#"{"version":"2.24.0"}"#).0, Flavour::VictoriaMetrics);
        let mimir = r#"{"application":"Grafana Mimir","version":"2.17","goVersion":"go1.24"}"#;
        assert_eq!(read(mimir), (Flavour::Mimir, "2.17".to_owned()));
    }

    #[test]
    fn a_server_without_the_page_is_known_by_its_words() {
        let victoria = r#"remoteAddr: "127.0.0.1:1"; unsupported path requested: "/api/v1/status/buildinfo""#;
        assert_eq!(without_page(victoria).flavour, Flavour::VictoriaMetrics);
        assert_eq!(without_page("404 page not found").flavour, Flavour::Unknown);
    }

    #[test]
    fn something_else_is_not_taken_for_one() {
        assert!(matches!(build(br#"{"hello":1}"#), Err(FetchError::Foreign { .. })));
        assert!(matches!(
            build(br#"{"status":"error","errorType":"internal","error":"x"}"#),
            Err(FetchError::Server { .. })
        ));
    }

    #[test]
    fn groups_are_counted() {
        assert!(lists_groups(br#"{"status":"success","data":{"groups":[{"name":"a"}]}}"#));
        assert!(!lists_groups(br#"{"status":"success","data":{"groups":[]}}"#));
        assert!(!lists_groups(b"<html>"));
    }
}
