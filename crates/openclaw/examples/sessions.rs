//! Connects to a gateway and lists its sessions.
//!
//! Usage: `sessions URL [TOKEN_FILE [KEY_FILE]]`. The key file holds the 32-byte seed of the device key and is made on
//! first use; without one the device is new every time. A gateway may ask to approve it: `openclaw devices approve ID`.

use std::io::{ErrorKind, Write as _};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use mc_openclaw::{
    Api, Client, ClientMode, ConnectOptions, DeviceIdentity, Environment, Error, Policy, Rpc as _,
};

struct Machine;

#[expect(clippy::disallowed_methods, reason = "this program is where time and randomness come from")]
impl Environment for Machine {
    fn unix_millis(&self) -> u64 {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

fn identity(path: &str) -> std::io::Result<DeviceIdentity> {
    match std::fs::read(path) {
        Ok(bytes) => match <[u8; 32]>::try_from(bytes) {
            Ok(seed) => Ok(DeviceIdentity::from_seed(&seed)),
            Err(_) => Err(std::io::Error::new(ErrorKind::InvalidData, format!("{path} must hold 32 bytes"))),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let identity = DeviceIdentity::generate(&Machine);
            let mut file = std::fs::OpenOptions::new();
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
            file.write(true).create_new(true).open(path)?.write_all(identity.seed().as_slice())?;
            Ok(identity)
        }
        Err(error) => Err(error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: sessions URL [TOKEN_FILE [KEY_FILE]]")?;
    let token = arguments.next().map(std::fs::read_to_string).transpose()?;
    let identity = match arguments.next() {
        Some(path) => identity(&path)?,
        None => DeviceIdentity::generate(&Machine),
    };

    let mut options = ConnectOptions::new(&url, ClientMode::Device(identity), Arc::new(Machine))?;
    options.token = token.map(|token| token.trim().into());
    let client = Client::start(options, Policy::default())?;
    match client.ready(Duration::from_secs(20)).await {
        Ok(hello) => println!(
            "gateway {}, protocol {}",
            hello.server_version.as_deref().unwrap_or("?"),
            hello.protocol
        ),
        Err(error) => {
            println!("not connected ({}): {error}", client.status().borrow().state.name());
            if let Some(request) = error.gateway().and_then(|error| error.detail("requestId")) {
                println!("approve it on the gateway: openclaw devices approve {request}");
            }
            return Err(error.into());
        }
    }
    print_sessions(&client.api()).await?;
    Ok(())
}

async fn print_sessions(api: &Api<'_, Client>) -> Result<(), Error> {
    for session in api.list_sessions().await? {
        println!("{}  {}", session.key, session.label().unwrap_or_default());
    }
    Ok(())
}
