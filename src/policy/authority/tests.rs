//! The closure of the table is the table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::*;

const METHODS: [Method; 7] = [
    CurrentPassword,
    HintQuestion,
    Manager,
    NewEmail,
    SecondFactor,
    SecurityCode,
    SecurityEmail,
];

/// The credential that a change sets, as the method that proves it.
const fn gives(change: Change) -> Option<Method> {
    match change {
        Change::Email => Some(SecurityEmail),
        Change::EnrolSecondFactor => Some(SecondFactor),
        Change::Hint => Some(HintQuestion),
        Change::Manager => Some(Manager),
        Change::Password => Some(CurrentPassword),
        Change::SecurityCode => Some(SecurityCode),
        Change::Delete
        | Change::Disable
        | Change::Enable
        | Change::Manage
        | Change::NoManager
        | Change::RemoveSecondFactor
        | Change::SignInOnce
        | Change::UserName => None,
    }
}

/// Whether the credential stands for what set it while it is young. A second factor buys its own
/// removal alone.
fn is_young(method: &Method) -> bool {
    *method != SecondFactor
}

/// What somebody can do, and the young credentials of the account, whoever set them.
#[derive(Clone, Eq, Hash, PartialEq)]
struct Intruder {
    holds: BTreeSet<Method>,
    young: BTreeMap<Method, Roots>,
    has_address: bool,
    /// They hold the factor because they enrolled it: nobody enrols over one that is there.
    has_enrolled: bool,
}

impl Intruder {
    /// What they can change, and what that goes back to.
    fn may(&self) -> (Vec<Change>, Roots) {
        let holds: Vec<Method> = self.holds.iter().copied().collect();
        let roots = go_back_to(&holds, |method| self.young.get(&method));
        let rows = TABLE.iter().map(|(change, _)| *change);
        let may = rows.filter(|change| all_allow(&roots, *change, self.has_address));
        (may.collect(), least(roots))
    }

    fn after(&self, change: Change, roots: Roots) -> Self {
        let mut next = self.clone();
        next.has_enrolled |=
            change == Change::EnrolSecondFactor && !self.holds.contains(&SecondFactor);
        next.holds.extend(gives(change));
        if let Some(method) = gives(change).filter(is_young) {
            next.young.insert(method, roots);
        }
        next.has_address |= change == Change::Email;
        next
    }
}

/// The roots without those that have others in them: what these allow, they allow as well.
fn least(roots: Roots) -> Roots {
    let has_less = |set: &Vec<Method>| {
        let is_less = |other: &&Vec<Method>| other.len() < set.len();
        let mut others = roots.iter().filter(is_less);
        others.any(|other| other.iter().all(|method| set.contains(method)))
    };
    let least = roots.iter().filter(|set| !has_less(set));
    least.cloned().collect()
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
                state.insert(method, vec![roots]);
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
            "{:?} with {:?}",
            first.holds, first.young
        );
    }
    let steps: usize = paths.states.iter().map(|state| state.after.len()).sum();
    assert!(steps > 5_000, "{steps} steps");
}

/// What somebody can begin with.
fn firsts() -> Vec<Intruder> {
    let mut firsts = Vec::new();
    for young in states() {
        for held in 0_u32..1 << METHODS.len() {
            for has_address in [false, true] {
                let bit = |(bit, _): &(usize, &Method)| held & (1 << bit) != 0;
                let holds = METHODS.iter().enumerate().filter(bit);
                let first = Intruder {
                    holds: holds.map(|(_, method)| *method).collect(),
                    young: young.clone(),
                    has_address,
                    has_enrolled: false,
                };
                // Without an address nobody holds its mailbox, and it was not set lately.
                let mailbox = first.holds.contains(&SecurityEmail)
                    || first.young.contains_key(&SecurityEmail);
                if has_address || !mailbox {
                    firsts.push(first);
                }
            }
        }
    }
    firsts
}

/// Every state that somebody can get to, with what leads on from it.
struct Paths {
    numbers: HashMap<Intruder, usize>,
    states: Vec<Here>,
}

#[derive(Default)]
struct Here {
    /// What can be changed in this state, and then, once everything was looked at, in those that it
    /// leads to as well.
    at_once: BTreeSet<Change>,
    in_the_end: BTreeSet<Change>,
    after: BTreeSet<usize>,
}

impl Paths {
    fn from(firsts: &[Intruder]) -> Self {
        let mut paths = Self {
            numbers: HashMap::new(),
            states: Vec::new(),
        };
        let mut next: Vec<Intruder> = Vec::new();
        for first in firsts {
            paths.number(first, &mut next);
        }
        while let Some(intruder) = next.pop() {
            let (mut changes, mut after) = (BTreeSet::new(), BTreeSet::new());
            let (may, roots) = intruder.may();
            for change in may {
                // To remove the factor that they have enrolled themselves undoes that, and no more.
                if change != Change::RemoveSecondFactor || !intruder.has_enrolled {
                    changes.insert(change);
                }
                let then = intruder.after(change, roots.clone());
                after.insert(paths.number(&then, &mut next));
            }
            let number = paths.numbers[&intruder];
            paths.states[number] = Here {
                at_once: changes.clone(),
                in_the_end: changes,
                after,
            };
        }
        while paths.look_further() {}
        paths
    }

