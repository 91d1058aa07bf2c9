//! What the stages need and a fresh machine lacks: found, or installed, or named with what to type.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Something a stage needs that comes as a Debian package.
struct Package {
    name: &'static str,
    why: &'static str,
    /// It is here when one of these files is.
    signs: &'static [&'static str],
}

const PACKAGES: &[Package] = &[
    Package { name: "nodejs", why: "runs the browser journeys", signs: &["/usr/bin/node", "/usr/local/bin/node"] },
    Package { name: "npm", why: "gets the journeys' driver", signs: &["/usr/bin/npm", "/usr/local/bin/npm"] },
    Package { name: "chromium", why: "is the browser of the journeys", signs: &["/usr/bin/chromium"] },
    Package {
        name: "fonts-noto-core",
        why: "draws every Vietnamese letter in their pictures",
        signs: &["/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"],
    },
];

/// The server the tests start for themselves.
const POSTGRES: &[Package] = &[Package {
    name: "postgresql",
    why: "is the second database of the tests",
    signs: &[
        "/usr/lib/postgresql/15/bin/postgres",
        "/usr/lib/postgresql/16/bin/postgres",
        "/usr/lib/postgresql/17/bin/postgres",
        "/usr/lib/postgresql/18/bin/postgres",
    ],
}];

/// What turns the clock of a program.
const FAULTS: &[Package] = &[Package {
    name: "faketime",
    why: "turns the clock under a program of the tests",
    signs: &[
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ],
}];

/// The cluster that is switched over by a command.
const PATRONI: &[Package] = &[
    Package { name: "patroni", why: "looks after a cluster of the tests", signs: &["/usr/bin/patroni"] },
    Package { name: "etcd-server", why: "is where Patroni keeps who leads", signs: &["/usr/bin/etcd"] },
];

/// Makes the bad nights possible.
pub fn for_faults() -> Result<()> {
    debian_packages(FAULTS)
}

/// Makes a cluster that is switched over possible.
pub fn for_patroni() -> Result<()> {
    debian_packages(PATRONI)
}

/// What knows how a unit is read.
const UNITS: &[Package] =
    &[Package { name: "systemd", why: "reads the unit of the package", signs: &["/usr/bin/systemd-analyze"] }];

/// Makes looking at the unit possible.
pub fn for_units() -> Result<()> {
    debian_packages(UNITS)
}

/// What makes a clean root to try a package in.
const CLEAN_ROOT: &[Package] = &[
    Package { name: "debootstrap", why: "makes a clean root of Debian", signs: &["/usr/sbin/debootstrap"] },
    Package { name: "systemd-container", why: "starts the systemd of that root", signs: &["/usr/bin/systemd-nspawn"] },
];

/// Makes a clean root possible.
pub fn for_clean_root() -> Result<()> {
    debian_packages(CLEAN_ROOT)
}

/// Makes the tests on PostgreSQL possible.
pub fn for_postgres() -> Result<()> {
    debian_packages(POSTGRES)
}

/// The S3 server of the tests, with its version; it stands in a virtual environment of its own.
const MOTO: &str = "moto[s3,server]==5.2.5";
const MOTO_FOLDER: &str = "target/moto";
const PYTHON: &[Package] = &[Package {
    name: "python3-venv",
    why: "holds the S3 server of the tests",
    signs: &["/usr/share/doc/python3-venv"],
}];

/// Makes the tests on an S3 bucket possible.
pub fn for_moto(root: &Path) -> Result<()> {
    let folder = root.join(MOTO_FOLDER);
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|it| it == MOTO) {
        return Ok(());
    }
    if !answers("python3", &["-c", "import venv, ensurepip"]) {
        debian_packages(PYTHON)?;
    }
    eprintln!("-- getting {MOTO} into {MOTO_FOLDER}");
    let by_hand = format!("by hand: python3 -m venv {MOTO_FOLDER} && {MOTO_FOLDER}/bin/pip install '{MOTO}'");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).with_context(|| by_hand.clone())?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", MOTO]))
        .with_context(|| by_hand.clone())?;
    std::fs::write(&stamp, MOTO).with_context(|| format!("writing {}", stamp.display()))
}

/// What builds libFuzzer.
const CPLUSPLUS: &[Package] =
    &[Package { name: "g++", why: "builds libFuzzer", signs: &["/usr/bin/g++", "/usr/bin/c++", "/usr/bin/clang++"] }];

/// Makes fuzzing possible.
pub fn for_fuzzing() -> Result<()> {
    debian_packages(CPLUSPLUS)
}

