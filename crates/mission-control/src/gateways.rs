//! Work on gateways from the command line, for operators.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use mc_domain::gateways::{SyncAction, SyncOptions, SyncReport, sync_as_operator};
use tokio_util::sync::CancellationToken;

use crate::{cli::print, config::Settings, files, wiring};

/// What to do with gateways.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring the agents of a gateway in line with what is stored here: entries, files and sessions.
    Sync(Sync),
}

/// Which agents are brought in line, and how.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Sync {
    /// The id of the gateway.
    #[arg(long)]
    gateway_id: String,
    /// Only the agents of this board.
    #[arg(long)]
    board_id: Option<String>,
    /// Leave the main agent out.
    #[arg(long)]
    no_include_main: bool,
    /// Also the main agent; that is the default.
    #[arg(long, conflicts_with = "no_include_main")]
    include_main: bool,
    /// Of the agents of boards only leads.
    #[arg(long)]
    lead_only: bool,
    /// Begin the sessions anew.
    #[arg(long)]
    reset_sessions: bool,
    /// Give the agents new tokens; the present ones work until the new ones are first used.
    #[arg(long)]
    rotate_tokens: bool,
    /// Write the files with the first steps again.
    #[arg(long)]
    force_bootstrap: bool,
    /// Replace what agents have changed in the texts of the server.
    #[arg(long)]
    overwrite: bool,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command on the configured database and over connections of its own.
pub(crate) async fn run(settings: Settings, Command::Sync(wanted): Command) -> anyhow::Result<()> {
    let id = |name: &str, text: &str| {
        mc_base::parse_uuid(text).map_err(|reason| anyhow::anyhow!("--{name}: {text} is no id: {reason}"))
    };
    let gateway_id = id("gateway-id", &wanted.gateway_id)?;
    let options = SyncOptions {
        include_main: !wanted.no_include_main,
        lead_only: wanted.lead_only,
        reset_sessions: wanted.reset_sessions,
        rotate_tokens: wanted.rotate_tokens,
        force_bootstrap: wanted.force_bootstrap,
        overwrite: wanted.overwrite,
        board_id: wanted.board_id.as_deref().map(|text| id("board-id", text)).transpose()?,
        dry_run: wanted.dry_run,
    };
    let store = wiring::open(&settings).await?;
    let key = files::server_key(&settings, store.random())?;
    let connections = wiring::connections(&settings, &store, &key).await?;
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (connections, stop) = (connections.clone(), stop.clone());
        async move { connections.run(stop).await }
    });
    let context =
        wiring::context(&settings, &store, key, settings.http.listen_address())?.with_gateways(connections);
    let outcome = sync_as_operator(&context, gateway_id, options).await;
    stop.cancel();
    running.await.context("the connections to gateways did not end")?;
    let report = outcome.map_err(|error| anyhow::anyhow!("{gateway_id}: {error}"))?;
    print(&text(&wanted.gateway_id, options, &report))?;
    if !report.errors.is_empty() {
        bail!("{} of the agents are not in line", report.errors.len());
    }
    Ok(())
}

fn text(gateway_id: &str, options: SyncOptions, report: &SyncReport) -> String {
    let mut text = format!("gateway_id={gateway_id}\n");
    for (name, is_set) in [
        ("include_main", options.include_main),
        ("lead_only", options.lead_only),
        ("reset_sessions", options.reset_sessions),
        ("rotate_tokens", options.rotate_tokens),
        ("force_bootstrap", options.force_bootstrap),
        ("overwrite", options.overwrite),
    ] {
        let _ = writeln!(text, "{name}={is_set}");
    }
    let _ = writeln!(text, "agents_updated={}", report.agents_updated);
    let _ = writeln!(text, "agents_skipped={}", report.agents_skipped);
    let _ = writeln!(text, "main_updated={}", report.main_updated);
    for plan in report.plan.iter().filter(|_| options.dry_run) {
        let action = match plan.action {
            SyncAction::SetUp => "set_up",
            SyncAction::Refresh => "refresh",
            SyncAction::Skip => "skip",
        };
        let _ = writeln!(text, "would {action}: {}", mc_base::text::escape_controls(&plan.agent_name));
    }
    for error in &report.errors {
        let name = error.agent_name.as_deref().unwrap_or("gateway");
        let line = format!("{name}: {}", error.message);
        let _ = writeln!(text, "error: {}", mc_base::text::escape_controls(&line));
    }
    text
}

#[cfg(test)]
mod tests {
    use mc_domain::gateways::SyncError;

    use super::*;

    #[test]
    fn a_report_is_a_line_for_each_figure_and_error() {
        let options = SyncOptions {
            include_main: true,
            lead_only: false,
            reset_sessions: false,
            rotate_tokens: true,
            force_bootstrap: false,
            overwrite: false,
            board_id: None,
            dry_run: false,
        };
        let error = SyncError {
            agent_id: None,
            agent_name: Some("Ada".into()),
            board_id: None,
            message: "disk\nis full".into(),
        };
        let report = SyncReport {
            agents_updated: 2,
            agents_skipped: 1,
            main_updated: true,
            errors: vec![error],
            plan: Vec::new(),
        };
        let lines = text("5", options, &report);
        assert!(lines.contains("rotate_tokens=true\n") && lines.contains("agents_updated=2\n"), "{lines}");
        assert_eq!(lines.lines().last(), Some("error: Ada: disk\\nis full"));
    }
}
