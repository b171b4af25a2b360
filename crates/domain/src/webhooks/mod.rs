//! Inbound webhooks: what arrives, how it is proven, kept and delivered.
