//! The contract of `AccountStore`.

use backstop::{
    account::Account,
    name::{KeyKind, UniqueKey},
    record::{Revision, Stored},
    store::{AccountStore, Add, Remove, Update},
};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{records::AccountV1, stores::Handles};

const KINDS: [KeyKind; 5] = [
    KeyKind::Login,
    KeyKind::Skeleton,
    KeyKind::Email,
    KeyKind::Phone,
    KeyKind::Identity,
];

fn login(name: &str) -> UniqueKey {
    UniqueKey::new(KeyKind::Login, name)
}

fn revision(number: u128) -> Revision {
    Revision::from_bytes(number.to_be_bytes())
}

async fn added(store: &impl AccountStore, account: &Stored<Account>) {
    assert_eq!(store.add(account).await.unwrap(), Add::Added);
}

fn assert_same(found: Option<Stored<Account>>, expected: &Stored<Account>) {
    let found = found.expect("it is there");
    assert_eq!(found.revision, expected.revision);
    assert_eq!(found.value.to_bytes(), expected.value.to_bytes());
}

/// What is stored under the id and each key is this.
async fn assert_stored(store: &impl AccountStore, expected: &Stored<Account>) {
    assert_same(store.load(expected.value.id()).await.unwrap(), expected);
    for key in expected.value.unique_keys() {
        assert_same(store.find(key).await.unwrap(), expected);
    }
}

pub(crate) async fn sentence_02_a_taken_id_is_refused<S: AccountStore>(store: &Handles<S>) {
    let first = AccountV1::new("42", "alice").stored(1);
    added(&store.one, &first).await;
    let second = AccountV1::new("42", "bob").stored(2);
    assert_eq!(store.one.add(&second).await.unwrap(), Add::Taken(None));
    assert_stored(&store.one, &first).await;
    assert!(store.one.find(&login("bob")).await.unwrap().is_none());
}

pub(crate) async fn sentence_02_a_taken_id_is_refused_beside_a_security_code<S: AccountStore>(
    store: &Handles<S>,
) {
    let mut first = AccountV1::new("42", "alice");
    first.set_security_code(Some([7; 32]));
    first.set_second_factor();
    first.set_identity("https://accounts.example", "1");
    first.set_case();
    let first = first.stored(1);
    added(&store.one, &first).await;
    let second = AccountV1::new("42", "bob").stored(2);
    assert_eq!(store.one.add(&second).await.unwrap(), Add::Taken(None));
    assert_stored(&store.one, &first).await;
}

pub(crate) async fn sentence_03_a_taken_key_is_refused_by_add<S: AccountStore>(store: &Handles<S>) {
    for (number, kind) in (1_u128..).zip(KINDS) {
        let key = UniqueKey::new(kind, format!("taken {number}"));
        let mut first = AccountV1::new(&format!("first {number}"), &format!("a{number}"));
        first.keys.push(key.clone());
        let first = first.stored(number);
        added(&store.one, &first).await;

        let mut second = AccountV1::new(&format!("second {number}"), &format!("b{number}"));
        second.keys.push(key);
        let second = second.stored(100 + number);
        let refused = store.one.add(&second).await.unwrap();
        assert_eq!(refused, Add::Taken(Some(kind)));
        assert_stored(&store.one, &first).await;
        assert!(store.one.load(second.value.id()).await.unwrap().is_none());
        let free = &second.value.unique_keys()[0];
        assert!(store.one.find(free).await.unwrap().is_none());
    }
}

pub(crate) async fn sentence_03_a_taken_key_is_refused_by_update<S: AccountStore>(
    store: &Handles<S>,
) {
    for (number, kind) in (1_u128..).zip(KINDS) {
        let key = UniqueKey::new(kind, format!("taken {number}"));
        let mut first = AccountV1::new(&format!("first {number}"), &format!("a{number}"));
        first.keys.push(key.clone());
        let first = first.stored(number);
        added(&store.one, &first).await;
        let mut second = AccountV1::new(&format!("second {number}"), &format!("b{number}"));
        let before = second.stored(100 + number);
        added(&store.one, &before).await;

        second.keys = vec![login(&format!("c{number}")), key];
        let refused = second.stored(200 + number);
        assert_eq!(
            store.one.update(before.revision, &refused).await.unwrap(),
            Update::Taken(kind)
        );
        assert_stored(&store.one, &first).await;
        assert_stored(&store.one, &before).await;
        let free = &refused.value.unique_keys()[0];
        assert!(store.one.find(free).await.unwrap().is_none());
    }
}

