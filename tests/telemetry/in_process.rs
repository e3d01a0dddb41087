//! The parts by themselves, in this process: what slow frames, changes and questions that are given up become.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use a360::model::fault::FetchError;
use a360::model::query::{Answer, Query};
use a360::model::write::{Write, WriteError};
use a360::telemetry::{self, About, Post, Telemetry};
use a360::time::Timestamp;
use tokio::runtime::Handle;

use crate::collector::{Told, decode};

fn about() -> About {
    About { host: "bastion".into(), pid: 7, context: "staging".into(), collector: "127.0.0.1:4318".into() }
}

/// The only test of this program that may switch them on: that is for the whole process.
#[tokio::test]
async fn off_nothing_is_made_and_on_the_right_things_are() {
    assert!(telemetry::step("report").is_disabled() && telemetry::read(5).is_disabled());
    assert!(telemetry::exchange("GET", None, None, "/").is_disabled());
    assert!(telemetry::headers().is_empty());
    let off = Telemetry::default();
    off.drew(Timestamp(0), Duration::from_secs(1), 1);
    assert!(!off.is_on() && off.close().await.is_none());

    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let kept = Arc::clone(&told);
    let post: Post = Box::new(move |bytes| {
        kept.lock().unwrap().extend(decode(&bytes));
        // Even what the carrier does is not traced.
        assert!(telemetry::step("post").is_none());
        Box::pin(async {
            assert!(telemetry::step("post").is_none() && telemetry::headers().is_empty());
            Ok(())
        })
    });
    let own = Telemetry::start(&about(), post, &Handle::current());
    own.drew(Timestamp(1_795_442_607_000), Duration::from_micros(16_000), 4_800);
    own.drew(Timestamp(1_795_442_607_000), Duration::from_micros(16_001), 4_800);
    own.switch("prod");
    let expire = Write::Expire("0a1b".to_owned());
    let _ = telemetry::write(&expire, async { Err(WriteError::NotDone(FetchError::Refused)) }).await;
    let given_up = telemetry::asked(&Query::Services, pending());
    assert!(tokio::time::timeout(Duration::from_millis(1), given_up).await.is_err());
    let _ = telemetry::asked(&Query::Alerts, async { Ok(Answer::Alerts(Vec::new())) }).await;
    assert_eq!(own.close().await, None);

    let told = told.lock().unwrap();
    let names: Vec<&str> = told.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["draw", "Expire", "Services", "Alerts"]);
    let [draw, expire, given_up, alerts] = &told[..] else { unreachable!() };
    assert_eq!((draw.took_ns, draw.says("cells"), draw.says("context")), (16_001_000, "4800", "staging"));
    assert_eq!((expire.says("function.name"), expire.says("source")), ("write", "am"));
    assert_eq!((expire.error.as_deref(), expire.says("context")), (Some("connection refused"), "prod"));
    assert!(!format!("{expire:?}").contains("0a1b"), "which silence is for Alertmanager to know");
    assert_eq!((given_up.error.as_deref(), given_up.says("samples")), (None, ""));
    assert_eq!((alerts.error.as_deref(), alerts.says("samples")), (None, "0"));
    assert_eq!(alerts.resource["host.name"], "bastion");
}
