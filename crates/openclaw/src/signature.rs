//! The text that a device signs to prove itself.

/// The forms of the signed text, oldest first; which one applies depends on the age of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureVersion {
    /// Without a nonce, for gateways that send no challenge.
    V1,
    /// With the nonce of the challenge.
    V2,
    /// With the nonce, the platform and the device family.
    V3,
}

/// The fields of a signed text; they must equal what the `connect` request says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedFields<'a> {
    pub(crate) device_id: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_mode: &'a str,
    pub(crate) role: &'a str,
    pub(crate) scopes: &'a str,
    pub(crate) signed_at: u64,
    pub(crate) token: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) platform: &'a str,
}

impl SignedFields<'_> {
    /// The text to sign. The device family is always empty: a server has none.
    pub(crate) fn text(&self, version: SignatureVersion) -> String {
        let Self { device_id, client_id, client_mode, role, scopes, signed_at, token, nonce, .. } = self;
        let common = format!("{device_id}|{client_id}|{client_mode}|{role}|{scopes}|{signed_at}|{token}");
        match version {
            SignatureVersion::V1 => format!("v1|{common}"),
            SignatureVersion::V2 => format!("v2|{common}|{nonce}"),
            SignatureVersion::V3 => {
                format!("v3|{common}|{nonce}|{}|", self.platform.trim().to_ascii_lowercase())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceIdentity;

    const DEVICE: &str = "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c";

    fn fields<'a>(token: &'a str, nonce: &'a str) -> SignedFields<'a> {
        SignedFields {
            device_id: DEVICE,
            client_id: "gateway-client",
            client_mode: "backend",
            role: "operator",
            scopes: "operator.read,operator.admin,operator.approvals,operator.pairing",
            signed_at: 1_700_000_000_000,
            token,
            nonce,
            platform: " Linux ",
        }
    }

    fn signed(version: SignatureVersion, token: &str, nonce: &str) -> String {
        let seed: [u8; 32] = std::array::from_fn(|place| u8::try_from(place).unwrap());
        DeviceIdentity::from_seed(&seed).sign(&fields(token, nonce).text(version))
    }

    #[test]
    fn texts_hold_the_fields_in_order() {
        let scopes = "operator.read,operator.admin,operator.approvals,operator.pairing";
        let common = format!("{DEVICE}|gateway-client|backend|operator|{scopes}|1700000000000");
        assert_eq!(fields("", "").text(SignatureVersion::V1), format!("v1|{common}|"));
        assert_eq!(fields("tok-1", "n").text(SignatureVersion::V2), format!("v2|{common}|tok-1|n"));
        assert_eq!(fields("tok-1", "n").text(SignatureVersion::V3), format!("v3|{common}|tok-1|n|linux|"));
    }

    #[test]
    fn signatures_equal_those_of_other_clients() {
        assert_eq!(
            signed(SignatureVersion::V2, "tok-1", "nonce-abc"),
            "ensDn2TrmW1JiQGvVkeh7-d8lrHCxevwFN1ufDydjUX_jE86S-C8PHvep_BdUxvF7kGc4VpNBzFHgFyR_Yv4Cw"
        );
        assert_eq!(
            signed(SignatureVersion::V2, "", "nonce-abc"),
            "LOGpiTp97bfw9a1eDJAVz-ivjXrhU3Z5ChWRi-TiGz-TqAuVmuaCngaXwVLxg7tG7x9TJUs38-wTxmuwYn8rDw"
        );
        assert_eq!(
            signed(SignatureVersion::V1, "", ""),
            "uDOxKup06F74y9og_YGtYedz4qzCBsxPkeXP90swIZqDCRN7llpq8BRKVqtw398g2i-3ylwZXziWZcXtFxW6BA"
        );
    }
}
