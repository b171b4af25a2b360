//! Traces, by the variables that OpenTelemetry gives every program.

use std::collections::HashMap;

use http::{HeaderName, HeaderValue};
use mc_base::SecretString;
use percent_encoding::percent_decode_str;
use url::Url;

use super::reader::Reader;
use super::report::{Problem, problem};
use super::table;
use super::variable::{Info, Notes};

/// Where spans are sent, and which.
#[derive(Clone, Debug)]
pub struct Traces {
    /// The address of the collector for spans.
    pub endpoint: Url,
    /// What is sent with each request to the collector, such as its password; names in lower case.
    pub headers: HashMap<String, SecretString>,
    /// What this server is called there.
    pub service_name: String,
    /// Which traces are kept.
    pub sampler: Sampler,
}

/// Which traces are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// Whether a request that belongs to a trace already is kept if and only if its sender keeps it.
    pub follows_parent: bool,
    /// How much is kept of the traces that begin here, from 0 to 1.
    pub ratio: f64,
}

/// The samplers by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SamplerName {
    follows_parent: bool,
    kind: SamplerKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SamplerKind {
    On,
    Off,
    Ratio,
}

impl Traces {
    /// None where no collector is named, or tracing is switched off.
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        if reader.get(&table::OTEL_SDK_DISABLED) {
            return None;
        }
        let base = reader.find(&table::OTEL_EXPORTER_OTLP_ENDPOINT);
        let endpoint =
            reader.find(&table::OTEL_EXPORTER_OTLP_TRACES_ENDPOINT).or_else(|| base.map(traces_below))?;
        // A variable that is not needed is not judged: it may be there for other programs.
        reader.get(&table::OTEL_EXPORTER_OTLP_PROTOCOL);
        let headers = reader.find(&table::OTEL_EXPORTER_OTLP_HEADERS).unwrap_or_default();
        let service_name = reader.get(&table::OTEL_SERVICE_NAME);
        let name = reader.get(&table::OTEL_TRACES_SAMPLER);
        let ratio = reader.get(&table::OTEL_TRACES_SAMPLER_ARG);
        let ratio = match name.kind {
            SamplerKind::On => 1.0,
            SamplerKind::Off => 0.0,
            SamplerKind::Ratio => ratio,
        };
        let sampler = Sampler { follows_parent: name.follows_parent, ratio };
        Some(Self { endpoint, headers, service_name, sampler })
    }
}

/// The address for spans below the collector's own.
fn traces_below(mut base: Url) -> Url {
    let path = format!("{}/v1/traces", base.path().trim_end_matches('/'));
    base.set_path(&path);
    base
}

/// Fields of a header in the form `name=value,name=value`, with percent signs for what that form cannot hold.
pub(super) fn headers(_: &Info, text: &str, _: &mut Notes) -> Result<HashMap<String, SecretString>, Problem> {
    let pairs = text.split(',').map(str::trim).enumerate().filter(|(_, item)| !item.is_empty());
    pairs
        .map(|(index, item)| {
            let bad = || {
                let what = format!("item {} is no name=value that a header may have", index + 1);
                problem(what, "write it as name=value, with % signs for commas (%2C) and blanks (%20)")
            };
            let (name, value) = item.split_once('=').ok_or_else(bad)?;
            let name: HeaderName = name.trim().parse().map_err(|_| bad())?;
            let value = percent_decode_str(value.trim()).decode_utf8().map_err(|_| bad())?;
            HeaderValue::from_str(&value).map_err(|_| bad())?;
            Ok((name.as_str().to_owned(), SecretString::from(value.into_owned())))
        })
        .collect()
}

pub(super) fn sampler(_: &Info, text: &str, _: &mut Notes) -> Result<SamplerName, Problem> {
    let text = text.to_ascii_lowercase();
    let (follows_parent, own) = match text.strip_prefix("parentbased_") {
        Some(own) => (true, own),
        None => (false, text.as_str()),
    };
    let kind = match own {
        "always_on" => SamplerKind::On,
        "always_off" => SamplerKind::Off,
        "traceidratio" => SamplerKind::Ratio,
        _ => {
            let remedy = "set always_on, always_off or traceidratio, or one of them behind parentbased_";
            return Err(problem("is no sampler that is known here", remedy));
        }
    };
    Ok(SamplerName { follows_parent, kind })
}

