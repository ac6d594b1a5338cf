//! What a stored hash promises.

use super::*;

pub(super) fn keys() -> ServiceKey {
    ServiceKey::new(*b"a service key of tests, 32 bytes").unwrap()
}

pub(super) fn owner(account: &AccountId) -> Owner<'_> {
    Owner {
        account,
        purpose: Purpose::Password,
    }
}

pub(super) fn cheap() -> HashCost {
    HashCost::danger_below_floor(8, 1, 1).unwrap()
}

fn hash_for(account: &AccountId) -> PasswordHash {
    let mut memory = vec![Block::default(); 8];
    Computation::new(owner(account), cheap(), &keys(), [7; 16])
        .unwrap()
        .hash("Mira-2-lakes", &mut memory)
        .unwrap()
}

fn verify(hash: &PasswordHash, account: &AccountId) -> Result<Match, Error> {
    let mut memory = vec![Block::default(); 8];
    hash.comparison(owner(account), &keys())?
        .run(&Password::new("Mira-2-lakes").unwrap(), &mut memory)
}

#[test]
fn c02_a_hash_names_its_scheme_cost_key_salt_and_tag() {
    let hash = hash_for(&"42".parse().unwrap());
    let parsed = parse(&hash.text).unwrap();
    assert!(hash.text.starts_with("$argon2id$v=19$m=8,t=1,p=1,keyid="));
    assert_eq!((parsed.salt.len(), parsed.tag.len()), (16, 32));
    assert!(parsed.params.data().is_empty());
    assert!(hash.is_current(cheap(), &keys()));
    assert!(!hash.is_current(HashCost::DEFAULT, &keys()));
}

#[test]
fn x45_a_hash_copied_to_another_account_does_not_verify() {
    let (alice, bob) = ("42".parse().unwrap(), "43".parse().unwrap());
    let hash = hash_for(&alice);
    assert_eq!(verify(&hash, &alice).unwrap(), Match::Right);
    assert_eq!(verify(&hash, &bob).unwrap(), Match::Wrong);
}

#[test]
fn x45_a_hash_of_a_hint_does_not_verify_as_a_password() {
    let alice = "42".parse().unwrap();
    let hash = hash_for(&alice);
    let as_hint = Owner {
        account: &alice,
        purpose: Purpose::Hint,
    };
    let comparison = hash.comparison(as_hint, &keys()).unwrap();
    let mut memory = vec![Block::default(); 8];
    let typed = Password::new("Mira-2-lakes").unwrap();
    assert_eq!(comparison.run(&typed, &mut memory).unwrap(), Match::Wrong);
}

#[test]
fn x45_an_imported_hash_copied_or_made_up_does_not_verify() {
    let (alice, bob) = ("42".parse().unwrap(), "43".parse().unwrap());
    let foreign = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";
    let imported =
        |account| PasswordHash::import(foreign.parse().unwrap(), owner(account), &keys()).unwrap();
    let hash = imported(&alice);
    assert_eq!(verify(&hash, &alice).unwrap(), Match::Wrong);
    let is_damaged = |hash: &PasswordHash, account| {
        let verified = verify(hash, account);
        matches!(verified, Err(Error::Record(RecordError::Damaged)))
    };
    assert!(is_damaged(&hash, &bob));
    // Without its binding, or with the text of another hash, it is nobody's.
    let unbound = PasswordHash {
        binding: None,
        ..hash.clone()
    };
    assert!(is_damaged(&unbound, &alice));
    let other = PasswordHash {
        text: foreign.replace("t=1", "t=2"),
        ..hash
    };
    assert!(is_damaged(&other, &alice));
}

#[test]
fn a_tampered_hash_does_not_decide_how_much_memory_we_take() {
    let account = "42".parse().unwrap();
    let honest = hash_for(&account);
    for (from, to) in [
        ("m=8,", "m=4194304,"),
        ("m=8,", "m=4294967295,"),
        ("t=1,", "t=4294967295,"),
        ("p=1,", "p=1000,"),
    ] {
        let tampered = PasswordHash {
            text: honest.text.replace(from, to),
            binding: None,
        };
        let refused = tampered.comparison(owner(&account), &keys()).err();
        assert!(
            matches!(
                refused,
                Some(Error::Record(RecordError::TooCostly | RecordError::Damaged))
            ),
            "{to}"
        );
    }
    for garbage in [
        "",
        "$",
        "$argon2id$",
        "$2b$12$abc",
        "$argon2id$v=19$m=8,t=1,p=1$$",
    ] {
        let damaged = PasswordHash {
            text: garbage.to_owned(),
            binding: None,
        };
        let refused = damaged.comparison(owner(&account), &keys()).err();
        assert!(matches!(refused, Some(Error::Record(RecordError::Damaged))));
    }
}

#[test]
fn x39_a_name_always_gets_the_same_decoy() {
    let mix = HashMix::default();
    let nobody = "unknown".parse().unwrap();
    let phc = |name: &[u8], keys: &ServiceKey| {
        let decoy = PasswordHash::decoy(name, owner(&nobody), &mix, keys);
        decoy.unwrap().text
    };
    let (once, again) = (phc(b"nobody", &keys()), phc(b"nobody", &keys()));
    assert_eq!(once, again);
    assert_ne!(once, phc(b"somebody", &keys()));
    assert!(once.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="));
}

/// X40: decoys cost what the declared mix of real hashes costs.
#[test]
fn x40_decoys_follow_the_declared_mix() {
    let other = HashCost::danger_below_floor(64, 3, 1).unwrap();
    let mix = HashMix {
        own: cheap(),
        others: vec![(other.into(), 300)],
    };
    let nobody = "unknown".parse().unwrap();
    let names = 0..2000_u32;
    let drawn = names
        .map(|name| PasswordHash::decoy(&name.to_le_bytes(), owner(&nobody), &mix, &keys()))
        .map(Result::unwrap)
        .filter(|decoy| decoy.text.contains("m=64,t=3"))
        .count();
    assert!((500..700).contains(&drawn), "{drawn} of 2000");
}
