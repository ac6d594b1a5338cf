//! Sentence 2: an id that is there is refused.

use super::{
    super::{
        bench::Bench,
        report::{Verdict, one_wins, same},
        sample::{account, full_account, login, named, stored},
    },
    Store, added, holds, is_free,
};
use crate::store::Add;

const TAKEN: Add = Add::Taken(None);

pub(super) async fn account_02_a_taken_id_is_refused(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let first = named("42", "alice", 1)?;
    added(&*two.one, &first).await?;
    // The same revision again, and the same account again, are another registration as well.
    for (number, name) in [(2, "bob"), (1, "carol"), (1, "alice")] {
        let second = named("42", name, number)?;
        for (client, store) in two.both() {
            same(store.add(&second).await?, TAKEN, client)?;
            holds(store, &first).await?;
        }
        if name != "alice" {
            is_free(&*two.other, &login(name)).await?;
        }
    }
    Ok(())
}

pub(super) async fn account_02_a_taken_id_is_refused_beside_a_security_code(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let full = stored(&full_account()?, 1);
    added(&*two.one, &full).await?;
    let plain = named(full.value.id().as_str(), "bob", 2)?;
    for (client, store) in two.both() {
        same(store.add(&plain).await?, TAKEN, client)?;
        holds(store, &full).await?;
        is_free(store, &login("bob")).await?;
    }
    Ok(())
}

pub(super) async fn account_02_a_taken_id_comes_before_a_taken_key(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let (alice, bob) = (named("42", "alice", 1)?, named("43", "bob", 2)?);
    added(&*two.one, &alice).await?;
    added(&*two.one, &bob).await?;
    let both = stored(&account("42", vec![login("bob"), login("new")])?, 3);
    for (client, store) in two.both() {
        same(store.add(&both).await?, TAKEN, client)?;
        holds(store, &alice).await?;
        holds(store, &bob).await?;
        is_free(store, &login("new")).await?;
    }
    Ok(())
}

pub(super) async fn account_02_of_32_additions_of_one_id_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..5_u32 {
        let id = format!("id {round}");
        let answers = bench.race(&two, |store, number| {
            let (id, name) = (id.clone(), format!("name {round} {number}"));
            async move { Ok(store.add(&named(&id, &name, revision_of(number))?).await?) }
        });
        let answers = answers.await?;
        one_wins(&answers, &Add::Added, &TAKEN)?;
        for (number, answer) in answers.iter().enumerate() {
            let name = format!("name {round} {number}");
            match answer {
                Add::Added => {
                    let winner = named(&id, &name, revision_of(number))?;
                    holds(&*two.one, &winner).await?;
                    holds(&*two.other, &winner).await?;
                }
                Add::Taken(_) => is_free(&*two.one, &login(&name)).await?,
            }
        }
    }
    Ok(())
}

const fn revision_of(number: usize) -> u128 {
    number as u128
}
