//! Signing in and out, registering, one's own account.

use super::Asked;
use super::files::by_field;
use super::form_view::{boxes, day_of};
use super::views::{
    AccountPage, Control, DemoAccount, Fact, FieldView, RegisterPage, SessionView, SignInPage, TextKind,
};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::kept::{self, KeptForm};
use crate::page::{FieldLink, Section, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::{self, Cookie, Visitor, set_cookie};
use crate::{say, say_with};
use app::accounts::{self, Contact, Kind, Registration};
use app::rows::Person;
use app::{AppError, FieldProblem};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::MessageId;
use domain::person::{Email, PersonalNumber, Phone};
use jiff::civil::Date;

/// Longest answer that is read, in characters: more than anything that can be right.
pub(super) const TYPED_CHARS_MAX: usize = 6_000;

fn after(text: &str) -> String {
    let then = frame::safe_return(text, "/ho-so-cua-toi");
    if then.starts_with("/dang-") { "/ho-so-cua-toi".to_owned() } else { then }
}

// ---- signing in ----

/// Signing in.
///
/// # Errors
/// The house failed.
pub async fn sign_in_page(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Result<Response, Problem> {
    let then = after(asked.get("ve").map_or("", String::as_str));
    if visitor.who.is_some() {
        return Ok(Redirect::to(&then).into_response());
    }
    let mut view = sign_in_view(&web, &visitor, then, "", None)?;
    if asked.get("xong").is_some_and(|it| it == super::forgotten::DONE) {
        view.page = frame::flash(view.page, Tone::Good, say("forgotten-done"));
    }
    Ok(html(&view))
}

fn sign_in_view(
    web: &Web,
    visitor: &Visitor,
    then: String,
    login: &str,
    error: Option<String>,
) -> Result<SignInPage, Problem> {
    let today = web.house.clock.now().day();
    let may_register = web.house.regime_on(today)?.citizen_accounts;
    let demo_accounts = accounts::demo_accounts(&web.house)?
        .into_iter()
        .filter(|it| it.kind == "citizen")
        .map(|it| DemoAccount { login: it.login, password: it.password, who: format!("{}, {}", it.name, it.who) })
        .collect();
    let page = frame::citizen(web, visitor, say("frame-sign-in"), Section::Account);
    let why = match then.split('?').next().unwrap_or_default() {
        path if path.ends_with("/bo-sung") => Some(say("sign-in-to-supply").to_owned()),
        path if path.starts_with("/nop-ho-so/") => Some(say("sign-in-to-apply").to_owned()),
        path if path.starts_with("/ho-so-cua-toi/") => Some(say("sign-in-to-open").to_owned()),
        _ => None,
    };
    Ok(SignInPage {
        page: if error.is_some() { page.with_error_title() } else { page },
        register: may_register.then(|| format!("/dang-ky?ve={}", frame::encoded(&then))),
        forgotten: may_register.then_some(super::forgotten::ADDRESS),
        then,
        why,
        login: login.chars().take(TYPED_CHARS_MAX).collect(),
        error,
        carried: Vec::new(),
        demo_accounts,
    })
}

/// Signing in for somebody whose session ended while they wrote.
///
/// # Errors
/// The house failed.
pub fn sign_in_first(
    web: &Web,
    visitor: &Visitor,
    then: String,
    kept: Option<&KeptForm>,
) -> Result<SignInPage, Problem> {
    let view = sign_in_view(web, visitor, after(&then), "", None)?;
    Ok(SignInPage { why: Some(kept::session_ended(kept)), carried: carried(kept), ..view })
}

fn carried(kept: Option<&KeptForm>) -> Vec<(String, String)> {
    kept.map(KeptForm::carried).unwrap_or_default()
}

/// Signs a citizen in.
///
/// # Errors
/// The house failed.
pub async fn sign_in(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let then = after(posted.text("ve"));
    let login = posted.text("ten");
    let kept = KeptForm::carried_by(&posted);
    let (status, why) = match enter(&web, &visitor, login, posted.text("mat_khau")).await {
        Ok(token) => return entered(&web, &visitor, &token, &then, kept),
        Err(AppError::Invalid(problems)) => {
            let words: Vec<String> = problems.iter().map(texts::field_problem).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, words.join(" "))
        }
        Err(AppError::Locked { minutes }) => {
            (StatusCode::TOO_MANY_REQUESTS, say_with("sign-in-locked", &[("minutes", &minutes)]))
        }
        Err(other) => return Err(other.into()),
    };
    let view = sign_in_view(&web, &visitor, then, login, Some(why))?;
    Ok(html_as(status, &SignInPage { carried: carried(kept.as_ref()), ..view }))
}

/// Gives the token of the new session.
async fn enter(web: &Web, visitor: &Visitor, login: &str, password: &str) -> Result<String, AppError> {
    let signed = accounts::sign_in(&web.house, login, password, visitor.origin(), Kind::Citizen).await?;
    if let Some(before) = &visitor.who {
        accounts::sign_out(&web.house, &before.token).await?;
    }
    Ok(signed.token)
}

/// Goes on where they were, or to what they typed before their session ended.
fn entered(web: &Web, visitor: &Visitor, token: &str, then: &str, kept: Option<KeptForm>) -> Result<Response, Problem> {
    let mut response = match kept {
        Some(kept) => kept::go_on(web, visitor, token, kept)?,
        None => Redirect::to(then).into_response(),
    };
    set_cookie(&mut response, Cookie::Session, token, visitor::is_secure(web));
    Ok(response)
}

/// Signs out, whoever it is.
///
/// # Errors
/// The house failed.
pub async fn sign_out(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    if let Some(who) = &visitor.who {
        accounts::sign_out(&web.house, &who.token).await?;
    }
    let home = if visitor.is_staff() { crate::staff::SIGN_IN } else { "/" };
    let mut response = Redirect::to(home).into_response();
    set_cookie(&mut response, Cookie::Session, "", visitor::is_secure(&web));
    // On a shared computer nothing of what was seen stays behind.
    let forgotten = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), forgotten);
    Ok(response)
}

