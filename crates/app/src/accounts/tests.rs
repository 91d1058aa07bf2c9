use super::*;
use crate::testing::{PASSWORD, TestHouse, citizen_id, run, staff_id};
use std::net::Ipv4Addr;
use storage::readings::{self, Reading};

const HERE: Origin<'_> = Origin { device: "Trình duyệt thử", address: std::net::IpAddr::V4(Ipv4Addr::LOCALHOST) };

fn form() -> Registration {
    Registration {
        name: "  Trần Thị  Mẫu ".to_owned(),
        number: "999194000001".to_owned(),
        birth: "5/3/1994".to_owned(),
        phone: "+84 999 000 555".to_owned(),
        email: "Mau@Mau.EXAMPLE".to_owned(),
        address: "Số 1\nngõ 2".to_owned(),
        login: String::new(),
        password: PASSWORD.to_owned(),
    }
}

async fn enter(test: &TestHouse, login: &str, password: &str, kind: Kind) -> Result<SignedIn, AppError> {
    sign_in(&test.house, login, password, HERE, kind).await
}

fn is_wrong(outcome: &Result<SignedIn, AppError>) -> bool {
    matches!(outcome, Err(AppError::Invalid(found)) if *found == [FieldProblem::new("login", "gap-login-wrong")])
}

#[test]
fn a_password_is_hashed_as_agreed_and_checked_whatever_keyboard_it_was_typed_on() {
    let hash = hash_password("Mật khẩu dài", [3; 16]).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("Mật khẩu dài").collect();
    assert_ne!(decomposed, "Mật khẩu dài");
    assert!(verify("Mật khẩu dài", &hash) && verify(&decomposed, &hash));
    assert!(!verify("mật khẩu dài", &hash) && !verify("", &hash) && !verify("Mật khẩu dài", "no hash"));
    assert!(!verify("", password::NOBODY) && !verify("motcua", password::NOBODY));
    assert_ne!(hash, hash_password("Mật khẩu dài", [4; 16]).unwrap());
    let nobody = argon2::password_hash::phc::PasswordHash::new(password::NOBODY).unwrap();
    assert_eq!(hash.len(), nobody.to_string().len(), "an unknown login costs as much as a known one");
}

#[test]
fn a_citizen_registers_and_signs_in_with_the_telephone() {
    run(async {
        let test = TestHouse::new();
        let id = register_citizen(&test.house, form()).await.unwrap();
        let person = test.house.db.read_now(|tx| people::find(tx, id)).unwrap().unwrap();
        assert_eq!((person.name.as_str(), person.birth.as_str()), ("Trần Thị Mẫu", "1994-03-05"));
        assert_eq!((person.email.as_str(), person.address.as_str()), ("Mau@mau.example", "Số 1 ngõ 2"));
        let entered = enter(&test, "0999 000 555", PASSWORD, Kind::Citizen).await.unwrap();
        assert_eq!(entered.person, id);
        assert_eq!(session(&test.house, &entered.token).unwrap().unwrap().person, Some(id));
        assert!(!format!("{entered:?} {:?}", form()).contains(&entered.token));
        let again = register_citizen(&test.house, form()).await;
        assert!(
            matches!(again, Err(AppError::Invalid(found)) if found == [FieldProblem::new("number", "gap-number-taken")])
        );
    });
}

#[test]
fn what_is_wrong_with_a_registration_is_told_field_by_field() {
    run(async {
        let test = TestHouse::new();
        let bad = Registration {
            name: "Bình <b>".to_owned(),
            number: "123".to_owned(),
            birth: "31/02/1990".to_owned(),
            phone: "12".to_owned(),
            email: "a@b".to_owned(),
            address: "ễ".repeat(301),
            login: "a b".to_owned(),
            password: "ngắn".to_owned(),
        };
        let Err(AppError::Invalid(found)) = register_citizen(&test.house, bad).await else { panic!() };
        let keys: Vec<(&str, &str)> = found.iter().map(|it| (it.field.as_str(), it.key)).collect();
        let expected = [
            ("name", "gap-name"),
            ("number", "gap-number"),
            ("birth", "gap-date"),
            ("phone", "gap-phone"),
            ("email", "gap-email"),
            ("address", "gap-too-long"),
            ("login", "gap-login"),
            ("password", "gap-password-short"),
        ];
        assert_eq!(keys, expected);
        let Err(AppError::Invalid(found)) = register_citizen(&test.house, Registration::default()).await else {
            panic!()
        };
        let fields: Vec<&str> = found.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["name", "phone", "password"], "the telephone is the login where none is chosen");
        assert!(found.iter().all(|it| it.key == "gap-missing"));
        let long = Registration { password: "a".repeat(201), ..form() };
        let Err(AppError::Invalid(found)) = register_citizen(&test.house, long).await else { panic!() };
        assert_eq!((found[0].field.as_str(), found[0].key), ("password", "gap-too-long"));
    });
}

