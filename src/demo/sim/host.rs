//! What node-exporter shows of the two machines that everything runs on.

use super::Sim;
use super::flow::Flow;
use super::kubelet::{LIMIT, page, pods};
use super::noise::{wander, word};
use super::scrape::NODES;
use super::series::{Kind, Member, Metric};
use crate::time::{DAY, HOUR};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
const CPUS: [&str; 4] = ["0", "1", "2", "3"];

struct Machine {
    memory: f64,
    /// Part of the memory that is in use without the leaks.
    used: f64,
    /// Part of each CPU's time by mode, averaged over the week; the rest is idle.
    modes: [(&'static str, f64); 7],
    disks: [Disk; 4],
    /// Device, bytes a second in and out.
    devices: [(&'static str, f64, f64); 3],
    /// Seconds its clock is ahead.
    skew: f64,
}

#[derive(Clone, Copy)]
struct Disk {
    device: &'static str,
    fstype: &'static str,
    mountpoint: &'static str,
    size: f64,
    /// Part in use when the program starts, and what it gains a day.
    used: f64,
    growth: f64,
    inodes: f64,
    inodes_used: f64,
}

const fn disk(
    [device, fstype, mountpoint]: [&'static str; 3],
    [size, used, growth]: [f64; 3],
    [inodes, inodes_used]: [f64; 2],
) -> Disk {
    Disk { device, fstype, mountpoint, size, used, growth, inodes, inodes_used }
}

/// Has no inodes to count, as FAT has none.
const BOOT: Disk = disk(["/dev/nvme0n1p15", "vfat", "/boot/efi"], [0.104 * GIB, 0.06, 0.0], [0.0, 0.0]);
const RUN: Disk = disk(["tmpfs", "tmpfs", "/run"], [3.2 * GIB, 0.001, 0.0], [2e6, 0.001]);

const fn modes(user: f64, system: f64, iowait: f64) -> [(&'static str, f64); 7] {
    let small = 0.004;
    [
        ("user", user),
        ("system", system),
        ("iowait", iowait),
        ("softirq", small),
        ("irq", 0.0),
        ("nice", 0.0),
        ("steal", small / 4.0),
    ]
}

const MACHINES: [Machine; NODES.len()] = [
    Machine {
        memory: 16.0 * GIB,
        used: 0.49,
        modes: modes(0.36, 0.07, 0.012),
        disks: [
            disk(["/dev/nvme0n1p1", "ext4", "/"], [96.7 * GIB, 0.81, 0.0013], [12_902_400.0, 0.11]),
            disk(["/dev/nvme1n1", "xfs", "/var/lib/containerd"], [196.0 * GIB, 0.47, 0.0009], [104_857_600.0, 0.02]),
            BOOT,
            RUN,
        ],
        devices: [("eth0", 12.1e6, 3.2e6), ("lo", 2.1e5, 2.1e5), ("veth3c1f9a2", 4.0e6, 9.0e6)],
        skew: 0.004,
    },
    Machine {
        memory: 16.0 * GIB,
        used: 0.43,
        modes: modes(0.14, 0.04, 0.006),
        disks: [
            disk(["/dev/nvme0n1p1", "ext4", "/"], [96.7 * GIB, 0.40, 0.0006], [12_902_400.0, 0.07]),
            disk(["/dev/nvme1n1", "xfs", "/var/lib/containerd"], [196.0 * GIB, 0.33, 0.0007], [104_857_600.0, 0.02]),
            BOOT,
            RUN,
        ],
        devices: [("eth0", 4.3e6, 1.1e6), ("lo", 1.6e5, 1.6e5), ("veth81d04be", 1.0e6, 3.1e6)],
        skew: 0.061,
    },
];

const fn metric(
    name: &'static str,
    kind: Kind,
    help: &'static str,
    members: for<'a> fn(&'a Sim, usize) -> Vec<Member<'a>>,
) -> Metric {
    Metric { name, family: name, kind, help, members }
}

pub const METRICS: [Metric; 12] = [
    metric("node_cpu_seconds_total", Kind::Counter, "Seconds the CPUs spent in each mode.", cpu),
    metric("node_memory_MemAvailable_bytes", Kind::Gauge, "Memory information field MemAvailable_bytes.", available),
    metric("node_memory_MemTotal_bytes", Kind::Gauge, "Memory information field MemTotal_bytes.", |_, node| {
        vec![Member::gauge(Vec::new(), move |_, _| MACHINES[node].memory)]
    }),
    metric("node_filesystem_avail_bytes", Kind::Gauge, "Space available to non-root users in bytes.", |sim, node| {
        disks(node, move |disk, t| page(disk.size * (1.0 - fill(sim, node, disk, t))))
    }),
    metric("node_filesystem_size_bytes", Kind::Gauge, "Filesystem size in bytes.", |_, node| {
        disks(node, |disk, _| page(disk.size))
    }),
    metric("node_filesystem_files", Kind::Gauge, "Filesystem total file nodes.", |_, node| {
        disks(node, |disk, _| disk.inodes)
    }),
    metric("node_filesystem_files_free", Kind::Gauge, "Filesystem total free file nodes.", |sim, node| {
        disks(node, move |disk, t| (disk.inodes * (1.0 - disk.inodes_used - fill(sim, node, disk, t) / 50.0)).round())
    }),
    metric(
        "node_network_receive_bytes_total",
        Kind::Counter,
        "Network device statistic receive_bytes.",
        |sim, node| network(sim, node, "in"),
    ),
    metric(
        "node_network_transmit_bytes_total",
        Kind::Counter,
        "Network device statistic transmit_bytes.",
        |s, node| network(s, node, "out"),
    ),
    metric("node_load1", Kind::Gauge, "1m load average.", load),
    metric("node_time_seconds", Kind::Gauge, "System time in seconds since epoch (1970).", |_, node| {
        vec![Member::gauge(Vec::new(), move |t, _| t as f64 / 1e3 + MACHINES[node].skew)]
    }),
    metric("node_boot_time_seconds", Kind::Gauge, "Node boot time, in unixtime.", |_, _| {
        vec![Member::gauge(Vec::new(), |_, run| (run.started as f64 / 1e3).floor())]
    }),
];

/// How busy each of its CPUs is, on average over the week.
fn busy(node: usize) -> f64 {
    MACHINES[node].modes.iter().map(|(_, part)| part).sum()
}

fn cpu(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    let mut members = Vec::new();
    for cpu in CPUS {
        let key = word(sim.seed, &[NODES[node], "cpu", cpu]);
        let mut push = |mode, flow| {
            let labels = vec![("cpu", cpu), ("mode", mode)];
            members.push(Member::amount(labels, flow));
        };
        // What is not spent is idle: all modes together pass one second a second.
        push("idle", Flow { steady: 1.0, ..Flow::daily(key, -busy(node)) });
        for (mode, part) in MACHINES[node].modes {
            push(mode, Flow::daily(key, part));
        }
    }
    members
}

fn available(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    let key = word(sim.seed, &[NODES[node], "memory"]);
    let machine = &MACHINES[node];
    vec![Member::gauge(Vec::new(), move |t, _| {
        let at = sim.story.seconds(t);
        let leaked: f64 = pods(node).map(|pod| sim.leaked(pod, t)).sum();
        let noise = 0.004 * wander(key, at, 90.0) + 0.012 * wander(key ^ 1, at, 2_400.0);
        let used = machine.used + 0.03 * (sim.curve.height(at) - 1.0) + noise;
        page(machine.memory * (1.0 - used) - 0.555 * LIMIT * leaked)
    })]
}

fn disks<'a>(node: usize, value: impl Fn(&Disk, i64) -> f64 + Copy + 'a) -> Vec<Member<'a>> {
    let member = move |disk: Disk| {
        let labels = vec![("device", disk.device), ("fstype", disk.fstype), ("mountpoint", disk.mountpoint)];
        Member::gauge(labels, move |t, _| value(&disk, t))
    };
    MACHINES[node].disks.into_iter().map(member).collect()
}

/// The part in use: it grows by the day, and logs come and are rotated away at midnight.
fn fill(sim: &Sim, node: usize, disk: &Disk, t: i64) -> f64 {
    let days = (t - sim.started.0) as f64 / DAY as f64;
    let logs = (t + node as i64 * HOUR).rem_euclid(DAY) as f64 / DAY as f64;
    let moving = if disk.growth > 0.0 { 0.012 * (logs - 0.5) } else { 0.0 };
    (disk.used + disk.growth * days + moving).clamp(0.0, 0.99)
}

fn network<'a>(sim: &'a Sim, node: usize, way: &'static str) -> Vec<Member<'a>> {
    let member = |(device, received, sent): (&'static str, f64, f64)| {
        let key = word(sim.seed, &[NODES[node], device, way]);
        let bytes = if way == "in" { received } else { sent };
        Member::counter(vec![("device", device)], Flow::daily(key, bytes))
    };
    MACHINES[node].devices.into_iter().map(member).collect()
}

fn load(sim: &Sim, node: usize) -> Vec<Member<'_>> {
    let key = word(sim.seed, &[NODES[node], "load"]);
    vec![Member::gauge(Vec::new(), move |t, _| {
        let at = sim.story.seconds(t);
        let noise = 1.0 + 0.25 * wander(key, at, 75.0);
        (CPUS.len() as f64 * busy(node) * 1.1 * sim.curve.height(at) * noise * 100.0).round() / 100.0
    })]
}
