//! The meaning of a refusal by the hub, and what can be done about it. Pure.

/// A response that is not the file.
pub(super) struct Answer<'a> {
    pub status: u16,
    /// The hub's error code.
    pub code: Option<&'a str>,
    pub repository: &'a str,
    pub revision: &'a str,
    /// The requested file; `None` for the list of files.
    pub file: Option<&'a str>,
    /// Scheme, host and port of the server.
    pub origin: String,
    pub with_token: bool,
}

/// Explains it in one sentence.
pub(super) fn sentence(answer: &Answer<'_>) -> String {
    let Answer { status, code, repository, revision, file, origin, with_token } = answer;
    let file = file.map_or_else(String::new, |file| format!(" of file `{file}`"));
    match (status, code.unwrap_or_default()) {
        (401 | 403, "GatedRepo") if *with_token => format!(
            "{origin} keeps `{repository}` behind its terms: accept them on its page with the account of the token in `tokenSecretRef`"
        ),
        (401 | 403, "GatedRepo") => format!(
            "{origin} keeps `{repository}` behind its terms: accept them on its page and name a token of that account in `tokenSecretRef`"
        ),
        (401, _) if *with_token => {
            format!("{origin} does not accept the token in `tokenSecretRef`, or has no `{repository}` for it")
        }
        (401, _) => format!(
            "{origin} has no public `{repository}`: check its name, or name a token in `tokenSecretRef` if it is private"
        ),
        (403, _) => {
            format!("{origin} forbids `{repository}`{file}: the token in `tokenSecretRef` needs the right to read it")
        }
        (404, "RevisionNotFound") => format!("{origin} has no commit {revision} of `{repository}`"),
        (404, "EntryNotFound") => format!("{origin} has no such thing at commit {revision} of `{repository}`{file}"),
        (404, _) => format!("{origin} has no `{repository}` at commit {revision}{file}"),
        (429, _) => {
            format!("{origin} asks to be left alone for a while (429): a token in `tokenSecretRef` may do more")
        }
        _ => format!("{origin} answered {status} to a request for `{repository}`{file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, code: Option<&str>, with_token: bool, expect: &str) {
        let (repository, revision, file) = ("owner/name", "4c6f", Some("config.json"));
        let origin = "https://hub.example".to_owned();
        let said = sentence(&Answer { status, code, repository, revision, file, origin, with_token });
        assert!(said.contains(expect), "{status} {code:?}: {said}");
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        check(401, None, false, "name a token in `tokenSecretRef` if it is private");
        check(401, None, true, "does not accept the token");
        check(401, Some("GatedRepo"), false, "accept them on its page and name a token");
        check(403, Some("GatedRepo"), true, "with the account of the token");
        check(403, None, true, "needs the right to read it");
        check(404, Some("RevisionNotFound"), false, "has no commit 4c6f of `owner/name`");
        check(404, Some("EntryNotFound"), false, "of file `config.json`");
        check(404, Some("RepoNotFound"), false, "has no `owner/name`");
        check(429, None, false, "left alone for a while");
        check(500, None, false, "answered 500");
    }
}
