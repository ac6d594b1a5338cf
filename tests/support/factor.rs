//! A second factor: its app, and how it is enrolled.

use backstop::{
    Challenge, Changes, IssueFactor, NewSecondFactor, Proof, SecondFactor, SignedIn, Ticket,
    TotpCode,
    message::Content,
    store::{AccountStore, FlowStore},
};

use super::{OLD, World, mail::code};

/// What the authenticator app shows at this moment, moved by so many steps.
pub fn app<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    factor: &NewSecondFactor,
    steps: i64,
) -> TotpCode {
    let key = totp_rs::Secret::try_from_base32(factor.key().expose().as_str()).unwrap();
    let app = totp_rs::Builder::new().with_secret(key).build().unwrap();
    let at = world.clock.now().unix_timestamp() + steps * 30;
    let token = app.generate(u64::try_from(at).unwrap());
    token.to_string().parse().unwrap()
}

pub fn shown<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    factor: &NewSecondFactor,
) -> SecondFactor {
    SecondFactor::Totp(app(world, factor, 0))
}

pub fn backup(factor: &NewSecondFactor, index: usize) -> SecondFactor {
    let typed = factor.backup_codes().get(index).unwrap().expose();
    SecondFactor::BackupCode(typed.parse().unwrap())
}

/// A ticket with the current password and a code to the security e-mail.
pub async fn both_proofs<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    signed_in: &SignedIn,
    typed: &str,
) -> Ticket {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, typed).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let post = world.post().await;
    let letter = post
        .iter()
        .find(|letter| matches!(letter.content(), Content::Code { .. }));
    let proof = Proof::SecurityEmail(code(letter.unwrap()));
    world.accepted(&ticket, proof).await
}

pub async fn issued<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    ticket: &Ticket,
) -> NewSecondFactor {
    match world.accounts.issue_second_factor(ticket).await.unwrap() {
        IssueFactor::Issued(factor) => factor,
        other => panic!("not issued: {other:?}"),
    }
}

pub async fn enrol<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    signed_in: &SignedIn,
) -> (SignedIn, NewSecondFactor) {
    let ticket = both_proofs(world, signed_in, OLD).await;
    let factor = issued(world, &ticket).await;
    let changes = Changes::new().second_factor(app(world, &factor, 0));
    (world.applied(&ticket, changes).await, factor)
}
