//! `[contexts.NAME.jaeger]`: an endpoint like the others, and whose traces are shown.

use super::endpoint;
use super::mistake::Mistake;
use super::section::Section;
use crate::model::endpoint::Endpoint;

/// Beside those of every endpoint.
pub(super) const KEYS: [&str; 1] = ["service"];

/// The server, and the service whose traces are sought where nobody names another.
pub fn read(section: &Section<'_>) -> Result<(Endpoint, Option<String>), Mistake> {
    Ok((endpoint::read_beside(section, &KEYS)?, section.read("service", service)?))
}

/// As its spans name it.
pub fn service(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("must be the name of a service as its spans have it, such as \"agent360\"".to_owned());
    }
    Ok(text.to_owned())
}
