//! `motcua user`: accounts of the staff.

use super::unit_named;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::wiring::{Place, hold, open_existing, settings};
use anyhow::Context;
use app::accounts::{self, NewUser as Account, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use app::clock::Ids;
use app::{AppError, FieldProblem};
use domain::post::Post;
use std::io::{BufRead, IsTerminal, Read};

/// Longest password that is read, in bytes.
const PASSWORD_BYTES_MAX: u64 = 4_096;
/// Who is to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Name to sign in with.
    pub login: String,
    /// Full name.
    pub name: String,
    /// Post.
    pub post: Post,
    /// Unit.
    pub unit: String,
}

/// Opens an account; the password comes on stdin, or is made and printed once.
///
/// # Errors
/// An unknown unit, a login that is taken, a field to correct, or the house failed.
pub fn add(place: &Place, new: &NewUser) -> Outcome {
    let settings = settings(place)?;
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    let today = house.clock.now().day();
    let unit = unit_named(&house, &new.unit, today)
        .ok_or_else(|| Stop::refused(format!("Hôm nay không có đơn vị nào mang khóa hoặc mã {:?}.", new.unit)))?;
    let given = read_password()?;
    let password = match &given {
        Some(given) => given.clone(),
        None => made_password()?,
    };
    let user = Account {
        name: new.name.clone(),
        login: new.login.clone(),
        password: password.clone(),
        mandates: vec![(unit, new.post)],
        ..Account::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    match runtime.block_on(accounts::add_user(&house, user)) {
        Ok(_) => {}
        Err(AppError::Invalid(problems)) => {
            return Err(Stop::Refused(problems.iter().map(words).collect::<Vec<_>>().join("\n")));
        }
        Err(error) => return Err(error.into()),
    }
    say(&format!("Đã mở tài khoản {}.", accounts::normal_login(&new.login)));
    if given.is_none() {
        say("Mật khẩu dưới đây chỉ hiện một lần:");
        print(password)?;
    }
    Ok(Ended::Done)
}

/// The first line of stdin; none where a person sits at it, or nothing comes.
fn read_password() -> Result<Option<String>, Stop> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Ok(None);
    }
    let mut line = String::new();
    stdin.lock().take(PASSWORD_BYTES_MAX).read_line(&mut line).context("reading the password from stdin")?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

fn made_password() -> Result<String, Stop> {
    Ok(accounts::made_password(&Ids::random().context("asking the operating system for randomness")?))
}

fn words(problem: &FieldProblem) -> String {
    let field = match problem.field.as_str() {
        "login" => "Tên đăng nhập",
        "name" => "Họ tên",
        "password" => "Mật khẩu",
        "unit" => "Đơn vị",
        other => other,
    };
    let why = match problem.key {
        "gap-login-taken" => "đã có người dùng".to_owned(),
        "gap-missing" => "còn trống".to_owned(),
        "gap-login" => "có từ 3 ký tự: chữ, số và @ . _ + -".to_owned(),
        "gap-too-long" => "quá dài".to_owned(),
        "gap-password-usual" => "thuộc loại dễ đoán".to_owned(),
        key if key.starts_with("gap-password") => format!("có từ {PASSWORD_CHARS_MIN} đến {PASSWORD_CHARS_MAX} ký tự"),
        key => format!("không dùng được ({key})"),
    };
    format!("{field}: {why}.")
}