/// Where the address of the button leads when it is opened as a page.
pub async fn home() -> Redirect {
    Redirect::to("/")
}

/// Where the addresses of the account's buttons lead when they are opened as pages: back from a refusal.
pub async fn back() -> Redirect {
    Redirect::to("/tai-khoan")
}

// ---- registering ----

/// The boxes of a registration: name here, name in `app`, key of the label.
const BOXES: [(&str, &str, &str); 8] = [
    ("ho_ten", "name", "account-name"),
    ("so_can_cuoc", "number", "account-number"),
    ("ngay_sinh", "birth", "account-birth"),
    ("dien_thoai", "phone", "account-phone"),
    ("thu", "email", "account-email"),
    ("dia_chi", "address", "account-address"),
    ("ten", "login", "sign-in-demo-login"),
    ("mat_khau", "password", "sign-in-password"),
];

/// Citizens have accounts of the house only where the regime of the day says so.
pub(super) fn assert_open(web: &Web) -> Result<(), Problem> {
    let regime = web.house.regime_on(web.house.clock.now().day())?;
    if regime.citizen_accounts { Ok(()) } else { Err(AppError::NotFound.into()) }
}

/// Registering.
///
/// # Errors
/// There are no such accounts today.
pub async fn register_page(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Result<Response, Problem> {
    assert_open(&web)?;
    let then = after(asked.get("ve").map_or("", String::as_str));
    if visitor.who.is_some() {
        return Ok(Redirect::to(&then).into_response());
    }
    Ok(html(&register_view(&web, &visitor, then, &Posted::default(), &[])))
}

fn register_view(
    web: &Web,
    visitor: &Visitor,
    then: String,
    typed: &Posted,
    problems: &[FieldProblem],
) -> RegisterPage {
    let words = by_field(problems);
    let error =
        |id: &str| BOXES.iter().find(|(own, ..)| *own == id).and_then(|(_, field, _)| words.get(field).cloned());
    let kept = |id: &str| typed.text(id).chars().take(TYPED_CHARS_MAX).collect::<String>();
    let line = |id: &str, kind, required: bool, hint: &str, autocomplete| FieldView {
        required,
        hint: Some(hint.to_owned()).filter(|it| !it.is_empty()),
        error: error(id),
        autocomplete,
        ..FieldView::text(id, label(id), kind, kept(id))
    };
    let [day, month, year] = boxes(&day_of(typed, "ngay_sinh"));
    let fields = vec![
        line("ho_ten", TextKind::Plain, true, say("register-name-hint"), "name"),
        line("so_can_cuoc", TextKind::PersonalNumber, true, say("register-number-hint"), ""),
        FieldView {
            id: "ngay_sinh".to_owned(),
            label: label("ngay_sinh").to_owned(),
            hint: Some(say("register-birth-hint").to_owned()),
            required: false,
            control: Control::Date { day, month, year },
            error: error("ngay_sinh"),
            ..FieldView::default()
        },
        line("dien_thoai", TextKind::Phone, true, say("register-phone-hint"), "tel"),
        line("thu", TextKind::Email, false, "", "email"),
        line("dia_chi", TextKind::Plain, false, say("register-address-hint"), "street-address"),
        line("ten", TextKind::Login, false, say("register-login-hint"), "username"),
        FieldView {
            id: "mat_khau".to_owned(),
            label: label("mat_khau").to_owned(),
            hint: Some(say_with("register-password-hint", &[("min", &accounts::PASSWORD_CHARS_MIN)])),
            required: true,
            control: Control::Secret,
            error: error("mat_khau"),
            autocomplete: "new-password",
            ..FieldView::default()
        },
    ];
    let errors = BOXES.iter().filter_map(|(id, field, label)| {
        words.get(field).map(|why| FieldLink { href: format!("#{id}"), text: format!("{}: {why}", say(label)) })
    });
    let page = frame::citizen(web, visitor, say("register-title"), Section::Account);
    RegisterPage {
        page: if problems.is_empty() { page } else { page.with_error_title() },
        then,
        errors: errors.collect(),
        fields,
    }
}

fn label(id: &str) -> &'static str {
    BOXES.iter().find(|(own, ..)| *own == id).map_or("", |(_, _, label)| say(label))
}

