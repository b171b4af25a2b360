//! What the client library takes from this machine: time, randomness, and the addresses that may be called.

use std::{io, net::SocketAddr, pin::Pin};

use mc_base::{Clock, Random};
use mc_openclaw::{Environment, Resolver, SystemResolver};

use super::super::address;

/// Time and randomness.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    clock: Clock,
    random: Random,
}

impl Machine {
    pub(super) fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random }
    }
}

impl Environment for Machine {
    fn unix_millis(&self) -> u64 {
        u64::try_from(self.clock.now().timestamp_millis()).unwrap_or_default()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

/// The look-up of the operating system, without addresses at which no gateway may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct GatewayAddresses;

impl Resolver for GatewayAddresses {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move {
            let found = SystemResolver.resolve(host, port).await?;
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|found| address::is_allowed(found.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                let reason = "no gateway may be at the address that the host name has";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
            }
            Ok(allowed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_of_metadata_are_refused_and_near_ones_are_not() {
        let refused = GatewayAddresses.resolve("169.254.169.254", 80).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(GatewayAddresses.resolve("127.0.0.1", 80).await.unwrap().len(), 1);
    }
}
