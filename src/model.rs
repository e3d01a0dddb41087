//! The nouns: what is asked, what is answered, and what can go wrong. No I/O, no UI, no clock.

pub mod alert;
pub mod ask;
pub mod delivery;
pub mod endpoint;
pub mod engine;
pub mod fail_on;
pub mod fault;
pub mod host;
pub mod labels;
pub mod log;
pub mod matcher;
pub mod period;
pub mod place;
pub mod promql;
pub mod query;
pub mod rule;
pub mod series;
pub mod silence;
pub mod tail;
pub mod timetable;
pub mod trace;
pub mod unit;
pub mod watch;
pub mod window;
pub mod write;
