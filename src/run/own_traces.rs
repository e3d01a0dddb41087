//! Sets up a360's own traces: who we are, and the client that carries them.

use std::sync::Arc;
use std::time::Duration;

use sysinfo::System;
use tokio::runtime::Handle;

use super::clock;
use crate::config::Config;
use crate::model::endpoint::{Endpoint, Proxy};
use crate::source::http::Client;
use crate::telemetry::{About, Post, Telemetry};
use crate::text::Plain;

/// A collector is near, and has nothing to think about.
const CONNECT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(5);
/// It answers with a few bytes.
const MOST_ANSWERED: u64 = 64 * 1024;

/// On if the config says so. `context` is what is asked at first.
pub fn start(config: &Config, context: &str, runtime: &Handle) -> Telemetry {
    let settings = &config.telemetry;
    if !settings.enabled {
        return Telemetry::default();
    }
    let collector = settings.url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let about = About {
        host: Plain::new(&System::host_name().unwrap_or_default()),
        pid: std::process::id(),
        context: context.into(),
        collector: collector.into(),
    };
    Telemetry::start(&about, post(&settings.url), runtime)
}

fn post(url: &str) -> Post {
    let endpoint = Endpoint {
        // What a proxy keeps out would look like a collector that is down.
        proxy: Proxy::None,
        connect_timeout: CONNECT,
        timeout: TIMEOUT,
        max_answer: MOST_ANSWERED,
        concurrency: 1,
        ..Endpoint::new(url)
    };
    let client = Arc::new(Client::new(endpoint));
    Box::new(move |bytes| {
        let client = Arc::clone(&client);
        Box::pin(async move {
            let reply = client.post_protobuf("", &bytes, clock()).await?;
            if reply.is_success() { Ok(()) } else { Err(reply.fault()) }
        })
    })
}
