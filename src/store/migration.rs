//! The steps that lead to the tables of this version, in whichever database.

use super::StoreError;

/// One step. One that was released never changes.
#[derive(Clone, Copy)]
pub(super) struct Migration {
    /// Of the tables after it.
    pub(super) version: i64,
    /// A process that knows the tables of this version still works with those after it: the step
    /// has only added what such a process may overlook. Where a step takes something away, this is
    /// the version of the release before it, so that a service can still be upgraded one process at
    /// a time.
    pub(super) oldest: i64,
    pub(super) script: &'static str,
}

/// What [`missing`] is asked with.
pub(super) const HIGHEST: &str =
    "SELECT COALESCE(MAX(version), 0), COALESCE(MAX(oldest), 0) FROM backstop_schema";

/// The steps after those that were made.
///
/// `made`: the highest version of theirs, and the highest `oldest`; 0 where none was made.
///
/// # Errors
///
/// The tables are those of a newer version, which has taken something away since ours.
pub(super) fn missing(
    all: &[Migration],
    (made, oldest): (i64, i64),
) -> Result<Vec<Migration>, StoreError> {
    let known = all.iter().map(|step| step.version).max().unwrap_or(0);
    if made > known && oldest > known {
        return Err(StoreError::new(format!(
            "the tables have version {made}, of a newer backstop, and need one that knows version \
             {oldest}; this one knows {known}: update this service"
        )));
    }
    let steps = all.iter().filter(|step| step.version > made);
    Ok(steps.copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn step(version: i64, oldest: i64) -> Migration {
        let script = "";
        Migration {
            version,
            oldest,
            script,
        }
    }

    /// The third one takes away what the second one has replaced, and the fourth gives nothing back.
    const ALL: [Migration; 4] = [step(1, 1), step(2, 1), step(3, 2), step(4, 1)];

    /// What a release that knows the first `known` steps does where `made` of them were made.
    fn opens(known: usize, made: usize) -> Option<usize> {
        let made = &ALL[..made];
        let highest = |of: fn(&Migration) -> i64| made.iter().map(of).max().unwrap_or(0);
        let made = (highest(|step| step.version), highest(|step| step.oldest));
        let missing = missing(&ALL[..known], made).ok();
        missing.map(|steps| steps.len())
    }

    #[test]
    fn a_release_works_with_the_tables_of_the_next_one() {
        for known in 1..=4_usize {
            for made in 0..=4 {
                let expected = match (known, made) {
                    (1, 3 | 4) => None,
                    _ => Some(known.saturating_sub(made)),
                };
                assert_eq!(opens(known, made), expected, "{known} of {made}");
            }
        }
    }
}
