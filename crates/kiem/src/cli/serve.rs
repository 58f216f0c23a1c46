//! `kiem serve` and `kiem migrate`.

use std::future::IntoFuture as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use kiem_store::Store;

use super::Cli;
use crate::config::Config;
use crate::engine::{Clock, Engine, Keys, networks};

/// How long answers may go on after the program was told to stop. A page's live events never end by themselves, so
/// without a limit one open browser would keep the program from stopping.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// Connections to the database per process.
const CONNECTIONS_MAX: u32 = 16;

/// Opens data folder, key and database, and brings the database up to date.
pub async fn open(config: Config) -> anyhow::Result<Engine> {
    make_data_dir(&config)?;
    let networks = networks::of_installation(&config)?;
    let store = open_store(&config).await?;
    store.migrate().await?;
    let keys = Keys::of_installation(&store, &config.key_file()).await?;
    Ok(Engine::new(store, Clock::System, keys, config).with_networks(networks))
}

/// Opens the database as it stands: nothing is made, and nothing is brought up to date. A backup before an upgrade is of the
/// old state, whichever program makes it.
pub(super) async fn open_as_it_stands(config: &Config) -> anyhow::Result<Store> {
    let file = config.database_url.strip_prefix("sqlite:").map(std::path::Path::new);
    if let Some(missing) = file.filter(|path| !path.exists()) {
        return Err(super::words::told("file_missing", &[("path", missing.display().to_string())]));
    }
    open_store(config).await
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    Store::open(&config.database_url, CONNECTIONS_MAX).await.context(
        "the database cannot be opened; check database_url, and that the server runs and lets this user in",
    )
}

/// Makes the data folder if need be. It holds people's data and keys, so nobody else on the machine may look inside.
pub(super) fn make_data_dir(config: &Config) -> anyhow::Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(&config.data_dir).with_context(|| {
        format!("the data folder {} cannot be made; choose another with data_dir", config.data_dir.display())
    })
}

pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

pub(super) fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Starts the program and runs it until it is told to stop.
pub fn serve(cli: &Cli) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    log(&config);
    runtime()?.block_on(run(config))
}

/// The running program: page, API and background work, until it is told to stop.
pub(super) async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let engine = open(config).await?;
    warn_of_private_addresses(engine.config());
    let listen = engine.config().listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} is taken or not ours; choose another address with `listen`"))?;
    tracing::info!(address = %engine.config().public_url, "Kiem is ready");
    let worker = engine.config().worker.then(|| tokio::spawn(crate::worker::run(engine.clone())));
    let service = crate::api::service(engine.clone());
    let service = service.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let (tell, mut told) = tokio::sync::watch::channel(());
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stopped().await;
        tell.send_replace(());
    });
    let grace = async {
        // The sender never goes without having told: it ends with the server.
        let _ = told.changed().await;
        tokio::time::sleep(STOP_GRACE).await;
    };
    tokio::select! {
        served = server.into_future() => served?,
        () = grace => tracing::info!("connections that were still open are closed"),
    }
    if let Some(worker) = worker {
        worker.abort();
    }
    engine.store().close().await;
    Ok(ExitCode::SUCCESS)
}

/// A setting that must not be forgotten is said by every program that it opens doors for.
fn warn_of_private_addresses(config: &Config) {
    if config.allow_private_addresses {
        tracing::warn!(
            "allow_private_addresses is ON: websites and webhooks may lead into private networks. For tests only"
        );
    }
}

/// Does background work until it is told to stop.
pub fn work(cli: &Cli) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    log(&config);
    runtime()?.block_on(async {
        let engine = open(config).await?;
        warn_of_private_addresses(engine.config());
        let worker = tokio::spawn(crate::worker::run(engine.clone()));
        stopped().await;
        worker.abort();
        engine.store().close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Brings the database up to date.
pub fn migrate(cli: &Cli) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    runtime()?.block_on(async {
        let engine = open(config).await?;
        println!("The database is up to date: {}", shown(&engine.config().database_url));
        engine.store().close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// A database address without its password.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.to_owned(),
    }
}

/// Waits for Ctrl-C or the stop signal of a service manager.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(_) => return drop(interrupted.await),
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminate.recv() => {}
    }
}
