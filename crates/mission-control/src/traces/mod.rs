//! Traces for a collector of OpenTelemetry: spans of requests, jobs and calls to gateways.
//!
//! Only what is made as a span of this module or of the job runner goes out, with the attributes that stand there: no
//! line of the log, no path, no text from outside. Nothing here costs anything where no collector is configured.

mod exporter;
mod gateways;
mod requests;

use std::time::Duration;

use anyhow::Context as _;
use mc_domain::egress::HttpEgress;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::config;

pub(crate) use gateways::Traced;
pub(crate) use requests::observe;

/// The spans of this module; the log leaves them out.
pub(crate) const TARGET: &str = "mission_control::traces";
/// The spans of jobs, which the log has too.
const JOBS: &str = "mc_store::jobs::runner";
/// How long the last spans may take to go out when the process ends.
const FLUSH: Duration = Duration::from_secs(5);

/// The way of spans to the collector. They wait in memory, 2048 at most, and go out together every few seconds; what the
/// collector does not take is dropped.
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Sends spans to the collector of the settings, by requests that run in `runtime`.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up. Whether the collector answers does not matter here.
    pub(crate) fn start(
        settings: &config::Traces,
        environment: &str,
        runtime: &Handle,
    ) -> anyhow::Result<Self> {
        let egress = HttpEgress::new(std::slice::from_ref(&settings.endpoint))
            .context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        let exporter = exporter::new(settings, egress, runtime).context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        let resource = Resource::builder_empty()
            .with_service_name(settings.service_name.clone())
            .with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("deployment.environment.name", environment.to_owned()),
            ])
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler(settings.sampler))
            .with_span_processor(BatchSpanProcessor::builder(exporter).build())
            .build();
        Ok(Self { provider })
    }

    /// What hands the spans of this process over.
    pub(crate) fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("mission-control"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let ours = |metadata: &tracing::Metadata<'_>| {
            metadata.is_span() && matches!(metadata.target(), TARGET | JOBS)
        };
        layer.with_filter(filter_fn(ours)).boxed()
    }

    /// Sends what still waits, for some seconds at most. The runtime must still run, and not on this thread.
    pub(crate) fn stop(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH) {
            tracing::warn!(%error, "traces.flush.failed");
        }
    }
}

fn sampler(settings: config::Sampler) -> Sampler {
    // A share of 1 or 0 is what always and never mean.
    let own = Sampler::TraceIdRatioBased(settings.ratio);
    if settings.follows_parent { Sampler::ParentBased(Box::new(own)) } else { own }
}
