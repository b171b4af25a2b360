//! The built executable from outside.

mod agents;
mod backup;
mod check;
mod configuration;
mod crash;
mod files;
mod import;
mod limits;
mod live;
mod pages;
mod replicas;
mod shutdown;
mod traces;
mod upgrade;
mod webhooks;
