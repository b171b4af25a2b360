use super::UserActor;
use crate::{Error, Kind, Result, users::service::LOCAL_USER};

/// A person who looks after the installation as a whole: the one of local sign-in, who holds the token of this server,
/// and people whom the database names as super administrators. Owning an organization is not enough: an installation
/// may have many.
#[derive(Clone, Debug)]
pub struct Operator(UserActor);

impl Operator {
    /// Checks that the person looks after the installation.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub fn check(actor: UserActor) -> Result<Self> {
        let user = actor.user();
        if user.is_super_admin || user.clerk_user_id == LOCAL_USER {
            Ok(Self(actor))
        } else {
            Err(Error::text(Kind::Forbidden, "Only administrators of the installation may do this"))
        }
    }

    /// The person.
    #[must_use]
    pub fn actor(&self) -> &UserActor {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::person, users::User};

    #[test]
    fn the_local_person_and_super_administrators_look_after_the_installation() {
        let with = |clerk_user_id: &str, is_super_admin| {
            let user = person("Ida").user().clone();
            let user = User { clerk_user_id: clerk_user_id.into(), is_super_admin, ..user };
            Operator::check(UserActor::new(user, None)).is_ok()
        };
        assert!(with(LOCAL_USER, false) && with("user_1", true));
        assert!(!with("user_1", false));
    }
}
