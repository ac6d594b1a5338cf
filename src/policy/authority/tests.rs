//! The closure of the table is the table.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const METHODS: [Method; 9] = [
    CurrentPassword,
    HintQuestion,
    LinkedIdentity,
    Manager,
    Phone,
    SecondFactor,
    SecurityCode,
    SecurityEmail,
    Support,
];

/// Every combination of addresses.
const HAS: [Addresses; 4] = [
    addresses(false, false),
    addresses(false, true),
    addresses(true, false),
    addresses(true, true),
];

const fn addresses(email: bool, phone: bool) -> Addresses {
    Addresses { email, phone }
}

const MAIL: Addresses = addresses(true, false);

/// The credential that a change sets, as the method that proves it.
const fn gives(change: Change) -> Option<Method> {
    match change {
        Change::Email => Some(SecurityEmail),
        Change::BackupCodes | Change::EnrolSecondFactor => Some(SecondFactor),
        Change::Hint => Some(HintQuestion),
        Change::LinkIdentity => Some(LinkedIdentity),
        Change::Manager => Some(Manager),
        Change::Password => Some(CurrentPassword),
        Change::Phone => Some(Phone),
        Change::SecurityCode => Some(SecurityCode),
        Change::Delete
        | Change::Disable
        | Change::Enable
        | Change::Manage
        | Change::NoManager
        | Change::RemovePhone
        | Change::RemoveSecondFactor
        | Change::SignInOnce
        | Change::UnlinkIdentity
        | Change::UserName => None,
    }
}

/// Whether the credential stands for what set it while it is young. A second factor buys its own
/// removal alone.
fn is_young(method: &Method) -> bool {
    *method != SecondFactor
}

/// What somebody can do, and the young credentials of the account, whoever set them.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
struct Intruder {
    holds: BTreeSet<Method>,
    young: BTreeMap<Method, Roots>,
    has: Addresses,
    /// Whether there is one that counts, whoever knows it.
    has_password: bool,
    /// They hold the factor because they enrolled it: nobody enrols over one that is there.
    has_enrolled: bool,
}

impl Intruder {
    /// What they can change, and what that goes back to.
    fn may(&self) -> (Vec<Change>, Roots) {
        let roots_of = |method| self.young.get(&method);
        // In a flow an identity speaks for whoever has nothing else.
        let speaks = !self.has_password && !self.has.any();
        let counts = |method: &&Method| speaks || **method != LinkedIdentity;
        let holds: Vec<Method> = self.holds.iter().copied().collect();
        let counting: Vec<Method> = self.holds.iter().filter(counts).copied().collect();
        let signing_in = all_roots(&holds, roots_of);
        let roots = all_roots(&counting, roots_of);
        let is_allowed = |change: &Change| match change {
            Change::SignInOnce => all_allow(&signing_in, *change, self.has),
            _ => all_allow(&roots, *change, self.has),
        };
        let changes = TABLE.iter().map(|(change, _)| *change);
        (changes.filter(is_allowed).collect(), roots)
    }

    fn after(&self, change: Change, roots: &Roots) -> Self {
        let mut next = self.clone();
        next.has_enrolled |=
            change == Change::EnrolSecondFactor && !self.holds.contains(&SecondFactor);
        next.holds.extend(gives(change));
        if let Some(method) = gives(change).filter(is_young) {
            next.young.insert(method, roots.clone());
        }
        next.has.email |= change == Change::Email;
        next.has.phone |= change == Change::Phone;
        next.has_password |= change == Change::Password;
        if change == Change::RemovePhone {
            next.has.phone = false;
            next.holds.remove(&Phone);
            next.young.remove(&Phone);
        }
        next
    }
}

/// Without what everybody adds to whatever else they hold.
fn without_own(mut roots: Roots) -> Roots {
    for set in &mut roots {
        set.retain(|method| !matches!(method, NewEmail | NewPhone));
    }
    roots.sort();
    roots.dedup();
    roots
}

