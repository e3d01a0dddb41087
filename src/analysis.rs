//! Pure thinking over what was answered: no I/O, no UI, no clock.

pub mod alerts;
pub mod availability;
pub mod history;
pub mod insight;
pub mod logs;
pub mod news;
pub mod patterns;
pub mod routing;
pub mod rules;
pub mod scope;
pub mod stats;
pub mod summary;
pub mod switch;
pub mod traces;
pub mod widen;
