//! The contract of [`FlowStore`](crate::store::FlowStore).

mod dropped;
mod expiry;
mod insertion;
mod purge;
mod reads;
mod revisions;
mod values;
mod verbs;

use time::OffsetDateTime;

use super::{
    bench::{Bench, Two},
    checks,
    report::{Fault, Planned, Verdict, ensure, same},
    sample::at,
};
use crate::{
    record::{Key, Record, Stored},
    store::{ErasedFlowStore, Insert},
};

/// A store of whatever type.
pub(super) type Store = dyn ErasedFlowStore;

const MINUTE: i64 = 60_000;

pub(super) fn checks(bench: &Bench<Store>) -> Vec<Planned> {
    checks! { bench;
        reads {
            flow_01_what_was_acknowledged_is_there_when_opened_anew
        }
        insertion {
            flow_02_a_record_is_not_overwritten
            flow_02_an_expired_record_is_replaced
            flow_02_of_32_insertions_one_wins
            flow_02_of_32_replacements_one_wins
        }
        verbs {
            flow_02_a_budget_of_3_withstands_200_guesses
        }
        expiry {
            flow_03_the_end_is_exclusive_to_the_millisecond
            flow_03_the_clock_is_the_librarys_in_1971
            flow_03_the_clock_is_the_librarys_in_2190
            flow_03_a_client_whose_clock_is_ahead_sees_the_end_first
            flow_03_a_swap_moves_the_end
            flow_03_a_record_that_came_too_late_is_not_there
        }
        revisions {
            flow_04_only_the_named_revision_is_swapped
            flow_04_only_the_named_revision_is_deleted
            flow_04_an_expired_record_is_swapped_and_deleted
            flow_04_a_write_from_before_a_deletion_is_stale
            flow_04_of_32_swaps_one_wins
            flow_04_of_32_deletions_one_wins
            flow_04_of_swaps_deletions_and_replacements_one_wins
            flow_04_no_swap_is_lost
        }
        verbs {
            flow_04_one_code_is_accepted_once
        }
        reads {
            flow_05_a_get_sees_what_the_other_client_wrote
            flow_05_nothing_found_is_not_remembered
            flow_05_a_read_beside_writes_is_of_one_write
        }
        verbs {
            flow_05_a_miss_counts_on_the_other_machine
        }
        purge {
            flow_06_purge_deletes_expired_records_up_to_its_limit
            flow_06_purge_spares_what_was_extended_or_replaced
            flow_06_purges_at_once_count_each_record_once
            flow_06_a_purge_beside_swaps_deletes_no_live_record
        }
        values {
            flow_07_any_record_comes_back
            flow_07_any_revision_comes_back
            flow_07_keys_are_compared_byte_by_byte
        }
        dropped {
            flow_08_a_dropped_swap_is_whole_or_none
            flow_08_a_dropped_insertion_or_deletion_is_whole_or_none
            flow_08_aborted_tasks_leave_nothing_locked
        }
    }
}

/// The end of what is inserted without another one.
fn soon() -> OffsetDateTime {
    at(10 * MINUTE)
}

async fn inserted(store: &Store, key: Key, record: &Stored<Record>) -> Verdict {
    inserted_until(store, key, record, at(0), soon()).await
}

async fn inserted_until(
    store: &Store,
    key: Key,
    record: &Stored<Record>,
    now: OffsetDateTime,
    expires: OffsetDateTime,
) -> Verdict {
    match store.insert(&key, record, now, expires).await? {
        Insert::Inserted => Ok(()),
        Insert::Exists(_) => Err(Fault::new(
            "an insertion under a key without a live record was answered with Exists",
        )),
    }
}

async fn holds(store: &Store, key: Key, expected: &Stored<Record>) -> Verdict {
    holds_at(store, key, expected, at(0)).await
}

async fn holds_at(
    store: &Store,
    key: Key,
    expected: &Stored<Record>,
    now: OffsetDateTime,
) -> Verdict {
    is(store.get(&key, now).await?, expected)
}

/// Both clients have this.
async fn both_hold(two: &Two<Store>, key: Key, expected: &Stored<Record>) -> Verdict {
    for (client, store) in two.both() {
        let held = holds(store, key, expected).await;
        held.map_err(|fault| fault.during(client))?;
    }
    Ok(())
}

fn is(found: Option<Stored<Record>>, expected: &Stored<Record>) -> Verdict {
    let found = found.ok_or_else(|| Fault::new("a record is not there"))?;
    same(found.revision, expected.revision, "of another revision")?;
    ensure(
        found.value == expected.value,
        "the record is not as it was written",
    )
}

async fn is_absent(store: &Store, key: Key) -> Verdict {
    is_absent_at(store, key, at(0)).await
}

async fn is_absent_at(store: &Store, key: Key, now: OffsetDateTime) -> Verdict {
    let found = store.get(&key, now).await?;
    ensure(found.is_none(), "a record is there that should not be")
}
