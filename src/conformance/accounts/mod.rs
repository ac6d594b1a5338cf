//! The contract of [`AccountStore`](crate::store::AccountStore).

mod addition;
mod code;
mod dropped;
mod due;
mod due_limit;
mod keys;
mod keys_at_once;
mod look_alikes;
mod reads;
mod revisions;
mod values;
mod verbs;

use super::{
    bench::Bench,
    checks,
    report::{Fault, Planned, Verdict, ensure, same},
};
use crate::{
    account::{Account, AccountId},
    name::UniqueKey,
    record::{Revision, Stored},
    store::{Add, ErasedAccountStore, Update},
};

/// A store of whatever type.
pub(super) type Store = dyn ErasedAccountStore;

pub(super) fn checks(bench: &Bench<Store>) -> Vec<Planned> {
    checks! { bench;
        reads {
            account_01_what_was_acknowledged_is_there_when_opened_anew
            account_01_each_write_is_durable_by_itself
        }
        addition {
            account_02_a_taken_id_is_refused
            account_02_a_taken_id_is_refused_beside_a_security_code
            account_02_a_taken_id_comes_before_a_taken_key
            account_02_of_32_additions_of_one_id_one_wins
        }
        keys {
            account_03_a_taken_key_is_refused_by_add
            account_03_a_taken_key_is_refused_by_update
        }
        keys_at_once {
            account_03_of_32_additions_one_gets_the_key
            account_03_of_32_updates_one_gets_the_key
            account_03_of_additions_and_updates_one_gets_the_key
            account_03_keys_wanted_in_opposite_orders_are_one_owners
        }
        verbs {
            account_03_of_32_registrations_one_gets_the_name
        }
        revisions {
            account_04_only_the_named_revision_is_updated
            account_04_only_the_named_revision_is_removed
            account_04_stale_comes_before_taken
            account_04_a_write_from_before_a_removal_is_stale
            account_04_of_32_updates_one_wins
            account_04_of_32_removals_one_wins
            account_04_of_updates_and_removals_one_wins
            account_04_no_update_is_lost
        }
        verbs {
            account_04_one_code_sets_one_password
        }
        keys {
            account_05_an_update_frees_the_keys_it_drops
            account_05_a_removal_frees_its_keys
            account_05_keys_are_swapped
            account_05_a_kept_key_stays
            account_05_two_keys_of_one_kind_are_two
            account_05_an_account_without_keys_is_found_by_none
        }
        keys_at_once {
            account_05_a_key_that_is_freed_meanwhile_has_one_owner
        }
        verbs {
            account_05_a_changed_email_opens_no_more
        }
        reads {
            account_06_a_read_sees_what_the_other_client_wrote
            account_06_nothing_found_is_not_remembered
            account_06_a_removal_is_seen_by_the_other_client
            account_06_a_read_beside_writes_is_of_one_write
        }
        verbs {
            account_06_a_session_ends_with_a_change_on_another_machine
        }
        look_alikes {
            account_07_ids_are_compared_byte_by_byte
            account_07_keys_are_compared_byte_by_byte
            account_07_long_ids_and_keys_differ_in_the_last_byte
            account_07_kinds_are_apart
            account_07_a_look_alike_is_not_touched
        }
        values {
            account_08_an_account_with_everything_comes_back
            account_08_odd_ids_and_keys_come_back
            account_08_any_unicode_comes_back_in_an_id
            account_08_any_revision_comes_back
        }
        due_limit {
            account_09_the_limit_leaves_out_the_latest
        }
        due {
            account_09_due_answers_the_earliest_first
            account_09_due_is_at_or_before_now_to_the_millisecond
            account_09_due_goes_by_the_clock_of_who_asks
            account_09_due_answers_at_most_its_limit
            account_09_what_is_settled_or_removed_is_not_due
            account_09_the_ends_of_time_are_due_in_order
        }
        code {
            account_10_a_security_code_is_never_altered_or_cleared
            account_10_the_rest_changes_beside_a_security_code
            account_10_a_removal_frees_the_id_of_a_security_code
        }
        dropped {
            account_11_a_refused_write_changes_nothing
            account_11_a_dropped_update_is_whole_or_none
            account_11_a_dropped_addition_or_removal_is_whole_or_none
            account_11_aborted_tasks_leave_nothing_locked
        }
    }
}

async fn added(store: &Store, account: &Stored<Account>) -> Verdict {
    same(store.add(account).await?, Add::Added, "an addition")
}

async fn updated(store: &Store, was: Revision, account: &Stored<Account>) -> Verdict {
    let answer = store.update(was, account).await?;
    same(answer, Update::Updated, "an update of the stored revision")
}

/// What is stored under the id and each key is this.
async fn holds(store: &Store, expected: &Stored<Account>) -> Verdict {
    let found = store.load(expected.value.id()).await?;
    is(found, expected).map_err(|fault| fault.during("load"))?;
    for key in expected.value.unique_keys() {
        let found = store.find(key).await?;
        is(found, expected).map_err(|fault| fault.during("find"))?;
    }
    Ok(())
}

fn is(found: Option<Stored<Account>>, expected: &Stored<Account>) -> Verdict {
    let Some(found) = found else {
        return Err(Fault::new(format!(
            "the account {:?} is not there",
            expected.value.id()
        )));
    };
    same(
        found.value.id(),
        expected.value.id(),
        "another account was found",
    )?;
    same(found.revision, expected.revision, "of another revision")?;
    ensure(
        found.value.to_bytes() == expected.value.to_bytes(),
        "the account is not as it was written",
    )
}

/// No account has this key.
async fn is_free(store: &Store, key: &UniqueKey) -> Verdict {
    let found = store.find(key).await?;
    same(
        found.map(|found| found.value.id().clone()),
        None,
        "a key that no account has finds one",
    )
}

/// No account has this id.
async fn is_absent(store: &Store, id: &AccountId) -> Verdict {
    let found = store.load(id).await?;
    ensure(found.is_none(), "an account is there that should not be")
}
