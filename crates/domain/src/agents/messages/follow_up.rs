//! What else changes when a message was delivered, delayed or given up: the thing that it carried says so too.

use mc_store::Txn;

use super::{AgentMessage, MessageKind};
use crate::{Result, onboarding, skills, webhooks};

pub(super) async fn delivered(txn: &Txn, message: &AgentMessage) -> Result<()> {
    match message.kind {
        MessageKind::Webhook => webhooks::delivery::delivered(txn, message).await,
        MessageKind::Onboarding => onboarding::delivery::delivered(txn, message).await,
        _ => Ok(()),
    }
}

/// A try failed, and there will be another one.
pub(super) async fn failed(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    match message.kind {
        MessageKind::Webhook => webhooks::delivery::failed(txn, message, reason).await,
        MessageKind::Onboarding => onboarding::delivery::delayed(txn, message, reason).await,
        _ => Ok(()),
    }
}

/// It waits, without a try.
pub(super) async fn delayed(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    match message.kind {
        MessageKind::Webhook => webhooks::delivery::delayed(txn, message, reason).await,
        MessageKind::Onboarding => onboarding::delivery::delayed(txn, message, reason).await,
        _ => Ok(()),
    }
}

pub(super) async fn given_up(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    match message.kind {
        MessageKind::Webhook => webhooks::delivery::given_up(txn, message, reason).await,
        MessageKind::Onboarding => onboarding::delivery::given_up(txn, message, reason).await,
        MessageKind::Skill => match message.subject_id {
            Some(installation) => skills::not_asked(txn, installation, reason).await,
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// It is to be tried again.
pub(super) async fn wanted_again(txn: &Txn, message: &AgentMessage) -> Result<()> {
    match message.kind {
        MessageKind::Webhook => webhooks::delivery::wanted_again(txn, message).await,
        MessageKind::Onboarding => onboarding::delivery::wanted_again(txn, message).await,
        MessageKind::Skill => match message.subject_id {
            Some(installation) => skills::asked_again(txn, installation).await,
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
