//! What the operating system says of a process: its processor time and its memory; and folders that go when the run ends.

use crate::ended::Stop;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Linux counts processor time for programs in hundredths of a second, whatever the kernel does inside.
const TICK: Duration = Duration::from_millis(10);

/// Where the system tells about processes.
const PROCESSES: &str = "/proc";

/// Refuses a system that does not tell.
///
/// # Errors
/// It does not.
pub fn assert_countable() -> Result<(), Stop> {
    if Path::new(PROCESSES).join("self/stat").exists() {
        Ok(())
    } else {
        Err(Stop::refused("motcua bench đọc /proc của Linux để đếm thời gian CPU; hệ điều hành này không có."))
    }
}

/// A process that is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Watched(u32);

impl Watched {
    /// The process of that id.
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    fn read(self, name: &str) -> Result<String, Stop> {
        let path = Path::new(PROCESSES).join(self.0.to_string()).join(name);
        Ok(std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?)
    }

    /// Processor time it took so far: its own and what the kernel did for it, all threads together.
    ///
    /// # Errors
    /// It has ended.
    pub fn cpu(self) -> Result<Duration, Stop> {
        let text = self.read("stat")?;
        let ticks = ticks(&text).context("reading the processor time of the server")?;
        Ok(TICK.saturating_mul(ticks))
    }

    /// Memory that is resident now, in megabytes.
    ///
    /// # Errors
    /// It has ended.
    pub fn resident_mb(self) -> Result<f64, Stop> {
        Ok(megabytes(&self.read("status")?, "VmRSS:").context("reading the memory of the server")?)
    }

    /// The most memory that was ever resident, in megabytes.
    ///
    /// # Errors
    /// It has ended.
    pub fn peak_mb(self) -> Result<f64, Stop> {
        Ok(megabytes(&self.read("status")?, "VmHWM:").context("reading the memory of the server")?)
    }
}

/// The 14th and 15th fields; the second is a name in brackets that may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user.saturating_add(system))
}

fn megabytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|it| it.strip_prefix(name))?;
    let kibibytes: u32 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0 / 1e6)
}

/// A folder of a run that goes when the run ends.
#[derive(Debug)]
pub struct Yard(PathBuf);

impl Yard {
    /// A new empty folder among the system's temporary ones.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(what: &str) -> Result<Self, Stop> {
        let path = std::env::temp_dir().join(format!("motcua-{what}-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            crate::ended::say(&format!("motcua: {}: {why}", self.0.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_and_memory_are_read_past_any_name() {
        let stat = "7 (a) b) (c) S 1 7 7 0 -1 4194560 100 0 0 0 250 31 0 0 20 0 5 0 100 1000 10";
        assert_eq!(ticks(stat), Some(281));
        assert_eq!(ticks("7 (motcua) S 1 2"), None);
        assert_eq!(megabytes("Name:\tmotcua\nVmRSS:\t  2000 kB\n", "VmRSS:"), Some(2.048));
        assert_eq!(megabytes("Name:\tmotcua\n", "VmRSS:"), None);
        let own = Watched::new(std::process::id());
        assert!(own.resident_mb().unwrap() > 1.0 && own.peak_mb().unwrap() >= own.resident_mb().unwrap() * 0.5);
        assert!(own.cpu().is_ok());
    }
}
