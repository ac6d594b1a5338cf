//! X30: a secret in a log or a cache.
use backstop::{NewPassword, Password, ServiceKey, SessionToken, SignedIn, Ticket};

fn needs_serialize<T: serde::Serialize>() {}

fn main() {
    needs_serialize::<Password>();
    needs_serialize::<NewPassword>();
    needs_serialize::<SessionToken>();
    needs_serialize::<Ticket>();
    needs_serialize::<ServiceKey>();
    needs_serialize::<SignedIn>();
}
