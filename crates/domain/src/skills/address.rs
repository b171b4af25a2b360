//! Addresses of packs and skills: what is accepted, and what follows from them. No I/O.

use std::fmt;

use url::{Host, Url};

use crate::{Error, Kind};

/// The branch of a pack unless another is named.
pub(super) const DEFAULT_BRANCH: &str = "main";
const GITHUB: &str = "github.com";
/// The longest branch name.
const BRANCH_MAX: usize = 255;
const OWNER_MAX: usize = 100;
const REPOSITORY_MAX: usize = 100;
/// The name of a skill whose address gives none.
pub(super) const NAMELESS: &str = "Skill";

/// The repository of a pack: `https://github.com/{owner}/{repository}` and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackUrl {
    /// The person or organization that owns it.
    pub owner: String,
    /// Its name.
    pub repository: String,
}

impl fmt::Display for PackUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "https://{GITHUB}/{}/{}", self.owner, self.repository)
    }
}

/// Why an address is not that of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackUrlError {
    /// It is no absolute URL.
    #[error("source_url is not a valid URL")]
    Malformed,
    /// It is not `https`.
    #[error("source_url must use https")]
    Scheme,
    /// It has a user name or a password.
    #[error("source_url must not have a user name or a password")]
    Credentials,
    /// It is on another host.
    #[error("source_url must be on github.com")]
    Host,
    /// It has a port.
    #[error("source_url must not have a port")]
    Port,
    /// It has a query or a fragment.
    #[error("source_url must not have a query or a fragment")]
    Extras,
    /// Its path is not that of a repository.
    #[error("source_url must be a repository: https://github.com/<owner>/<repository>")]
    Path,
}

impl From<PackUrlError> for Error {
    fn from(error: PackUrlError) -> Self {
        Self::text(Kind::BadRequest, error.to_string())
    }
}

impl PackUrl {
    /// Reads the address of a repository. Slashes and `.git` at its end do not count.
    ///
    /// # Errors
    /// With the part of the address that is not acceptable.
    pub fn parse(text: &str) -> Result<Self, PackUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| PackUrlError::Malformed)?;
        if url.scheme() != "https" {
            return Err(PackUrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PackUrlError::Credentials);
        }
        if url.host_str() != Some(GITHUB) {
            return Err(PackUrlError::Host);
        }
        if url.port().is_some() {
            return Err(PackUrlError::Port);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(PackUrlError::Extras);
        }
        let path = url.path().trim_matches('/');
        let (owner, repository) = path.split_once('/').ok_or(PackUrlError::Path)?;
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        let is_owner = is_made_of(owner, OWNER_MAX, |character| matches!(character, '-' | '_'));
        let is_repository =
            is_made_of(repository, REPOSITORY_MAX, |character| matches!(character, '-' | '_' | '.'))
                && !matches!(repository, "." | "..");
        if !is_owner || !is_repository {
            return Err(PackUrlError::Path);
        }
        Ok(Self { owner: owner.to_owned(), repository: repository.to_owned() })
    }

    /// What the address is compared by: repositories are the same in any case.
    #[must_use]
    pub fn key(&self) -> String {
        self.to_string().to_lowercase()
    }

    /// The address of a folder in the repository, or of its root.
    pub(super) fn tree(&self, branch: &str, path: &str) -> String {
        let mut url = Url::parse(&self.to_string()).expect("a repository's address is a URL");
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push("tree").extend(branch.split('/'));
            segments.extend(path.split('/').filter(|segment| !segment.is_empty()));
        }
        url.into()
    }

    /// Whether an address lies in this repository.
    pub(super) fn contains(&self, url: &Url) -> bool {
        matches!(url.scheme(), "https" | "http")
            && has_plain_authority(url)
            && repository_key(url) == self.key()
    }
}

fn is_made_of(text: &str, max: usize, other: impl Fn(char) -> bool) -> bool {
    (1..=max).contains(&text.len()) && text.chars().all(|next| next.is_ascii_alphanumeric() || other(next))
}

/// No credentials and no port: the host alone says who is asked.
fn has_plain_authority(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.port().is_none()
}