#[test]
fn citizens_have_no_accounts_where_the_regime_has_none() {
    run(async {
        let test = TestHouse::with_rules(|rules| rules.citizen_accounts = Some(false));
        assert!(matches!(register_citizen(&test.house, form()).await, Err(AppError::Forbidden)));
    });
}

#[test]
fn the_same_login_at_the_same_moment_is_one_account() {
    run(async {
        let test = TestHouse::new();
        let (one, two) = tokio::join!(register_citizen(&test.house, form()), register_citizen(&test.house, form()));
        assert!(one.is_ok() != two.is_ok());
        let people = test.house.db.read_now(people::logins).unwrap();
        assert_eq!(people.iter().filter(|it| it.1 == "0999000555").count(), 1);
    });
}

#[test]
fn every_wrong_way_in_is_answered_the_same() {
    run(async {
        let test = TestHouse::new();
        assert!(is_wrong(&enter(&test, "khong.co", PASSWORD, Kind::Citizen).await));
        assert!(is_wrong(&enter(&test, "0999000412", "sai mật khẩu", Kind::Citizen).await));
        assert!(is_wrong(&enter(&test, "0999000412", PASSWORD, Kind::Staff).await), "the other door");
        assert!(is_wrong(&enter(&test, "tiep.nhan", PASSWORD, Kind::Citizen).await), "the other door");
        assert!(is_wrong(&enter(&test, "", "", Kind::Citizen).await));
        assert!(enter(&test, "0999000412", PASSWORD, Kind::Citizen).await.is_ok());
        assert!(enter(&test, " Tiep.Nhan ", PASSWORD, Kind::Staff).await.is_ok());
    });
}

#[test]
fn wrong_tries_lock_a_login_for_a_while_whether_it_exists_or_not() {
    run(async {
        let test = TestHouse::with_rules(|rules| rules.login_tries = 3);
        for login in ["tiep.nhan", "khong.co"] {
            for _ in 0..3 {
                assert!(is_wrong(&enter(&test, login, "sai mật khẩu", Kind::Staff).await));
            }
            let locked = enter(&test, login, PASSWORD, Kind::Staff).await;
            assert!(matches!(locked, Err(AppError::Locked { minutes: 60 })), "{login}");
        }
        assert!(enter(&test, "thu.ly", PASSWORD, Kind::Staff).await.is_ok(), "others go on");
        test.later(60 * 60);
        assert!(is_wrong(&enter(&test, "tiep.nhan", "sai mật khẩu", Kind::Staff).await));
        assert!(enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.is_ok());
        for _ in 0..2 {
            assert!(is_wrong(&enter(&test, "tiep.nhan", "sai mật khẩu", Kind::Staff).await), "the count began anew");
        }
        assert!(enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.is_ok());
    });
}

#[test]
fn a_clock_set_back_locks_nobody_out_for_longer() {
    run(async {
        let test = TestHouse::with_rules(|rules| rules.login_tries = 1);
        assert!(is_wrong(&enter(&test, "tiep.nhan", "sai mật khẩu", Kind::Staff).await));
        test.later(-365 * 24 * 3_600);
        assert!(matches!(
            enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await,
            Err(AppError::Locked { minutes: 60 })
        ));
        test.later(60 * 60);
        assert!(enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.is_ok());
    });
}

#[test]
fn many_guesses_at_once_do_not_slip_through() {
    run(async {
        let test = TestHouse::new();
        let mut guesses = tokio::task::JoinSet::new();
        for guess in 0..12 {
            let house = Arc::clone(&test.house);
            guesses.spawn(async move {
                sign_in(&house, "tiep.nhan", &format!("đoán lần {guess}"), HERE, Kind::Staff).await
            });
        }
        let answers = guesses.join_all().await;
        assert_eq!(answers.iter().filter(|it| is_wrong(it)).count(), 5, "the others found it locked");
    });
}

