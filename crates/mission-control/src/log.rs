//! The log: one stream on standard output, as text or as JSON lines. Commands that answer on standard output themselves
//! log only what is wrong, on standard error. docs/logging.md names the fields.

use std::{
    fmt::{self, Write as _},
    io::Write as _,
    time::SystemTime,
};

use chrono::{DateTime, Local, SecondsFormat, Utc};
use mc_base::text::escape_controls;
use serde_json::{Map, Value, json};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{
    filter::{LevelFilter, Targets, filter_fn},
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{
    config::{Log, LogFormat},
    traces::{self, Traces},
};

const APP: &str = "mission-control";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Who has standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The log: the process serves or works until it is stopped.
    Service,
    /// The answer of a command.
    Command,
}

/// The targets of our own code.
const OURS: [&str; 4] = ["mission_control", "mc_api", "mc_domain", "mc_store"];

/// Starts the log of this process, and hands its spans to `traces`.
pub(crate) fn start(settings: &Log, role: Role, traces: Option<&Traces>) {
    let level = match role {
        Role::Service => settings.level,
        Role::Command => settings.level.min(Level::WARN),
    };
    let level = LevelFilter::from_level(level);
    // Libraries speak up when something is wrong; SQL is shown at the finest level only.
    let others = if settings.level == Level::TRACE { LevelFilter::DEBUG } else { LevelFilter::WARN };
    let events = Targets::new()
        .with_default(others)
        // A request that breaks off while its transaction begins is rolled back twice, and the database says so.
        .with_target("sqlx::postgres::notice", LevelFilter::ERROR)
        .with_targets(OURS.map(|name| (name, level)));
    // Spans say to which request or job a line belongs, so they count at every level.
    let spans = Targets::new()
        .with_targets(OURS.map(|name| (name, LevelFilter::INFO)))
        .with_target(traces::TARGET, LevelFilter::OFF);
    let lines = Lines { format: settings.format, use_utc: settings.use_utc, role }.with_filter(filter_fn(
        move |metadata| {
            let targets = if metadata.is_span() { &spans } else { &events };
            targets.would_enable(metadata.target(), metadata.level())
        },
    ));
    tracing_subscriber::registry().with(traces.map(Traces::layer)).with(lines).init();
    let (level, format) = (level_name(settings.level), settings.format.name());
    tracing::info!(level, format, use_utc = settings.use_utc, "logging.configured");
}

/// Writes a line for each event, with the fields of the spans around it.
struct Lines {
    format: LogFormat,
    use_utc: bool,
    role: Role,
}

/// The fields of a span or an event, in their order.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_u128(&mut self, field: &Field, value: u128) {
        self.0.insert(field.name().to_owned(), u64::try_from(value).unwrap_or(u64::MAX).into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        // Names for traces only.
        fields.0.retain(|name, _| !name.starts_with("otel."));
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = match fields.0.shift_remove("message") {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        };
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Fields(outer)) = span.extensions().get::<Fields>() {
                for (name, value) in outer {
                    fields.0.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a line is written now, whatever the clock of a test says"
        )]
        let now = SystemTime::now();
        let line = match self.format {
            LogFormat::Json => {
                let span = context.event_span(event).map(|span| span.name());
                json_line(now.into(), event, span, &message, fields.0)
            }
            LogFormat::Text => text_line(&self.time(now), event, &message, &fields.0),
        };
        // A reader that has gone away is no reason to stop working.
        let _ = match self.role {
            Role::Service => std::io::stdout().lock().write_all(line.as_bytes()),
            Role::Command => std::io::stderr().lock().write_all(line.as_bytes()),
        };
    }
}

impl Lines {
    fn time(&self, now: SystemTime) -> String {
        const FORMAT: &str = "%Y-%m-%d %H:%M:%S,%3f";
        if self.use_utc {
            DateTime::<Utc>::from(now).format(FORMAT).to_string()
        } else {
            DateTime::<Local>::from(now).format(FORMAT).to_string()
        }
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::TRACE => "TRACE",
        Level::DEBUG => "DEBUG",
        Level::INFO => "INFO",
        Level::WARN => "WARNING",
        Level::ERROR => "ERROR",
    }
}

fn json_line(
    now: DateTime<Utc>,
    event: &Event<'_>,
    span: Option<&str>,
    message: &str,
    fields: Map<String, Value>,
) -> String {
    let metadata = event.metadata();
    let mut object = json!({
        "timestamp": now.to_rfc3339_opts(SecondsFormat::Micros, false),
        "level": level_name(*metadata.level()),
        "logger": metadata.target(),
        "message": message,
        "app": APP,
        "version": VERSION,
        "module": metadata.module_path(),
        "function": span,
        "line": metadata.line(),
    });
    if let Value::Object(object) = &mut object {
        for (name, value) in fields {
            // The names above are the line's own.
            object.entry(name).or_insert(value);
        }
    }
    format!("{object}\n")
}

fn text_line(time: &str, event: &Event<'_>, message: &str, fields: &Map<String, Value>) -> String {
    let metadata = event.metadata();
    let level = level_name(*metadata.level());
    let mut line = format!(
        "{time} {level} {} {} app={APP} version={VERSION}",
        metadata.target(),
        escape_controls(message)
    );
    for (name, value) in fields {
        // Text from outside cannot begin a line of its own.
        let _ = match value {
            Value::String(text) => write!(line, " {name}={}", escape_controls(text)),
            other => write!(line, " {name}={other}"),
        };
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    struct Capture {
        lines: Arc<Mutex<Vec<(String, String)>>>,
    }

    impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Capture {
        fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            fields.0.remove("message");
            let text = text_line("T", event, "test.message", &fields.0);
            let span = context.event_span(event).map(|span| span.name());
            let json = json_line(DateTime::<Utc>::UNIX_EPOCH, event, span, "test.message", fields.0);
            self.lines.lock().unwrap().push((text, json));
        }
    }

    #[test]
    fn a_line_has_its_fields_and_stays_one_line() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Capture { lines: lines.clone() });
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(path = "/a\nb", count = 3, level = "forged", "test.message");
            tracing::info_span!("job").in_scope(|| tracing::info!("test.message"));
        });
        let functions: Vec<Value> = lines
            .lock()
            .unwrap()
            .iter()
            .map(|(_, json)| serde_json::from_str::<Value>(json).unwrap()["function"].clone())
            .collect();
        assert_eq!(functions, [Value::Null, json!("job")]);
        let (text, json) = lines.lock().unwrap().remove(0);
        assert!(
            text.starts_with("T WARNING mission_control::log::tests test.message app=mission-control"),
            "{text}"
        );
        assert!(text.contains("count=3") && text.matches('\n').count() == 1, "{text}");
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (&json["level"], &json["path"], &json["count"]),
            (&json!("WARNING"), &json!("/a\nb"), &json!(3))
        );
        assert_eq!(json["timestamp"], "1970-01-01T00:00:00.000000+00:00");
    }
}
