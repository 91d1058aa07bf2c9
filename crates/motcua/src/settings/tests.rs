use super::keys::KEYS;
use super::*;

const EXAMPLE: &str = include_str!("../../../../motcua.example.toml");
const MANUAL: &str = include_str!("../../../../docs/operations/settings.md");

fn load(file: &str, env: &[(&str, &str)]) -> Result<Settings, Vec<SettingsProblem>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("motcua.toml");
    std::fs::write(&path, file).unwrap();
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(Some(&path), env)
}

/// Line, key and message of every problem.
fn problems(file: &str, env: &[(&str, &str)]) -> Vec<(Option<usize>, String, String)> {
    let problems = load(file, env).expect_err("the settings are wrong");
    problems.into_iter().map(|problem| (problem.line, problem.key, problem.message)).collect()
}

fn refused(file: &str) -> String {
    problems(file, &[]).into_iter().map(|(_, key, message)| format!("{key}: {message}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_given_is_what_is_usual() {
    let settings = Settings::load(None, std::iter::empty()).unwrap();
    assert_eq!(settings, Settings::default());
    assert_eq!(settings.server.base_url(), "http://127.0.0.1:8080");
    assert_eq!(settings.outbox_folder(), Path::new("data/outbox"));
    assert_eq!(settings.key_file(), Path::new("data/installation.key"));
    assert_eq!((settings.session.idle_minutes, settings.session.absolute_hours), (30, 12));
    assert_eq!(settings.upload.file_bytes_max, 20_971_520);
}

#[test]
fn the_example_is_what_is_usual_and_explains_every_key() {
    let mut expected = Settings::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("motcua.toml");
    std::fs::write(&path, EXAMPLE).unwrap();
    expected.data.dir = folder.path().join("data");
    assert_eq!(Settings::load(Some(&path), std::iter::empty()).unwrap(), expected);

    // What is commented out holds as well, and with it every key is there.
    let whole: String = EXAMPLE
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| rest.contains(" = ") && !rest.starts_with(' '))
                .unwrap_or(line)
                .to_owned()
                + "\n"
        })
        .collect();
    load(&whole, &[("MOTCUA_FILES_ACCESS_KEY", "who"), ("MOTCUA_FILES_SECRET_KEY", "secret")]).unwrap();
    let table: toml::Table = whole.parse().unwrap();
    for key in KEYS.iter().filter(|key| !key.only_as_variable) {
        let (section, name) = key.name.split_once('.').unwrap();
        assert!(
            table.get(section).and_then(|section| section.get(name)).is_some(),
            "{} is not in the example",
            key.name
        );
    }
    for key in KEYS {
        assert!(MANUAL.contains(&format!("`{}`", key.name)), "{} is not in settings.md", key.name);
    }
}

