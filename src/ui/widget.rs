//! What views are put together from; none of them knows what it shows.

pub mod chart;
pub mod ground;
pub mod input;
pub mod picker;
pub mod sparkline;
