//! The frame around every answer: success or error, warnings, and what says that data is missing.

use crate::model::fault::FetchError;
use crate::model::series::Notes;
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

use super::EXPECTED;

/// Prometheus itself sends at most ten of a kind and a line that counts the rest.
const MAX_WARNINGS: usize = 11;

#[derive(Debug, Default)]
pub struct Envelope {
    status: Plain,
    error_type: Plain,
    error: Plain,
    pub notes: Notes,
}

impl Envelope {
    pub fn succeeded(&self) -> Result<(), FetchError> {
        match self.status.as_str() {
            "success" => Ok(()),
            "error" => Err(self.refusal()),
            _ => Err(FetchError::Foreign { expected: EXPECTED, found: Plain::new("JSON of something else") }),
        }
    }

    fn refusal(&self) -> FetchError {
        // VictoriaMetrics puts the HTTP code where Prometheus has a word.
        let kind = match self.error_type.as_str() {
            "400" => Plain::new("bad_data"),
            "422" => Plain::new("execution"),
            "" => Plain::new("error"),
            code if code.bytes().all(|b| b.is_ascii_digit()) => Plain::from(format!("error {code}")),
            _ => self.error_type.clone(),
        };
        FetchError::Server { kind, message: self.error.clone() }
    }

    fn warn(&mut self, warning: Plain) {
        // Thanos tells of stores it could not ask in words only.
        let lower = warning.to_ascii_lowercase();
        self.notes.partial |= lower.contains("partial") || lower.contains("fetch series");
        if self.notes.warnings.len() < MAX_WARNINGS {
            self.notes.warnings.push(warning);
        }
    }
}

/// Reads an answer; `data` reads the value of that name.
pub fn envelope(body: &[u8], mut data: impl FnMut(&mut Scanner) -> Result<(), Fault>) -> Result<Envelope, FetchError> {
    let mut envelope = Envelope::default();
    let mut scan = Scanner::new(body);
    scan.object(|key, scan| {
        match key {
            b"status" => envelope.status = scan.text()?.unwrap_or_default(),
            b"errorType" => envelope.error_type = scan.text()?.unwrap_or_default(),
            b"error" => envelope.error = scan.text()?.unwrap_or_default(),
            b"data" => data(scan)?,
            b"warnings" | b"infos" => scan.array(|scan| {
                if let Some(warning) = scan.text()? {
                    envelope.warn(warning);
                }
                Ok(())
            })?,
            // VictoriaMetrics' cluster says so when a storage node did not answer.
            b"isPartial" => envelope.notes.partial |= scan.skip()? == b"true",
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    scan.finish()?;
    Ok(envelope)
}

/// What a server refused and why, if the body of its error is Prometheus' own.
pub fn server_error(body: &[u8]) -> Option<FetchError> {
    let envelope = envelope(body, |scan| scan.skip().map(drop)).ok()?;
    (envelope.status == "error").then(|| envelope.refusal())
}
