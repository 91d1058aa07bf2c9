//! A package tried where nothing is: a clean root of Debian, and the systemd in it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow};

use super::answer;
use crate::needs;

/// Installs a package in a clean root of Debian, serves from it by hand and as its unit under a running systemd, upgrades,
/// removes and purges it.
pub fn tried(package: &Path) -> Result<()> {
    needs::for_clean_root()?;
    let root = package.with_file_name("root");
    if root.exists() {
        std::fs::remove_dir_all(&root).context("emptying the clean root")?;
    }
    let (suite, mirror) = debian()?;
    let words = ["--variant=minbase", "--include=adduser,ca-certificates,libgcc-s1,systemd,systemd-sysv"];
    needs::run(Command::new("debootstrap").args(words).arg(&suite).arg(&root).arg(&mirror))?;
    std::fs::copy(package, root.join("motcua.deb")).context("carrying the package into the clean root")?;
    let write = |name: &str, text: String| std::fs::write(root.join(name), text).context("writing what is tried");
    write("install.sh", format!("{COMMON}{INSTALL}"))?;
    write("unit.sh", format!("{COMMON}{UNIT}"))?;
    write("remove.sh", format!("{COMMON}{REMOVE}"))?;
    write("etc/systemd/system/try-motcua.service", TRY_MOTCUA.to_owned())?;
    let outcome =
        by_hand(&root, "/install.sh").and_then(|()| under_systemd(&root)).and_then(|()| by_hand(&root, "/remove.sh"));
    std::fs::remove_dir_all(&root).context("removing the clean root")?;
    outcome
}

fn by_hand(root: &Path, script: &str) -> Result<()> {
    needs::run(Command::new("chroot").arg(root).args(["sh", "-eu", script]))
}

/// Starts the root's own systemd in a container; its one unit does what [`UNIT`] says and ends the container with the outcome.
fn under_systemd(root: &Path) -> Result<()> {
    let mut machine = Command::new("systemd-nspawn");
    machine.args(["--quiet", "--boot", "--register=no", "--keep-unit", "--console=pipe", "--directory"]).arg(root);
    let ended = needs::run(machine.arg("--").arg("--unit=try-motcua.service"));
    let said = std::fs::read_to_string(root.join("unit.log")).unwrap_or_default();
    eprint!("{said}");
    ended.context("the unit under a running systemd")
}

/// What the scripts share.
const COMMON: &str = r#"
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin
as() { setpriv --reuid=motcua --regid=motcua --init-groups env MOTCUA_CONFIG=/etc/motcua/motcua.toml "$@"; }
readyz() {
    bash -c "$(cat <<'END'
exec 3<>/dev/tcp/127.0.0.1/18088 2>/dev/null || exit 0
printf 'GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3
head -1 <&3
END
)" 2>/dev/null || true
}
is_ready() {
    for _ in $(seq 100); do
        case "$(readyz)" in 'HTTP/1.1 200'*) return 0 ;; esac
        sleep 0.2
    done
    return 1
}
"#;

/// Installed, looked at, served from by hand, upgraded; a step that fails ends it.
const INSTALL: &str = r#"
dpkg --install /motcua.deb
test "$(stat -c '%U %a' /var/lib/motcua)" = 'motcua 700'
test "$(stat -c '%U:%G %a' /etc/motcua/motcua.toml)" = 'root:motcua 640'
dpkg --verify motcua
as motcua --version
as motcua check
as motcua import catalogue /usr/share/motcua/catalogue --data /tmp/new
sed -i 's/127.0.0.1:8080/127.0.0.1:18088/' /etc/motcua/motcua.toml
as motcua demo --data /var/lib/motcua --no-serve --scale-percent 2 --seed 1
# Not through the function: its shell would hear the signal, and not the program.
setpriv --reuid=motcua --regid=motcua --init-groups env MOTCUA_CONFIG=/etc/motcua/motcua.toml motcua serve 2>/tmp/said &
serving=$!
is_ready || { cat /tmp/said; exit 1; }
kill -TERM $serving
wait $serving
as motcua verify
# Again is an upgrade: the settings somebody changed stay.
dpkg --install /motcua.deb
grep -q 18088 /etc/motcua/motcua.toml
"#;

/// The unit that tries ours and ends the container with its outcome.
const TRY_MOTCUA: &str = "\
[Unit]
Description=what is tried of motcua.service
SuccessAction=exit
FailureAction=exit

[Service]
Type=oneshot
ExecStart=/bin/sh -eu /unit.sh
StandardOutput=append:/unit.log
StandardError=append:/unit.log
TimeoutStartSec=180
";

/// Started, killed and come back, asked to read certificates again, stopped in good order; who it runs as, and what it cannot write.
const UNIT: &str = r#"
systemctl daemon-reload
systemctl start motcua
is_ready || { journalctl --unit motcua --no-pager; exit 1; }
pid=$(systemctl show --property MainPID --value motcua)
test "$(stat -c %U /proc/$pid)" = motcua
grep -q '^NoNewPrivs:.*1$' /proc/$pid/status
grep -q '^Seccomp:.*2$' /proc/$pid/status
# To its eyes the system is read-only, and the homes of others are empty.
nsenter --target $pid --mount touch /usr/written 2>/dev/null && { echo 'the unit can write to /usr'; exit 1; }
nsenter --target $pid --mount touch /var/lib/motcua/written
rm /var/lib/motcua/written
kill -KILL $pid
for _ in $(seq 50); do
    again=$(systemctl show --property MainPID --value motcua)
    test "$again" != "$pid" && test "$again" != 0 && break
    sleep 0.2
done
is_ready || { journalctl --unit motcua --no-pager; exit 1; }
test "$(systemctl show --property NRestarts --value motcua)" = 1
systemctl reload motcua
is_ready
test "$(systemctl show --property MainPID --value motcua)" = "$again"
systemctl stop motcua
test "$(systemctl show --property Result --value motcua)" = success
test "$(systemctl show --property ExecMainStatus --value motcua)" = 0
as motcua verify
echo 'the unit under systemd: started, killed and come back, reloaded, stopped in good order'
"#;

/// Removed and purged: the data stay.
const REMOVE: &str = r#"
dpkg --remove motcua
test ! -e /usr/bin/motcua
dpkg --purge motcua
test ! -e /etc/motcua/motcua.toml
test -e /var/lib/motcua/motcua.db
echo 'installed, served, upgraded, removed and purged; the data stayed'
"#;

/// Suite and mirror this machine gets its packages from.
fn debian() -> Result<(String, String)> {
    let release = std::fs::read_to_string("/etc/os-release")?;
    let suite = release.lines().find_map(|it| it.strip_prefix("VERSION_CODENAME=")).context("this is no Debian")?;
    let policy = answer(Command::new("apt-cache").args(["policy", "base-files"]))?;
    let suffix = format!("{suite}/main");
    let of_suite = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words
            .iter()
            .position(|it| *it == suffix)
            .and_then(|at| words.get(at.checked_sub(1)?).map(|it| (*it).to_owned()))
    };
    let mirror = policy.lines().find_map(of_suite).ok_or_else(|| anyhow!("no mirror of {suite} is configured"))?;
    Ok((suite.to_owned(), mirror))
}
