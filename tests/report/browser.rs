//! The HTML report in a real browser: nothing of it is blocked, it fits a telephone, follows the system's colours, and
//! prints. Needs Chromium, from the PATH or as the variable A360_CHROMIUM names it; without it the tests say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A browser with an empty profile, and a folder for what it writes.
struct Browser {
    program: PathBuf,
    folder: PathBuf,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Browser {
    /// None where there is none, which is said.
    fn find(name: &str) -> Option<Self> {
        let named = std::env::var_os("A360_CHROMIUM").map(PathBuf::from);
        let folders: Vec<PathBuf> =
            std::env::var_os("PATH").map_or_else(Vec::new, |all| std::env::split_paths(&all).collect());
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let usual = folders.iter().flat_map(|folder| names.map(|name| folder.join(name))).find(|path| path.is_file());
        let Some(program) = named.or(usual) else {
            eprintln!("SKIPPED: there is no Chromium here; install it, or name it in A360_CHROMIUM");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("a360-browser-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Some(Self { program, folder })
    }

    fn run(&self, page: &Path, flags: &[&str]) -> Output {
        let quiet = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--enable-logging=stderr",
        ];
        let profile = self.folder.join("profile");
        let _ = fs::remove_dir_all(&profile);
        let output = Command::new(&self.program)
            .args(quiet)
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(flags)
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        // What the page itself has to complain about, such as a style that its policy forbids.
        let console: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(console.is_empty(), "{console:#?}");
        output
    }

    fn picture(&self, page: &Path, name: &str, size: &str, flags: &[&str]) -> Vec<u8> {
        let to = self.folder.join(name);
        let (shot, size) = (format!("--screenshot={}", to.display()), format!("--window-size={size}"));
        self.run(page, &[&[shot.as_str(), size.as_str()], flags].concat());
        fs::read(&to).unwrap()
    }
}

fn demo(folder: &Path) -> PathBuf {
    let page = folder.join("report.html");
    let done = Command::new(env!("CARGO_BIN_EXE_a360"))
        .args(["--demo", "--report", "daily", "--format", "html", "--fail-on", "none", "--output"])
        .arg(&page)
        .status()
        .unwrap();
    assert!(done.success(), "{done}");
    page
}

#[test]
#[ignore = "needs Chromium; run by tests/stack/test"]
fn a_browser_shows_the_report_and_blocks_nothing_of_it() {
    let Some(browser) = Browser::find("shows") else { return };
    let page = demo(&browser.folder);
    let dom = String::from_utf8(browser.run(&page, &["--dump-dom"]).stdout).unwrap();
    let source = fs::read_to_string(&page).unwrap();
    for tag in ["<section", "<svg", "<table", "<path", "<tr", "<figure"] {
        assert_eq!(dom.matches(tag).count(), source.matches(tag).count(), "{tag}");
    }
    let light = browser.picture(&page, "light.png", "1280,1000", &["--blink-settings=preferredColorScheme=1"]);
    let dark = browser.picture(&page, "dark.png", "1280,1000", &["--blink-settings=preferredColorScheme=0"]);
    assert!(light.len() > 20_000 && dark.len() > 20_000, "{} {}", light.len(), dark.len());
    assert_ne!(light, dark);
    // Without its style it would be another picture.
    let bare = browser.folder.join("bare.html");
    fs::write(&bare, source.replace("main p{", "main q{")).unwrap();
    let refused = std::panic::catch_unwind(|| browser.run(&bare, &["--dump-dom"]));
    assert!(refused.is_err(), "a style that the policy does not name must be refused and told");
}

#[test]
#[ignore = "needs Chromium; run by tests/stack/test"]
fn the_report_fits_a_telephone() {
    let Some(browser) = Browser::find("fits") else { return };
    let page = demo(&browser.folder);
    // A frame of 360 px around the page, which tells whether anything reaches out of it.
    let outer = browser.folder.join("outer.html");
    let source = fs::read_to_string(&page).unwrap().replace('&', "&amp;").replace('"', "&quot;");
    let script = "onload=()=>{let d=document.querySelector('iframe').contentDocument.documentElement;\
                  document.title='width '+d.scrollWidth+' of '+d.clientWidth}";
    fs::write(
        &outer,
        format!(
            "<iframe width=360 height=800 style=\"border:0\" srcdoc=\"{source}\"></iframe><script>{script}</script>"
        ),
    )
    .unwrap();
    let dom = String::from_utf8(browser.run(&outer, &["--dump-dom"]).stdout).unwrap();
    assert!(dom.contains("<title>width 360 of 360</title>"), "{}", &dom[..dom.len().min(300)]);
}

#[test]
#[ignore = "needs Chromium; run by tests/stack/test"]
fn the_report_prints() {
    let Some(browser) = Browser::find("prints") else { return };
    let page = demo(&browser.folder);
    let to = browser.folder.join("report.pdf");
    browser.run(&page, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", to.display())]);
    let pdf = fs::read(&to).unwrap();
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 20_000, "{} bytes", pdf.len());
}