/// Opens an account and signs in.
///
/// # Errors
/// There are no such accounts today, or the house failed.
pub async fn register(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    assert_open(&web)?;
    let then = after(posted.text("ve"));
    let text = |id: &str| posted.text(id).chars().take(TYPED_CHARS_MAX).collect::<String>();
    let form = Registration {
        name: text("ho_ten"),
        number: text("so_can_cuoc"),
        birth: day_of(&posted, "ngay_sinh"),
        phone: text("dien_thoai"),
        email: text("thu"),
        address: text("dia_chi"),
        login: text("ten"),
        password: posted.text("mat_khau").to_owned(),
    };
    let mut problems = required(&form);
    if problems.is_empty() {
        let login = if form.login.trim().is_empty() { form.phone.clone() } else { form.login.clone() };
        let password = form.password.clone();
        accounts::count_registration(&web.house, visitor.address).await?;
        match accounts::register_citizen(&web.house, form).await {
            Ok(_) => {
                let token = enter(&web, &visitor, &login, &password).await?;
                return entered(&web, &visitor, &token, &then, None);
            }
            Err(AppError::Invalid(found)) => problems = found,
            Err(other) => return Err(other.into()),
        }
    }
    let view = register_view(&web, &visitor, then, &posted, &problems);
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// What this door needs on top of what the house does: without number and telephone nobody can be served by their slip.
fn required(form: &Registration) -> Vec<FieldProblem> {
    [("name", &form.name), ("number", &form.number), ("phone", &form.phone), ("password", &form.password)]
        .into_iter()
        .filter(|(_, value)| value.trim().is_empty())
        .map(|(field, _)| FieldProblem::new(field, "gap-missing"))
        .collect()
}

// ---- one's own account ----

/// One's own account.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Result<Response, Problem> {
    let mut view = account_view(&web, &visitor, &[], None)?;
    view.page = match asked.get("xong").map(String::as_str) {
        Some("mat-khau") => frame::flash(view.page, Tone::Good, say("account-done-password")),
        Some("thoat-het") => frame::flash(view.page, Tone::Good, say("account-done-others")),
        Some("lien-lac") => frame::flash(view.page, Tone::Good, say("account-done-contact")),
        Some("thoat") => frame::flash(view.page, Tone::Good, say("account-done-there")),
        _ => view.page,
    };
    Ok(html(&view))
}

fn account_view(
    web: &Web,
    visitor: &Visitor,
    problems: &[FieldProblem],
    typed: Option<&Contact>,
) -> Result<AccountPage, Problem> {
    let person = visitor.person()?;
    let it = accounts::profile(&web.house, person)?;
    let current = own_session(web, visitor)?;
    let sessions = accounts::sessions_of(&web.house, person)?;
    let words_of = by_field(problems);
    let secret = |id: &str, field: &str, label: &str, autocomplete| FieldView {
        id: id.to_owned(),
        label: label.to_owned(),
        required: true,
        control: Control::Secret,
        error: words_of.get(field).cloned(),
        autocomplete,
        ..FieldView::default()
    };
    let links = [
        ("dien_thoai", "phone", "account-phone"),
        ("thu", "email", "account-email"),
        ("dia_chi", "address", "account-address"),
        ("mat_khau_cu", "old_password", "account-old-password"),
        ("mat_khau_moi", "new_password", "account-new-password"),
    ];
    let own = Contact { phone: it.phone.clone(), email: it.email.clone(), address: it.address.clone() };
    let contact = typed.unwrap_or(&own);
    let line = |id: &str, field: &str, label: &str, kind, value: &str, autocomplete| FieldView {
        required: false,
        error: words_of.get(field).cloned(),
        autocomplete,
        ..FieldView::text(id, label, kind, value)
    };
    let contact_fields = vec![
        line("dien_thoai", "phone", say("account-phone"), TextKind::Phone, &contact.phone, "tel"),
        line("thu", "email", say("account-email"), TextKind::Email, &contact.email, "email"),
        line("dia_chi", "address", say("account-address"), TextKind::Plain, &contact.address, "street-address"),
    ];
    let errors = links.iter().filter_map(|(id, field, label)| {
        words_of.get(field).map(|why| FieldLink { href: format!("#{id}"), text: format!("{}: {why}", say(label)) })
    });
    let page = frame::citizen(web, visitor, say("account-title"), Section::Account);
    Ok(AccountPage {
        page: if problems.is_empty() { page } else { page.with_error_title() },
        facts: facts(&it),
        sessions: sessions
            .iter()
            .map(|own| SessionView {
                device: device_in_words(&own.device),
                since: spoken::moment(own.created_at.local()),
                last_seen: spoken::moment(own.last_seen_at.local()),
                current: Some(own.id) == current,
                key: own.id.to_string(),
            })
            .collect(),
        errors: errors.collect(),
        password_fields: vec![
            secret("mat_khau_cu", "old_password", say("account-old-password"), "current-password"),
            secret("mat_khau_moi", "new_password", say("account-new-password"), "new-password"),
        ],
        contact_fields: if visitor.is_staff() { Vec::new() } else { contact_fields },
        has_others: sessions.len() > 1,
        readers: (!visitor.is_staff()).then(|| "/tai-khoan/ai-da-xem".to_owned()),
    })
}

