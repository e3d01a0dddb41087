//! Linux: disks and interfaces straight from `/proc`.
//!
//! sysinfo asks every interface a dozen questions (0.5 ms for four) and every mount its size, also one on a server
//! that is gone, where the question never comes back. Both are one small file here.

use std::collections::{HashMap, HashSet};
use std::fs;

use super::traffic::{Counters, is_outward};
use crate::model::host::DiskUse;
use crate::text::Plain;

/// File systems on this machine's own disks. A list of what is good, because what is not on it could hang.
const LOCAL: [&str; 17] = [
    "bcachefs", "btrfs", "ext2", "ext3", "ext4", "exfat", "f2fs", "hfsplus", "jfs", "msdos", "nilfs2", "ntfs3",
    "ocfs2", "reiserfs", "vfat", "xfs", "zfs",
];
/// Kinds under which a path can be looked up without asking anybody else.
const HARMLESS: [&str; 9] = ["autofs", "devtmpfs", "overlay", "proc", "ramfs", "rootfs", "squashfs", "sysfs", "tmpfs"];

/// The counters of the interfaces at which bytes enter or leave the machine.
pub fn traffic() -> Option<HashMap<String, Counters>> {
    Some(read_counters(&fs::read_to_string("/proc/net/dev").ok()?))
}

/// Lines such as `eth0: 1296 12 0 0 0 0 0 0 840 9 0 0 0 0 0 0`, after two lines of titles.
fn read_counters(text: &str) -> HashMap<String, Counters> {
    let read = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let mut numbers = numbers.split_ascii_whitespace().map(str::parse);
        let received = numbers.next()?.ok()?;
        let sent = numbers.nth(7)?.ok()?;
        Some((name.trim().to_owned(), Counters { received, sent }))
    };
    text.lines().filter_map(read).filter(|(name, _)| is_outward(name)).collect()
}

/// The file systems that can fill up, each once.
pub fn disks() -> Vec<DiskUse> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    local_mounts(&mounts).iter().filter_map(|mount| usage(mount)).collect()
}

fn usage(mount: &str) -> Option<DiskUse> {
    let stat = rustix::fs::statvfs(mount).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
    let total = bytes(stat.f_blocks);
    // What only root may still fill counts as used: to everybody else the disk is full.
    Some(DiskUse { mount: Plain::new(mount), used: total.saturating_sub(bytes(stat.f_bavail)), total })
}

struct Mount<'a> {
    device: &'a str,
    path: String,
    kind: &'a str,
    read_only: bool,
}

/// Paths of the local file systems that can be written, the first mount of each device.
fn local_mounts(text: &str) -> Vec<String> {
    let mounts: Vec<Mount<'_>> = text.lines().filter_map(read_mount).collect();
    let far: Vec<&str> = mounts.iter().filter(|m| !is_near(m)).map(|m| m.path.as_str()).collect();
    let is_below = |path: &str, top: &str| path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
    let mut seen = HashSet::new();
    let good = mounts.iter().filter(|mount| is_disk(mount) && !far.iter().any(|top| is_below(&mount.path, top)));
    good.filter(|mount| seen.insert(mount.device)).map(|mount| mount.path.clone()).collect()
}

/// `device path kind options 0 0`, with blanks in the path as `\040`.
fn read_mount(line: &str) -> Option<Mount<'_>> {
    let mut fields = line.split(' ');
    let (device, path, kind, options) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let path = path.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    Some(Mount { device, path, kind, read_only: options.split(',').any(|option| option == "ro") })
}

/// The root of a container is an overlay on the disk of its machine.
fn is_disk(mount: &Mount<'_>) -> bool {
    !mount.read_only && (LOCAL.contains(&mount.kind) || (mount.kind == "overlay" && mount.path == "/"))
}

fn is_near(mount: &Mount<'_>) -> bool {
    LOCAL.contains(&mount.kind) || HARMLESS.contains(&mount.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_the_first_and_the_ninth() {
        let text = "Inter-|   Receive       |  Transmit\n face |bytes    packets errs|bytes\n    \
                    lo: 19 7 0 0 0 0 0 0 19 7 0 0 0 0 0 0\n  eth0:154861813 5192 0 0 0 0 0 0 290153 2734 0 0 0 0 0 0\n\
                    broken: 5\n";
        let counters = read_counters(text);
        assert_eq!(counters.len(), 1);
        assert_eq!(counters["eth0"], Counters { received: 154_861_813, sent: 290_153 });
    }

    #[test]
    fn only_local_disks_are_asked_and_each_once() {
        let mounts = r"proc /proc proc rw 0 0
tmpfs /run tmpfs rw,nosuid 0 0
/dev/vda1 / ext4 rw,relatime 0 0
/dev/vda1 /var/lib/kubelet/pods/x/volume ext4 rw 0 0
/dev/vdb /mnt/my\040data xfs rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
/dev/sr0 /media/image ext4 ro,relatime 0 0
overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
nas:/home /home nfs4 rw,hard 0 0
/dev/vdc /home/scratch ext4 rw 0 0
me@bastion:/ /mnt/ssh fuse.sshfs rw 0 0
//nas/share /mnt/share cifs rw 0 0
1.2.3.4:/vol /mnt/vol fuse.glusterfs rw 0 0
pool/data /tank zfs rw 0 0
cut short
";
        assert_eq!(local_mounts(mounts), ["/", "/mnt/my data", "/tank"]);
    }

    #[test]
    fn the_root_of_a_container_counts() {
        let mounts = "overlay / overlay rw,lowerdir=/a 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n";
        assert_eq!(local_mounts(mounts), ["/", "/etc/hosts"]);
    }

    #[test]
    fn a_machine_without_a_disk_of_its_own_has_none_or_only_what_was_added() {
        let mounts = "nas:/root / nfs rw 0 0\n/dev/sda1 /data ext4 rw 0 0\n";
        assert_eq!(local_mounts(mounts), ["/data"]);
    }
}