#[test]
fn a_session_ends_by_idling_by_its_end_and_by_signing_out() {
    run(async {
        let test = TestHouse::new();
        let journal = Journal::start(&test.house);
        let token = enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.unwrap().token;
        let other = enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.unwrap().token;
        assert_ne!(token, other);
        for _ in 0..24 {
            test.later(29 * 60);
            assert!(session(&test.house, &token).unwrap().is_some());
            journal.seen(token_hash(&token));
            journal.flush().await;
        }
        assert!(session(&test.house, &other).unwrap().is_none(), "not heard of for more than half an hour");
        test.later(25 * 60);
        assert!(session(&test.house, &token).unwrap().is_none(), "twelve hours have passed");
        let token = enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.unwrap().token;
        sign_out(&test.house, &token).await.unwrap();
        assert!(session(&test.house, &token).unwrap().is_none());
        assert!(session(&test.house, "").unwrap().is_none());
        assert!(session(&test.house, &"é".repeat(32)).unwrap().is_none());
    });
}

#[test]
fn a_session_is_noted_once_a_minute_however_many_pages_it_asks_for() {
    run(async {
        let test = TestHouse::new();
        let token = enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.unwrap().token;
        let is_due = || is_news(&test.house, &session(&test.house, &token).unwrap().unwrap());
        assert!(!is_due(), "signing in wrote it down");
        test.later(59);
        assert!(!is_due());
        test.later(1);
        assert!(is_due());
        let journal = Journal::start(&test.house);
        journal.seen(token_hash(&token));
        journal.flush().await;
        assert!(!is_due());
    });
}

