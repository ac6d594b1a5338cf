//! Somebody else's account in one's own session.
use backstop::{AccountId, Session};

fn adopt(account: AccountId, mut session: Session) -> Session {
    session.account = account;
    session
}

fn main() {}
