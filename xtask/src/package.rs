//! The Debian package: put together, looked at, and tried in a clean root.

mod clean_root;

pub use clean_root::tried;

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::needs;
use crate::stages::target_folder;
use crate::trained;

/// Who answers for the package.
const MAINTAINER: &str = "motcua <motcua@motcua.example>";
/// The C library symbols carry their version so.
const GLIBC: &[u8] = b"GLIBC_2.";
/// Where it goes in the root: from the top of the repository, or the program itself, with its mode.
const FILES: &[(&str, &str, u32)] = &[
    ("packaging/motcua.service", "usr/lib/systemd/system/motcua.service", 0o644),
    ("packaging/motcua.toml", "etc/motcua/motcua.toml", 0o640),
    ("motcua.example.toml", "usr/share/doc/motcua/motcua.example.toml", 0o644),
    ("LICENSE", "usr/share/doc/motcua/LICENSE", 0o644),
    ("CHANGELOG.md", "usr/share/doc/motcua/CHANGELOG.md", 0o644),
    ("packaging/debian/copyright", "usr/share/doc/motcua/copyright", 0o644),
    ("packaging/debian/postinst", "DEBIAN/postinst", 0o755),
    ("packaging/debian/prerm", "DEBIAN/prerm", 0o755),
    ("packaging/debian/postrm", "DEBIAN/postrm", 0o755),
];
/// Folders that go there as they are.
const FOLDERS: &[(&str, &str)] =
    &[("docs/operations", "usr/share/doc/motcua/operations"), ("catalogue", "usr/share/motcua/catalogue")];
const PROGRAM: &str = "usr/bin/motcua";
const CONFFILES: &str = "/etc/motcua/motcua.toml\n";

/// Builds the program as it is released and packs it.
pub fn released(root: &Path) -> Result<PathBuf> {
    needs::run(Command::new("cargo").current_dir(root).args(["build", "--release", "--package", "motcua"]))?;
    let target = target_folder(root)?;
    packed(root, &target.join("release/motcua"), &target.join("package"))
}

/// Builds the trained program and packs it.
pub fn trained(root: &Path) -> Result<PathBuf> {
    packed(root, &trained::build(root)?, &target_folder(root)?.join("package"))
}

/// Builds the program as the tests run it and packs it.
pub fn of_tests(root: &Path) -> Result<PathBuf> {
    needs::run(Command::new("cargo").current_dir(root).args(["build", "--quiet", "--package", "motcua"]))?;
    let target = target_folder(root)?;
    packed(root, &target.join("debug/motcua"), &target.join("package-of-tests"))
}

/// Packs a built program into a folder; answers with the package.
pub fn packed(root: &Path, program: &Path, folder: &Path) -> Result<PathBuf> {
    let (version, architecture) = (version(root)?, architecture()?);
    let tree = folder.join("tree");
    if tree.exists() {
        std::fs::remove_dir_all(&tree).context("emptying the tree of the package")?;
    }
    put(program, &tree.join(PROGRAM), 0o755)?;
    // Its symbols help nobody in an office and are nine tenths of it.
    needs::run(Command::new("strip").args(["--strip-unneeded"]).arg(tree.join(PROGRAM)))?;
    for (from, to, mode) in FILES {
        put(&root.join(from), &tree.join(to), *mode)?;
    }
    put_changelog(root, &tree, &version)?;
    for (from, to) in FOLDERS {
        for file in files(&root.join(from))? {
            put(&root.join(from).join(&file), &tree.join(to).join(&file), 0o644)?;
        }
    }
    let program = std::fs::read(tree.join(PROGRAM)).context("reading the program")?;
    let control = control(&version, &architecture, &program, size_kib(&tree)?)?;
    let told = [("control", control), ("conffiles", CONFFILES.to_owned()), ("md5sums", md5sums(&tree)?)];
    for (name, text) in told {
        let path = tree.join("DEBIAN").join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644))?;
    }
    let package = folder.join(format!("motcua_{version}_{architecture}.deb"));
    let words = ["--root-owner-group", "--build"];
    needs::run(Command::new("dpkg-deb").args(words).arg(&tree).arg(&package))?;
    Ok(package)
}

