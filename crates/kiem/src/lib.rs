//! The program: use-cases (`engine`), HTTP (`api`), background work (`worker`), commands (`cli`), configuration.

pub mod cli;
