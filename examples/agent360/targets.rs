//! The targets: each on a port of its own, where nobody listens while its process is down.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use a360::demo::sim::Target;
use a360::run::clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::exposition;
use crate::http::{self, Reply};
use crate::world::World;

/// How long a process may live on, or be late, at most.
const PACE: Duration = Duration::from_millis(50);

pub struct Served {
    pub target: Target,
    pub port: u16,
}

/// Starts every target; `first` is the first port, or 0 for free ones.
pub async fn start(world: &Arc<World>, first: u16) -> io::Result<Vec<Served>> {
    let mut served = Vec::new();
    for (number, target) in (0..).zip(Target::all()) {
        let port = if first == 0 { Some(0) } else { first.checked_add(number) };
        let port = port.ok_or_else(|| io::Error::other(format!("there are too few ports from {first} on")))?;
        let named = |error: io::Error| io::Error::new(error.kind(), format!("port {port}: {error}"));
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(named)?;
        let port = listener.local_addr()?.port();
        tokio::spawn(live(Arc::clone(world), target, port, listener));
        served.push(Served { target, port });
    }
    Ok(served)
}

/// Listens as long as the process lives, and again on the same port when it is back.
async fn live(world: Arc<World>, target: Target, port: u16, first: TcpListener) {
    let mut free = Some(first);
    let mut listening: Option<tokio::task::JoinHandle<()>> = None;
    loop {
        let up = world.sim().is_up(target, clock());
        if up && listening.is_none() {
            let listener = match free.take() {
                Some(listener) => Ok(listener),
                None => TcpListener::bind(("127.0.0.1", port)).await,
            };
            // Taken by someone else meanwhile: try again until it is free.
            listening = listener.ok().map(|listener| tokio::spawn(http::serve(listener, answer(&world, target))));
        }
        if !up {
            free = None;
            if let Some(task) = listening.take() {
                task.abort();
            }
        }
        tokio::time::sleep(PACE).await;
    }
}

fn answer(world: &Arc<World>, target: Target) -> http::Answer {
    let world = Arc::clone(world);
    Arc::new(move |request| match request.path.as_str() {
        "/metrics" => exposition::scrape(&world, target, clock(), &request.accept),
        _ => Some(Reply::line("404 Not Found", "there is /metrics")),
    })
}

/// As `http_sd_configs` reads them.
pub fn discovered(targets: &[Served]) -> Value {
    let one = |served: &Served| {
        let Target { job, .. } = served.target;
        json!({
            "targets": [format!("127.0.0.1:{}", served.port)],
            "labels": {"job": job.name(), "instance": served.target.instance()},
        })
    };
    targets.iter().map(one).collect()
}