/// Debian's own changelog, which names the version and is packed small.
fn put_changelog(root: &Path, tree: &Path, version: &str) -> Result<()> {
    let (from, to) = (root.join("packaging/debian/changelog"), tree.join("usr/share/doc/motcua/changelog"));
    put(&from, &to, 0o644)?;
    if !std::fs::read_to_string(&to)?.starts_with(&format!("motcua ({version}) ")) {
        bail!("{} does not begin with version {version}", from.display());
    }
    needs::run(Command::new("gzip").args(["-9", "--no-name"]).arg(&to))
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let folder = to.parent().context("a file without a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    std::fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    std::fs::set_permissions(to, PermissionsExt::from_mode(mode)).with_context(|| format!("{}", to.display()))
}

fn version(root: &Path) -> Result<String> {
    let manifest: toml::Table = std::fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let version = manifest.get("workspace").and_then(|it| it.get("package")).and_then(|it| it.get("version"));
    Ok(version.and_then(|it| it.as_str()).context("Cargo.toml has no version")?.to_owned())
}

fn architecture() -> Result<String> {
    Ok(answer(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned())
}

fn control(version: &str, architecture: &str, program: &[u8], size_kib: u64) -> Result<String> {
    let glibc = newest_glibc(program).context("the program names no version of the C library")?;
    Ok(format!(
        "Package: motcua\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\n\
         Installed-Size: {size_kib}\nDepends: libc6 (>= 2.{glibc}), libgcc-s1, adduser\n\
         Recommends: ca-certificates\nSuggests: postgresql, age\nSection: web\nPriority: optional\n\
         Description: electronic one-stop shop of a local government\n \
         One program that serves citizens, officers and leaders of a one-stop shop:\n \
         dossiers, working time, due dates, papers and reports, on an embedded\n \
         database or PostgreSQL.\n"
    ))
}

/// The newest `GLIBC_2.N` a program asks for.
fn newest_glibc(program: &[u8]) -> Option<u32> {
    let number = |at: usize| {
        let digits = program.get(at + GLIBC.len()..)?.iter().take_while(|it| it.is_ascii_digit());
        String::from_utf8(digits.copied().collect()).ok()?.parse::<u32>().ok()
    };
    let places = program.windows(GLIBC.len()).enumerate().filter(|(_, bytes)| *bytes == GLIBC);
    places.filter_map(|(at, _)| number(at)).max()
}

/// Files below a folder, without the package's own descriptions, from that folder.
fn files(tree: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut waiting) = (Vec::new(), vec![tree.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true if path.ends_with("DEBIAN") => {}
                true => waiting.push(path),
                false => found.push(path.strip_prefix(tree)?.to_owned()),
            }
        }
    }
    found.sort();
    Ok(found)
}

fn size_kib(tree: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in files(tree)? {
        bytes += std::fs::metadata(tree.join(file))?.len();
    }
    Ok(bytes.div_ceil(1024))
}

fn md5sums(tree: &Path) -> Result<String> {
    let conffile = CONFFILES.trim().trim_start_matches('/');
    let files = files(tree)?.into_iter().filter(|it| it != Path::new(conffile));
    answer(Command::new("md5sum").current_dir(tree).args(files))
}

/// What is wrong with a package; nothing for a good one.
pub fn faults(package: &Path) -> Result<Vec<String>> {
    let deb = |words: &[&str]| answer(Command::new("dpkg-deb").args(words).arg(package));
    let mut faults = Vec::new();
    let listed = deb(&["--contents"])?;
    let mut there = Vec::new();
    for line in listed.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [mode, owner, .., path] = words.as_slice() else { bail!("what a line is this: {line}") };
        there.push(path.trim_start_matches("./").to_owned());
        if *owner != "root/root" {
            faults.push(format!("{path} belongs to {owner}"));
        }
        if mode.get(5..6) == Some("w") || mode.get(8..9) == Some("w") {
            faults.push(format!("{path} can be written by others: {mode}"));
        }
        if !["./", "./usr/", "./etc/"].iter().any(|it| path.starts_with(it)) {
            faults.push(format!("{path} has no business there"));
        }
    }
    let must = FILES.iter().map(|it| it.1).filter(|it| !it.starts_with("DEBIAN")).chain([PROGRAM]);
    let must = must.chain(["usr/share/doc/motcua/changelog.gz"]);
    let missing = must.filter(|it| !there.iter().any(|path| path == it));
    faults.extend(missing.map(|it| format!("{it} is missing")));
    for (field, word) in [("Package", "motcua"), ("Depends", "libc6 (>= 2."), ("Maintainer", "@"), ("Section", "web")] {
        let path = package.to_string_lossy();
        let value = answer(Command::new("dpkg-deb").args(["--field", &path, field]))?;
        if !value.contains(word) {
            faults.push(format!("the field {field} is `{}`", value.trim()));
        }
    }
    let folder = package.with_extension("looked-at");
    drop(std::fs::remove_dir_all(&folder));
    needs::run(Command::new("dpkg-deb").arg("--raw-extract").arg(package).arg(&folder))?;
    faults.extend(faults_of_tree(&folder)?);
    std::fs::remove_dir_all(&folder)?;
    Ok(faults)
}

