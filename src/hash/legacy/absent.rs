//! What a build without the feature knows of these hashes: nothing but their names.

use crate::{error::Error, record::RecordError};

/// There is none.
pub(in crate::hash) enum LegacyComputation {}

impl LegacyComputation {
    pub(in crate::hash) fn memory_kib(&self) -> u32 {
        match *self {}
    }

    pub(in crate::hash) fn run(&self, _typed: &str, _tag: &mut [u8]) -> Result<(), Error> {
        match *self {}
    }
}

pub(in crate::hash) fn parse(_text: &str) -> Result<(LegacyComputation, Vec<u8>), RecordError> {
    Err(RecordError::NeedsLegacyHashes)
}
