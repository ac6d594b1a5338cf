//! The contract of `FlowStore`.

use backstop::{
    record::{Key, MAX_RECORD_BYTES, Record, Revision, Stored},
    store::{Delete, FlowStore, Insert, Swap},
};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::stores::Handles;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
pub(crate) const SOON: OffsetDateTime = datetime!(2026-01-01 0:10 UTC);

pub(crate) fn key(number: u8) -> Key {
    Key::from_bytes([number; 32])
}

pub(crate) fn record(number: u128) -> Stored<Record> {
    Stored {
        revision: Revision::from_bytes(number.to_be_bytes()),
        value: Record::from_bytes(number.to_be_bytes().to_vec()),
    }
}

pub(crate) async fn inserted(store: &impl FlowStore, key: Key, record: &Stored<Record>) {
    let inserted = store.insert(&key, record, NOW, SOON).await.unwrap();
    assert!(matches!(inserted, Insert::Inserted));
}

fn assert_same(found: Option<&Stored<Record>>, expected: &Stored<Record>) {
    let found = found.expect("it is there");
    assert_eq!(found.revision, expected.revision);
    assert_eq!(found.value, expected.value);
}

async fn assert_stored(store: &impl FlowStore, key: Key, expected: &Stored<Record>) {
    assert_same(store.get(&key, NOW).await.unwrap().as_ref(), expected);
}

pub(crate) async fn sentence_02_a_record_is_not_overwritten<S: FlowStore>(store: &Handles<S>) {
    inserted(&store.one, key(1), &record(1)).await;
    let refused = store.one.insert(&key(1), &record(2), NOW, SOON).await;
    let Insert::Exists(found) = refused.unwrap() else {
        panic!("it was overwritten");
    };
    assert_same(Some(&found), &record(1));
    assert_stored(&store.one, key(1), &record(1)).await;
}

pub(crate) async fn sentence_02_an_expired_record_is_replaced<S: FlowStore>(store: &Handles<S>) {
    inserted(&store.one, key(1), &record(1)).await;
    let later = SOON + Duration::MINUTE;
    let replaced = store.one.insert(&key(1), &record(2), SOON, later).await;
    assert!(matches!(replaced.unwrap(), Insert::Inserted));
    let found = store.one.get(&key(1), SOON).await.unwrap();
    assert_same(found.as_ref(), &record(2));
    assert!(store.one.get(&key(1), later).await.unwrap().is_none());
}

pub(crate) async fn sentence_03_the_end_is_exclusive<S: FlowStore>(store: &Handles<S>) {
    inserted(&store.one, key(1), &record(1)).await;
    let last = SOON - Duration::MILLISECOND;
    assert!(store.one.get(&key(1), last).await.unwrap().is_some());
    assert!(store.one.get(&key(1), SOON).await.unwrap().is_none());
    // The clock that counts is the caller's, wherever it stands.
    let past = datetime!(1969-01-01 0:00 UTC);
    assert!(store.one.get(&key(1), past).await.unwrap().is_some());
}

pub(crate) async fn sentence_04_only_the_named_revision_is_swapped<S: FlowStore>(
    store: &Handles<S>,
) {
    let swap = |was: u128, next: u128, expires| async move {
        let was = Revision::from_bytes(was.to_be_bytes());
        let next = record(next);
        store.one.swap(&key(1), was, &next, expires).await.unwrap()
    };
    assert_eq!(
        swap(1, 2, SOON).await,
        Swap::Stale,
        "there is no such record"
    );
    assert!(store.one.get(&key(1), NOW).await.unwrap().is_none());

    inserted(&store.one, key(1), &record(1)).await;
    inserted(&store.one, key(2), &record(9)).await;
    assert_eq!(swap(9, 2, SOON).await, Swap::Stale);
    assert_stored(&store.one, key(1), &record(1)).await;

    let later = SOON + Duration::MINUTE;
    assert_eq!(swap(1, 2, later).await, Swap::Swapped);
    let found = store.one.get(&key(1), SOON).await.unwrap();
    assert_same(found.as_ref(), &record(2));
    assert_eq!(swap(1, 3, SOON).await, Swap::Stale);
    assert_stored(&store.one, key(1), &record(2)).await;
    assert_stored(&store.one, key(2), &record(9)).await;
}

