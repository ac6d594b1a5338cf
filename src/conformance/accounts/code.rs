//! Sentence 10: a security code is written once.

use super::{
    super::{
        bench::Bench,
        report::{Verdict, ensure, same},
        sample::{account, login, set_code, stored},
    },
    Store, added, holds, is_free, updated,
};
use crate::store::Remove;

pub(super) async fn account_10_a_security_code_is_never_altered_or_cleared(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    // Set by an update, and there from the start.
    let mut later = account("1", vec![login("alice")])?;
    let without = stored(&later, 1);
    added(&*two.one, &without).await?;
    set_code(&mut later, Some(7));
    let set = stored(&later, 2);
    updated(&*two.one, without.revision, &set).await?;
    let mut early = account("2", vec![login("bob")])?;
    set_code(&mut early, Some(7));
    let early = stored(&early, 3);
    added(&*two.one, &early).await?;

    for was in [&set, &early] {
        for number in [None, Some(8), Some(0)] {
            let mut other = was.value.clone();
            other.keys = vec![login("other")];
            set_code(&mut other, number);
            for (client, store) in two.both() {
                let answer = store.update(was.revision, &stored(&other, 9)).await;
                ensure(
                    answer.is_err(),
                    "an update that moves the code was not answered with an error",
                )
                .map_err(|fault| fault.during(client))?;
                holds(store, was).await?;
                is_free(store, &login("other")).await?;
            }
        }
    }
    Ok(())
}

pub(super) async fn account_10_the_rest_changes_beside_a_security_code(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let mut account = account("42", vec![login("alice")])?;
    set_code(&mut account, Some(7));
    let mut last = stored(&account, 0);
    added(&*two.one, &last).await?;
    for number in 1..6_u8 {
        account.keys = vec![login(&format!("alice {number}"))];
        let next = stored(&account, number.into());
        updated(&**two.of(number.into()), last.revision, &next).await?;
        holds(&*two.one, &next).await?;
        last = next;
    }
    Ok(())
}

pub(super) async fn account_10_a_removal_frees_the_id_of_a_security_code(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let mut account = account("42", vec![login("alice")])?;
    set_code(&mut account, Some(7));
    let first = stored(&account, 1);
    added(&*two.one, &first).await?;
    let removed = two.one.remove(first.revision, first.value.id()).await?;
    same(removed, Remove::Removed, "a removal")?;
    // Who gets the id is somebody else, with a code of their own.
    set_code(&mut account, None);
    let heir = stored(&account, 2);
    added(&*two.other, &heir).await?;
    set_code(&mut account, Some(8));
    let set = stored(&account, 3);
    updated(&*two.one, heir.revision, &set).await?;
    holds(&*two.other, &set).await
}
