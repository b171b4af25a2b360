//! The built executable from outside.

mod configuration;
mod crash;
mod files;
mod pages;
mod replicas;
mod shutdown;
mod webhooks;