pub(super) fn ratio(_: &Info, text: &str, _: &mut Notes) -> Result<f64, Problem> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| problem("is no number from 0 to 1", "set a share such as 0.1"))
}

/// The only one that is spoken.
pub(super) fn protocol(_: &Info, text: &str, _: &mut Notes) -> Result<(), Problem> {
    if text.eq_ignore_ascii_case("http/protobuf") {
        return Ok(());
    }
    let remedy =
        "set http/protobuf, and the collector's port for it in OTEL_EXPORTER_OTLP_ENDPOINT (usually 4318)";
    Err(problem("is a protocol that is not spoken here", remedy))
}

#[cfg(test)]
mod tests {
    use mc_base::secret::ExposeSecret as _;

    use super::*;
    use crate::config::Settings;

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otlp/");

    fn load(variables: &[(&str, &str)]) -> Result<Option<Traces>, String> {
        let base = [("MC_DATA_DIR", "/data")];
        let all = base.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let loaded = Settings::load(all, None);
        loaded.map(|(settings, _)| settings.traces).map_err(|errors| errors[0].to_string())
    }

    #[test]
    fn there_are_traces_where_a_collector_is_named() {
        assert!(load(&[]).unwrap().is_none());
        let traces = load(&[ENDPOINT]).unwrap().unwrap();
        assert_eq!(traces.endpoint.as_str(), "http://collector:4318/otlp/v1/traces");
        assert_eq!(traces.service_name, "mission-control");
        assert_eq!(traces.sampler, Sampler { follows_parent: true, ratio: 1.0 });
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://spans.example.com/in");
        assert_eq!(load(&[ENDPOINT, whole]).unwrap().unwrap().endpoint.as_str(), whole.1);
        assert!(load(&[ENDPOINT, ("OTEL_SDK_DISABLED", "true")]).unwrap().is_none());
        // What other programs are told is not our matter.
        assert!(load(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap().is_none());
    }

    #[test]
    fn samplers_and_headers_have_the_forms_of_the_standard() {
        let sampled = |name, ratio| {
            let set = [ENDPOINT, ("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", ratio)];
            let sampler = load(&set).unwrap().unwrap().sampler;
            (sampler.follows_parent, sampler.ratio)
        };
        assert_eq!(sampled("traceidratio", "0.25"), (false, 0.25));
        assert_eq!(sampled("parentbased_traceidratio", "0"), (true, 0.0));
        assert_eq!(sampled("always_off", "0.5"), (false, 0.0));
        let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20abc%2Cd, x-scope = a=b ,");
        let headers = load(&[ENDPOINT, headers]).unwrap().unwrap().headers;
        assert_eq!(headers["authorization"].expose_secret(), "Bearer abc,d");
        assert_eq!((headers["x-scope"].expose_secret(), headers.len()), ("a=b", 2));
        assert!(!format!("{headers:?}").contains("abc"));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_named_and_not_shown() {
        for (name, value, start) in [
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "collector:4318",
                "OTEL_EXPORTER_OTLP_ENDPOINT: is no http or https URL",
            ),
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://u:hunter2@c",
                "OTEL_EXPORTER_OTLP_ENDPOINT: contains a user",
            ),
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "OTEL_EXPORTER_OTLP_HEADERS: item 1 is no name=value"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=b,c=hunter2%0A", "OTEL_EXPORTER_OTLP_HEADERS: item 2 is no"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL: is a protocol that is not"),
            ("OTEL_TRACES_SAMPLER", "jaeger_remote", "OTEL_TRACES_SAMPLER: is no sampler"),
            ("OTEL_TRACES_SAMPLER_ARG", "1.5", "OTEL_TRACES_SAMPLER_ARG: is no number from 0 to 1"),
        ] {
            let set = if name == ENDPOINT.0 { vec![(name, value)] } else { vec![ENDPOINT, (name, value)] };
            let error = load(&set).unwrap_err();
            assert!(error.starts_with(start) && !error.contains("hunter2"), "{name}={value}: {error}");
        }
    }
}
