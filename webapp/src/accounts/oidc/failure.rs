//! Why somebody is not logged in by the provider, in words for them. Pure.

/// Why a log-in at the provider did not end in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The provider cannot be reached, or answers with errors.
    Away,
    /// The provider does not take this site for the one that it knows.
    Misconfigured,
    /// Somebody declined: the person, or the provider.
    Declined,
    /// The provider could not do it at the moment.
    TryLater,
    /// It was begun too long ago.
    TooOld,
    /// It was not begun in this browser, or has been used.
    Unknown,
    /// What the provider sent cannot be believed.
    Untrusted,
    /// By our clock the answer is of another time; so many seconds from now.
    Clock(i64),
    /// In none of the groups that are admitted; what the site says then, if it has words of its own.
    NotAdmitted(String),
    /// The provider does not tell an address.
    NoEmail,
    /// An account with the address is there already.
    EmailTaken,
    /// There are as many accounts as there may be.
    NoRoom,
    /// An administrator has disabled the account.
    Disabled,
    /// The person is linked with another account, or the account with another person.
    LinkedElsewhere,
    /// Whoever began to link an account is not logged in to it any more.
    NotTheOwner,
}

impl Failure {
    /// The status of the answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Away | Self::TryLater => 503,
            Self::Misconfigured | Self::Untrusted | Self::Clock(_) => 502,
            Self::TooOld | Self::Unknown => 400,
            Self::Declined | Self::NotAdmitted(_) | Self::Disabled | Self::NotTheOwner => 403,
            Self::NoEmail | Self::EmailTaken | Self::NoRoom | Self::LinkedElsewhere => 409,
        }
    }

    /// Whether beginning again may help.
    #[must_use]
    pub const fn is_worth_a_try(&self) -> bool {
        !matches!(self, Self::Disabled | Self::NoRoom | Self::LinkedElsewhere | Self::NotTheOwner | Self::EmailTaken)
    }

    /// What happened and what to do. `provider` is what people call it; `passwords` says whether the site has its own.
    #[must_use]
    pub fn message(&self, provider: &str, passwords: bool) -> String {
        match self {
            Self::Away => format!("{provider} does not answer. Nothing was changed. Try again in a moment."),
            Self::TryLater => format!("{provider} cannot log anybody in at the moment. Try again in a moment."),
            Self::Misconfigured => format!(
                "{provider} does not accept this site. Only the administrator of this site can mend that; its log says more."
            ),
            Self::Declined => format!("{provider} did not log you in: the log-in was cancelled or refused there."),
            Self::TooOld => {
                "This log-in was begun more than 15 minutes ago. Begin again; it is quicker this time.".to_owned()
            }
            Self::Unknown => {
                "This log-in was used already, or was begun in another browser. Begin again here.".to_owned()
            }
            Self::Untrusted => format!(
                "The answer of {provider} could not be verified, so you are not logged in. Begin again; if it stays so, tell the \
                 administrator of this site."
            ),
            Self::Clock(seconds) => format!(
                "The clocks of {provider} and of this site differ by {}, so its answer cannot be used. Tell the administrator of \
                 this site.",
                minutes(*seconds)
            ),
            Self::NotAdmitted(words) if !words.is_empty() => words.clone(),
            Self::NotAdmitted(_) => format!("Your account at {provider} is not among those that this site is for."),
            Self::NoEmail => format!(
                "{provider} does not tell this site your e-mail address, without which no account can be made. Tell the \
                 administrator of this site."
            ),
            Self::EmailTaken if passwords => format!(
                "An account could not be made. If you have one here already, log in with its password and link it with \
                 {provider} on the page Your account."
            ),
            Self::EmailTaken => {
                "An account could not be made: there seems to be one already. Ask the administrator of this site."
                    .to_owned()
            }
            Self::NoRoom => "This site takes no more accounts. Ask whoever runs it for more.".to_owned(),
            Self::Disabled => "This account is disabled. Ask the administrator of this site.".to_owned(),
            Self::LinkedElsewhere => format!(
                "Nothing was linked: this account here, or the one at {provider}, is linked with another one. Unlink that first."
            ),
            Self::NotTheOwner => "Nothing was linked, because you are not logged in here any more.".to_owned(),
        }
    }
}

/// A length of time, rounded up.
fn minutes(seconds: i64) -> String {
    match seconds.unsigned_abs().div_ceil(60) {
        0 | 1 => "more than a minute".to_owned(),
        minutes => format!("about {minutes} minutes"),
    }
}

/// What the error of an authorization response stands for (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6).
#[must_use]
pub fn of_error(code: &str) -> Failure {
    match code {
        "server_error" | "temporarily_unavailable" => Failure::TryLater,
        "access_denied"
        | "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => Failure::Declined,
        _ => Failure::Misconfigured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_says_what_to_do_and_names_the_provider_where_it_matters() {
        let told = [
            (Failure::Away, "Uni does not answer"),
            (Failure::Clock(-290), "differ by about 5 minutes"),
            (Failure::Clock(30), "differ by more than a minute"),
            (Failure::NotAdmitted(String::new()), "Your account at Uni is not among those"),
            (Failure::NotAdmitted("Ask the careers service.".to_owned()), "Ask the careers service."),
            (Failure::EmailTaken, "link it with Uni on the page Your account"),
            (Failure::TooOld, "Begin again"),
        ];
        for (failure, expected) in told {
            let message = failure.message("Uni", true);
            assert!(message.contains(expected), "{message}");
        }
        assert!(!Failure::EmailTaken.message("Uni", false).contains("password"));
        assert_eq!(of_error("access_denied"), Failure::Declined);
        assert_eq!(of_error("unauthorized_client"), Failure::Misconfigured);
        assert_eq!(of_error("temporarily_unavailable"), Failure::TryLater);
    }
}
