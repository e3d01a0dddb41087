//! Real servers on free loopback ports, ended with the test that started them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq)]
pub enum Flavour {
    Prometheus,
    VictoriaMetrics,
}

pub struct Stack {
    flavour: Flavour,
    folder: TempDir,
    port: u16,
    server: Option<Child>,
    others: Vec<Child>,
}

impl Stack {
    /// The service, a real exporter, and a server that has scraped both.
    pub fn start(flavour: Flavour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (service, mut configuration) = service();
        let exporter = free_port();
        let exporter_address = format!("127.0.0.1:{exporter}");
        let listen = format!("--web.listen-address={exporter_address}");
        let others = vec![service, spawn(Command::new("prometheus-node-exporter").arg(listen))];
        configuration.push_str(&format!("- job_name: node\n  static_configs: [{{targets: ['{exporter_address}']}}]\n"));
        fs::write(folder.path().join("scrape.yml"), configuration).unwrap();
        wait_for(exporter);
        let mut stack = Self { flavour, folder, port: free_port(), server: None, others };
        stack.start_server();
        stack
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// On the same port and the same data as before.
    pub fn start_server(&mut self) {
        let (port, scrape, data) = (self.port, self.path("scrape.yml"), self.path("data"));
        let mut command = match self.flavour {
            Flavour::Prometheus => {
                let mut command = Command::new("prometheus");
                command.arg(format!("--config.file={scrape}")).arg(format!("--storage.tsdb.path={data}"));
                command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
                command
            }
            Flavour::VictoriaMetrics => {
                let mut command = Command::new("victoria-metrics");
                command.arg(format!("-promscrape.config={scrape}")).arg(format!("-storageDataPath={data}"));
                command.arg(format!("-httpListenAddr=127.0.0.1:{port}")).arg("-search.latencyOffset=1s");
                command
            }
        };
        self.server = Some(spawn(&mut command));
        wait_for(port);
    }

    pub fn kill_server(&mut self) {
        self.server.take().into_iter().for_each(end);
    }

    /// A config file with one context for this server.
    pub fn write_config(&self) -> PathBuf {
        let path = self.folder.path().join("config.toml");
        fs::write(&path, format!("[contexts.real.prometheus]\nurl = \"{}\"\n", self.url())).unwrap();
        path
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.kill_server();
        self.others.drain(..).for_each(end);
    }
}

fn end(mut child: Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn spawn(command: &mut Command) -> Child {
    let program = command.get_program().to_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    child.unwrap_or_else(|error| panic!("{program:?}: {error}; .ci/run installs it"))
}

/// The simulated service, and the configuration that scrapes it.
fn service() -> (Child, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_a360")).with_file_name("examples").join("agent360");
    let child = Command::new(&program).arg("0").stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child =
        child.unwrap_or_else(|error| panic!("{}: {error}; cargo build --examples makes it", program.display()));
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<String> = lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
    (child, lines.join("\n") + "\n")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < PATIENCE, "nothing listens on port {port}");
        thread::sleep(Duration::from_millis(50));
    }
}
