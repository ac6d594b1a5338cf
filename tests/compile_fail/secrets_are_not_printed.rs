//! X30: a secret in a message.
use backstop::{NewPassword, Password, ServiceKey, SessionToken, Ticket};

fn needs_display<T: std::fmt::Display>() {}

fn main() {
    needs_display::<Password>();
    needs_display::<NewPassword>();
    needs_display::<SessionToken>();
    needs_display::<Ticket>();
    needs_display::<ServiceKey>();
}