pub(crate) async fn sentence_04_only_the_named_revision_is_updated<S: AccountStore>(
    store: &Handles<S>,
) {
    let first = AccountV1::new("42", "alice").stored(1);
    let second = AccountV1::new("42", "alicia").stored(2);
    let stale = store.one.update(first.revision, &second).await.unwrap();
    assert_eq!(stale, Update::Stale, "there is no such account");

    added(&store.one, &first).await;
    let stale = store.one.update(revision(9), &second).await.unwrap();
    assert_eq!(stale, Update::Stale);
    assert_stored(&store.one, &first).await;

    let updated = store.one.update(first.revision, &second).await.unwrap();
    assert_eq!(updated, Update::Updated);
    assert_stored(&store.one, &second).await;
    let again = store.one.update(first.revision, &first).await.unwrap();
    assert_eq!(again, Update::Stale);
    assert_stored(&store.one, &second).await;
}

pub(crate) async fn sentence_04_only_the_named_revision_is_removed<S: AccountStore>(
    store: &Handles<S>,
) {
    let account = AccountV1::new("42", "alice").stored(1);
    let id = account.value.id();
    let absent = store.one.remove(account.revision, id).await.unwrap();
    assert_eq!(absent, Remove::Stale);

    added(&store.one, &account).await;
    let stale = store.one.remove(revision(9), id).await.unwrap();
    assert_eq!(stale, Remove::Stale);
    assert_stored(&store.one, &account).await;

    let removed = store.one.remove(account.revision, id).await.unwrap();
    assert_eq!(removed, Remove::Removed);
    assert!(store.one.load(id).await.unwrap().is_none());
    let again = store.one.remove(account.revision, id).await.unwrap();
    assert_eq!(again, Remove::Stale);
}

pub(crate) async fn sentence_05_an_update_frees_the_keys_it_drops<S: AccountStore>(
    store: &Handles<S>,
) {
    let first = AccountV1::new("42", "alice").stored(1);
    added(&store.one, &first).await;
    let renamed = AccountV1::new("42", "alicia").stored(2);
    let updated = store.one.update(first.revision, &renamed).await.unwrap();
    assert_eq!(updated, Update::Updated);
    assert!(store.one.find(&login("alice")).await.unwrap().is_none());

    let heir = AccountV1::new("43", "alice").stored(3);
    added(&store.one, &heir).await;
    assert_stored(&store.one, &renamed).await;
    assert_stored(&store.one, &heir).await;
}

pub(crate) async fn sentence_05_a_removal_frees_its_keys<S: AccountStore>(store: &Handles<S>) {
    let first = AccountV1::new("42", "alice").stored(1);
    added(&store.one, &first).await;
    let removed = store.one.remove(first.revision, first.value.id()).await;
    assert_eq!(removed.unwrap(), Remove::Removed);
    assert!(store.one.find(&login("alice")).await.unwrap().is_none());
    let heir = AccountV1::new("43", "alice").stored(2);
    added(&store.one, &heir).await;
    assert_stored(&store.one, &heir).await;
}

pub(crate) async fn sentence_06_a_load_sees_what_another_handle_wrote<S: AccountStore>(
    store: &Handles<S>,
) {
    let mut stored = AccountV1::new("42", "alice").stored(0);
    added(&store.one, &stored).await;
    for number in 1..100 {
        assert_stored(&store.one, &stored).await;
        assert_stored(&store.other, &stored).await;
        let (writer, was) = match number % 2 {
            0 => (&store.one, stored.revision),
            _ => (&store.other, stored.revision),
        };
        stored = AccountV1::new("42", &format!("alice{number}")).stored(number);
        let updated = writer.update(was, &stored).await.unwrap();
        assert_eq!(updated, Update::Updated);
    }
}

pub(crate) async fn sentence_07_ids_are_compared_byte_by_byte<S: AccountStore>(store: &Handles<S>) {
    // Each pair is one to some collation, trim, cast or normalisation.
    let ids = [
        "a", "A", "a ", " a", "1", "01", "1.0", "1e0", "+1", "é", "e\u{301}", "ß", "ss", "ı", "i",
        "%", "_", "a%", "NULL", "'", "\"", "[]",
    ];
    let mut all = Vec::new();
    for (number, id) in (1_u128..).zip(ids) {
        let stored = AccountV1::new(id, &format!("name{number}")).stored(number);
        assert!(store.one.load(stored.value.id()).await.unwrap().is_none());
        added(&store.one, &stored).await;
        all.push(stored);
    }
    for stored in &all {
        assert_stored(&store.one, stored).await;
    }
}

pub(crate) async fn sentence_07_keys_are_compared_byte_by_byte<S: AccountStore>(
    store: &Handles<S>,
) {
    let names: [&[u8]; 12] = [
        b"a",
        b"A",
        b"a ",
        b" a",
        b"a\0",
        b"\0a",
        b"\0",
        b"\xff",
        b"\xc3\xa9",
        b"e\xcc\x81",
        b"61",
        b"x'61'",
    ];
    let mut all = Vec::new();
    for (number, name) in (1_u128..).zip(names) {
        let mut account = AccountV1::new(&number.to_string(), "");
        account.keys = vec![UniqueKey::new(KeyKind::Login, name)];
        let stored = account.stored(number);
        added(&store.one, &stored).await;
        all.push(stored);
    }
    for stored in &all {
        assert_stored(&store.one, stored).await;
    }
}

