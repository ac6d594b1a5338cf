//! Which proofs count beside what the account has, whenever they were accepted.

use super::*;
use crate::{
    flow::{registration, state::FlowId, ticket::NewTicket},
    hash::{Owner, Purpose},
    identity::Identity,
    service_key::ServiceKey,
    session::{Session, SessionId},
};

const NOW: Stamp = Stamp::from_millis(1_767_225_600_000);

fn keys() -> ServiceKey {
    ServiceKey::new(*b"a service key of tests, 32 bytes").unwrap()
}

fn identity() -> Identity {
    Identity::verified("https://accounts.example", "bob").unwrap()
}

fn account(has_password: bool, email: Option<&str>) -> Account {
    let id = "7".parse().unwrap();
    let owner = Owner {
        account: &id,
        purpose: Purpose::Password,
    };
    let hash = "$argon2id$v=19$m=24,t=2,p=1$YSBzYWx0IG9mIDE2IGIuLg$OzhusD8+XC48gpjFzQppUS9SPh5c1g0+fCA9dxeMFk8";
    let hash = PasswordHash::import(hash.parse().unwrap(), owner, &keys()).unwrap();
    let (name, email) = ("bob".parse().unwrap(), email.map(|it| it.parse().unwrap()));
    let epoch = Epoch::from_random([1; 16]);
    let account = registration::account(id, &name, hash, email, &keys(), epoch, NOW);
    Account {
        password_is_void: !has_password,
        ..registration::linked(account, identity(), NOW)
    }
}

fn allows_password(account: &Account, proof: Method) -> bool {
    let session = Session {
        label: None,
        account: account.id.clone(),
        id: SessionId::from_random([2; 16]),
        epoch: account.epoch,
        signed_in_at: NOW,
        has_factor: false,
        login: account.login.clone(),
    };
    let id = FlowId::from_random([3; 16]);
    let ticket = NewTicket::new(id, [4; 32], &keys());
    let flow = Flow::of_session(&session, id, NOW).accept(proof, &ticket);
    let policy = Policy::marketplace();
    roots(account, &flow, Change::Password, NOW, &policy).is_some()
}

#[test]
fn s19_an_identity_proves_something_only_where_there_is_nothing_else() {
    let address = Some("bob@shop.example");
    for (has_password, email, proves) in [
        (false, None, true),
        (false, address, false),
        (true, None, false),
        (true, address, false),
    ] {
        let account = account(has_password, email);
        assert_eq!(allows_password(&account, Method::LinkedIdentity), proves);
        assert_eq!(
            allows_password(&account, Method::CurrentPassword),
            has_password
        );
    }
}

/// While it is young, an identity signs in only if what linked it would.
#[test]
fn s19_x33_a_young_identity_signs_in_by_what_linked_it() {
    let policy = Policy::marketplace();
    let later = NOW.plus(policy.hold);
    let mut account = account(true, None);
    for (set_by, now, signs) in [
        (vec![], NOW, true),
        (vec![vec![Method::CurrentPassword]], NOW, true),
        (vec![vec![Method::HintQuestion]], NOW, false),
        (vec![vec![Method::HintQuestion]], later, true),
    ] {
        account.identities[0].set_by = set_by;
        assert_eq!(signs_in(&account, &identity(), now, &policy), signs);
    }
    account.deleted_at = Some(NOW);
    assert!(!signs_in(&account, &identity(), later, &policy));
}
