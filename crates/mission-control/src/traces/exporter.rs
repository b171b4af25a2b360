//! How spans get to the collector, and what is said when they do not.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use mc_base::{Clock, text};
use mc_domain::egress::HttpEgress;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{ExporterBuildError, Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};
use secrecy::ExposeSecret as _;
use tokio::runtime::Handle;

use crate::config::Traces;

/// How long the collector may take for one delivery.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const ANSWER_MAX: u64 = 64 * 1024;
/// How often a collector that stays away is spoken of.
const WARN_EVERY: Duration = Duration::from_secs(60);
/// How much of the reason is told, in bytes.
const REASON_MAX: usize = 300;

/// Delivers in the form of OTLP over HTTP.
pub(super) fn new(
    settings: &Traces,
    egress: HttpEgress,
    runtime: &Handle,
) -> Result<Watched, ExporterBuildError> {
    let headers = settings.headers.iter();
    let inner = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Client { egress, runtime: runtime.clone() })
        .with_endpoint(settings.endpoint.as_str())
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(PATIENCE)
        .with_headers(headers.map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect())
        .build()?;
    Ok(Watched { inner, clock: Clock::system(), warned_at: Mutex::new(None) })
}

/// The HTTP client that everything here uses. The exporter has a thread of its own, outside of the runtime.
#[derive(Debug)]
struct Client {
    egress: HttpEgress,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let egress = self.egress.clone();
        let delivery = self.runtime.spawn(async move { egress.deliver(request, PATIENCE, ANSWER_MAX).await });
        Ok(delivery.await??)
    }
}

/// An exporter whose failures are warned of once a minute.
#[derive(Debug)]
pub(super) struct Watched {
    inner: opentelemetry_otlp::SpanExporter,
    clock: Clock,
    /// When a failure was last spoken of; none while deliveries succeed.
    warned_at: Mutex<Option<Duration>>,
}

impl SpanExporter for Watched {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.inner.export(batch).await;
        let mut warned_at = self.warned_at.lock().unwrap_or_else(PoisonError::into_inner);
        match &result {
            Ok(()) => {
                if warned_at.take().is_some() {
                    tracing::info!("traces.export.restored");
                }
            }
            Err(error) => {
                let now = self.clock.monotonic();
                if warned_at.is_none_or(|at| now >= at + WARN_EVERY) {
                    *warned_at = Some(now);
                    let error = error.to_string();
                    tracing::warn!(
                        error = text::truncate_bytes(&error, REASON_MAX),
                        spans,
                        "traces.export.failed"
                    );
                }
            }
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
