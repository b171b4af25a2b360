//! Whether the secrets of a database open with a server key: a copy without the right key is half a copy.

use mc_base::SecretKey;
use mc_store::{Read, Store, StoreError, sql};
use uuid::Uuid;

use crate::{
    agents,
    gateways::{self, connections},
    organizations::service::invites,
    webhooks,
};

/// How many sealed values there are, and how many of them do not open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecretsReport {
    /// Values that open.
    pub opened: usize,
    /// Values that do not open with this key.
    pub unreadable: usize,
}

impl SecretsReport {
    fn add(&mut self, key: &SecretKey, purpose: &str, sealed: &str) {
        if key.open(purpose, sealed).is_ok() {
            self.opened += 1;
        } else {
            self.unreadable += 1;
        }
    }
}

/// Opens every sealed value that the server would need. Answers kept for repeated requests are left out: they are gone
/// after a day.
///
/// # Errors
/// When the database cannot be read.
pub async fn check_secrets(store: &Store, key: &SecretKey) -> Result<SecretsReport, StoreError> {
    let mut report = SecretsReport::default();
    let gateways: Vec<(Uuid, String)> =
        store.all(sql("SELECT id, token_sealed FROM gateways WHERE token_sealed IS NOT NULL")).await?;
    for (id, sealed) in gateways {
        report.add(key, &gateways::token_purpose(id), &sealed);
    }
    let devices: Vec<(Uuid, String)> = store
        .all(sql("SELECT id, device_token_sealed FROM gateways WHERE device_token_sealed IS NOT NULL"))
        .await?;
    for (id, sealed) in devices {
        report.add(key, &connections::device_token_purpose(id), &sealed);
    }
    let identity: Option<(String,)> = store
        .optional(
            sql("SELECT sealed FROM installation_secrets WHERE name = $1").bind(connections::IDENTITY_NAME),
        )
        .await?;
    if let Some((sealed,)) = identity {
        report.add(key, connections::IDENTITY_PURPOSE, &sealed);
    }
    let webhooks: Vec<(Uuid, Option<String>, Option<String>)> = store
        .all(sql("SELECT id, secret_sealed, previous_secret_sealed FROM board_webhooks
             WHERE secret_sealed IS NOT NULL OR previous_secret_sealed IS NOT NULL"))
        .await?;
    for (id, present, previous) in webhooks {
        for sealed in [present, previous].into_iter().flatten() {
            report.add(key, &webhooks::secret_purpose(id), &sealed);
        }
    }
    let invites: Vec<(Uuid, String)> = store
        .all(sql("SELECT id, token_sealed FROM organization_invites WHERE token_sealed IS NOT NULL"))
        .await?;
    for (id, sealed) in invites {
        report.add(key, &invites::seal_purpose(id), &sealed);
    }
    let agents: Vec<(Uuid, Option<String>, Option<String>)> = store
        .all(sql("SELECT id, token_sealed, pending_token_sealed FROM agents
             WHERE token_sealed IS NOT NULL OR pending_token_sealed IS NOT NULL"))
        .await?;
    for (id, present, pending) in agents {
        for sealed in [present, pending].into_iter().flatten() {
            report.add(key, &agents::tokens::sealing_purpose(id), &sealed);
        }
    }
    Ok(report)
}
