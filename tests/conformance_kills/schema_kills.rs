//! Each fault of the tables, and the checks that have to catch it.

use crate::schemas::Fault;

/// The fault, the rows of attacks that it is of, the checks.
pub(crate) const KILLS: &[(Fault, &str, &[&str])] = &[
    (
        Fault::IdCollatesNoCase,
        "X32",
        &["account_07_ids_are_compared_byte_by_byte"],
    ),
    (
        Fault::IdCollatesTrimmed,
        "X32",
        &["account_07_ids_are_compared_byte_by_byte"],
    ),
    (
        Fault::KeyIsNotUnique,
        "X32",
        &[
            "account_03_a_taken_key_is_refused_by_add",
            "account_03_of_32_additions_one_gets_the_key",
        ],
    ),
    (
        Fault::KeyIsUniqueAcrossKinds,
        "",
        &["account_07_kinds_are_apart"],
    ),
    (
        Fault::RemovalTriggerIsGone,
        "",
        &["account_05_a_removal_frees_its_keys"],
    ),
    (
        Fault::RenameTriggerFreesNothing,
        "",
        &["account_05_an_update_frees_the_keys_it_drops"],
    ),
    (
        Fault::SecurityCodeTriggerIsGone,
        "",
        &["account_10_a_security_code_is_never_altered_or_cleared"],
    ),
];
