//! `device.pair.*`: devices that want to be let in.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Api, params, required};
use crate::error::Error;
use crate::rpc::Rpc;

/// A device that waits for approval.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingDevice {
    /// The request to approve.
    pub request_id: String,
    /// The device's id.
    pub device_id: String,
    /// The scopes that it asks for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Everything else that the gateway says of it.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// A device that was approved.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PairedDevice {
    /// The device's id.
    pub device_id: String,
    /// Everything else that the gateway says of it.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// The devices that a gateway knows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Devices {
    /// Those that wait for approval; gateways forget them after some minutes.
    pub pending: Vec<PendingDevice>,
    /// Those that were approved.
    pub paired: Vec<PairedDevice>,
}

impl<R: Rpc> Api<'_, R> {
    /// The devices that the gateway knows. Needs the scope `operator.pairing`.
    ///
    /// # Errors
    /// Any [`Error`] of the call.
    pub async fn list_devices(&self) -> Result<Devices, Error> {
        self.read("device.pair.list", Map::new()).await
    }

    /// Approves a device's request. Needs the scope `operator.pairing`.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank id, and any [`Error`] of the call.
    pub async fn approve_device(&self, request_id: &str) -> Result<(), Error> {
        let query = params([("requestId", required("request_id", request_id)?)]);
        self.write::<Value>("device.pair.approve", query).await.map(drop)
    }
}
