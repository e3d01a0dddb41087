//! Every other system: what sysinfo knows.

use std::collections::HashMap;

use sysinfo::{DiskRefreshKind, Disks, Networks};

use super::traffic::{Counters, is_outward};
use crate::model::host::DiskUse;
use crate::text::Plain;

/// The counters of the interfaces at which bytes enter or leave the machine.
pub fn traffic() -> Option<HashMap<String, Counters>> {
    let networks = Networks::new_with_refreshed_list().ok()?;
    let outward = networks.iter().filter(|(name, _)| is_outward(&name.to_string_lossy()));
    let counters = outward.map(|(name, data)| {
        let counters = Counters { received: data.total_received(), sent: data.total_transmitted() };
        (name.to_string_lossy().into_owned(), counters)
    });
    Some(counters.collect())
}

/// The file systems that can fill up.
pub fn disks() -> Vec<DiskUse> {
    let kind = DiskRefreshKind::nothing().with_storage();
    let Ok(disks) = Disks::new_with_refreshed_list_specifics(kind) else { return Vec::new() };
    let writable = disks.iter().filter(|disk| !disk.is_read_only());
    let usage = writable.map(|disk| DiskUse {
        mount: Plain::new(&disk.mount_point().to_string_lossy()),
        used: disk.total_space().saturating_sub(disk.available_space()),
        total: disk.total_space(),
    });
    usage.collect()
}
