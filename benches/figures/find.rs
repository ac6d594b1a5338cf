//! Finding one account among many.

use crate::measure::Report;

pub(crate) fn measure(_report: &mut Report) {}
