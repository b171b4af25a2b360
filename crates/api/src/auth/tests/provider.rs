//! An identity provider on loopback that makes its keys and tokens while the test runs.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mc_domain::egress::testing::{LoopbackServer, Page};
use serde_json::{Value, json};

/// A key of a provider.
pub(super) struct Key {
    name: &'static str,
    pair: RsaKeyPair,
}

impl Key {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, pair: RsaKeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    /// The public half as a JWK.
    pub(super) fn jwk(&self) -> Value {
        // RSAPublicKey in DER: a sequence of the modulus (257 bytes, the first one zero) and the exponent 65,537.
        let der = self.pair.public_key().as_ref();
        assert_eq!(
            (&der[..8], &der[der.len() - 5..]),
            (&[0x30, 0x82, 1, 10, 2, 0x82, 1, 1][..], &[2, 3, 1, 0, 1][..])
        );
        let modulus = URL_SAFE_NO_PAD.encode(&der[9..der.len() - 5]);
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.name, "n": modulus, "e": "AQAB" })
    }

    /// A token with these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({ "alg": "RS256", "typ": "JWT", "kid": self.name }), claims)
    }

    /// A token with a head of its own.
    pub(super) fn sign_as(&self, head: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(head), encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A page of JSON.
pub(super) fn answer(status: u16, body: &Value) -> Page {
    Page::new(status, body.to_string()).header("content-type", "application/json")
}

/// Sets the keys that a path answers.
pub(super) fn publish(provider: &LoopbackServer, path: &str, keys: &[&Key]) {
    let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
    provider.page(path, answer(200, &json!({ "keys": keys })));
}
