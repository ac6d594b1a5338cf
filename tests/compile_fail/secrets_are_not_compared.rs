//! C05: a comparison that could stop early.
use backstop::{NewPassword, Password, ServiceKey, SessionToken, Ticket};

fn needs_eq<T: PartialEq>() {}

fn main() {
    needs_eq::<Password>();
    needs_eq::<NewPassword>();
    needs_eq::<SessionToken>();
    needs_eq::<Ticket>();
    needs_eq::<ServiceKey>();
}
