//! Paths as they are kept and sent: bytes, since a path need not be UTF-8.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serializer};
use serde_bytes::{ByteBuf, Bytes};

/// A path that serde's own rules would refuse if it is not UTF-8.
pub(crate) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(path.as_os_str().as_bytes())
}

/// The path again.
pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<PathBuf, D::Error> {
    Ok(of(ByteBuf::deserialize(from)?))
}

fn of(bytes: ByteBuf) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes.into_vec()))
}

/// As the module, for a path that may be missing.
pub(crate) mod optional {
    use super::*;

    /// The path, if there is one.
    pub(crate) fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match path {
            Some(path) => to.serialize_some(Bytes::new(path.as_os_str().as_bytes())),
            None => to.serialize_none(),
        }
    }

    /// The path again.
    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<ByteBuf>::deserialize(from)?.map(of))
    }
}

/// As the module, for several paths.
pub(crate) mod several {
    use super::*;

    /// The paths.
    pub(crate) fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(paths.iter().map(|path| Bytes::new(path.as_os_str().as_bytes())))
    }

    /// The paths again.
    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<ByteBuf>::deserialize(from)?.into_iter().map(of).collect())
    }
}