pub(crate) async fn sentence_07_kinds_are_apart<S: AccountStore>(store: &Handles<S>) {
    let mut all = Vec::new();
    for (number, kind) in (1_u128..).zip(KINDS) {
        let mut account = AccountV1::new(&number.to_string(), "");
        account.keys = vec![UniqueKey::new(kind, "same")];
        let stored = account.stored(number);
        added(&store.one, &stored).await;
        all.push(stored);
    }
    for stored in &all {
        assert_stored(&store.one, stored).await;
    }
}

pub(crate) async fn sentence_08_odd_values_come_back<S: AccountStore>(store: &Handles<S>) {
    let ids = [
        "x".repeat(128),
        "\u{10ffff}".repeat(32),
        "'; DROP TABLE backstop_account; --".to_owned(),
        "?1 :id @id $id".to_owned(),
        "漢字 עברית \u{202e}\u{fffd}\u{feff}".to_owned(),
    ];
    for (number, id) in (1_u128..).zip(ids) {
        let mut odd = AccountV1::new(&id, "");
        odd.keys = KINDS
            .map(|kind| UniqueKey::new(kind, vec![u8::try_from(number).unwrap(); 254]))
            .to_vec();
        odd.set_security_code(Some([0; 32]));
        odd.set_due_at(Some(i64::MIN));
        let stored = odd.stored(u128::MAX - number);
        added(&store.one, &stored).await;
        assert_stored(&store.one, &stored).await;

        odd.keys = vec![UniqueKey::new(
            KeyKind::Login,
            (0..=253).collect::<Vec<u8>>(),
        )];
        odd.set_due_at(Some(i64::MAX));
        let next = odd.stored(number);
        let updated = store.one.update(stored.revision, &next).await.unwrap();
        assert_eq!(updated, Update::Updated);
        assert_stored(&store.one, &next).await;

        odd.keys.clear();
        odd.set_due_at(None);
        let last = odd.stored(0);
        let updated = store.one.update(next.revision, &last).await.unwrap();
        assert_eq!(updated, Update::Updated);
        assert_stored(&store.one, &last).await;
    }
}

pub(crate) async fn sentence_09_due_answers_the_earliest_first<S: AccountStore>(
    store: &Handles<S>,
) {
    let now = datetime!(2026-01-01 0:00 UTC);
    let due =
        |at: OffsetDateTime| Some(i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap());
    let accounts = [
        ("at now", due(now)),
        ("never", None),
        ("later", due(now + Duration::milliseconds(1))),
        ("long ago", due(datetime!(1969-12-31 0:00 UTC))),
        ("yesterday", due(now - Duration::DAY)),
    ];
    for (number, (id, due_at)) in (1_u128..).zip(accounts) {
        let mut account = AccountV1::new(id, id);
        account.set_due_at(due_at);
        added(&store.one, &account.stored(number)).await;
    }
    let ids = |limit| async move {
        let due = store.one.due(now, limit).await.unwrap();
        due.into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(ids(10).await, ["long ago", "yesterday", "at now"]);
    assert_eq!(ids(usize::MAX).await.len(), 3);
    assert_eq!(ids(2).await, ["long ago", "yesterday"]);
    assert!(ids(0).await.is_empty());

    // What is settled is not due again.
    let settled = AccountV1::new("yesterday", "yesterday").stored(9);
    let updated = store.one.update(revision(5), &settled).await.unwrap();
    assert_eq!(updated, Update::Updated);
    assert_eq!(ids(10).await, ["long ago", "at now"]);
}

pub(crate) async fn s06_sentence_10_a_security_code_is_never_altered_or_cleared<S: AccountStore>(
    store: &Handles<S>,
) {
    let mut account = AccountV1::new("42", "alice");
    let without = account.stored(1);
    added(&store.one, &without).await;
    account.set_security_code(Some([7; 32]));
    let with = account.stored(2);
    let set = store.one.update(without.revision, &with).await.unwrap();
    assert_eq!(set, Update::Updated, "the first one can be set");

    for other in [None, Some([8; 32])] {
        account.set_security_code(other);
        let refused = store.one.update(with.revision, &account.stored(3)).await;
        assert!(refused.is_err());
        assert_stored(&store.one, &with).await;
    }

    let mut renamed = AccountV1::new("42", "alicia");
    renamed.set_security_code(Some([7; 32]));
    let renamed = renamed.stored(4);
    let updated = store.one.update(with.revision, &renamed).await.unwrap();
    assert_eq!(updated, Update::Updated, "the rest can change beside it");
    assert_stored(&store.one, &renamed).await;
}