#[test]
fn a_session_before_signing_in_has_its_own_secret_and_no_person() {
    run(async {
        let test = TestHouse::new();
        let (one, two) =
            (begin_anonymous(&test.house, "A\u{7}B").await.unwrap(), begin_anonymous(&test.house, "").await);
        let (one, two) = (session(&test.house, &one).unwrap().unwrap(), session(&test.house, &two.unwrap()).unwrap());
        assert_eq!((one.person, one.device.as_str(), one.csrf.len()), (None, "AB", 64));
        assert_ne!(Some(one.csrf), two.map(|it| it.csrf));
        assert_eq!(all_sessions(&test.house, staff_id("quan.tri")).await.unwrap().len(), 0);
    });
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_and_by_the_administrator() {
    run(async {
        let test = TestHouse::new();
        let token = enter(&test, "0999000412", PASSWORD, Kind::Citizen).await.unwrap().token;
        enter(&test, "0999000412", PASSWORD, Kind::Citizen).await.unwrap();
        let listed = sessions_of(&test.house, citizen_id()).unwrap();
        assert_eq!(listed.len(), 2);
        let own = session(&test.house, &token).unwrap().unwrap();
        let stranger = revoke_own(&test.house, staff_id("tiep.nhan"), own.id).await;
        assert!(matches!(stranger, Err(AppError::NotFound)));
        revoke_own(&test.house, citizen_id(), own.id).await.unwrap();
        assert!(session(&test.house, &token).unwrap().is_none());
        let left = sessions_of(&test.house, citizen_id()).unwrap()[0].id;
        assert!(matches!(revoke_any(&test.house, staff_id("lanh.dao"), left).await, Err(AppError::Forbidden)));
        assert!(matches!(all_sessions(&test.house, staff_id("lanh.dao")).await, Err(AppError::Forbidden)));
        assert_eq!(all_sessions(&test.house, staff_id("quan.tri")).await.unwrap().len(), 1);
        revoke_any(&test.house, staff_id("quan.tri"), left).await.unwrap();
        assert!(matches!(revoke_any(&test.house, staff_id("quan.tri"), left).await, Err(AppError::NotFound)));
        assert_eq!(sessions_of(&test.house, citizen_id()).unwrap(), []);
        let audited = test.house.db.read_now(|tx| storage::house::audited(tx, 100)).unwrap();
        assert!(audited.iter().any(|it| it.1 == Some(staff_id("quan.tri")) && it.2 == "session ended"));
    });
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    run(async {
        let test = TestHouse::new();
        let token = enter(&test, "0999000412", PASSWORD, Kind::Citizen).await.unwrap().token;
        let other = enter(&test, "0999000412", PASSWORD, Kind::Citizen).await.unwrap().token;
        let keep = session(&test.house, &token).unwrap().map(|it| it.id);
        let change = |old: &'static str, new: &'static str| change_password(&test.house, citizen_id(), keep, old, new);
        let Err(AppError::Invalid(found)) = change("sai mật khẩu", "một mật khẩu mới").await else {
            panic!()
        };
        assert_eq!((found[0].field.as_str(), found[0].key), ("old_password", "gap-password-wrong"));
        let Err(AppError::Invalid(found)) = change(PASSWORD, "ngắn").await else { panic!() };
        assert_eq!((found[0].field.as_str(), found[0].key), ("new_password", "gap-password-short"));
        change(PASSWORD, "một mật khẩu mới").await.unwrap();
        assert!(session(&test.house, &token).unwrap().is_some());
        assert!(session(&test.house, &other).unwrap().is_none());
        assert!(is_wrong(&enter(&test, "0999000412", PASSWORD, Kind::Citizen).await));
        assert!(enter(&test, "0999000412", "một mật khẩu mới", Kind::Citizen).await.is_ok());
    });
}

#[test]
fn the_command_line_adds_staff_with_posts() {
    run(async {
        let test = TestHouse::new();
        let user = NewUser {
            name: "Lê Văn Mẫu".to_owned(),
            login: "Le.Mau".to_owned(),
            password: PASSWORD.to_owned(),
            mandates: vec![(test.unit("phuong"), Post::Clerk), (test.unit("phuong"), Post::Clerk)],
            ..NewUser::default()
        };
        let id = add_user(&test.house, user.clone()).await.unwrap();
        let known = test.house.now_known();
        assert_eq!(known.staff_name(id), "Lê Văn Mẫu");
        assert_eq!(known.mandates.of(id, test.now().day()).count(), 1);
        assert!(enter(&test, "le.mau", PASSWORD, Kind::Staff).await.is_ok());
        assert!(matches!(add_user(&test.house, user.clone()).await, Err(AppError::Invalid(_))), "the login is taken");
        let nowhere = UnitId::from_uuid(uuid::Uuid::nil());
        let bad = NewUser { login: "khac.ten".to_owned(), mandates: vec![(nowhere, Post::Head)], ..user };
        let Err(AppError::Invalid(found)) = add_user(&test.house, bad).await else { panic!() };
        assert_eq!((found[0].field.as_str(), found[0].key), ("unit", "gap-unit"));
    });
}

#[test]
fn the_journal_writes_in_a_transaction_of_its_own_and_a_page_writes_nothing() {
    run(async {
        let test = TestHouse::with_catalogue();
        let filed = test.file_at_desk(|_| {}).await;
        let journal = Journal::start(&test.house);
        let token = enter(&test, "tiep.nhan", PASSWORD, Kind::Staff).await.unwrap().token;
        let began = session(&test.house, &token).unwrap().unwrap().last_seen_at;
        test.later(60);
        let before = test.house.db.commits();
        for seconds in 0..3 {
            session(&test.house, &token).unwrap();
            journal.seen(token_hash(&token));
            let at = test.now().plus_seconds(seconds);
            let person = staff_id("tiep.nhan");
            let reading = Reading { person, dossier: filed.id, at, what: "dossier".to_owned(), reason: String::new() };
            journal.read(reading).unwrap();
        }
        assert_eq!(test.house.db.commits(), before, "nothing is written by the page itself");
        journal.flush().await;
        assert_eq!(test.house.db.commits(), before + 1, "one transaction for all of it");
        assert_eq!(session(&test.house, &token).unwrap().unwrap().last_seen_at, began.plus_seconds(60));
        let readings = test.house.db.read_now(|tx| readings::of_dossier(tx, filed.id)).unwrap();
        assert_eq!(readings.len(), 3);
        journal.flush().await;
        assert_eq!(test.house.db.commits(), before + 1, "nothing noted, nothing written");
    });
}

/// The code in the last message, and to how many ways it went.
fn code_sent(test: &TestHouse) -> (String, usize) {
    let sent = test.house.db.read_now(|tx| storage::outbox::latest(tx, 10)).unwrap();
    let code = sent.first().map_or_else(String::new, |it| {
        let digits = it.body.split(|letter: char| !letter.is_ascii_digit()).find(|it| it.len() == CODE_DIGITS);
        digits.unwrap_or_default().to_owned()
    });
    (code, sent.len())
}

fn refused<T>(outcome: Result<T, AppError>) -> &'static str {
    match outcome {
        Err(AppError::Invalid(found)) => found[0].key,
        Err(AppError::Locked { .. }) => "locked",
        Ok(_) | Err(_) => "",
    }
}

