//! Changing a password with the current one, in 60 lines: register, prove, apply, sign in.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use backstop::{
    Accounts, Apply, Changes, Client, MemorySender, MemoryStore, NewPassword, Password, Proof,
    Prove, Register, ServiceKey, SessionStatus, SessionToken, SignIn,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let builder = Accounts::builder(MemoryStore::new(), MemorySender::new(), key);
    let accounts = builder.link_base("https://shop.example/recover")?.build()?;
    let client = Client::new().label("Firefox, Uppsala");
    let (old, new) = ("Quiet-17-lanterns", "Amber-42-orchards");

    // Registration: the host's key of the user, a user name, both fields of the form.
    let twice = NewPassword::typed_twice(old, old)?;
    let registered = accounts.register("42".parse()?, "alice".parse()?, twice, &client);
    let cookie = match registered.await? {
        Register::Registered(signed_in) => signed_in.token().expose().to_owned(),
        refused => return Err(format!("not registered: {refused:?}").into()),
    };

    // The settings page: a session comes back as the text of a cookie.
    let token: SessionToken = cookie.parse()?;
    let SessionStatus::Live(session) = accounts.session(&token).await? else {
        return Err("signed out".into());
    };
    let ticket = accounts.settings(&session)?;

    // The current password first ...
    let proof = Proof::CurrentPassword(Password::new(old)?);
    let ticket = match accounts.prove(&ticket, proof).await? {
        Prove::Accepted(ticket) => ticket,
        refused => return Err(format!("not proved: {refused:?}").into()),
    };
    println!("The current password is right.");

    // ... then the new one. Every older session ends with it.
    let changes = Changes::new().password(NewPassword::typed_twice(new, new)?);
    match accounts.apply(&ticket, changes).await? {
        Apply::Applied(acting) => println!("Changed; still signed in as {}.", acting.account()),
        Apply::Unmet { password, .. } => return Err(format!("choose another: {password:?}").into()),
        refused => return Err(format!("not changed: {refused:?}").into()),
    }
    let SessionStatus::Ended = accounts.session(&token).await? else {
        return Err("the old session is alive".into());
    };

    // The old login name and the new password sign in at once.
    let (name, typed) = ("alice".parse()?, Password::new(new)?);
    match accounts.sign_in(&name, &typed, &client).await? {
        SignIn::Accepted(_signed_in) => println!("Signed in with the new password."),
        refused => return Err(format!("not signed in: {refused:?}").into()),
    }
    Ok(())
}
