//! The life of a server or worker process.

use std::{
    io::{IsTerminal, Write as _},
    net::SocketAddr,
    time::Duration,
};

use anyhow::Context as _;
use mc_api::Live;
use mc_base::{SecretKey, SecretString};
use mc_domain::{Context, gateways::connections::Connections};
use mc_store::Store;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    accept::{Patience, accept},
    config::{AuthMode, Settings},
    files, limits, signals,
    wiring::{self, Face},
};

/// How long requests and jobs may take to end after the process was asked to stop.
const GRACE: Duration = Duration::from_secs(20);
/// How long clients may take.
const PATIENCE: Patience = Patience { head: Duration::from_secs(15), end: GRACE };

/// What the process does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Serves, and runs jobs unless that is switched off.
    Server,
    /// Runs jobs only.
    Worker,
}

/// Runs until SIGTERM or SIGINT.
pub(crate) async fn run(settings: Settings, role: Role) -> anyhow::Result<()> {
    tracing::info!(
        environment = settings.environment, database = %settings.database.url,
        "app.lifecycle.starting"
    );
    limits::raise_open_files();
    let store = wiring::open(&settings).await?;
    let key = files::server_key(&settings, store.random())?;
    let stop = CancellationToken::new();
    signals::listen(stop.clone()).context("signals cannot be heard")?;

    let tasks = TaskTracker::new();
    let after = CancellationToken::new();
    tasks.spawn({
        let (store, after) = (store.clone(), after.clone());
        async move { store.replicate(after).await }
    });
    let connections = wiring::connections(&settings, &store, &key).await?;
    tasks.spawn({
        // Jobs that are being finished still need their gateways.
        let (connections, after) = (connections.clone(), after.clone());
        async move { connections.run(after).await }
    });
    let process = Process { settings, store, key, connections, stop, tasks, after };
    match role {
        Role::Worker => process.work().await?,
        Role::Server => process.serve().await?,
    }
    process.end().await;
    Ok(())
}

/// What both roles stand on.
struct Process {
    settings: Settings,
    store: Store,
    key: SecretKey,
    connections: Connections,
    /// The process was asked to stop: nothing new is begun.
    stop: CancellationToken,
    /// What must have ended before the process does.
    tasks: TaskTracker,
    /// Requests and jobs have ended: what they needed may end too.
    after: CancellationToken,
}

impl Process {
    /// The context of all use cases; `bound` is where the server listens, or would.
    fn context(&self, bound: SocketAddr) -> anyhow::Result<Context> {
        let context = wiring::context(&self.settings, &self.store, self.key.clone(), bound)?;
        Ok(wiring::with_gateways(&self.settings, context, self.connections.clone()))
    }

    /// Runs jobs until the process is asked to stop.
    async fn work(&self) -> anyhow::Result<()> {
        let context = self.context(self.settings.http.listen_address())?;
        let runner = wiring::runner(&self.settings, &context).await?;
        tracing::info!("app.lifecycle.started");
        tell_supervisor(&self.stop);
        runner.run(self.stop.clone(), GRACE).await;
        Ok(())
    }

    /// Serves until the process is asked to stop, and runs jobs unless that is switched off.
    async fn serve(&self) -> anyhow::Result<()> {
        let settings = &self.settings;
        let shared_limits = wiring::shared_limits(settings, self.store.clock()).await?;
        let address = settings.http.listen_address();
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!(
                "PORT: {address} cannot be listened on; stop what uses it, or choose another PORT or HOST"
            )
        })?;
        let bound = listener.local_addr().context("the bound address cannot be read")?;
        let context = self.context(bound)?;
        let token = match settings.auth.mode {
            AuthMode::Local => Some(LocalToken::find(settings, &self.store)?),
            AuthMode::Clerk | AuthMode::Oidc => None,
        };
        let token_hint = token.as_ref().and_then(|token| token.hint.clone());
        let runner = match settings.jobs.run_in_server {
            true => Some(wiring::runner(settings, &context).await?),
            false => None,
        };
        let live = Live::start(&self.store, self.after.clone()).await?;
        let face = Face {
            local_token: token.as_ref().map(|token| token.value.clone()),
            token_hint: token_hint.clone(),
            runner: runner.as_ref().map(mc_store::jobs::Runner::health),
            shared_limits,
            stop: self.stop.clone(),
        };
        let base_url = context.base_url().to_owned();
        let routes = wiring::routes(settings, context, live, face);
        if let Some(runner) = runner {
            let stop = self.stop.clone();
            self.tasks.spawn(async move { runner.run(stop, GRACE).await });
        }
        tracing::info!(address = %bound, base_url, token_file = token_hint, "app.lifecycle.started");
        announce(&base_url, token.as_ref());
        tell_supervisor(&self.stop);
        accept(listener, routes, &self.stop, PATIENCE).await;
        Ok(())
    }

    /// Ends what requests and jobs needed, and closes the database.
    async fn end(self) {
        self.after.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.store.close().await;
        tracing::info!("app.lifecycle.stopped");
    }
}

/// Tells systemd that the process is ready, and later that it is stopping (`sd_notify(3)`). Does nothing under any other
/// supervisor.
fn tell_supervisor(stop: &CancellationToken) {
    let tell = |state| {
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::warn!(%error, "app.lifecycle.notify_failed");
        }
    };
    tell(sd_notify::NotifyState::Ready);
    let stop = stop.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        tell(sd_notify::NotifyState::Stopping);
    });
}

/// The token of local sign-in and where a person finds it.
struct LocalToken {
    value: SecretString,
    hint: Option<String>,
    is_new: bool,
}

impl LocalToken {
    fn find(settings: &Settings, store: &Store) -> anyhow::Result<Self> {
        if let Some(value) = &settings.auth.local_token {
            return Ok(Self { value: value.clone(), hint: None, is_new: false });
        }
        let kept = files::local_token(settings, store.random())?;
        Ok(Self { hint: Some(kept.path.display().to_string()), value: kept.value, is_new: kept.is_new })
    }
}

/// Says where to sign in. The local token itself is shown on a terminal only, once, and is no log line.
fn announce(base_url: &str, token: Option<&LocalToken>) {
    let mut terminal = std::io::stderr();
    if !terminal.is_terminal() {
        return;
    }
    let mut text = format!("\n  Mission Control is ready: {base_url}\n");
    if let Some(LocalToken { value, hint: Some(path), is_new }) = token {
        text += &format!("  Sign in with the token in {path}\n");
        if *is_new {
            text += &format!("  Shown this once: {}\n", value.expose_secret());
        }
    }
    // A terminal that went away is nobody to tell.
    let _ = writeln!(terminal, "{text}");
}
