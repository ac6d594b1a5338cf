//! Sentence 8: what was stored comes back.

use super::{
    super::{
        bench::{Bench, Two},
        report::Verdict,
        sample::{KINDS, account, full_account, login, long, named, set_code, set_due, stored},
    },
    Store, added, holds, updated,
};
use crate::{
    account::{Account, MAX_ACCOUNT_ID_BYTES},
    name::{KeyKind, MAX_LOGIN_NAME_BYTES, UniqueKey},
    record::Stored,
};

pub(super) async fn account_08_an_account_with_everything_comes_back(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let full = full_account()?;
    let first = stored(&full, u128::MAX);
    added(&*two.one, &first).await?;
    hold(&two, &first).await?;
    // As little as the same account can have, and everything again.
    let mut bare = account(full.id().as_str(), Vec::new())?;
    set_code(&mut bare, Some(0xff));
    let bare = stored(&bare, 0);
    updated(&*two.other, first.revision, &bare).await?;
    hold(&two, &bare).await?;
    let again = stored(&full, 1);
    updated(&*two.one, bare.revision, &again).await?;
    hold(&two, &again).await
}

pub(super) async fn account_08_odd_ids_and_keys_come_back(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let ids = [
        long("x", MAX_ACCOUNT_ID_BYTES),
        long("\u{10ffff}", MAX_ACCOUNT_ID_BYTES),
        "'; DROP TABLE backstop_account; --".to_owned(),
        "?1 :id @id $id $1 {} %s".to_owned(),
        "漢字 עברית \u{202e}\u{fffd}\u{feff}".to_owned(),
        " ".to_owned(),
    ];
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let (low, high) = every_byte.split_at(128);
    for (number, id) in (0_u8..).zip(ids) {
        let bytes = vec![number; MAX_LOGIN_NAME_BYTES];
        let mut odd = account(
            &id,
            KINDS
                .map(|kind| UniqueKey::new(kind, bytes.clone()))
                .to_vec(),
        )?;
        set_code(&mut odd, Some(0));
        set_due(&mut odd, Some(i64::MIN));
        let first = stored(&odd, 7);
        added(&*two.one, &first).await?;
        hold(&two, &first).await?;

        // Every byte there is, in keys of every kind.
        odd.keys = KINDS
            .into_iter()
            .flat_map(|kind| [low, high].map(|bytes| (kind, bytes)))
            .map(|(kind, bytes)| UniqueKey::new(kind, [bytes, &[number]].concat()))
            .collect();
        set_due(&mut odd, Some(i64::MAX));
        let second = stored(&odd, 8);
        updated(&*two.other, first.revision, &second).await?;
        hold(&two, &second).await?;

        odd.keys = vec![UniqueKey::new(KeyKind::Login, [number])];
        set_due(&mut odd, None);
        let third = stored(&odd, 9);
        updated(&*two.one, second.revision, &third).await?;
        hold(&two, &third).await?;
    }
    Ok(())
}

pub(super) async fn account_08_any_unicode_comes_back_in_an_id(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    // Of each script in use, fewer beyond them, and the last before and the first behind what UTF-16
    // leaves out.
    let basic = (0x20..=0xffff_u32).step_by(0x35);
    let beyond = (0x10000..=0x10_ffff).step_by(0x3d1);
    let edges = [
        0x7e, 0xa0, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffe, 0xffff, 0x10000, 0x1_f511, 0x10_ffff,
    ];
    let chars: Vec<char> = basic
        .chain(beyond)
        .chain(edges)
        .filter_map(char::from_u32)
        .filter(|c| !c.is_control())
        .collect();
    for (number, part) in chars.chunks(MAX_ACCOUNT_ID_BYTES / 4).enumerate() {
        let id: String = part.iter().collect();
        let account = named(&id, &format!("name {number}"), number as u128)?;
        added(&*two.one, &account).await?;
        hold(&two, &account).await?;
    }
    Ok(())
}

pub(super) async fn account_08_any_revision_comes_back(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let numbers = [
        0,
        u128::MAX,
        1,
        1 << 127,
        0x00ff_00ff_00ff_00ff_00ff_00ff_00ff_00ff,
        u128::from(u64::MAX),
        u128::from(u64::MAX) << 64,
        0x2720_2d2d_5c5c_2500_0a0d_0900_8000_ff27,
    ];
    let mut last: Option<Stored<Account>> = None;
    for number in numbers {
        let next = stored(&account("42", vec![login("alice")])?, number);
        match &last {
            None => added(&*two.one, &next).await?,
            Some(last) => updated(&*two.one, last.revision, &next).await?,
        }
        hold(&two, &next).await?;
        last = Some(next);
    }
    Ok(())
}

async fn hold(two: &Two<Store>, account: &Stored<Account>) -> Verdict {
    holds(&*two.one, account).await?;
    holds(&*two.other, account).await
}
