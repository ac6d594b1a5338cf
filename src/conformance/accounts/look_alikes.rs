//! Sentence 7: nothing but the same bytes is the same.

use super::{
    super::{
        bench::Bench,
        report::{Fault, Verdict, same},
        sample::{KINDS, account, id, long, named, stored},
    },
    Store, added, holds, is_absent, is_free, updated,
};
use crate::{
    account::MAX_ACCOUNT_ID_BYTES,
    name::{KeyKind, MAX_LOGIN_NAME_BYTES, UniqueKey},
    store::{Remove, Update},
};

/// Any two are one to some collation, trim, cast, pattern or normalisation.
const TEXTS: &[&str] = &[
    "a",
    "A",
    "a ",
    " a",
    "a  ",
    "1",
    "01",
    "1.0",
    "1e0",
    "+1",
    "é",
    "e\u{301}",
    "É",
    "ß",
    "ss",
    "SS",
    "ẞ",
    "ı",
    "i",
    "I",
    "İ",
    "i\u{307}",
    "ﬁ",
    "fi",
    "Ａ",
    "Å",
    "\u{212b}",
    "A\u{30a}",
    "σ",
    "ς",
    "а",
    "a\u{200b}",
    "\u{feff}a",
    "a\u{ad}",
    "%",
    "_",
    "a%",
    "a_",
    "\\",
    "\\\\",
    "NULL",
    "null",
    "'",
    "''",
    "\"",
    "[]",
    "{}",
    "ab",
    "abc",
    "a:b",
    "a/b",
    "a.b",
    "a|b",
    "*",
    "a*",
];

pub(super) async fn account_07_ids_are_compared_byte_by_byte(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let mut all = Vec::new();
    for (number, text) in (1_u128..).zip(TEXTS) {
        let account = named(text, &format!("name {number}"), number)?;
        let absent = is_absent(&*two.other, account.value.id()).await;
        absent.map_err(|fault| fault.during(&format!("the id {text:?}")))?;
        let added = added(&*two.one, &account).await;
        added.map_err(|fault| fault.during(&format!("the id {text:?}")))?;
        all.push(account);
    }
    for account in &all {
        holds(&*two.other, account).await?;
    }
    Ok(())
}

pub(super) async fn account_07_keys_are_compared_byte_by_byte(bench: Bench<Store>) -> Verdict {
    const BYTES: &[&[u8]] = &[
        b"\0",
        b"\0a",
        b"a\0",
        b"a\0b",
        b"\0\0",
        b"\xff",
        b"\xff\xff",
        b"\xc3",
        b"\xe9",
        b"61",
        b"x'61'",
        b"\\x61",
        b"\t",
        b"a\n",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x80",
        b"YQ==",
        b"\xef\xbf\xbd",
    ];
    let two = bench.two().await?;
    let texts = TEXTS.iter().map(|text| text.as_bytes());
    let names: Vec<&[u8]> = texts.chain(BYTES.iter().copied()).collect();
    let mut all = Vec::new();
    for (number, name) in (1_u128..).zip(names) {
        let keys = KINDS.map(|kind| UniqueKey::new(kind, name));
        let what = format!("the key {name:?}");
        for key in &keys {
            let free = is_free(&*two.other, key).await;
            free.map_err(|fault| fault.during(&what))?;
        }
        let account = stored(&account(&number.to_string(), keys.to_vec())?, number);
        let added = added(&*two.one, &account).await;
        added.map_err(|fault| fault.during(&what))?;
        all.push(account);
    }
    for account in &all {
        holds(&*two.other, account).await?;
    }
    Ok(())
}

pub(super) async fn account_07_long_ids_and_keys_differ_in_the_last_byte(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let mut all = Vec::new();
    for (number, last) in (1_u128..).zip(["x", "y", ""]) {
        let id = format!("{}{last}", long("i", MAX_ACCOUNT_ID_BYTES - 1));
        let key = format!("{}{last}", long("k", MAX_LOGIN_NAME_BYTES - 1));
        let keys = KINDS.map(|kind| UniqueKey::new(kind, key.as_bytes()));
        let account = stored(&account(&id, keys.to_vec())?, number);
        is_absent(&*two.other, account.value.id()).await?;
        for key in account.value.unique_keys() {
            is_free(&*two.other, key).await?;
        }
        added(&*two.one, &account).await?;
        all.push(account);
    }
    for account in &all {
        holds(&*two.other, account).await?;
    }
    Ok(())
}

pub(super) async fn account_07_kinds_are_apart(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for owned in KINDS {
        for other in KINDS.into_iter().filter(|other| *other != owned) {
            let bytes = format!("{} {}", owned.as_str(), other.as_str());
            let key = |kind: KeyKind| UniqueKey::new(kind, bytes.as_bytes());
            let first = stored(&account(&bytes, vec![key(owned)])?, 1);
            added(&*two.one, &first).await?;
            is_free(&*two.other, &key(other)).await?;
            let id = format!("also {bytes}");
            let second = stored(&account(&id, vec![key(other)])?, 2);
            added(&*two.other, &second).await?;
            holds(&*two.one, &first).await?;
            holds(&*two.one, &second).await?;
        }
    }
    // And an id is no key.
    is_free(
        &*two.one,
        &UniqueKey::new(KeyKind::Login, "also login email"),
    )
    .await?;
    let all = KINDS.map(|kind| UniqueKey::new(kind, "of one")).to_vec();
    let one = stored(&account("42", all)?, 1);
    added(&*two.one, &one).await?;
    holds(&*two.other, &one).await
}

/// Of two accounts that differ in nothing but the case, the blanks or the normal form of their ids,
/// under the same revision.
pub(super) async fn account_07_a_look_alike_is_not_touched(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for pair in [
        ("a", "A"),
        ("b", "b "),
        ("é", "e\u{301}"),
        ("1", "01"),
        ("c", "cc"),
    ] {
        let name = |id: &str| format!("name {id}");
        let (first, second) = (
            named(pair.0, &name(pair.0), 1)?,
            named(pair.1, &name(pair.1), 1)?,
        );
        added(&*two.one, &first).await?;
        let absent = two.one.update(first.revision, &second).await?;
        same(absent, Update::Stale, "an update of a look-alike's id")?;
        let absent = two.one.remove(first.revision, &id(pair.1)?).await?;
        same(absent, Remove::Stale, "a removal of a look-alike's id")?;
        added(&*two.one, &second).await?;
        let next = named(pair.1, &format!("next {}", pair.1), 2)?;
        updated(&*two.one, second.revision, &next).await?;
        holds(&*two.other, &first).await?;
        holds(&*two.other, &next).await?;
        let removed = two.one.remove(next.revision, next.value.id()).await?;
        same(removed, Remove::Removed, "a removal")?;
        holds(&*two.other, &first).await.map_err(|fault: Fault| {
            fault.during(&format!("after {:?} was removed, {:?}", pair.1, pair.0))
        })?;
    }
    Ok(())
}
