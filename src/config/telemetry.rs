//! Where a360's own traces go: `[telemetry]`.

use super::mistake::Mistake;
use super::section::Section;
use super::url::check_url;

/// Where a collector, such as Jaeger, takes OTLP over HTTP.
const LOCAL: &str = "http://127.0.0.1:4318/v1/traces";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telemetry {
    pub enabled: bool,
    pub url: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { enabled: false, url: LOCAL.to_owned() }
    }
}

/// The address of a collector; one without a path gets the path that all of them have.
pub fn collector_url(text: &str) -> Result<String, String> {
    let url = check_url(text)?;
    let has_path = url.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    Ok(if has_path { url } else { format!("{url}/v1/traces") })
}

pub(super) const KEYS: [&str; 2] = ["enabled", "url"];

/// Reads `[telemetry]`.
pub(super) fn read(section: &Section<'_>) -> Result<Telemetry, Mistake> {
    section.only(&KEYS)?;
    let default = Telemetry::default();
    Ok(Telemetry {
        enabled: section.flag("enabled")?.unwrap_or(default.enabled),
        url: section.read("url", collector_url)?.unwrap_or(default.url),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_path_gets_the_usual_one() {
        assert_eq!(collector_url("http://jaeger:4318").as_deref(), Ok("http://jaeger:4318/v1/traces"));
        assert_eq!(collector_url("http://jaeger:4318/").as_deref(), Ok("http://jaeger:4318/v1/traces"));
        assert_eq!(collector_url("https://otel/in/v1/traces").as_deref(), Ok("https://otel/in/v1/traces"));
        assert!(collector_url("http://me:hunter2@jaeger:4318").unwrap_err().contains("user name or password"));
    }
}
