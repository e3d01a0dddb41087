//! The machine this program runs on: is the bastion itself what is slow?
//!
//! Asked every few seconds for as long as the console is open, so each reading is cheap and none can hang: a file
//! system that lives on another machine is never touched.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
mod traffic;

use std::sync::{Mutex, PoisonError};

use sysinfo::{MINIMUM_CPU_UPDATE_INTERVAL, MemoryRefreshKind, System};

use crate::model::host::{DiskUse, HostSample};
use crate::text::Plain;
use crate::time::{MINUTE, Timestamp, millis};
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;
use traffic::Traffic;

/// Costs nothing until the first sample; one is enough for a process.
#[derive(Default)]
pub struct Host {
    state: Mutex<State>,
}

/// What the next reading is compared with.
#[derive(Default)]
struct State {
    system: Option<System>,
    first_cpu: Option<Timestamp>,
    traffic: Traffic,
    disk: Option<(Timestamp, Option<DiskUse>)>,
}

impl Host {
    /// Reads a few small files of the kernel; what cannot be read stays unknown or zero.
    pub fn sample(&self, now: Timestamp) -> HostSample {
        // A reading that panicked leaves nothing half-done that the next one would not replace.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sample = HostSample {
            name: Plain::new(&System::host_name().unwrap_or_default()),
            load1: System::load_average().map_or(0.0, |load| load.one),
            uptime: System::uptime().unwrap_or_default(),
            disk: state.disk(now),
            ..HostSample::default()
        };
        state.cpu_and_memory(&mut sample, now);
        if let Some(rates) = platform::traffic().and_then(|counters| state.traffic.rates(counters, now)) {
            sample.received = Some(rates.received);
            sample.sent = Some(rates.sent);
        }
        sample
    }
}

impl State {
    fn cpu_and_memory(&mut self, sample: &mut HostSample, now: Timestamp) {
        if self.system.is_none() {
            self.system = System::new().ok();
        }
        let Some(system) = &mut self.system else { return };
        system.refresh_cpu_usage();
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        sample.cores = system.cpus().len();
        sample.memory_total = system.total_memory();
        sample.memory_used = sample.memory_total.saturating_sub(system.available_memory());
        // The first reading counts since boot, and one that follows too soon repeats it.
        let first = *self.first_cpu.get_or_insert(now);
        if sample.cores > 0 && now.since(first) >= millis(MINIMUM_CPU_UPDATE_INTERVAL) {
            sample.cpu = Some(f64::from(system.global_cpu_usage() / 100.0).clamp(0.0, 1.0));
        }
    }

    /// Disks fill slowly: looked at once a minute.
    fn disk(&mut self, now: Timestamp) -> Option<DiskUse> {
        match &self.disk {
            Some((at, disk)) if (0..MINUTE).contains(&now.since(*at)) => disk.clone(),
            _ => self.disk.insert((now, fullest(platform::disks()))).1.clone(),
        }
    }
}

fn fullest(disks: Vec<DiskUse>) -> Option<DiskUse> {
    let ratio = |disk: &DiskUse| disk.used as f64 / disk.total as f64;
    // Backwards, so that of equals the first is taken: `/` rather than a file of it mounted into a container.
    disks.into_iter().rev().filter(|disk| disk.total > 0).max_by(|a, b| ratio(a).total_cmp(&ratio(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_plausible() {
        let host = Host::default();
        let start = Timestamp(1_700_000_000_000);
        let first = host.sample(start);
        assert_eq!((first.cpu, first.received, first.sent), (None, None, None));
        assert!(first.cores > 0 && first.uptime > 0 && first.load1 >= 0.0);
        assert!(first.memory_used > 0 && first.memory_used <= first.memory_total);
        assert!(!first.name.is_empty());
        if let Some(disk) = &first.disk {
            assert!(disk.used <= disk.total && disk.total > 0 && disk.mount.starts_with('/'));
        }

        let second = host.sample(start.plus(5_000));
        assert!((0.0..=1.0).contains(&second.cpu.unwrap()));
        assert!(second.received.unwrap() >= 0.0 && second.sent.unwrap() >= 0.0);
        assert_eq!(second.disk, first.disk);
    }

    #[test]
    fn too_soon_nothing_is_said_of_the_cpu() {
        let host = Host::default();
        host.sample(Timestamp(1_000));
        assert_eq!(host.sample(Timestamp(1_100)).cpu, None);
    }

    #[test]
    fn disks_are_looked_at_once_a_minute_or_when_the_clock_was_set_back() {
        let marked = || Some(DiskUse { mount: Plain::new("/marked"), used: 1, total: 2 });
        let mut state = State { disk: Some((Timestamp(100_000), marked())), ..State::default() };
        assert_eq!(state.disk(Timestamp(159_999)), marked());
        assert_ne!(state.disk(Timestamp(160_000)), marked());
        let mut state = State { disk: Some((Timestamp(100_000), marked())), ..State::default() };
        assert_ne!(state.disk(Timestamp(99_999)), marked());
    }

    #[test]
    fn the_fullest_counts_by_ratio_not_by_size() {
        let disk = |mount: &str, used, total| DiskUse { mount: Plain::new(mount), used, total };
        let disks = vec![disk("/", 500, 1000), disk("/empty", 0, 0), disk("/boot", 9, 10), disk("/etc/hosts", 9, 10)];
        assert_eq!(fullest(disks).unwrap().mount, "/boot");
        assert_eq!(fullest(Vec::new()), None);
    }
}