/// What stands for the repository of a skill: on GitHub owner and name, elsewhere what stands before `/tree/`. Folded, and
/// equal to the key of the pack that is this repository.
pub(super) fn repository_key(url: &Url) -> String {
    if url.host_str() == Some(GITHUB) {
        let mut segments = url.path().trim_matches('/').splitn(3, '/');
        if let (Some(owner), Some(name)) = (segments.next(), segments.next()) {
            let name = name.strip_suffix(".git").unwrap_or(name);
            return format!("https://{GITHUB}/{owner}/{name}").to_lowercase();
        }
    }
    let text = url.as_str();
    text.split_once("/tree/").map_or(text, |(repository, _)| repository).trim_end_matches('/').to_lowercase()
}

/// Refuses addresses that must not be handed to an agent.
///
/// # Errors
/// `Invalid` with the hosts that are allowed.
pub(super) fn check_host(url: &Url, hosts: &[String]) -> Result<(), Error> {
    let is_allowed = match url.host() {
        Some(Host::Domain(host)) => hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)),
        _ => false,
    };
    if !is_allowed || !has_plain_authority(url) {
        let hosts = hosts.join(", ");
        return Err(Error::invalid(format!(
            "source_url must be on one of these hosts, without a user name and a port: {hosts}"
        )));
    }
    Ok(())
}

/// The branch that is meant; what no branch can be called means `main`.
pub(super) fn branch(text: &str) -> String {
    let text = text.trim();
    let is_allowed = is_made_of(text, BRANCH_MAX, |character| matches!(character, '.' | '_' | '/' | '-'))
        && !text.starts_with('-')
        && text.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(".."));
    if is_allowed { text.to_owned() } else { DEFAULT_BRANCH.to_owned() }
}

/// A name made from the last part of an address.
pub(super) fn name_of(url: &Url) -> String {
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let last = if last.is_empty() { url.host_str().unwrap_or_default() } else { last };
    let last = percent_decoded(last);
    named(last.strip_suffix(".git").unwrap_or(&last)).unwrap_or_else(|| NAMELESS.to_owned())
}

/// A name made from the name of a folder or repository.
pub(super) fn named(folder: &str) -> Option<String> {
    let name = super::discovery::one_line(&folder.replace(['-', '_'], " "));
    (!name.is_empty()).then_some(name)
}

