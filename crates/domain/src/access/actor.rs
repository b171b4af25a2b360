use uuid::Uuid;

use crate::{Error, Result, agents::Agent, users::User};

/// A signed-in person.
#[derive(Clone, Debug, PartialEq)]
pub struct UserActor {
    user: User,
    session_id: Option<Uuid>,
}

impl UserActor {
    /// A person who proved to be `user`, with the session of the console if that was the proof.
    #[must_use]
    pub fn new(user: User, session_id: Option<Uuid>) -> Self {
        Self { user, session_id }
    }

    /// The person.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The console session that was presented; none for a bearer token.
    #[must_use]
    pub fn session_id(&self) -> Option<Uuid> {
        self.session_id
    }
}

/// Who is calling.
#[expect(clippy::large_enum_variant, reason = "there is one for each request, not a list of them")]
#[derive(Clone, Debug, PartialEq)]
pub enum Actor {
    /// A person.
    User(UserActor),
    /// An agent.
    Agent(Agent),
}

impl Actor {
    /// The person, or `Unauthorized` for an agent: some calls are for people only.
    ///
    /// # Errors
    /// `Unauthorized` when an agent is calling.
    pub fn into_user(self) -> Result<UserActor> {
        match self {
            Self::User(user) => Ok(user),
            Self::Agent(_) => Err(Error::unauthorized()),
        }
    }

    /// The id of the person, if one is calling.
    #[must_use]
    pub fn user_id(&self) -> Option<Uuid> {
        match self {
            Self::User(actor) => Some(actor.user().id),
            Self::Agent(_) => None,
        }
    }

    /// The id of the agent, if one is calling.
    #[must_use]
    pub fn agent_id(&self) -> Option<Uuid> {
        match self {
            Self::User(_) => None,
            Self::Agent(agent) => Some(agent.id),
        }
    }

    /// The name to sign with.
    #[must_use]
    pub fn display_name(&self) -> &str {
        match self {
            Self::User(actor) => actor.user().display_name(),
            Self::Agent(agent) => &agent.name,
        }
    }
}
