//! The program: use-cases (`engine`), HTTP (`api`), background work (`worker`), commands (`cli`), configuration.

pub mod api;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod messages;
pub mod worker;
