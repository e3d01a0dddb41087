//! The machine this program runs on, at one moment.

use crate::text::Plain;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct HostSample {
    pub name: Plain,
    /// Ratio of all cores, 0 to 1; unknown until two readings lie apart.
    pub cpu: Option<f64>,
    pub cores: usize,
    pub load1: f64,
    pub memory_used: u64,
    pub memory_total: u64,
    /// The file system that is fullest.
    pub disk: Option<DiskUse>,
    /// Bytes a second, without loopback; unknown until two readings lie apart.
    pub received: Option<f64>,
    pub sent: Option<f64>,
    /// Seconds since boot.
    pub uptime: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DiskUse {
    pub mount: Plain,
    pub used: u64,
    pub total: u64,
}