fn own_session(web: &Web, visitor: &Visitor) -> Result<Option<MessageId>, Problem> {
    let Some(who) = &visitor.who else { return Ok(None) };
    Ok(accounts::session(&web.house, &who.token)?.map(|it| it.id))
}

fn facts(it: &Person) -> Vec<Fact> {
    let number = PersonalNumber::parse(&it.number, Date::MAX).map(|(number, _)| number.masked()).unwrap_or_default();
    let phone = Phone::parse(&it.phone).map(|it| it.masked()).unwrap_or_default();
    let email = Email::parse(&it.email).map(|it| it.masked()).unwrap_or_default();
    let all = [
        ("account-name", it.name.clone()),
        ("account-number", number),
        ("account-phone", phone),
        ("account-email", email),
        ("account-address", it.address.clone()),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| Fact { label: say(key).to_owned(), value, note: None })
        .collect()
}

/// "Chrome trên Windows" of what a browser says it is.
fn device_in_words(device: &str) -> String {
    let first = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(mark, _)| device.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("coc_coc_browser", "Cốc Cốc"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => say_with("account-browser-on", &[("browser", &browser), ("system", &system)]),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => say("account-browser-unknown").to_owned(),
    }
}

/// Ends a session of one's own somewhere else.
///
/// # Errors
/// The house failed.
pub async fn revoke(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let id: MessageId = posted.trimmed("phien").parse().map_err(|_| Problem::BadForm)?;
    match accounts::revoke_own(&web.house, visitor.person()?, id).await {
        // Ended already.
        Ok(()) | Err(AppError::NotFound) => Ok(Redirect::to("/tai-khoan?xong=thoat").into_response()),
        Err(other) => Err(other.into()),
    }
}

/// Ends every session of one's own but this one.
///
/// # Errors
/// The house failed.
pub async fn revoke_others(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    let kept = own_session(&web, &visitor)?.ok_or(AppError::Forbidden)?;
    accounts::revoke_others(&web.house, visitor.person()?, kept).await?;
    Ok(Redirect::to("/tai-khoan?xong=thoat-het").into_response())
}

/// Changes how one is reached.
///
/// # Errors
/// The house failed.
pub async fn contact(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let text = |id: &str| posted.text(id).chars().take(TYPED_CHARS_MAX).collect::<String>();
    let form = Contact { phone: text("dien_thoai"), email: text("thu"), address: text("dia_chi") };
    match accounts::change_contact(&web.house, visitor.person()?, &form).await {
        Ok(()) => Ok(Redirect::to("/tai-khoan?xong=lien-lac").into_response()),
        Err(AppError::Invalid(problems)) => {
            let view = account_view(&web, &visitor, &problems, Some(&form))?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(other) => Err(other.into()),
    }
}

/// Changes one's password.
///
/// # Errors
/// Too many tries, or the house failed.
pub async fn password(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let keep = own_session(&web, &visitor)?;
    let (old, new) = (posted.text("mat_khau_cu"), posted.text("mat_khau_moi"));
    match accounts::change_password(&web.house, visitor.person()?, keep, old, new).await {
        Ok(()) => Ok(Redirect::to("/tai-khoan?xong=mat-khau").into_response()),
        Err(AppError::Invalid(problems)) => {
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &account_view(&web, &visitor, &problems, None)?))
        }
        Err(other) => Err(other.into()),
    }
}
