//! What each call answers when a statement of it goes wrong, and what is then stored.

use std::sync::Arc;

use backstop::{
    PostgresStore,
    name::{KeyKind, UniqueKey},
    record::Revision,
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, Swap, Update},
};
use tokio::{runtime::Handle, task::block_in_place};

use crate::{
    NOW, SOON, Scene, key,
    proxy::Fault::{self, *},
    record,
    records::AccountV1,
};

const FAULTS: [Fault; 9] = [
    Undone,
    UndoneAtCommit,
    UnknownBefore,
    UnknownAfter,
    Idle,
    LostBefore,
    LostMeanwhile,
    LostAfter,
    LostAtCommit,
];

/// One fault of each kind; all tries but the last, undone; and all but the last, lost.
fn series() -> Vec<Vec<Fault>> {
    let mut series: Vec<_> = FAULTS.iter().map(|fault| vec![*fault]).collect();
    series.push(vec![Undone; 5]);
    series.push(vec![UndoneAtCommit; 5]);
    series.push(vec![
        LostBefore,
        LostAfter,
        LostAtCommit,
        UnknownAfter,
        UnknownBefore,
    ]);
    series.push(vec![LostAfter, Undone, LostMeanwhile]);
    series
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_with_a_revision_comes_out_right_however_it_goes_wrong() {
    let scene = Scene::new().await;
    let Scene {
        proxy,
        store,
        direct,
    } = &scene;
    for (number, faults) in series().into_iter().enumerate() {
        let (id, name) = (format!("id{number}"), format!("name{number}"));
        let renamed = format!("renamed{number}");
        let first = AccountV1::new(&id, &name).stored(1);
        let second = AccountV1::new(&id, &renamed).stored(2);

        proxy.fail(&faults);
        assert_eq!(store.add(&first).await.unwrap(), Add::Added, "{faults:?}");
        assert_eq!(proxy.struck(), faults);
        let found = direct.load(first.value.id()).await.unwrap().unwrap();
        assert_eq!(found.revision, first.revision);

        proxy.fail(&faults);
        let updated = store.update(first.revision, &second).await.unwrap();
        assert_eq!(updated, Update::Updated, "{faults:?}");
        assert_eq!(proxy.struck(), faults);
        let found = direct.load(first.value.id()).await.unwrap().unwrap();
        assert_eq!(found.revision, second.revision);
        let login = |name: &str| UniqueKey::new(KeyKind::Login, name.as_bytes());
        assert!(direct.find(&login(&name)).await.unwrap().is_none());
        assert!(direct.find(&login(&renamed)).await.unwrap().is_some());

        let key = key();
        let (first, second) = (record(1), record(2));
        proxy.fail(&faults);
        let inserted = store.insert(&key, &first, NOW, SOON).await.unwrap();
        assert!(matches!(inserted, Insert::Inserted), "{faults:?}");
        assert_eq!(proxy.struck(), faults);
        let found = direct.get(&key, NOW).await.unwrap().unwrap();
        assert_eq!(found.revision, first.revision);

        proxy.fail(&faults);
        let swapped = store
            .swap(&key, first.revision, &second, SOON)
            .await
            .unwrap();
        assert_eq!(swapped, Swap::Swapped, "{faults:?}");
        assert_eq!(proxy.struck(), faults);
        let found = direct.get(&key, NOW).await.unwrap().unwrap();
        assert_eq!(found.revision, second.revision);
    }
}

/// A refusal stays one: the retry is no reason to take what lies there for one's own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_never_taken_for_success() {
    let scene = Scene::new().await;
    let Scene {
        proxy,
        store,
        direct,
    } = &scene;
    let alice = AccountV1::new("a", "alice").stored(1);
    let bob = AccountV1::new("b", "bob").stored(2);
    let key = key();
    assert_eq!(direct.add(&alice).await.unwrap(), Add::Added);
    assert_eq!(direct.add(&bob).await.unwrap(), Add::Added);
    let inserted = direct.insert(&key, &record(1), NOW, SOON).await.unwrap();
    assert!(matches!(inserted, Insert::Inserted));

    let stale = Revision::from_bytes([77; 16]);
    for fault in FAULTS {
        let is_undone = matches!(fault, Undone | UndoneAtCommit);
        // Without a doubt the answer is the refusal; in doubt nothing proves it.
        let other = AccountV1::new("a", "carol").stored(3);
        proxy.fail(&[fault]);
        let added = store.add(&other).await;
        assert!(
            matches!(added, Ok(Add::Taken(None))) || (!is_undone && added.is_err()),
            "{fault:?}: {added:?}"
        );
        let like_alice = AccountV1::new("c", "alice").stored(4);
        proxy.fail(&[fault]);
        let added = store.add(&like_alice).await.unwrap();
        assert_eq!(added, Add::Taken(Some(KeyKind::Login)), "{fault:?}");
        let like_alice = AccountV1::new("b", "alice").stored(5);
        proxy.fail(&[fault]);
        let updated = store.update(bob.revision, &like_alice).await.unwrap();
        assert_eq!(updated, Update::Taken(KeyKind::Login), "{fault:?}");
        proxy.fail(&[fault]);
        let updated = store.update(stale, &other).await;
        assert!(
            matches!(updated, Ok(Update::Stale)) || (!is_undone && updated.is_err()),
            "{fault:?}: {updated:?}"
        );
        proxy.fail(&[fault]);
        let swapped = store.swap(&key, stale, &record(3), SOON).await;
        assert!(
            matches!(swapped, Ok(Swap::Stale)) || (!is_undone && swapped.is_err()),
            "{fault:?}: {swapped:?}"
        );
        proxy.fail(&[fault]);
        let inserted = store.insert(&key, &record(3), NOW, SOON).await;
        assert!(
            matches!(&inserted, Ok(Insert::Exists(found)) if found.revision == record(1).revision)
                || (!is_undone && inserted.is_err()),
            "{fault:?}: {inserted:?}"
        );
    }
    proxy.heal();
    for account in [&alice, &bob] {
        let found = direct.load(account.value.id()).await.unwrap().unwrap();
        assert_eq!(found.revision, account.revision);
    }
}

