//! The variable PATH: where programs are looked for.

use crate::error::{Error, Result};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// PATH as this task was given it.
pub fn current() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// The file that `program` names under `path`.
pub fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether `program` can be run by its name.
pub fn has(program: &str) -> bool {
    find(program, &current()).is_some()
}

/// `path` with `folder` before all others.
pub fn prepend(folder: &Path, path: &OsStr) -> Result<OsString> {
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(path));
    std::env::join_paths(folders).map_err(|e| Error::Refused(format!("{} cannot be on PATH: {e}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_has_the_program_wins() {
        let sh = find("sh", OsStr::new("/no/such/folder:/bin:/usr/bin"));
        assert_eq!(sh, Some("/bin/sh".into()));
        let path = prepend(Path::new("/usr/bin"), OsStr::new("/bin")).unwrap();
        assert_eq!(path, "/usr/bin:/bin");
        assert_eq!(find("no-such-program", &path), None);
        assert!(prepend(Path::new("/a:b"), OsStr::new("/bin")).is_err());
    }
}
