//! Files with keys in them: only their owner reads them, and nobody ever finds half of one.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Makes a file that was not there: whole, or not at all where the program ends meanwhile.
///
/// # Errors
/// `AlreadyExists` where a file bears the name; the disk refused.
pub fn make(path: &Path, text: &str) -> io::Result<()> {
    aside(path, text)?.persist_noclobber(path)?;
    settle(path)
}

/// Writes a file anew, also over one that is there: whoever reads finds the old one or the new one.
///
/// # Errors
/// The disk refused; the old file stays.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    aside(path, text)?.persist(path)?;
    settle(path)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The text in a file of its own in the same folder, on the disk; it goes where it is not put in its place.
fn aside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::with_prefix_in(".new-key-", folder(path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn settle(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_replaced_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        make(&path, "one").unwrap();
        assert_eq!(make(&path, "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        replace(&path, "three").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing stays aside");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
