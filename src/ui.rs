//! The interactive console: state, keys, and what is drawn.

pub mod action;
pub mod app;
pub mod ascii;
pub mod errand;
pub mod history;
pub mod keymap;
pub mod overlay;
pub mod prompt;
pub mod range;
pub mod screen;
pub mod silence_form;
pub mod theme;
pub mod view;
pub mod why;
pub mod widget;
