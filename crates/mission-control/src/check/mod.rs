//! Finds what people get wrong when they run the server, and says what to do about it.

mod address;
mod console;
mod disk;
mod installation;
mod report;
mod webhook;

use mc_base::Clock;
use mc_domain::egress::HttpEgress;
use url::Url;

use crate::{
    cli::print,
    config::{ConfigError, Settings, Warning},
};

pub(crate) use report::{Finding, Report};

/// Options of `mission-control check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The origin of a console that is served elsewhere, such as https://console.example.com: its page is read, to see for
    /// which server and sign-in it was built.
    #[arg(long)]
    console: Option<String>,
    /// One JSON object instead of lines of text.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    subject: Option<Subject>,
}

#[derive(Debug, clap::Subcommand)]
enum Subject {
    /// Say why the signature of a webhook delivery does not match.
    Webhook(webhook::Options),
}

/// What the environment says to the console when it is built for another origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConsoleBuild {
    /// `NEXT_PUBLIC_API_URL`.
    pub(crate) api_url: Option<String>,
    /// `NEXT_PUBLIC_AUTH_MODE`.
    pub(crate) auth_mode: Option<String>,
}

impl ConsoleBuild {
    /// Takes it from the environment.
    pub(crate) fn of(environment: &[(String, String)]) -> Self {
        let value = |name| {
            environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned())
        };
        Self { api_url: value("NEXT_PUBLIC_API_URL"), auth_mode: value("NEXT_PUBLIC_AUTH_MODE") }
    }
}

type Loaded = Result<(Settings, Vec<Warning>), Vec<ConfigError>>;

/// Looks at everything and prints what was found. An error when something will not work.
pub(crate) async fn run(loaded: Loaded, console: ConsoleBuild, options: Options) -> anyhow::Result<()> {
    if let Some(Subject::Webhook(options)) = options.subject {
        return webhook::run(&options);
    }
    let mut report = Report::default();
    match loaded {
        Err(errors) => {
            for error in errors {
                report.add(Finding::error(
                    "configuration",
                    format!("{}: {}", error.name, error.what),
                    error.remedy,
                ));
            }
        }
        Ok((settings, warnings)) => {
            report.add(Finding::ok("configuration", "every setting can be used"));
            for warning in warnings {
                report.add(Finding::warning(
                    "configuration",
                    warning.to_string(),
                    "see docs/configuration.md",
                ));
            }
            report.extend(disk::look(&settings));
            report.extend(installation::settings(&settings, &console, options.console.as_deref()));
            if let Some(console) = options.console.as_deref().and_then(|text| text.parse::<Url>().ok()) {
                // Who names them on this command line or in the settings may let them lie anywhere.
                let server = settings.http.base_url_at(settings.http.port).parse().ok();
                let egress = HttpEgress::new(
                    &[Some(console.clone()), server].into_iter().flatten().collect::<Vec<_>>(),
                )?;
                report.extend(console::look(&settings, &console, &egress).await);
            }
            let store = installation::database(&settings, &mut report).await;
            if let Some(store) = &store {
                report.extend(installation::contents(&settings, store).await);
            }
            if let Some(url) = &settings.http.base_url
                && let Ok(url) = url.parse()
            {
                let egress = HttpEgress::new(std::slice::from_ref(&url))?;
                let clock = Clock::system();
                report.extend(address::look(&settings, &url, &egress, || clock.now()).await);
            }
            if let Some(store) = store {
                store.close().await;
            }
        }
    }
    print(&if options.json { report.json() } else { report.text() })?;
    match report.errors() {
        0 => Ok(()),
        1 => anyhow::bail!("1 thing has to be mended"),
        count => anyhow::bail!("{count} things have to be mended"),
    }
}
