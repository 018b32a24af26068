//! Ctrl-C and SIGTERM: once to stop cleanly, twice to quit.

use tokio_util::sync::CancellationToken;

/// Asks to stop at the first Ctrl-C or SIGTERM, and comes back at the second.
pub(super) async fn second_interrupt(stop: &CancellationToken) {
    interrupt().await;
    stop.cancel();
    tracing::warn!("stopping when what is in flight is done; once more to quit at once");
    interrupt().await;
}

async fn interrupt() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals nothing interrupts.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