#[test]
fn a_file_is_read_and_variables_override_it() {
    let file = "[server]\nlisten = \"0.0.0.0:80\"\npublic_url = \"https://motcua.example/\"\n[upload]\nfiles_max = 0x10\n\
                [code]\npattern = \"X{unit}-{yymmdd}-{seq:04}\"\n[reports]\nstopped_in = \"open\"\n[office]\nregime = \"2025\"\n";
    let env = [
        ("MOTCUA_SERVER_LISTEN", "[::1]:9000"),
        ("MOTCUA_SERVER_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("MOTCUA_OFFICE_CITIZEN_ACCOUNTS", "false"),
        ("MOTCUA_LIMITS_LOGIN_TRIES", "3"),
        ("MOTCUA_DATA", "/srv/data"),
        ("HOME", "/home/lan"),
    ];
    let settings = load(file, &env).unwrap();
    assert_eq!(settings.server.listen, "[::1]:9000".parse().unwrap());
    assert_eq!(settings.server.base_url(), "https://motcua.example");
    let proxies: Vec<String> = settings.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
    assert_eq!((settings.upload.files_max, settings.limits.login_tries), (16, 3));
    assert_eq!((settings.office.citizen_accounts, settings.reports.stopped_in), (Some(false), StoppedIn::Open));
    assert_eq!((settings.office.regime.as_deref(), settings.code.pattern.is_some()), (Some("2025"), true));
    let as_written = web::SettingValue::Text("X{unit}-{yymmdd}-{seq:04}".to_owned());
    assert!(settings.shown().iter().any(|it| it.key == "code.pattern" && it.value == as_written));
}

#[test]
fn paths_in_the_file_count_from_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("motcua.toml");
    std::fs::write(&path, "[data]\ndir = \"world\"\n[outbox]\nfolder = \"/var/spool/motcua\"\n").unwrap();
    let env = [("MOTCUA_KEY_FILE".to_owned(), "here.key".to_owned())];
    let settings = Settings::load(Some(&path), env.into_iter()).unwrap();
    assert_eq!(settings.data.dir, folder.path().join("world"));
    assert_eq!(settings.outbox_folder(), Path::new("/var/spool/motcua"));
    assert_eq!(settings.key_file(), Path::new("here.key"));
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_name() {
    for (file, nearest) in [
        ("[server]\nlisten_at = \"127.0.0.1:1\"\n", "server.listen"),
        ("[servr]\nlisten = \"127.0.0.1:1\"\n", "server.listen"),
        ("[data]\nlisten = \"127.0.0.1:1\"\n", "server.listen"),
        ("lock_minuts = 3\n", "limits.lock_minutes"),
        ("[session]\nidle = 3\n", "session.idle_minutes"),
        ("[uplod]\n", "upload."),
    ] {
        let told = refused(file);
        assert!(told.contains(&format!("did you mean {nearest}")), "{file}{told}");
    }
    let told = problems("", &[("MOTCUA_SERVER_LISTN", "x"), ("MOTCUA_CONFG", "x")]);
    assert!(told.iter().any(|(_, _, message)| message.contains("MOTCUA_SERVER_LISTEN?")), "{told:?}");
    assert!(told.iter().any(|(_, _, message)| message.contains("MOTCUA_CONFIG?")), "{told:?}");
}

#[test]
fn every_problem_is_told_at_once_with_its_line() {
    let file = "[server]\nlisten = \"8080\"\n\n[upload]\nfiles_max = 0\nfile_bytes_max = \"big\"\n[office]\nregime = \"1945\"\n";
    let found = problems(file, &[("MOTCUA_SESSION_IDLE_MINUTES", "-1")]);
    let places: Vec<_> = found.iter().map(|(line, key, _)| (*line, key.as_str())).collect();
    let expected = [
        (Some(8), "office.regime"),
        (Some(2), "server.listen"),
        (Some(6), "upload.file_bytes_max"),
        (Some(5), "upload.files_max"),
        (None, "session.idle_minutes"),
    ];
    assert_eq!(places.len(), expected.len(), "{found:?}");
    assert!(expected.iter().all(|place| places.contains(place)), "{found:?}");
}

#[test]
fn wrong_values_say_what_was_expected() {
    for (file, words) in [
        ("[server]\nlisten = 8080\n", "expected a text, got the number 8080"),
        ("[server]\nlisten = \"127.0.0.1:70000\"\n", "ADDRESS:PORT"),
        ("[server]\npublic_url = \"motcua.example\"\n", "https://motcua.example"),
        ("[server]\npublic_url = \"https://a.example/path\"\n", "https://motcua.example"),
        ("[server]\npublic_url = \"https://a.example:0\"\n", "https://motcua.example"),
        ("[server]\ntrusted_proxies = [\"10.0.0.0/33\"]\n", "10.0.0.0/8"),
        ("[server]\ntrusted_proxies = [1]\n", "expected a list of texts"),
        ("[office]\nname = \"\"\n", "got nothing"),
        ("[office]\ncitizen_accounts = \"true\"\n", "expected true or false"),
        ("[code]\npattern = \"{unit}\"\n", "lacks"),
        ("[session]\nabsolute_hours = 1.5\n", "a number with a fraction"),
        ("[reports]\nstopped_in = \"late\"\n", "resolved_on_time, open"),
        ("[supplement]\ncitizen_days = 99999999999999999999\n", "expected a whole number from 1 to 365"),
        ("[upload]\nfile_bytes_max = 2_000_000\ndossier_bytes_max = 1_000_000\n", "less than upload.file_bytes_max"),
        ("[session]\nidle_minutes = 61\nabsolute_hours = 1\n", "longer than session.absolute_hours"),
        ("[files]\nendpoint = \"https://s3.example\"\n", "without files.bucket"),
        ("[files]\nbucket = \"tep\"\n", "MOTCUA_FILES_SECRET_KEY"),
        ("[files]\nbucket = \"Tệp\"\n", "3 to 63"),
        ("[files]\nendpoint = \"s3.example\"\n", "https://s3.example"),
        ("[files]\nregion = \"Hải Phòng\"\n", "us-east-1"),
        ("[files]\nbucket = \"tep\"\nendpoint = \"http://s3.example\"\n", "without TLS"),
        ("[files]\nsecret_key = \"abc\"\n", "MOTCUA_FILES_SECRET_KEY"),
        ("[server]\nlisten = \n", "not TOML"),
        ("[server]\nlisten = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n", "duplicate key"),
    ] {
        let told = refused(file);
        assert!(told.contains(words), "{file}{told}");
    }
    let missing = Settings::load(Some(Path::new("/no/such/motcua.toml")), std::iter::empty()).unwrap_err();
    assert!(missing[0].to_string().starts_with("/no/such/motcua.toml: cannot be read"), "{missing:?}");
}

#[test]
fn a_secret_is_never_shown_nor_kept_in_a_file() {
    let pem = "-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----\n";
    let settings = load("", &[("MOTCUA_KEY_PEM", pem)]).unwrap();
    assert_eq!(settings.key.pem.as_ref().map(Secret::reveal), Some(pem));
    assert!(!format!("{settings:?}").contains("abcdef"));
    assert!(refused("[key]\npem = \"abcdef\"\n").contains("MOTCUA_KEY_PEM"));
    assert!(!format!("{:?}", problems("", &[("MOTCUA_KEY_PEM", "abcdef")])).contains("abcdef"));
    let twice = problems("[key]\nfile = \"a.key\"\n", &[("MOTCUA_KEY_PEM", pem)]);
    assert!(twice[0].2.contains("twice"), "{twice:?}");
}

#[test]
fn a_bucket_is_asked_without_tls_only_here_or_where_it_is_allowed() {
    let secrets = [("MOTCUA_FILES_ACCESS_KEY", "who-asks"), ("MOTCUA_FILES_SECRET_KEY", "a-secret")];
    let file = |endpoint: &str, more: &str| format!("[files]\nbucket = \"tep\"\nendpoint = \"{endpoint}\"\n{more}");
    for endpoint in ["http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000", "https://s3.example"] {
        let settings = load(&file(endpoint, ""), &secrets).unwrap();
        assert_eq!(settings.files.endpoint.as_deref(), Some(endpoint));
        assert!(!format!("{settings:?}").contains("a-secret") && !format!("{settings:?}").contains("who-asks"));
        let shown = format!("{:?}", settings.shown());
        assert!(!shown.contains("a-secret") && !shown.contains("who-asks"));
    }
    for endpoint in ["http://s3.example", "http://10.0.0.5:9000", "http://127.0.0.1.example"] {
        let found = problems(&file(endpoint, ""), &secrets);
        assert!(found.len() == 1 && found[0].1 == "files.endpoint", "{found:?}");
        load(&file(endpoint, "allow_http = true\n"), &secrets).unwrap();
    }
    let found = problems("", &[("MOTCUA_FILES_SECRET_KEY", "two\nlines")]);
    assert!(!format!("{found:?}").contains("lines"), "{found:?}");
}

#[test]
fn a_way_out_is_chosen_with_what_it_needs() {
    let told = refused("[outbox]\nmail = \"smtp\"\ntext = \"smpp\"\n[smtp]\nuser = \"a\"\n");
    assert!(told.contains("outbox.mail: this way needs smtp.host, smtp.from, MOTCUA_SMTP_PASSWORD too"), "{told}");
    assert!(told.contains("smpp.host, smpp.system_id, smpp.sender, MOTCUA_SMPP_PASSWORD too"), "{told}");
    let told = refused("[outbox]\ntext = \"http\"\n[gateway]\nurl = \"http://sms.example/send\"\n");
    assert!(told.contains("gateway.url: not an address like https://"), "{told}");
    let keyed = refused("[gateway]\nurl = \"https://sms.example/send?key=abcdef\"\n");
    assert!(keyed.contains("requests are signed") && !keyed.contains("abcdef"), "{keyed}");
    assert!(refused("[smtp]\npassword = \"abcdef\"\n").contains("MOTCUA_SMTP_PASSWORD"));
    assert!(refused("[smtp]\nhost = \"mail.example/25\"\n").contains("mail.example"));
    let short = problems("", &[("MOTCUA_GATEWAY_SECRET", "abcdef")]);
    assert!(short[0].2.contains("at least 24") && !short[0].2.contains("abcdef"), "{short:?}");
    let file = "[outbox]\ntext = \"http\"\n[gateway]\nurl = \"https://sms.example/send\"\nsender = \"MOTCUA\"\n";
    let secret = "a secret of twenty-four and more";
    let settings = load(file, &[("MOTCUA_GATEWAY_SECRET", secret)]).unwrap();
    assert!(!format!("{settings:?}").contains(secret));
    assert!(!format!("{:?}", settings.shown()).contains(secret));
}

#[test]
fn without_tls_only_this_machine_is_asked_whatever_a_name_begins_with() {
    for near in ["127.0.0.1", "127.0.0.1:9000", "localhost:9000", "[::1]:9000"] {
        load(&format!("[backup]\nendpoint = \"http://{near}\"\n"), &[]).unwrap();
        load(&format!("[gateway]\nurl = \"http://{near}/send\"\n"), &[]).unwrap();
    }
    for far in ["127.0.0.1.evil.example", "localhost.evil.example", "127.evil.example", "10.0.0.1", "169.254.169.254"] {
        assert!(refused(&format!("[backup]\nendpoint = \"http://{far}\"\n")).contains("without TLS"), "{far}");
        assert!(refused(&format!("[gateway]\nurl = \"http://{far}/send\"\n")).contains("https://"), "{far}");
        let bucket = format!("[files]\nbucket = \"tep\"\nendpoint = \"http://{far}\"\n");
        assert!(problems(&bucket, &[]).iter().any(|it| it.2.contains("without TLS")), "{far}");
    }
    for hidden in
        ["http://127.0.0.1@evil.example/send", "http://127.0.0.1:1@evil.example/", "http://evil.example#127.0.0.1"]
    {
        assert!(!refused(&format!("[gateway]\nurl = \"{hidden}\"\n")).is_empty(), "{hidden}");
    }
}
