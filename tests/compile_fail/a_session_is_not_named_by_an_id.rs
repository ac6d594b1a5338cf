//! F02: the subject of a change comes from a session, not from a field of the request.
use backstop::{AccountId, Accounts, Error, Ticket};

fn settings(accounts: &Accounts, id: &AccountId) -> Result<Ticket, Error> {
    accounts.settings(id)
}

fn main() {}
