//! The answer to `alerts`.

use crate::model::delivery::Held;
use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::source::json::value::{exact, labels, moment};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

use super::{items, list, plain};

/// The most alerts of one server that are kept; the others are counted.
pub const MAX_ALERTS: usize = 20_000;

/// What one server holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertPage {
    pub alerts: Vec<Held>,
    /// So many more were left out.
    pub dropped: usize,
}

/// Never knows who is muted: that is on the page of the groups.
pub fn alerts(body: &[u8]) -> Result<AlertPage, FetchError> {
    let mut page = AlertPage::default();
    list(body, |scan| {
        if page.alerts.len() == MAX_ALERTS {
            page.dropped += 1;
            return scan.skip().map(drop);
        }
        page.alerts.push(alert(scan)?);
        Ok(())
    })?;
    Ok(page)
}

fn alert(scan: &mut Scanner) -> Result<Held, Fault> {
    let mut held = Held {
        fingerprint: Plain::default(),
        labels: Labels::default(),
        annotations: Labels::default(),
        starts_at: None,
        updated_at: None,
        receivers: Vec::new(),
        generator: Plain::default(),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    };
    scan.object(|key, scan| {
        match key {
            b"fingerprint" => held.fingerprint = scan.text()?.unwrap_or_default(),
            b"labels" => held.labels = labels(scan)?,
            b"annotations" => held.annotations = labels(scan)?,
            b"startsAt" => held.starts_at = moment(scan)?,
            b"updatedAt" => held.updated_at = moment(scan)?,
            b"receivers" => held.receivers = items(scan, receiver)?,
            b"generatorURL" => held.generator = scan.text()?.unwrap_or_default(),
            b"status" => scan.object(|key, scan| {
                match key {
                    b"silencedBy" => held.silenced_by = items(scan, exact)?,
                    b"inhibitedBy" => held.inhibited_by = items(scan, plain)?,
                    _ => drop(scan.skip()?),
                }
                Ok(())
            })?,
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(held)
}

/// One without a name has an empty one: that alerts go there is worth knowing.
fn receiver(scan: &mut Scanner) -> Result<Option<Plain>, Fault> {
    let mut name = Plain::default();
    scan.object(|key, scan| {
        match key {
            b"name" => name = scan.text()?.unwrap_or_default(),
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(Some(name))
}
