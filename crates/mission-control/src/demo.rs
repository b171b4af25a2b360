//! `demo`: makes an organization to look around in, and takes it away again.

use anyhow::{Context as _, bail};
use clap::Args;
use mc_domain::{Context, Kind, demo, identity::Identity, users};

use crate::{cli::print, config::Settings, files, wiring};

/// What is to be done with the demo.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Remove the demo with everything in it.
    #[arg(long, conflicts_with_all = ["renew", "owners"])]
    remove: bool,
    /// Make the demo anew when there is one: what was changed in it is lost.
    #[arg(long)]
    renew: bool,
    /// The e-mail address of a person who is to own the demo; can be given several times. Without it these are the
    /// administrators of the installation.
    #[arg(long = "owner", value_name = "EMAIL")]
    owners: Vec<String>,
}

/// Makes or removes the demo in the configured database.
pub(crate) async fn run(settings: Settings, arguments: DemoArgs) -> anyhow::Result<()> {
    let store = wiring::open(&settings).await?;
    let key = files::server_key(&settings, store.random())?;
    let context = wiring::context(&settings, &store, key, settings.http.listen_address())?;
    let done = apply(&context, &arguments).await;
    store.close().await;
    print(&done?)
}

async fn apply(context: &Context, arguments: &DemoArgs) -> anyhow::Result<String> {
    if arguments.remove {
        return match demo::remove(context, None).await {
            Ok(()) => Ok("The demo is removed.\n".to_owned()),
            Err(error) if error.kind == Kind::NotFound => Ok("There is no demo.\n".to_owned()),
            Err(error) => Err(error.into()),
        };
    }
    let owners = owners(context, &arguments.owners).await?;
    if demo::current(context.store()).await?.is_some() {
        if !arguments.renew {
            bail!("there is a demo already; --renew makes it anew, --remove takes it away");
        }
        demo::remove(context, None).await?;
    }
    let demo = demo::create(context, &owners).await?;
    Ok(format!(
        "{} has {} boards, {} agents and {} tasks. Choose it in the console among your organizations:\n{}\n\
         `mission-control demo --remove` takes it away.\n",
        demo.name,
        demo.boards,
        demo.agents,
        demo.tasks,
        context.base_url()
    ))
}

/// The ids of the people with these addresses, or of the administrators of the installation.
async fn owners(context: &Context, addresses: &[String]) -> anyhow::Result<Vec<uuid::Uuid>> {
    let mut owners = Vec::new();
    for address in addresses {
        let found = users::service::by_email(context.store(), address).await?;
        let user =
            found.with_context(|| format!("--owner: nobody with the address {address} has signed in"))?;
        owners.push(user.id);
    }
    if owners.is_empty() {
        if matches!(context.identity(), Identity::Local) {
            owners.push(users::service::local_user(context).await?.id);
        }
        let others = users::service::super_administrators(context.store()).await?;
        for user in others {
            if !owners.contains(&user.id) {
                owners.push(user.id);
            }
        }
    }
    if owners.is_empty() {
        bail!("nobody looks after this installation yet; name somebody who has signed in with --owner EMAIL");
    }
    Ok(owners)
}
