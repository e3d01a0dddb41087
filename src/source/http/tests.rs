//! How long a question waits for its turn.

use super::*;

/// What is left of 30 s for a question that waited 20 s for the only slot.
async fn left_after_a_wait(answered_meanwhile: u64) -> Duration {
    let client = Client::new(Endpoint { concurrency: 1, ..Endpoint::new("http://prom:9090") });
    let slow = client.clone();
    let holder = tokio::spawn(async move {
        let slot = slow.0.slot().await;
        tokio::time::sleep(Duration::from_secs(20)).await;
        slow.0.answered.fetch_add(answered_meanwhile, Ordering::Relaxed);
        drop(slot);
    });
    tokio::task::yield_now().await;
    let (_slot, left) = client.0.slot().await.unwrap();
    holder.await.unwrap();
    left
}

#[tokio::test(start_paused = true)]
async fn waiting_behind_a_question_that_hangs_counts() {
    assert_eq!(left_after_a_wait(0).await.as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_is_given_its_time_for_each() {
    assert_eq!(left_after_a_wait(1).await.as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_slot_for_ever() {
    let client = Client::new(Endpoint { concurrency: 1, ..Endpoint::new("http://prom:9090") });
    let _held = client.0.slot().await.unwrap();
    let fault = client.get("/", Timestamp(0)).await.err();
    assert_eq!(fault, Some(FetchError::Timeout(Duration::from_secs(30))));
}
