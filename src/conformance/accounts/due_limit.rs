//! Sentence 9: what a limit leaves out.

use super::{
    super::{
        bench::Bench,
        report::{Verdict, same},
        sample::{account, at, login, set_due, stored},
    },
    Store, added,
};

/// The order of the ids, of the additions and of the times are three.
pub(super) async fn account_09_the_limit_leaves_out_the_latest(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for (id, millis) in [("b", 3), ("d", 1), ("a", 4), ("e", 0), ("c", 2)] {
        let mut account = account(id, vec![login(id)])?;
        set_due(&mut account, Some(millis));
        added(&*two.one, &stored(&account, 1)).await?;
    }
    let earliest = ["e", "d", "c", "b", "a"];
    for limit in 0..=earliest.len() {
        let ids = two.other.due(at(0), limit).await?;
        let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        let first: Vec<&str> = earliest.into_iter().take(limit).collect();
        same(ids, first, "due, with a limit")?;
    }
    Ok(())
}