/// The write happened, its answer was lost, and somebody else wrote on top of it before the store
/// looked: neither yes nor no is known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_over_before_it_was_read_back_is_unknown() {
    let scene = Scene::new().await;
    let Scene {
        proxy,
        store,
        direct,
    } = &scene;
    let account = |number| AccountV1::new("a", "alice").stored(number);
    let direct = Arc::new(direct.clone());
    assert_eq!(direct.add(&account(1)).await.unwrap(), Add::Added);

    // Before it is looked up, and between that and its lock.
    for (statement, number) in [(2, 1), (3, 3)] {
        before_statement(statement, &scene, move |direct| async move {
            let written = account(number + 1).revision;
            let updated = direct.update(written, &account(number + 2)).await.unwrap();
            assert_eq!(updated, Update::Updated);
        });
        let unknown = store
            .update(account(number).revision, &account(number + 1))
            .await
            .unwrap_err();
        assert!(unknown.to_string().contains("unknown"), "{unknown}");
    }

    let key = key();
    before_statement(2, &scene, move |direct| async move {
        let swapped = direct
            .swap(&key, record(1).revision, &record(2), SOON)
            .await
            .unwrap();
        assert_eq!(swapped, Swap::Swapped);
    });
    let unknown = store.insert(&key, &record(1), NOW, SOON).await.unwrap_err();
    assert!(unknown.to_string().contains("unknown"), "{unknown}");

    before_statement(2, &scene, move |direct| async move {
        let swapped = direct
            .swap(&key, record(3).revision, &record(4), SOON)
            .await
            .unwrap();
        assert_eq!(swapped, Swap::Swapped);
    });
    let unknown = store
        .swap(&key, record(2).revision, &record(3), SOON)
        .await
        .unwrap_err();
    assert!(unknown.to_string().contains("unknown"), "{unknown}");
    assert_eq!(proxy.struck(), [LostAfter; 4]);
}

