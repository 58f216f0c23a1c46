//! `kiem demo`: a practice workspace with six weeks of history, or the whole story at once.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use kiem_store::Store;

use super::{Cli, serve};
use crate::config::Config;
use crate::demo::player::{EMAIL, PASSWORD, Player};
use crate::demo::{history, story};
use crate::engine::keys::random_bytes;
use crate::engine::{Clock, Engine, Keys};

/// Options of `kiem demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Play the whole story, print what happened, and stop.
    #[arg(long)]
    script: bool,
    /// Print the story as JSON.
    #[arg(long, requires = "script")]
    json: bool,
}

/// A folder that disappears with the program, unless the user named one.
struct Folder {
    path: PathBuf,
    is_temporary: bool,
}

impl Folder {
    fn new(wanted: Option<&PathBuf>) -> anyhow::Result<Folder> {
        let path = wanted.cloned().unwrap_or_else(|| {
            let name: String = random_bytes::<6>().iter().map(|b| format!("{b:02x}")).collect();
            std::env::temp_dir().join(format!("kiem-demo-{name}"))
        });
        std::fs::create_dir_all(&path)
            .with_context(|| format!("the folder {} cannot be made", path.display()))?;
        Ok(Folder { path, is_temporary: wanted.is_none() })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_temporary {
            // The system empties its temporary folder anyway.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Runs the demonstration.
pub fn run(cli: &Cli, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    // With --data-dir the workspace stays there; without it the demonstration is gone when it stops.
    let folder = Folder::new(cli.data_dir.as_ref())?;
    let mut config = cli.settings()?;
    // A demonstration never touches the database of a real installation.
    config.data_dir = folder.path.clone();
    config.database_url = format!("sqlite:{}", folder.path.join("kiem.sqlite").display());
    serve::log(&config);
    serve::runtime()?
        .block_on(async { if args.script { tell(config, args.json).await } else { show(config).await } })
}

async fn begin(config: &Config, clock: Clock) -> anyhow::Result<Engine> {
    let store = Store::open(&config.database_url, 8).await?;
    store.migrate().await?;
    let keys = Keys::of_installation(&store, &config.key_file()).await?;
    Ok(Engine::new(store, clock, keys, config.clone()))
}

async fn tell(config: Config, as_json: bool) -> anyhow::Result<ExitCode> {
    let engine = begin(&config, Clock::manual(story::beginning())).await?;
    let mut player = Player::begin(&engine).await?;
    let told = story::play(&mut player).await?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        for (part, value) in told.as_object().into_iter().flatten() {
            println!("{part}: {value}");
        }
    }
    engine.store().close().await;
    Ok(ExitCode::SUCCESS)
}

async fn show(config: Config) -> anyhow::Result<ExitCode> {
    let now = Clock::System.now();
    let engine = begin(&config, Clock::manual(history::beginning(now))).await?;
    let is_new = {
        let mut global = engine.store().global_read().await?;
        kiem_store::account::count_users(&mut global).await? == 0
    };
    if is_new {
        println!("Making six weeks of history ...");
        let mut player = Player::begin(&engine).await?;
        history::play(&mut player, now).await?;
    }
    engine.store().close().await;
    println!("\n  Open   {}\n  E-mail {EMAIL}\n  Password {PASSWORD}\n\nCtrl-C stops.", config.public_url);
    serve::run(config).await
}