/// States of an account's credentials: each is seasoned, or its owner set it lately by one of the
/// sufficient sets of its row; two of them at most, which takes seconds and not a minute.
fn states() -> Vec<BTreeMap<Method, Roots>> {
    let mut states = vec![BTreeMap::new()];
    for (change, sets) in TABLE {
        let Some(method) = gives(*change).filter(is_young) else {
            continue;
        };
        for state in states.clone().into_iter().filter(|state| state.len() < 2) {
            for set in *sets {
                let mut state = state.clone();
                let mut roots = set.proofs.to_vec();
                roots.sort();
                state.insert(method, without_own(vec![roots]));
                states.push(state);
            }
        }
    }
    states
}

/// Whatever somebody begins with, whatever the owner has just set, and whatever they do in whatever
/// order: all that they can change is what they could change at once.
#[test]
fn x33_the_closure_of_the_table_is_the_table() {
    let firsts = firsts();
    let paths = Paths::from(&firsts);
    for first in &firsts {
        let (at_once, in_the_end) = (paths.at_once(first), paths.in_the_end(first));
        assert_eq!(
            at_once, in_the_end,
            "{:?} with {:?}, {:?}",
            first.holds, first.young, first.has
        );
    }
    let steps: usize = paths.states.iter().map(|state| state.after.len()).sum();
    assert!(steps > 5_000, "{steps} steps");
}

/// No row asks for more proofs. With more the graph would take minutes.
const MOST_HELD: u32 = 3;
const MOST_HELD_AND_YOUNG: usize = 4;

/// What somebody can begin with. An address and a number of their own everybody has.
fn firsts() -> Vec<Intruder> {
    let mut firsts = Vec::new();
    for young in states() {
        for held in (0_u32..1 << METHODS.len()).filter(|held| held.count_ones() <= MOST_HELD) {
            let passwords = [false, true];
            for (has, has_password) in HAS.iter().flat_map(|has| passwords.map(|is| (*has, is))) {
                let bit = |(bit, _): &(usize, &Method)| held & (1 << bit) != 0;
                let holds = METHODS.iter().enumerate().filter(bit);
                let mut holds: BTreeSet<Method> = holds.map(|(_, method)| *method).collect();
                holds.extend([NewEmail, NewPhone]);
                // What is not there nobody holds, and it was not set lately.
                let is_there = |method| holds.contains(&method) || young.contains_key(&method);
                if !has.email && is_there(SecurityEmail)
                    || !has.phone && is_there(Phone)
                    || !has_password && is_there(CurrentPassword)
                    // Only to an identity that is held it makes a difference.
                    || !has_password && !holds.contains(&LinkedIdentity)
                {
                    continue;
                }
                // Where a credential comes from that they do not hold is all one.
                let counts = [young.len(), held.count_ones() as usize];
                let is_much = counts.iter().sum::<usize>() > MOST_HELD_AND_YOUNG;
                if is_much || !young.keys().all(|method| holds.contains(method)) {
                    continue;
                }
                let first = Intruder {
                    young: young.clone(),
                    holds,
                    has,
                    has_password,
                    has_enrolled: false,
                };
                firsts.push(first);
            }
        }
    }
    firsts
}

/// Every state that somebody can get to, with what leads on from it.
struct Paths {
    numbers: BTreeMap<Intruder, usize>,
    states: Vec<Here>,
}

#[derive(Default)]
struct Here {
    /// What can be changed in this state, and then, once everything was looked at, in those that it
    /// leads to as well.
    at_once: BTreeSet<Change>,
    in_the_end: BTreeSet<Change>,
    after: Vec<usize>,
}

impl Paths {
    fn from(firsts: &[Intruder]) -> Self {
        let mut paths = Self {
            numbers: BTreeMap::new(),
            states: Vec::new(),
        };
        let mut next = Vec::new();
        for first in firsts {
            paths.number(first.clone(), &mut next);
        }
        while let Some((number, intruder)) = next.pop() {
            let (changes, roots) = intruder.may();
            let roots = smallest(&without_own(roots));
            let mut here = Here::default();
            for change in changes {
                // To remove the factor that they have enrolled themselves undoes that, and no more;
                // its backup codes were theirs before.
                let is_own = matches!(change, Change::BackupCodes | Change::RemoveSecondFactor);
                if !is_own || !intruder.has_enrolled {
                    here.at_once.insert(change);
                }
                // What gives and takes nothing leads nowhere else.
                if gives(change).is_some() || change == Change::RemovePhone {
                    let after = intruder.after(change, &roots);
                    here.after.push(paths.number(after, &mut next));
                }
            }
            here.in_the_end = here.at_once.clone();
            paths.states[number] = here;
        }
        while paths.look_further() {}
        paths
    }

