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

/// The steps after those that were made.
///
/// `made`: version and oldest of the last one.
///
/// # Errors
///
/// The tables are those of a newer version, which has taken something away since ours.
pub(super) fn missing(
    all: &[Migration],
    made: Option<(i64, i64)>,
) -> Result<Vec<Migration>, StoreError> {
    let known = all.iter().map(|step| step.version).max().unwrap_or(0);
    let (made, oldest) = made.unwrap_or((0, 0));
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

    /// The third one takes away what the second one has replaced.
    const ALL: [Migration; 3] = [step(1, 1), step(2, 1), step(3, 2)];

    /// What a release that knows the first `known` steps does where `made` of them were made.
    fn opens(known: usize, made: usize) -> Option<usize> {
        let last = made.checked_sub(1).map(|last| ALL[last]);
        let last = last.map(|last| (last.version, last.oldest));
        let missing = missing(&ALL[..known], last).ok();
        missing.map(|steps| steps.len())
    }

    #[test]
    fn a_release_works_with_the_tables_of_the_next_one() {
        for known in 1..=3_usize {
            for made in 0..=3 {
                let expected = match (known, made) {
                    (1, 3) => None,
                    _ => Some(known.saturating_sub(made)),
                };
                assert_eq!(opens(known, made), expected, "{known} of {made}");
            }
        }
    }
}