/// The first one is lost after it has happened; before that of this number somebody does something.
fn before_statement<F>(
    number: usize,
    scene: &Scene,
    act: impl FnOnce(PostgresStore) -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send,
{
    let direct = scene.direct.clone();
    let runtime = Handle::current();
    let mut act = Some(act);
    let mut statements = 0;
    scene.proxy.plan(move |_| {
        statements += 1;
        if statements == number {
            let act = act.take().unwrap();
            block_in_place(|| runtime.block_on(act(direct.clone())));
        }
        (statements == 1).then_some(LostAfter)
    });
}

/// They leave nothing to read back: all or nothing, and success only where this very try did it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_whose_answer_is_lost_is_an_error() {
    let scene = Scene::new().await;
    let Scene {
        proxy,
        store,
        direct,
    } = &scene;
    for (number, faults) in series().into_iter().enumerate() {
        let happened = faults
            .iter()
            .any(|fault| matches!(fault, UnknownAfter | LostAfter | LostAtCommit));
        let may_have = happened || faults.contains(&LostMeanwhile);
        let account = AccountV1::new(&format!("id{number}"), &format!("name{number}")).stored(1);
        assert_eq!(direct.add(&account).await.unwrap(), Add::Added);
        proxy.fail(&faults);
        let removed = store.remove(account.revision, account.value.id()).await;
        match removed {
            Ok(Remove::Removed) => assert!(!happened, "{faults:?}"),
            Ok(Remove::Stale) => panic!("{faults:?}: stale"),
            Err(error) => assert!(
                may_have && error.to_string().contains("unknown"),
                "{faults:?}: {error}"
            ),
        }
        proxy.heal();
        assert!(direct.load(account.value.id()).await.unwrap().is_none());
        for key in account.value.unique_keys() {
            assert!(direct.find(key).await.unwrap().is_none());
        }

        let key = key();
        let inserted = direct.insert(&key, &record(1), NOW, SOON).await.unwrap();
        assert!(matches!(inserted, Insert::Inserted));
        proxy.fail(&faults);
        match store.delete(&key, record(1).revision).await {
            Ok(Delete::Deleted) => assert!(!happened, "{faults:?}"),
            Ok(Delete::Stale) => panic!("{faults:?}: stale"),
            Err(error) => assert!(
                may_have && error.to_string().contains("unknown"),
                "{faults:?}: {error}"
            ),
        }
        proxy.heal();
        assert!(direct.get(&key, NOW).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_is_made_again_however_it_goes_wrong() {
    let scene = Scene::new().await;
    let Scene {
        proxy,
        store,
        direct,
    } = &scene;
    let account = AccountV1::new("a", "alice").stored(1);
    assert_eq!(direct.add(&account).await.unwrap(), Add::Added);
    let key = key();
    let inserted = direct.insert(&key, &record(1), NOW, SOON).await.unwrap();
    assert!(matches!(inserted, Insert::Inserted));
    for faults in series() {
        proxy.fail(&faults);
        let found = store.load(account.value.id()).await.unwrap().unwrap();
        assert_eq!(found.revision, account.revision);
        proxy.fail(&faults);
        assert!(
            store
                .find(&account.value.unique_keys()[0])
                .await
                .unwrap()
                .is_some()
        );
        proxy.fail(&faults);
        assert!(store.get(&key, NOW).await.unwrap().is_some());
        proxy.fail(&faults);
        assert!(store.due(NOW, 10).await.unwrap().is_empty());
        proxy.fail(&faults);
        assert_eq!(store.purge(NOW, 10).await.unwrap(), 0);
        assert_eq!(proxy.struck().len(), faults.len() * 5);
    }
}

/// Six tries in all; then the error, and all or nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_are_bounded() {
    let scene = Scene::new().await;
    let Scene {
        proxy,
        store,
        direct,
    } = &scene;
    let account = AccountV1::new("a", "alice").stored(1);
    proxy.plan(|_| Some(Undone));
    assert!(store.add(&account).await.is_err());
    assert_eq!(proxy.struck().len(), 6);
    assert!(direct.load(account.value.id()).await.unwrap().is_none());
    proxy.plan(|_| Some(LostAfter));
    assert!(store.add(&account).await.is_err());
    assert_eq!(proxy.struck().len(), 6);
    let found = direct.load(account.value.id()).await.unwrap().unwrap();
    assert_eq!(found.revision, account.revision);
}
