//! The answer to `alerts/groups`, of which only one thing is known nowhere else: which groups are muted by the time.

use std::collections::BTreeMap;

use crate::model::fault::FetchError;
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;

use super::{items, list, plain};

/// What mutes each alert; an alert that is in several groups is muted only if each of them is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mutings(BTreeMap<Plain, Muting>);

#[derive(Debug, Clone, PartialEq, Default)]
struct Muting {
    names: Vec<Plain>,
    /// It is in a group that is not muted.
    told: bool,
}

/// Versions before 0.28 do not say who is muted: then nobody is.
pub fn mutings(body: &[u8]) -> Result<Mutings, FetchError> {
    let mut mutings = Mutings::default();
    list(body, |scan| {
        scan.object(|key, scan| match key {
            b"alerts" => scan.array(|scan| {
                let (fingerprint, names) = alert(scan)?;
                mutings.add(fingerprint, names);
                Ok(())
            }),
            _ => scan.skip().map(drop),
        })
    })?;
    Ok(mutings)
}

fn alert(scan: &mut Scanner) -> Result<(Plain, Vec<Plain>), Fault> {
    let (mut fingerprint, mut names) = (Plain::default(), Vec::new());
    scan.object(|key, scan| {
        match key {
            b"fingerprint" => fingerprint = scan.text()?.unwrap_or_default(),
            b"status" => scan.object(|key, scan| {
                match key {
                    b"mutedBy" => names = items(scan, plain)?,
                    _ => drop(scan.skip()?),
                }
                Ok(())
            })?,
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok((fingerprint, names))
}

impl Mutings {
    fn add(&mut self, fingerprint: Plain, names: Vec<Plain>) {
        // Nothing could be said of one without a fingerprint.
        if !fingerprint.is_empty() {
            let muting = Muting { told: names.is_empty(), names };
            self.0.entry(fingerprint).or_default().join(muting);
        }
    }

    /// Takes in what another server says: it would tell of what it does not mute.
    pub fn join(&mut self, other: Self) {
        for (fingerprint, muting) in other.0 {
            self.0.entry(fingerprint).or_default().join(muting);
        }
    }

    /// What mutes an alert; empty if it is told of.
    pub fn of(&self, fingerprint: &str) -> Vec<Plain> {
        let muting = self.0.get(fingerprint).filter(|muting| !muting.told);
        muting.map(|muting| muting.names.clone()).unwrap_or_default()
    }
}

impl Muting {
    fn join(&mut self, other: Self) {
        self.told |= other.told;
        self.names.extend(other.names);
        self.names.sort();
        self.names.dedup();
    }
}