    /// The number of this state, which is looked at later if it is a new one.
    fn number(&mut self, intruder: Intruder, next: &mut Vec<(usize, Intruder)>) -> usize {
        if let Some(number) = self.numbers.get(&intruder) {
            return *number;
        }
        let number = self.states.len();
        self.states.push(Here::default());
        self.numbers.insert(intruder.clone(), number);
        next.push((number, intruder));
        number
    }

    /// Adds what the next states lead to. `false`: there was nothing to add.
    fn look_further(&mut self) -> bool {
        let mut is_more = false;
        for number in (0..self.states.len()).rev() {
            let mut further = self.states[number].in_the_end.clone();
            for after in &self.states[number].after {
                further.extend(&self.states[*after].in_the_end);
            }
            is_more |= further.len() > self.states[number].in_the_end.len();
            self.states[number].in_the_end = further;
        }
        is_more
    }

    fn at_once(&self, intruder: &Intruder) -> &BTreeSet<Change> {
        &self.states[self.numbers[intruder]].at_once
    }

    fn in_the_end(&self, intruder: &Intruder) -> &BTreeSet<Change> {
        &self.states[self.numbers[intruder]].in_the_end
    }
}

fn young(method: Method, roots: &[&[Method]]) -> impl Fn(Method) -> Option<&'static Roots> {
    let roots: Roots = roots.iter().map(|set| set.to_vec()).collect();
    let roots: &'static Roots = Box::leak(Box::new(roots));
    move |asked| (asked == method).then_some(roots)
}

/// The test above fails on a table without the rule of young credentials.
#[test]
fn x33_without_memory_a_mailbox_would_buy_the_hint() {
    assert!(allows(&[SecurityEmail], Change::Password, MAIL));
    assert!(!allows(&[SecurityEmail], Change::Hint, MAIL));
    let with_password = [SecurityEmail, CurrentPassword];
    assert!(authority(&with_password, Change::Hint, MAIL, |_| None).is_some());
    let young = young(CurrentPassword, &[&[SecurityEmail]]);
    assert!(authority(&with_password, Change::Hint, MAIL, young).is_none());
}

/// A mailbox that the owner has just set does not lend its reader what the owner proved for it.
#[test]
fn x33_a_young_credential_buys_what_its_own_row_buys_as_well() {
    let by_owner = young(SecurityEmail, &[&[CurrentPassword, NewEmail]]);
    let roots = authority(&[SecurityEmail], Change::Password, MAIL, by_owner).unwrap();
    assert!(roots.contains(&vec![SecurityEmail]));
    let roots: Vec<&[Method]> = roots.iter().map(Vec::as_slice).collect();
    let password = young(CurrentPassword, &roots);
    assert!(authority(&[CurrentPassword], Change::Hint, MAIL, password).is_none());
}

/// Two proofs that go back to one are one.
#[test]
fn x33_two_proofs_with_one_root_are_one() {
    let proofs = [CurrentPassword, SecurityEmail];
    let young = young(CurrentPassword, &[&[SecurityEmail]]);
    assert!(authority(&proofs, Change::SecurityCode, MAIL, |_| None).is_some());
    assert!(authority(&proofs, Change::SecurityCode, MAIL, young).is_none());
}

/// A phone that a mailbox and a password named does not outgrow them while it is young.
#[test]
fn x33_s11_a_young_phone_buys_what_named_it() {
    let named = young(Phone, &[&[CurrentPassword, NewPhone, SecurityEmail]]);
    let both = addresses(true, true);
    assert!(authority(&[Phone], Change::Password, both, &named).is_some());
    let set = [CurrentPassword, Phone, NewPhone];
    assert!(authority(&set, Change::Phone, both, &named).is_none());
    assert!(authority(&set, Change::Phone, both, |_| None).is_some());
}

