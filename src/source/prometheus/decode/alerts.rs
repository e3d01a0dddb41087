//! The answer to `alerts`.

use crate::model::alert::{Alert, AlertState};
use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::source::json::value::{labels, moment};
use crate::source::json::{Fault, Scanner, number};
use crate::text::Plain;

use super::envelope::envelope;

/// Pending and firing alerts. Thanos sends `null` where there are none.
pub fn alerts(body: &[u8]) -> Result<Vec<Alert>, FetchError> {
    let mut alerts = None;
    let envelope = envelope(body, |scan| {
        scan.object(|key, scan| {
            if key != b"alerts" {
                return scan.skip().map(drop);
            }
            let list = alerts.get_or_insert_with(Vec::new);
            scan.array(|scan| {
                list.push(alert(scan)?);
                Ok(())
            })
        })
    })?;
    envelope.succeeded()?;
    alerts.ok_or_else(|| FetchError::Decode(Plain::new("it has no `alerts`")))
}

/// One of them; `rules` lists them too.
pub fn alert(scan: &mut Scanner) -> Result<Alert, Fault> {
    let mut alert = Alert {
        labels: Labels::default(),
        annotations: Labels::default(),
        state: AlertState::Inactive,
        active_at: None,
        value: None,
    };
    scan.object(|key, scan| {
        match key {
            b"labels" => alert.labels = labels(scan)?,
            b"annotations" => alert.annotations = labels(scan)?,
            b"state" => alert.state = state(scan.text()?.unwrap_or_default().as_str()),
            b"activeAt" => alert.active_at = moment(scan)?,
            b"value" => alert.value = scan.text()?.and_then(|text| number::text(text.as_bytes())),
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(alert)
}

fn state(word: &str) -> AlertState {
    match word {
        "firing" => AlertState::Firing,
        "pending" => AlertState::Pending,
        _ => AlertState::Inactive,
    }
}