pub(crate) async fn sentence_04_only_the_named_revision_is_deleted<S: FlowStore>(
    store: &Handles<S>,
) {
    let delete = |was: u128| async move {
        let was = Revision::from_bytes(was.to_be_bytes());
        store.one.delete(&key(1), was).await.unwrap()
    };
    assert_eq!(delete(1).await, Delete::Stale, "there is no such record");
    inserted(&store.one, key(1), &record(1)).await;
    inserted(&store.one, key(2), &record(9)).await;
    assert_eq!(delete(9).await, Delete::Stale);
    assert_stored(&store.one, key(1), &record(1)).await;
    assert_eq!(delete(1).await, Delete::Deleted);
    assert!(store.one.get(&key(1), NOW).await.unwrap().is_none());
    assert_eq!(delete(1).await, Delete::Stale);
    assert_stored(&store.one, key(2), &record(9)).await;
}

pub(crate) async fn sentence_05_a_get_sees_what_another_handle_wrote<S: FlowStore>(
    store: &Handles<S>,
) {
    inserted(&store.one, key(1), &record(0)).await;
    for number in 1..200 {
        let was = record(number - 1);
        assert_stored(&store.one, key(1), &was).await;
        assert_stored(&store.other, key(1), &was).await;
        let writer = match number % 2 {
            0 => &store.one,
            _ => &store.other,
        };
        let (key, next) = (key(1), record(number));
        let swapped = writer.swap(&key, was.revision, &next, SOON).await;
        assert_eq!(swapped.unwrap(), Swap::Swapped);
    }
}

pub(crate) async fn sentence_06_purge_deletes_expired_records_up_to_its_limit<S: FlowStore>(
    store: &Handles<S>,
) {
    for number in 0..10 {
        inserted(&store.one, key(number), &record(number.into())).await;
    }
    let later = SOON + Duration::MINUTE;
    let live = store.one.insert(&key(10), &record(10), NOW, later).await;
    assert!(matches!(live.unwrap(), Insert::Inserted));

    let last = SOON - Duration::MILLISECOND;
    assert_eq!(store.one.purge(last, 100).await.unwrap(), 0);
    assert_eq!(store.one.purge(SOON, 0).await.unwrap(), 0);
    assert_eq!(store.one.purge(SOON, 4).await.unwrap(), 4);
    let mut left = 0;
    for number in 0..10 {
        left += usize::from(store.one.get(&key(number), NOW).await.unwrap().is_some());
    }
    assert_eq!(left, 6);
    assert_eq!(store.one.purge(SOON, usize::MAX).await.unwrap(), 6);
    assert_eq!(store.one.purge(SOON, 100).await.unwrap(), 0);
    assert_stored(&store.one, key(10), &record(10)).await;
}

pub(crate) async fn sentence_07_odd_values_come_back<S: FlowStore>(store: &Handles<S>) {
    let values = [
        Vec::new(),
        vec![0],
        vec![0; 1000],
        (0..=255).collect(),
        vec![0xff; MAX_RECORD_BYTES],
    ];
    for (number, value) in (0_u8..).zip(values) {
        let key = Key::from_bytes([255 - number; 32]);
        let mut odd = Stored {
            revision: Revision::from_bytes([255 - number; 16]),
            value: Record::from_bytes(value),
        };
        inserted(&store.one, key, &odd).await;
        assert_stored(&store.one, key, &odd).await;
        let was = odd.revision;
        odd.revision = Revision::from_bytes([0; 16]);
        let swapped = store.one.swap(&key, was, &odd, SOON).await.unwrap();
        assert_eq!(swapped, Swap::Swapped);
        assert_stored(&store.one, key, &odd).await;
    }
}