/// Without the phone's own agreement its removal would open what asks for it.
#[test]
fn x33_s11_a_mailbox_does_not_remove_a_phone() {
    let both = addresses(true, true);
    let mailbox = [CurrentPassword, SecurityEmail, SecurityCode, NewPhone];
    assert!(!allows(&mailbox, Change::RemovePhone, both));
    assert!(allows(&[CurrentPassword, Phone], Change::RemovePhone, both));
    assert!(!allows(
        &[CurrentPassword, SecurityEmail, NewPhone],
        Change::Phone,
        both
    ));
    assert!(allows(
        &[CurrentPassword, SecurityEmail, NewPhone],
        Change::Phone,
        MAIL
    ));
}

/// What a manager gets, also by way of an e-mail that they set: the password of an account, for
/// whoever has no second factor, and nothing else that signs in or recovers.
#[test]
fn s15_l01_a_manager_gets_an_e_mail_and_what_it_recovers() {
    let manager = |holds: &[Method]| Intruder {
        holds: holds.iter().copied().collect(),
        young: BTreeMap::new(),
        has: MAIL,
        has_password: true,
        has_enrolled: false,
    };
    let by_link = manager(&[Manager]);
    let by_mail = manager(&[Manager, NewEmail]);
    let by_both = manager(&[Manager, NewEmail, NewPhone]);
    let paths = Paths::from(&[by_link.clone(), by_mail.clone(), by_both.clone()]);
    let alone = [Change::Disable, Change::Enable, Change::NoManager];
    assert_eq!(*paths.in_the_end(&by_link), BTreeSet::from(alone));
    let mut with_mail = BTreeSet::from(alone);
    with_mail.extend([Change::Email, Change::Password]);
    assert_eq!(*paths.in_the_end(&by_mail), with_mail);
    let mut with_both = with_mail;
    with_both.insert(Change::Phone);
    assert_eq!(*paths.in_the_end(&by_both), with_both);
    assert!(!MANAGERS.contains(&Change::Password));
    let own: BTreeSet<Change> = MANAGERS.iter().copied().collect();
    assert!(own.is_subset(&with_both));
}

/// Whoever has just named a manager with a password gets nothing by it that the password lacks.
#[test]
fn s15_x33_a_young_manager_buys_what_a_password_buys() {
    let young = || young(Manager, &[&[CurrentPassword]]);
    for change in [Change::Disable, Change::Enable] {
        assert!(authority(&[Manager], change, MAIL, |_| None).is_some());
        assert!(authority(&[Manager], change, MAIL, young()).is_none());
    }
    let proofs = [Manager, NewEmail];
    assert!(authority(&proofs, Change::Email, MAIL, |_| None).is_some());
    assert!(authority(&proofs, Change::Email, MAIL, young()).is_none());
    assert!(authority(&[Manager], Change::NoManager, MAIL, young()).is_some());
}

/// What support gets, also by way of what it has set: what its rows say, and nothing that signs in
/// without a new password or recovers besides.
#[test]
fn s14_x27_support_gets_what_its_rows_say() {
    let support = |holds: &[Method]| Intruder {
        holds: holds.iter().copied().collect(),
        young: BTreeMap::new(),
        has: MAIL,
        has_password: true,
        has_enrolled: false,
    };
    let (by_link, by_mail) = (support(&[Support]), support(&[Support, NewEmail]));
    let paths = Paths::from(&[by_link.clone(), by_mail.clone()]);
    let mut buys = BTreeSet::from([
        Change::Password,
        Change::RemoveSecondFactor,
        Change::UnlinkIdentity,
    ]);
    assert_eq!(*paths.in_the_end(&by_link), buys);
    buys.insert(Change::Email);
    assert_eq!(*paths.in_the_end(&by_mail), buys);
}

#[test]
fn s06_nothing_changes_a_security_code_that_is_set() {
    let rows = TABLE
        .iter()
        .filter(|(change, _)| *change == Change::SecurityCode);
    let sets: Vec<_> = rows.flat_map(|(_, sets)| *sets).collect();
    assert!(sets.iter().all(|set| !set.proofs.contains(&SecurityCode)));
    assert!(markdown().ends_with("| security code once set | nothing, ever |\n"));
}

/// What the documentation shows is the table.
#[test]
fn l06_the_documented_table_is_the_table() {
    assert_eq!(include_str!("authority.md"), markdown());
}
