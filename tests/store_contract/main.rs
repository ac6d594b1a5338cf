//! Every numbered sentence of the two store contracts, over every store of the crate.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod accounts;
mod dropped;
mod flows;
mod races;
#[path = "../records/mod.rs"]
mod records;
#[cfg(feature = "sqlite")]
#[path = "../scratch/mod.rs"]
mod scratch;
mod stores;

/// One test for each store and behaviour.
macro_rules! over {
    ($($module:ident, $store:ident: $($behaviours:ident { $($name:ident)* })*;)*) => {$(
        mod $module {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let opened = crate::stores::$store::open().await;
                    crate::$behaviours::$name(&opened.store).await;
                }
            )*)*
        }
    )*};
}

/// The lists are the same for every store.
macro_rules! over_each_store {
    ($($behaviours:tt)*) => {
        over! { memory, Memory: $($behaviours)*; }
        #[cfg(feature = "sqlite")]
        over! { sqlite_file, SqliteFile: $($behaviours)*; }
        #[cfg(feature = "sqlite")]
        over! { sqlite_host_pool, SqliteHostPool: $($behaviours)*; }
    };
}

over_each_store! {
    accounts {
        sentence_02_a_taken_id_is_refused
        sentence_02_a_taken_id_is_refused_beside_a_security_code
        sentence_03_a_taken_key_is_refused_by_add
        sentence_03_a_taken_key_is_refused_by_update
        sentence_04_only_the_named_revision_is_updated
        sentence_04_only_the_named_revision_is_removed
        sentence_05_an_update_frees_the_keys_it_drops
        sentence_05_a_removal_frees_its_keys
        sentence_06_a_load_sees_what_another_handle_wrote
        sentence_07_ids_are_compared_byte_by_byte
        sentence_07_keys_are_compared_byte_by_byte
        sentence_07_kinds_are_apart
        sentence_08_odd_values_come_back
        sentence_09_due_answers_the_earliest_first
        s06_sentence_10_a_security_code_is_never_altered_or_cleared
    }
    flows {
        sentence_02_a_record_is_not_overwritten
        sentence_02_an_expired_record_is_replaced
        sentence_03_the_end_is_exclusive
        sentence_04_only_the_named_revision_is_swapped
        sentence_04_only_the_named_revision_is_deleted
        sentence_05_a_get_sees_what_another_handle_wrote
        sentence_06_purge_deletes_expired_records_up_to_its_limit
        sentence_07_odd_values_come_back
    }
    dropped {
        sentence_08_and_11_a_dropped_call_writes_all_or_nothing
    }
    races {
        sentence_03_of_32_registrations_one_gets_the_name
        sentence_03_of_32_updates_one_gets_the_name
        sentence_04_of_32_updates_one_wins
        sentence_04_of_32_removals_one_wins
        x10_sentence_02_of_32_insertions_one_wins
        x10_sentence_02_of_32_replacements_one_wins
        x10_d08_sentence_04_of_32_swaps_one_wins
        x11_sentence_04_of_32_deletions_one_wins
    }
}