/// What starts the partners of the tests, and their certificates.
const PARTNERS: &[Package] = &[
    Package { name: "nodejs", why: "runs the partners of the tests", signs: &["/usr/bin/node", "/usr/local/bin/node"] },
    Package { name: "npm", why: "gets the partners' protocols", signs: &["/usr/bin/npm", "/usr/local/bin/npm"] },
    Package { name: "openssl", why: "makes the partners' certificates", signs: &["/usr/bin/openssl"] },
];

/// Makes the tests with a mail server, a gateway and a message centre possible.
pub fn for_partners(root: &Path) -> Result<()> {
    debian_packages(PARTNERS)?;
    npm_packages(&root.join("e2e"))
}

/// Makes the browser journeys possible; the error lists all that could not be got.
pub fn for_journeys(root: &Path) -> Result<()> {
    debian_packages(PACKAGES)?;
    npm_packages(&root.join("e2e"))
}

/// Makes `cargo nextest` possible.
pub fn for_nextest() -> Result<()> {
    if answers("cargo", &["nextest", "--version"]) {
        return Ok(());
    }
    eprintln!("-- cargo-nextest is not here: installing it (once, some minutes)");
    run(Command::new("cargo").args(["install", "cargo-nextest", "--locked"]))
        .context("cannot get cargo-nextest; by hand: cargo install cargo-nextest --locked")
}

/// What shows the compiler which ways of a program are gone most.
const PGO: &str = "0.3.0";

/// Makes building the trained program possible.
pub fn for_training() -> Result<()> {
    if !answers("cargo", &["pgo", "--version"]) {
        eprintln!("-- cargo-pgo is not here: installing it (once, a minute)");
        run(Command::new("cargo").args(["install", "cargo-pgo", "--locked", "--version", PGO])).with_context(|| {
            format!("cannot get cargo-pgo; by hand: cargo install cargo-pgo --locked --version {PGO}")
        })?;
    }
    // It answers at once where they are there already.
    run(Command::new("rustup").args(["component", "add", "llvm-tools"]))
        .context("cannot get the tools that read profiles; by hand: rustup component add llvm-tools")
}

/// The machine the compiler builds for, as it names it.
pub fn host() -> Result<String> {
    let told = Command::new("rustc").arg("-vV").output().context("asking the compiler")?;
    let told = String::from_utf8(told.stdout).context("hearing the compiler")?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("the compiler does not say for which machine it builds")?.to_owned())
}

fn debian_packages(wanted: &'static [Package]) -> Result<()> {
    let missing: Vec<&Package> = wanted.iter().filter(|package| !is_here(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!("by hand: apt-get install {}", names.join(" "));
    if !answers("apt-get", &["--version"]) {
        bail!("missing, and there is no apt-get here: {} (set MOTCUA_CHROMIUM to a Chromium of yours)", say(&missing));
    }
    if !is_root() {
        bail!("missing, and only root may install packages: {}; {by_hand}", say(&missing));
    }
    eprintln!("-- installing Debian packages: {}", names.join(", "));
    run(apt().arg("update")).with_context(|| by_hand.clone())?;
    run(apt().args(["install", "-y", "--no-install-recommends"]).args(&names)).with_context(|| by_hand.clone())?;
    let still: Vec<&Package> = missing.into_iter().filter(|package| !is_here(package)).collect();
    if !still.is_empty() {
        bail!("installed, yet not where they should be: {}", say(&still));
    }
    Ok(())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
    command
}

fn is_here(package: &Package) -> bool {
    let own_browser = package.name == "chromium" && std::env::var_os("MOTCUA_CHROMIUM").is_some();
    own_browser
        || package.signs.iter().any(|sign| Path::new(sign).exists())
        || match package.name {
            "nodejs" => answers("node", &["--version"]),
            "npm" => answers("npm", &["--version"]),
            _ => false,
        }
}

fn say(packages: &[&Package]) -> String {
    packages.iter().map(|package| format!("{} ({})", package.name, package.why)).collect::<Vec<_>>().join(", ")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

/// `npm ci`, unless the folder holds what the lock file asks for already.
fn npm_packages(folder: &Path) -> Result<()> {
    let changed = |path: &str| folder.join(path).metadata().and_then(|about| about.modified()).ok();
    let (asked, got) = (changed("package-lock.json"), changed("node_modules/.package-lock.json"));
    if asked.is_some() && got >= asked {
        return Ok(());
    }
    eprintln!("-- getting the npm packages of e2e/");
    run(Command::new("npm").current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))
        .context("cannot get the npm packages of e2e/; by hand: cd e2e && npm ci")
}

fn answers(program: &str, words: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a command to its end in plain sight; anything but success is an error that names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
