//! One runner at a time: a lock that the system takes back when its holder dies, however it dies.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::config::Mistake;
use crate::text::Plain;

/// Held as long as it is kept.
pub struct Lock {
    _file: File,
}

pub enum Taken {
    Ours(Lock),
    /// Who has it, as a sentence.
    Others(String),
}

/// Takes the lock of the state in this folder, which is made if it is not there.
pub fn take(folder: &Path) -> Result<Taken, Mistake> {
    let failed = |error: &dyn std::fmt::Display| {
        let text = format!(
            "{}: what was done cannot be kept there ({error}); make it a folder that can be written to, or choose another with --state DIR",
            folder.display()
        );
        Mistake::of_argument(&text)
    };
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let path = folder.join("schedule.lock");
    let mut options = OpenOptions::new();
    let opened = options.read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = opened.map_err(|error| failed(&error))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {
            // Who holds it, for whoever comes next; the lock holds without it.
            let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
            Ok(Taken::Ours(Lock { _file: file }))
        }
        Err(Errno::WOULDBLOCK) => {
            let mut pid = String::new();
            let _ = file.take(20).read_to_string(&mut pid);
            let holder = match pid.trim() {
                "" => "another `a360 schedule run`".to_owned(),
                pid => format!("process {}", Plain::new(pid)),
            };
            Ok(Taken::Others(format!("{holder} runs the schedules of {} already", folder.display())))
        }
        Err(error) => Err(failed(&error)),
    }
}
