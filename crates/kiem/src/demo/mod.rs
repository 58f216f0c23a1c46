//! The demonstration: a realistic Dutch workspace with six weeks of history, made by the real code with a clock that is
//! moved by hand, and the story that `kiem demo --script` plays.

pub mod history;
pub mod lead;
pub mod people;
pub mod player;
pub mod sites;
pub mod story;
pub mod words;