#[test]
fn a_forgotten_password_is_set_with_a_code_once_and_ends_every_session() {
    run(async {
        let test = TestHouse::new();
        let (house, from, new) = (&test.house, HERE.address, "một câu khác hẳn 7");
        let id = register_citizen(house, form()).await.unwrap();
        let before = enter(&test, "0999000555", PASSWORD, Kind::Citizen).await.unwrap();
        assert_eq!(ask_code(house, "0999 000 555", from).await.unwrap(), None, "the page never knows the code");
        let (code, ways) = code_sent(&test);
        assert_eq!((code.len(), ways), (CODE_DIGITS, 2), "by text message and by e-mail");
        let sent = test.house.db.read_now(|tx| storage::outbox::latest(tx, 10)).unwrap();
        let text = &sent.iter().find(|it| it.channel == "sms").unwrap().body;
        assert_eq!(domain::text_message::parts(text).len(), 1, "{text}");
        let other = if code == "000000" { "000001" } else { "000000" };
        assert_eq!(refused(set_password_by_code(house, "0999000555", other, new, from).await), "gap-password-code");
        assert_eq!(refused(set_password_by_code(house, "0999000555", "", new, from).await), "gap-missing");
        assert_eq!(refused(set_password_by_code(house, "0999000555", &code, "ngắn", from).await), "gap-password-short");
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(set_password_by_code(house, "0999000555", &spaced, new, from).await.unwrap(), id);
        assert_eq!(session(house, &before.token).unwrap(), None);
        assert!(is_wrong(&enter(&test, "0999000555", PASSWORD, Kind::Citizen).await));
        assert!(enter(&test, "0999000555", new, Kind::Citizen).await.is_ok());
        let twice = set_password_by_code(house, "0999000555", &code, "lại một câu khác 8", from).await;
        assert_eq!(refused(twice), "gap-password-code");
    });
}

#[test]
fn whoever_has_no_such_account_gets_the_same_answers_and_no_code() {
    run(async {
        let test = TestHouse::new();
        let (house, from) = (&test.house, HERE.address);
        for login in ["khong.co", "tiep.nhan"] {
            assert_eq!(ask_code(house, login, from).await.unwrap(), None);
            let set = set_password_by_code(house, login, "123456", "một câu khác hẳn 7", from).await;
            assert_eq!(refused(set), "gap-password-code");
        }
        assert_eq!(code_sent(&test).1, 0, "staff ask their administrator");
        assert_eq!(refused(ask_code(house, " ", from).await), "gap-missing");
    });
}

#[test]
fn a_code_runs_out_and_codes_and_tries_at_them_are_counted() {
    run(async {
        let test = TestHouse::with_rules(|rules| rules.login_tries = 3);
        let (house, from, new) = (&test.house, HERE.address, "một câu khác hẳn 7");
        register_citizen(house, form()).await.unwrap();
        ask_code(house, "0999000555", from).await.unwrap();
        let (code, _) = code_sent(&test);
        test.later(70 * 60);
        assert_eq!(refused(set_password_by_code(house, "0999000555", &code, new, from).await), "gap-password-code");
        for login in ["0999000555", "khong.co"] {
            for _ in 0..3 {
                ask_code(house, login, from).await.unwrap();
                let _wrong = set_password_by_code(house, login, "12345", new, from).await;
            }
            assert_eq!(refused(ask_code(house, login, from).await), "locked");
            assert_eq!(refused(set_password_by_code(house, login, "12345", new, from).await), "locked");
        }
    });
}
