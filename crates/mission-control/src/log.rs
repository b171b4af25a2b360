//! The log: one stream on standard output, as text or as JSON lines. docs/logging.md names the fields.

use chrono::SecondsFormat;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt::{format::Writer, time::FormatTime},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::{Log, LogFormat};

/// Starts the log of this process.
pub(crate) fn start(settings: &Log) {
    let level = LevelFilter::from_level(settings.level);
    // Libraries speak up when something is wrong; SQL is shown at the finest level only.
    let others = if settings.level == tracing::Level::TRACE { LevelFilter::DEBUG } else { LevelFilter::WARN };
    let targets = Targets::new()
        .with_default(others)
        .with_targets(["mission_control", "mc_api", "mc_domain", "mc_store"].map(|name| (name, level)));
    let registry = tracing_subscriber::registry().with(targets);
    let layer = tracing_subscriber::fmt::layer().with_timer(Timer { utc: settings.use_utc }).with_ansi(false);
    match settings.format {
        LogFormat::Text => registry.with(layer).init(),
        LogFormat::Json => registry
            .with(
                layer
                    .with_timer(Timer { utc: true })
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false),
            )
            .init(),
    }
    tracing::info!(level = %settings.level, format = ?settings.format, use_utc = settings.use_utc, "logging.configured");
}

struct Timer {
    utc: bool,
}

impl FormatTime for Timer {
    #[expect(
        clippy::disallowed_methods,
        reason = "a log line is written now, whatever the clock of a test says"
    )]
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        let text = if self.utc {
            chrono::Utc::now().to_rfc3339_opts(SecondsFormat::Micros, false)
        } else {
            chrono::Local::now().to_rfc3339_opts(SecondsFormat::Micros, false)
        };
        writer.write_str(&text)
    }
}
