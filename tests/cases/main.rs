//! The built executable from outside.

mod agents;
mod check;
mod configuration;
mod crash;
mod files;
mod limits;
mod live;
mod pages;
mod replicas;
mod shutdown;
mod webhooks;
