//! Alertmanager's answers, from bytes to what they mean. Keys come in any order, and any of them may be missing.

mod alerts;
mod mutings;
mod silences;
mod status;

use crate::model::fault::FetchError;
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

pub use alerts::{AlertPage, MAX_ALERTS, alerts};
pub use mutings::{Mutings, mutings};
pub use silences::{Dated, kept_as, silences};
pub use status::{Status, status};

/// What a 200 answer should be, for an error that says it is not.
pub const EXPECTED: &str = "an Alertmanager API";

fn foreign() -> FetchError {
    FetchError::Foreign { expected: EXPECTED, found: Plain::new("JSON of something else") }
}

/// Reads an answer that is a list, or `null` for an empty one; `each` reads an element.
fn list(body: &[u8], each: impl FnMut(&mut Scanner) -> Result<(), Fault>) -> Result<(), FetchError> {
    let mut scan = Scanner::new(body);
    if scan.peek()? == b'{' {
        return Err(foreign());
    }
    scan.array(each)?;
    Ok(scan.finish()?)
}

/// The elements of a list that `read` can make something of.
fn items<T>(scan: &mut Scanner, read: impl Fn(&mut Scanner) -> Result<Option<T>, Fault>) -> Result<Vec<T>, Fault> {
    let mut items = Vec::new();
    scan.array(|scan| {
        items.extend(read(scan)?);
        Ok(())
    })?;
    Ok(items)
}

fn plain(scan: &mut Scanner) -> Result<Option<Plain>, Fault> {
    scan.text()
}

#[cfg(test)]
mod tests;
