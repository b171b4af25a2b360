//! Whether a gateway answers, and is one that this server can work with.

use std::{sync::Arc, time::Duration};

use super::{
    port::{Hello, Target},
    rpc::{self, Answer, Rpc},
    rules,
    version::{self, Version},
};
use crate::{Context, Error, Result};

/// How long a request waits for the answer.
const WAIT: Duration = Duration::from_secs(10);

/// What answered.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    pub(super) hello: Arc<Hello>,
    /// The version, or why it will not do.
    pub(super) verdict: Result<Version, String>,
}

/// Asks what answers at a target.
pub(super) async fn ask(context: &Context, target: &Target) -> Answer<Probe> {
    rpc::within(WAIT, async {
        let rpc = Rpc::new(context, target);
        let hello = rpc.hello().await?;
        let mut found = hello.server_version.clone();
        if found.as_deref().is_none_or(|text| text.parse::<Version>().is_err()) {
            // Older gateways do not say it; their configuration has a stamp of who wrote it last.
            match rpc.config().await {
                Ok(config) => found = config.last_touched_version().map(str::to_owned).or(found),
                Err(error) => tracing::info!(%error, "gateway.compat.config_get_fallback_unavailable"),
            }
        }
        let verdict = version::check(found.as_deref(), &context.settings().gateway_min_version);
        Ok(Probe { hello, verdict })
    })
    .await
}

/// Asks, and takes nothing but a gateway that will do.
///
/// # Errors
/// `BadGateway` when there is no answer, `Invalid` when the version will not do.
pub(super) async fn require(context: &Context, target: &Target) -> Result<Version> {
    let probe = ask(context, target).await.map_err(|mut error| {
        error.message = rules::explain(&error);
        rules::bad_gateway("Gateway compatibility check failed", &error)
    })?;
    probe.verdict.map_err(|reason| Error::invalid(reason).code("gateway_version"))
}
