//! Where the programs of the real servers lie, for tests that run them on data of their own.

use std::path::Path;
use std::process::Command;

/// As `promtool` of `prometheus-2.42`.
pub fn program(server: &str, name: &str) -> String {
    let stack = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack/stack");
    let output = Command::new(stack).args(["path", server, name]).output().expect("bash");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a path").trim_end().to_owned()
}
