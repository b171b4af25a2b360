//! When the process is asked to stop.

use tokio_util::sync::CancellationToken;

/// Cancels `stop` at the first SIGTERM or SIGINT, and ends the process at the second.
pub(crate) fn listen(stop: CancellationToken) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::spawn(async move {
            for is_first in [true, false] {
                tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
                asked(&stop, is_first);
            }
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        for is_first in [true, false] {
            if tokio::signal::ctrl_c().await.is_ok() {
                asked(&stop, is_first);
            }
        }
    });
    Ok(())
}

fn asked(stop: &CancellationToken, is_first: bool) {
    if is_first {
        tracing::info!("app.lifecycle.stopping");
        stop.cancel();
    } else {
        tracing::warn!("app.lifecycle.aborted");
        std::process::exit(130);
    }
}