    /// The number of a state; a new one is still to be looked at.
    fn number(&mut self, intruder: &Intruder, next: &mut Vec<Intruder>) -> usize {
        if let Some(number) = self.numbers.get(intruder) {
            return *number;
        }
        let number = self.states.len();
        self.numbers.insert(intruder.clone(), number);
        self.states.push(Here::default());
        next.push(intruder.clone());
        number
    }

    /// Adds what the next states lead to. `false`: there was nothing to add.
    fn look_further(&mut self) -> bool {
        let mut is_more = false;
        for number in 0..self.states.len() {
            let further: BTreeSet<Change> = self.states[number]
                .after
                .iter()
                .flat_map(|after| &self.states[*after].in_the_end)
                .filter(|change| !self.states[number].in_the_end.contains(change))
                .copied()
                .collect();
            is_more |= !further.is_empty();
            self.states[number].in_the_end.extend(further);
        }
        is_more
    }

    fn at_once(&self, intruder: &Intruder) -> BTreeSet<Change> {
        self.states[self.numbers[intruder]].at_once.clone()
    }

    fn in_the_end(&self, intruder: &Intruder) -> BTreeSet<Change> {
        self.states[self.numbers[intruder]].in_the_end.clone()
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
    assert!(allows(&[SecurityEmail], Change::Password, true));
    assert!(!allows(&[SecurityEmail], Change::Hint, true));
    let with_password = [SecurityEmail, CurrentPassword];
    assert!(authority(&with_password, Change::Hint, true, |_| None).is_some());
    let young = young(CurrentPassword, &[&[SecurityEmail]]);
    assert!(authority(&with_password, Change::Hint, true, young).is_none());
}

/// A mailbox that the owner has just set does not lend its reader what the owner proved for it.
#[test]
fn x33_a_young_credential_buys_what_its_own_row_buys_as_well() {
    let by_owner = young(SecurityEmail, &[&[CurrentPassword, NewEmail]]);
    let roots = authority(&[SecurityEmail], Change::Password, true, by_owner).unwrap();
    assert!(roots.contains(&vec![SecurityEmail]));
    let roots: Vec<&[Method]> = roots.iter().map(Vec::as_slice).collect();
    let password = young(CurrentPassword, &roots);
    assert!(authority(&[CurrentPassword], Change::Hint, true, password).is_none());
}

/// Two proofs that go back to one are one.
#[test]
fn x33_two_proofs_with_one_root_are_one() {
    let proofs = [CurrentPassword, SecurityEmail];
    let young = young(CurrentPassword, &[&[SecurityEmail]]);
    assert!(authority(&proofs, Change::SecurityCode, true, |_| None).is_some());
    assert!(authority(&proofs, Change::SecurityCode, true, young).is_none());
}

/// What a manager gets, also by way of an e-mail that they set: the password of an account, for
/// whoever has no second factor, and nothing else that signs in or recovers.
#[test]
fn s15_l01_a_manager_gets_an_e_mail_and_what_it_recovers() {
    let manager = |holds: &[Method]| Intruder {
        holds: holds.iter().copied().collect(),
        young: BTreeMap::new(),
        has_address: true,
        has_enrolled: false,
    };
    let by_link = manager(&[Manager]);
    let by_mail = manager(&[Manager, NewEmail]);
    let paths = Paths::from(&[by_link.clone(), by_mail.clone()]);
    let alone = [Change::Disable, Change::Enable, Change::NoManager];
    assert_eq!(paths.in_the_end(&by_link), BTreeSet::from(alone));
    let mut with_mail = BTreeSet::from(alone);
    with_mail.extend([Change::Email, Change::Password]);
    assert_eq!(paths.in_the_end(&by_mail), with_mail);
    assert!(!MANAGERS.contains(&Change::Password));
    let own: BTreeSet<Change> = MANAGERS.iter().copied().collect();
    assert!(own.is_subset(&with_mail));
}

/// Whoever has just named a manager with a password gets nothing by it that the password lacks.
#[test]
fn s15_x33_a_young_manager_buys_what_a_password_buys() {
    let young = || young(Manager, &[&[CurrentPassword]]);
    for change in [Change::Disable, Change::Enable] {
        assert!(authority(&[Manager], change, true, |_| None).is_some());
        assert!(authority(&[Manager], change, true, young()).is_none());
    }
    let proofs = [Manager, NewEmail];
    assert!(authority(&proofs, Change::Email, true, |_| None).is_some());
    assert!(authority(&proofs, Change::Email, true, young()).is_none());
    assert!(authority(&[Manager], Change::NoManager, true, young()).is_some());
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
