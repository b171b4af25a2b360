//! `migrate`: the schema of the database, and the copy of what stood there before.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use mc_store::{Engine, Read, SCHEMA_VERSION, SchemaState, Store};

use crate::{
    backup::{self, Origin, Wish},
    cli::print,
    config::Settings,
    wiring,
};

/// How many copies from before a migration are kept.
const COPIES: usize = 3;

/// What to do with the schema; without a subcommand, it is brought up to date.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    command: Option<MigrateCommand>,
    /// Only tell which schema the database has; the same as `migrate status`.
    #[arg(long, conflicts_with_all = ["backup", "no_backup"])]
    status: bool,
    #[command(flatten)]
    up: Up,
}

#[derive(Debug, Subcommand)]
enum MigrateCommand {
    /// Tell which schema the database has.
    Status,
    /// List the migrations that would run, and change nothing.
    Plan,
    /// Bring the database to the schema of this version (the default).
    Up(Up),
}

/// How to migrate.
#[derive(Args, Clone, Copy, Debug, Default)]
struct Up {
    /// Back PostgreSQL up before. SQLite is always backed up.
    #[arg(long, conflicts_with = "no_backup")]
    backup: bool,
    /// Do not back SQLite up before.
    #[arg(long)]
    no_backup: bool,
}

/// Runs `migrate` and its subcommands.
pub(crate) async fn run(settings: Settings, arguments: MigrateArgs) -> anyhow::Result<()> {
    let store = wiring::connect(&settings).await?;
    let before = store.schema().await.context("DATABASE_URL: the schema cannot be read")?;
    let text = match arguments.command {
        _ if arguments.status => status(before),
        Some(MigrateCommand::Status) => status(before),
        Some(MigrateCommand::Plan) => {
            wiring::refuse_newer(before)?;
            plan(before, store.engine())
        }
        None => up(&settings, &store, before, arguments.up).await?,
        Some(MigrateCommand::Up(wish)) => up(&settings, &store, before, wish).await?,
    };
    store.close().await;
    print(&text)
}

fn status(state: SchemaState) -> String {
    match state {
        SchemaState::Current => format!("current: version {SCHEMA_VERSION}\n"),
        SchemaState::Behind { version } => {
            format!("behind: version {version}, this executable needs {SCHEMA_VERSION}\n")
        }
        SchemaState::Ahead { version } => {
            format!("ahead: version {version}, this executable knows {SCHEMA_VERSION}\n")
        }
    }
}

fn plan(state: SchemaState, engine: Engine) -> String {
    let SchemaState::Behind { version } = state else {
        return format!("nothing to do: version {SCHEMA_VERSION}\n");
    };
    let mut text = String::new();
    if version > 0 && engine == Engine::Sqlite {
        text += "a copy of the database is made before\n";
    }
    for (number, description) in mc_store::migrations().filter(|(number, _)| *number > version) {
        text += &format!("{number:04}  {description}\n");
    }
    text
}

async fn up(settings: &Settings, store: &Store, before: SchemaState, wish: Up) -> anyhow::Result<String> {
    wiring::refuse_newer(before)?;
    let wants_copy = match store.engine() {
        Engine::Sqlite => !wish.no_backup,
        Engine::Postgres => wish.backup,
    };
    let copy = bring_up(settings, store, before, wants_copy).await?;
    let note = copy.map(|path| format!("The database as it was before is in {path}.\n")).unwrap_or_default();
    Ok(format!("{note}schema version {SCHEMA_VERSION}\n"))
}

/// Brings the schema up to date, after a copy of a database that has anything in it. Gives the path of the copy.
pub(crate) async fn bring_up(
    settings: &Settings,
    store: &Store,
    before: SchemaState,
    wants_copy: bool,
) -> anyhow::Result<Option<String>> {
    let SchemaState::Behind { version } = before else { return Ok(None) };
    let copy = if version > 0 && wants_copy {
        let wish = Wish::of(settings, Origin::Migration);
        let made = backup::create::create(settings, store, wish).await.context(
            "the schema was not changed, because the database could not be backed up before; mend that, or go on without with `mission-control migrate --no-backup`",
        )?;
        Some(made)
    } else {
        None
    };
    store.migrate().await.context("DATABASE_URL: the schema cannot be brought up to date")?;
    let Some(made) = copy else { return Ok(None) };
    backup::create::remember(store, made.run(Origin::Migration)).await;
    backup::prune(settings, Origin::Migration, COPIES)?;
    Ok(Some(made.path.display().to_string()))
}
