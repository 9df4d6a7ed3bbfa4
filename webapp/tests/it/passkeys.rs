//! Passkeys: added by their owners, and logging in those alone. What authenticators can say is in the tests of
//! `accounts/passkey`; here is what the site remembers, and what becomes of accounts.

mod accounts;
mod refusals;
mod visitor;
