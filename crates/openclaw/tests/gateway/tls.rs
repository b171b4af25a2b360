//! `wss` gateways and their certificates.
