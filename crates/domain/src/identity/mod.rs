//! Who people are, where that is known to somebody else: Clerk, or any provider of OpenID Connect.
//!
//! Both prove it with a signed token (JWT). `keys` has the keys of a provider, `token` checks a token, [`clerk`] and
//! [`oidc`] know what each provider puts into it, and `people` makes the person of what was proven.

pub mod clerk;
mod keys;
pub mod oidc;
mod people;
mod token;

use clerk::Clerk;
use oidc::Oidc;

use crate::{Context, Error, Kind, users::User};

/// How people prove who they are.
#[derive(Debug, Default)]
pub enum Identity {
    /// By the local token, which the HTTP layer compares.
    #[default]
    Local,
    /// By a session token of Clerk.
    Clerk(Clerk),
    /// By signing in at a provider of OpenID Connect.
    Oidc(Oidc),
}

/// Why a presented token proves nothing.
#[derive(Debug)]
pub enum Refusal {
    /// It is none of the provider's, or not meant for us. Such attempts count.
    Forged,
    /// It was right and is not any more, or it names somebody who may not come in. The holder signs in again.
    Ended,
    /// It cannot be checked now, or the database failed.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<mc_store::StoreError> for Refusal {
    fn from(error: mc_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The provider cannot be asked; trying again soon makes sense.
fn unavailable() -> Error {
    let text = "The identity provider does not answer; try again in a moment";
    Error { retry_after: Some(5), ..Error::text(Kind::Unavailable, text) }
}

/// The person whom a bearer token of the provider proves.
///
/// # Errors
/// Why it proves nobody. With local sign-in, always [`Refusal::Forged`].
pub async fn by_token(context: &Context, presented: &str) -> Result<User, Refusal> {
    match context.identity() {
        Identity::Local => Err(Refusal::Forged),
        Identity::Clerk(clerk) => clerk.person(context, presented).await,
        Identity::Oidc(oidc) => oidc.person(context, presented).await,
    }
}