fn faults_of_tree(tree: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for script in ["postinst", "prerm", "postrm"] {
        let text = std::fs::read_to_string(tree.join("DEBIAN").join(script))?;
        if !text.starts_with("#!/bin/sh\n") || !text.lines().any(|it| it == "set -e") {
            faults.push(format!("{script} goes on after a failure"));
        }
        if !Command::new("sh").arg("-n").arg(tree.join("DEBIAN").join(script)).status()?.success() {
            faults.push(format!("{script} is no script"));
        }
    }
    for path in CONFFILES.lines().filter(|it| !tree.join(it.trim_start_matches('/')).exists()) {
        faults.push(format!("{path} is named as a settings file and is not there"));
    }
    let unit = std::fs::read_to_string(tree.join("usr/lib/systemd/system/motcua.service"))?;
    let started = unit.lines().filter_map(|it| it.strip_prefix("ExecStart"));
    for program in started.filter_map(|it| it.split_once('=')).filter_map(|it| it.1.split(' ').next()) {
        if !tree.join(program.trim_start_matches('/')).exists() {
            faults.push(format!("the unit starts {program}, which is not in the package"));
        }
    }
    for word in ["NoNewPrivileges=true", "ProtectSystem=strict", "User=motcua", "MemoryDenyWriteExecute=true"] {
        if !unit.lines().any(|it| it == word) {
            faults.push(format!("the unit lacks {word}"));
        }
    }
    faults.extend(faults_of_unit(tree)?);
    let sums = Command::new("md5sum").current_dir(tree).args(["--check", "--quiet", "DEBIAN/md5sums"]).status()?;
    if !sums.success() {
        faults.push("md5sums are not those of the files".to_owned());
    }
    // The settings as they are packed are settings of the program that is packed.
    let settings = tree.join("etc/motcua/motcua.toml");
    let checked = Command::new(tree.join(PROGRAM)).arg("check").arg("--config").arg(settings).output()?;
    if !checked.status.success() {
        faults.push(format!("motcua check: {}", String::from_utf8_lossy(&checked.stdout)));
    }
    Ok(faults)
}

/// How far the unit may be exposed, as `systemd-analyze security` counts it in tenths: 0 is shut in, 100 is open.
const EXPOSURE_MAX: &str = "20";

/// What systemd itself says of the unit, of a program that runs nowhere yet.
fn faults_of_unit(tree: &Path) -> Result<Vec<String>> {
    needs::for_units()?;
    // What it starts beside the program is not in the package: something stands for it. A key it does not know is a warning only.
    let shell = tree.join("bin/sh");
    std::fs::create_dir_all(tree.join("bin"))?;
    std::fs::copy(tree.join(PROGRAM), &shell).context("putting something for /bin/sh")?;
    let root = format!("--root={}", tree.display());
    let verify = ["verify", "--man=no", "--recursive-errors=no", &root, "motcua.service"];
    let verified = Command::new("systemd-analyze").args(verify).output().context("starting systemd-analyze")?;
    let mut faults = Vec::new();
    if !verified.status.success() || !verified.stderr.is_empty() {
        faults.push(format!("systemd-analyze verify: {}", String::from_utf8_lossy(&verified.stderr).trim()));
    }
    let unit = tree.join("usr/lib/systemd/system/motcua.service");
    let threshold = format!("--threshold={EXPOSURE_MAX}");
    let security = ["security", "--offline=true", "--no-pager", &threshold];
    let exposed = Command::new("systemd-analyze").args(security).arg(&unit).output()?;
    let said = String::from_utf8_lossy(&exposed.stdout).into_owned();
    let level = said.lines().last().unwrap_or_default().trim_start_matches('→').trim().to_owned();
    if !exposed.status.success() {
        faults.push(format!("the unit is more exposed than {EXPOSURE_MAX} tenths: {level}"));
    }
    eprintln!("-- {level}");
    std::fs::remove_dir_all(tree.join("bin"))?;
    Ok(faults)
}

fn answer(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        let mut words = String::new();
        write!(words, "{command:?}: {}", String::from_utf8_lossy(&output.stderr))?;
        bail!(words);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_the_c_library_is_found() {
        assert_eq!(newest_glibc(b"..GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.4\0GLIBC_PRIVATE"), Some(34));
        assert_eq!(newest_glibc(b"static"), None);
    }

    #[test]
    fn systemd_reads_the_unit_and_stumbles_over_a_key_it_does_not_know() {
        let tree = std::env::temp_dir().join(format!("motcua-unit-{}", std::process::id()));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        put(Path::new("/bin/true"), &tree.join(PROGRAM), 0o755).unwrap();
        let unit = tree.join("usr/lib/systemd/system/motcua.service");
        put(&root.join("packaging/motcua.service"), &unit, 0o644).unwrap();
        assert_eq!(faults_of_unit(&tree).unwrap(), Vec::<String>::new());
        let good = std::fs::read_to_string(&unit).unwrap();
        std::fs::write(&unit, good.replace("ProtectSystem=strict", "ProtectSytem=strict")).unwrap();
        let faults = faults_of_unit(&tree).unwrap();
        assert!(faults.len() == 1 && faults[0].contains("ProtectSytem"), "{faults:?}");
        let open = good.lines().filter(|it| !it.starts_with("SystemCall") && !it.starts_with("Protect"));
        std::fs::write(&unit, open.collect::<Vec<_>>().join("\n")).unwrap();
        let faults = faults_of_unit(&tree).unwrap();
        assert!(faults.len() == 1 && faults[0].contains("more exposed"), "{faults:?}");
        std::fs::remove_dir_all(&tree).unwrap();
    }
}
