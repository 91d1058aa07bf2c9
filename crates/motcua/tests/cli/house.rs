//! A house from nothing: settings, imports, accounts, search, serving.

use crate::run::{Ran, Serving, catalogue, copy, motcua, motcua_told, program, text};
use std::path::Path;

fn checked(file: &str, command: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("motcua.toml");
    std::fs::write(&path, file).unwrap();
    motcua(&[command, &["--config", text(&path)]].concat())
}

#[test]
fn settings_are_checked_and_every_problem_is_told() {
    assert_eq!(checked("[server]\nlisten = \"127.0.0.1:9\"\n", &["check"]).code, 0);
    let ran = checked("[server]\nlisten = \"here\"\npubic_url = \"x\"\n\n[sesion]\nidle_minutes = 3\n", &["check"]);
    assert_eq!(ran.code, 1);
    for word in
        [":2: server.listen", ":3: server.pubic_url", "server.public_url?", ":6: sesion.idle_minutes", "session."]
    {
        assert!(ran.stdout.contains(word), "{word} in {}", ran.stdout);
    }
    let ran = checked("[outbox]\nmail = \"smtp\"\n[smtp]\nhost = \"localhost\"\nfrom = \"Một cửa\"\n", &["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("`Một cửa` is not a sender's address"), "{}", ran.stdout);
    let ran = checked("[serv]\nlisten = 1\n", &["verify"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "nothing starts with settings that make no sense");
    let output = program().args(["check"]).env("MOTCUA_SERVER_LISTN", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("MOTCUA_SERVER_LISTEN"));
}

#[test]
fn nothing_is_read_from_a_folder_without_a_house() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        &["verify"][..],
        &["rebuild"],
        &["serve", "--port", "0"],
        &["report", "06a", "--from", "2025-01-01", "--to", "2025-01-31"],
    ] {
        let ran = motcua(&[command, &["--data", text(folder.path())]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{command:?}");
        assert!(ran.stderr.contains("motcua.db"), "{}", ran.stderr);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "looking leaves nothing behind");
}

fn with_units(data: &Path) {
    let units = catalogue("units/le-chan-2025-01-01.toml");
    let ran = motcua(&["import", "units", text(&units), "--data", text(data)]).done();
    assert_eq!(ran.stdout, "mới 19, thay đổi 0, giữ nguyên 0\n");
    let ran = motcua(&["import", "units", text(&units), "--data", text(data)]).done();
    assert_eq!(ran.stdout, "mới 0, thay đổi 0, giữ nguyên 19\n");
}

#[test]
fn a_catalogue_is_taken_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (data, bad) = (folder.path().join("data"), folder.path().join("catalogue"));
    let import = |dir: &Path| motcua(&["import", "catalogue", text(dir), "--data", text(&data)]);
    copy(&catalogue(""), &bad);
    let path = bad.join("flagship/dang-ky-khai-sinh.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, good.replacen("channels = [\"counter\"", "channels = [\"window\"", 1)).unwrap();
    let ran = import(&bad);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("flagship/dang-ky-khai-sinh.toml:7: channels"), "{}", ran.stderr);
    assert!(ran.stderr.contains("window") && ran.stderr.contains("expected"), "{}", ran.stderr);
    assert_eq!(import(&catalogue("")).done().stdout, "mới 366, thay đổi 0, giữ nguyên 0\n", "nothing had been taken");
    assert_eq!(import(&catalogue("")).done().stdout, "mới 0, thay đổi 0, giữ nguyên 366\n");
    std::fs::write(&path, good.replacen("Thủ tục đăng ký khai sinh", "Đăng ký khai sinh (mới)", 1)).unwrap();
    let ran = import(&bad).done();
    assert!(ran.stdout.starts_with("mới 0, thay đổi "), "{}", ran.stdout);
}

#[test]
fn units_that_contradict_themselves_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("units.toml");
    std::fs::write(&file, "[[unit]]\nkey = \"a\"\nname = \"A\"\nlevel = \"ward\"\nstanding = \"authority\"\nparent = \"b\"\nfrom = \"2025-01-01\"\n").unwrap();
    let data = folder.path().join("data");
    let ran = motcua(&["import", "units", text(&file), "--data", text(&data)]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("units.toml") && ran.stderr.contains("\"b\""), "{}", ran.stderr);
}

#[test]
fn somebody_of_the_staff_gets_an_account_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    with_units(data);
    let add = |login: &str, unit: &str, told: &str| {
        let args = ["user", "add", "--login", login, "--name", "Nguyễn Mẫu An", "--post", "clerk", "--unit", unit];
        motcua_told(&[&args[..], &["--data", text(data)]].concat(), told)
    };
    assert_eq!(
        add("an.mau", "phuong-hang-kenh", "mot mat khau du dai\n").done().stdout,
        "",
        "a given password is not shown"
    );
    let made = add("an.mau.2", "11395", "").done();
    assert_eq!(made.stdout.trim().len(), 19, "a made one is, once: {}", made.stdout);
    assert_eq!(add("an.mau.3", "H24.30", "ngan\n").code, 1);
    assert_eq!(add("an.mau", "H24.30", "").code, 1, "the login is taken");
    let ran = add("an.mau.4", "khong-co", "");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("khong-co"), "{}", ran.stderr);
}

#[test]
fn the_catalogue_is_searched_as_people_speak() {
    let ran = motcua(&["search", "vợ mới sanh làm giấy tờ gì cho bé", "--limit", "3"]).done();
    let first: Vec<&str> = ran.stdout.lines().next().unwrap().split('\t').collect();
    assert_eq!(first, ["1.001193", "ward", "Đăng ký khai sinh"]);
    assert!(ran.stdout.lines().count() <= 3);
    let ran = motcua(&["search", "hộ chiếu"]);
    assert!(!ran.stderr.is_empty(), "what others do is told");
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    with_units(folder.path());
    let serving = Serving::start(folder.path());
    let answer = serving.get("/khong-co-trang-nay");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn one_program_at_a_time_changes_a_folder_and_others_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    with_units(data);
    let units = catalogue("units/le-chan-2025-01-01.toml");
    let serving = Serving::start(data);
    for command in [&["rebuild"][..], &["serve", "--port", "0"], &["import", "units", text(&units)]] {
        let ran = motcua(&[command, &["--data", text(data)]].concat());
        assert!(ran.code == 1 && ran.stderr.contains("chương trình motcua khác"), "{command:?}: {ran:?}");
    }
    motcua(&["verify", "--data", text(data)]).done();
    assert_eq!(serving.stop(), Some(0));
    motcua(&["rebuild", "--data", text(data)]).done();
}