fn percent_decoded(text: &str) -> String {
    // A form value is percent-encoded, too, but for the plus sign.
    let query = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    let value = url::form_urlencoded::parse(query.as_bytes()).next();
    value.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_repositories_on_github_are_packs() {
        for (text, expected) in [
            ("https://github.com/Owner/Repo", Ok("https://github.com/Owner/Repo")),
            (" https://GitHub.com/o/r.git ", Ok("https://github.com/o/r")),
            ("https://github.com/o/r/", Ok("https://github.com/o/r")),
            ("https://github.com:443/o/a.b_c-d", Ok("https://github.com/o/a.b_c-d")),
            ("http://github.com/o/r", Err(PackUrlError::Scheme)),
            ("ssh://git@github.com/o/r", Err(PackUrlError::Scheme)),
            ("https://user@github.com/o/r", Err(PackUrlError::Credentials)),
            ("https://:pw@github.com/o/r", Err(PackUrlError::Credentials)),
            ("https://gitlab.com/o/r", Err(PackUrlError::Host)),
            ("https://github.com.evil.test/o/r", Err(PackUrlError::Host)),
            ("https://localhost/o/r", Err(PackUrlError::Host)),
            ("https://github.com:8443/o/r", Err(PackUrlError::Port)),
            ("https://github.com/o/r?x=1", Err(PackUrlError::Extras)),
            ("https://github.com/o/r#x", Err(PackUrlError::Extras)),
            ("https://github.com/o", Err(PackUrlError::Path)),
            ("https://github.com/", Err(PackUrlError::Path)),
            ("https://github.com/o/r/tree/main", Err(PackUrlError::Path)),
            ("https://github.com/o/r%2e", Err(PackUrlError::Path)),
            ("https://github.com/o/.git", Err(PackUrlError::Path)),
            ("https://github.com/o//r", Err(PackUrlError::Path)),
            ("github.com/o/r", Err(PackUrlError::Malformed)),
            ("", Err(PackUrlError::Malformed)),
        ] {
            assert_eq!(
                PackUrl::parse(text).map(|url| url.to_string()),
                expected.map(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn addresses_of_one_repository_have_one_key() {
        let pack = PackUrl::parse("https://github.com/Owner/Repo").unwrap();
        for (url, is_inside) in [
            ("https://github.com/owner/repo", true),
            ("https://github.com/Owner/Repo/", true),
            ("https://github.com/Owner/Repo.git", true),
            ("https://github.com/Owner/Repo/tree/main/skills/a", true),
            ("https://github.com/Owner/Repo/blob/main/SKILL.md", true),
            ("https://github.com/Owner/Repo2/tree/main", false),
            ("https://github.com/Owner", false),
            ("https://gitlab.com/Owner/Repo", false),
            ("https://github.com:8443/Owner/Repo", false),
            ("https://me@github.com/Owner/Repo", false),
            ("https://github.com/Owner/Repo/../Other/x", false),
        ] {
            assert_eq!(pack.contains(&Url::parse(url).unwrap()), is_inside, "{url}");
        }
        let elsewhere: Url = "https://Git.test/A/b/c/tree/main/x".parse().unwrap();
        assert_eq!(repository_key(&elsewhere), "https://git.test/a/b/c");
    }

    #[test]
    fn a_folder_has_an_address() {
        let pack = PackUrl::parse("https://github.com/o/r").unwrap();
        for (branch, path, expected) in [
            ("main", "", "https://github.com/o/r/tree/main"),
            ("release/1.0", "skills/a", "https://github.com/o/r/tree/release/1.0/skills/a"),
            ("main", "a b/ü?#", "https://github.com/o/r/tree/main/a%20b/%C3%BC%3F%23"),
        ] {
            assert_eq!(pack.tree(branch, path), expected);
        }
    }

    #[test]
    fn what_cannot_be_a_branch_is_main() {
        for (text, expected) in [
            (" develop ", "develop"),
            ("release/1.0", "release/1.0"),
            ("", "main"),
            (" ", "main"),
            ("a b", "main"),
            ("a\nb", "main"),
            ("../../x", "main"),
            ("a/../b", "main"),
            ("a..b", "main"),
            ("a//b", "main"),
            ("/a", "main"),
            ("a/", "main"),
            ("-x", "main"),
            ("a?b", "main"),
            ("ü", "main"),
        ] {
            assert_eq!(branch(text), expected, "{text}");
        }
    }

    #[test]
    fn names_come_from_the_last_part() {
        for (url, expected) in [
            ("https://github.com/o/my-cool_skill", "my cool skill"),
            ("https://github.com/o/r.git/", "r"),
            ("https://github.com/o/a%20b+c%26d", "a b+c&d"),
            ("https://github.com/", "github.com"),
            ("https://github.com/o/---", "Skill"),
            ("https://github.com/o/%0A", "Skill"),
        ] {
            assert_eq!(name_of(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn only_trusted_hosts_are_handed_to_agents() {
        let hosts = ["github.com".to_owned(), "git.example.com".to_owned()];
        for (url, is_allowed) in [
            ("https://github.com/o/r", true),
            ("http://GIT.example.com/x", true),
            ("https://raw.github.com/o/r", false),
            ("https://169.254.169.254/", false),
            ("https://[::1]/", false),
            ("https://me:pw@github.com/o/r", false),
            ("https://github.com:8443/o/r", false),
        ] {
            assert_eq!(check_host(&Url::parse(url).unwrap(), &hosts).is_ok(), is_allowed, "{url}");
        }
    }

    proptest! {
        #[test]
        fn a_pack_is_what_it_says(text in "(https://github.com/)?[a-zA-Z0-9./_%-]{0,30}") {
            if let Ok(pack) = PackUrl::parse(&text) {
                prop_assert_eq!(PackUrl::parse(&pack.to_string()), Ok(pack.clone()));
                prop_assert_eq!(repository_key(&Url::parse(&pack.to_string()).unwrap()), pack.key());
            }
        }

        #[test]
        fn a_branch_never_climbs(text in "[a./_-]{0,12}") {
            let branch = branch(&text);
            prop_assert!(!branch.contains("..") && !branch.contains("//"));
        }
    }
}
