//! Rating at the screen of a hall: whoever has the code of a finished dossier and the four digits of a look-up says, once, how it was
//! solved. The questions are those of the applicant's own page.

use super::kiosk::{address, framed};
use super::views::{KioskQuestion, KioskRate, KioskRating, Said};
use super::{Asked, language, queue_of};
use crate::Web;
use crate::citizen::views::LookUpForm;
use crate::frame::{html, html_as};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::staff::views::ChoiceView;
use crate::texts::{Language, word_in, word_in_with};
use crate::visitor::Visitor;
use app::queue::Queue;
use app::ratings::{self, AtKiosk, QUESTIONS, Typed};
use app::{AppError, FieldProblem, words};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::feedback::{Grade, REMARK_CHARS_MAX};

/// Nobody touched it for so long: whoever answered is gone. Seven questions are read more slowly than a status.
const LEFT_SECONDS: u32 = 120;
/// Longest code that is looked at, in characters.
const CODE_CHARS_MAX: usize = 60;
/// From so many visits on nobody counts at a screen.
const VISITS_SHOWN_MAX: u32 = 5;
/// Name of the box with what else one says.
const REMARK: &str = "gop_y";
/// What stands before the words of a question or an answer.
const WORDS: &str = "queue-rate";

/// What a screen knows of a rating before it is given.
struct Screen<'a> {
    web: &'a Web,
    visitor: &'a Visitor,
    queue: &'a Queue,
    language: Language,
}

impl Screen<'_> {
    fn say(&self, key: &str) -> String {
        word_in(self.language, key)
    }

    /// The page in that state.
    fn page(&self, it: KioskRating) -> KioskRate {
        let seconds = if matches!(it, KioskRating::Asked { .. }) { LEFT_SECONDS } else { super::kiosk::LEFT_SECONDS };
        let (page, kiosk) = framed(self.web, self.visitor, self.queue, self.language, seconds);
        let page = if it.is_wrong() { page.with_error_title() } else { page };
        KioskRate { page, kiosk, action: address(self.web, self.queue, "danh-gia", self.language), it }
    }

    fn find(&self, form: LookUpForm, said: Option<Said>) -> KioskRate {
        self.page(KioskRating::Find { form, said })
    }

    /// The seven questions, with what was answered and what is wrong.
    fn questions(&self, code: &str, digits: &str, typed: &Typed, problems: &[FieldProblem]) -> KioskRate {
        let error = |field: &str| {
            let problem = problems.iter().find(|it| it.field == field)?;
            Some(word_in_with(self.language, problem.key, &problem.args))
        };
        let ask = |id: &str, field: &str, chosen: &str, answers: Vec<(u32, String)>| KioskQuestion {
            id: id.to_owned(),
            label: self.say(&format!("{WORDS}-{field}")),
            choices: answers
                .into_iter()
                .map(|(value, words)| {
                    let value = value.to_string();
                    ChoiceView { chosen: value == chosen, ..ChoiceView::new(value, words) }
                })
                .collect(),
            error: error(field),
        };
        let grades = Grade::ALL.map(|it| (it.number(), self.say(&format!("{WORDS}-grade-{}", it.number()))));
        let mut questions = vec![ask("muc", "grade", &typed.grade, grades.to_vec())];
        for ((field, id), chosen) in QUESTIONS.iter().zip(crate::citizen::rating::QUESTION_NAMES).zip(&typed.points) {
            let answers = (0..3).rev().map(|points| (points, self.say(&format!("{WORDS}-{field}-{points}"))));
            questions.push(ask(id, field, chosen, answers.collect()));
        }
        let visits = (0..=VISITS_SHOWN_MAX).map(|count| {
            let more = if count == VISITS_SHOWN_MAX { "+" } else { "" };
            (count, format!("{count}{more}"))
        });
        questions.push(ask("so_lan", "visits", &typed.visits, visits.collect()));
        let errors = questions.iter().filter_map(|it| {
            let why = it.error.as_ref()?;
            Some(FieldLink { href: format!("#{}", it.id), text: format!("{} {why}", it.label) })
        });
        let remark_error = error("remark");
        self.page(KioskRating::Asked {
            errors: errors.collect(),
            code: code.to_owned(),
            digits: digits.to_owned(),
            questions,
            remark: typed.remark.clone(),
            remark_error,
        })
    }

    fn said(&self, key: &str, args: &[(&'static str, String)]) -> Said {
        let key = format!("{WORDS}-{key}");
        Said { what: word_in_with(self.language, &key, args), why: self.say(&format!("{key}-why")) }
    }

    /// Why no rating is asked for; none where it is.
    fn closed(&self, standing: &AtKiosk) -> Option<Said> {
        match standing {
            AtKiosk::Open(_) => None,
            AtKiosk::Given(given) => Some(self.said("given", &[("day", words::short_day(given.at.day()))])),
            AtKiosk::Unsolved => Some(self.said("unsolved", &[])),
            AtKiosk::Over => Some(self.said("over", &[])),
        }
    }

    /// The page of what the house answered to code and digits, or to the answers.
    fn refused(&self, why: AppError, form: LookUpForm) -> Result<Response, Problem> {
        let (status, said) = match why {
            AppError::NotFound => {
                let why = self.say("queue-kiosk-not-found-why");
                (StatusCode::NOT_FOUND, Said { what: self.say("queue-kiosk-not-found"), why })
            }
            AppError::Locked { minutes } => {
                let until = self.web.house.clock.now().plus_seconds(minutes.saturating_mul(60));
                let what = format!("{} {}.", self.say("queue-kiosk-locked"), words::time(until.local()));
                (StatusCode::TOO_MANY_REQUESTS, Said { what, why: String::new() })
            }
            other => return Err(other.into()),
        };
        Ok(html_as(status, &self.find(form, Some(said))))
    }
}

/// Asks for code and digits; says thanks where a rating was just given.
///
/// # Errors
/// No such unit, or the house failed.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (queue, language) = (queue_of(&web, &unit).await?, language(&asked));
    let screen = Screen { web: &web, visitor: &visitor, queue: &queue, language };
    if asked.get("xong").is_some() {
        return Ok(html(&screen.page(KioskRating::Thanks)));
    }
    Ok(html(&screen.find(LookUpForm::default(), None)))
}

/// Opens the questions for who knows code and digits, or keeps the answers.
///
/// # Errors
/// No such unit, or the house failed.
pub async fn rate(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
    posted: Posted,
) -> Result<Response, Problem> {
    let (queue, language) = (queue_of(&web, &unit).await?, language(&asked));
    let screen = Screen { web: &web, visitor: &visitor, queue: &queue, language };
    let code: String = posted.trimmed("ma").chars().take(CODE_CHARS_MAX).collect();
    let digits: String = posted.trimmed("so").chars().take(CODE_CHARS_MAX).collect();
    let missing = |text: &str| text.is_empty().then(|| word_in(language, "answer-missing"));
    let form = LookUpForm { code_error: missing(&code), digits_error: missing(&digits), code: code.clone() };
    if form.code_error.is_some() || form.digits_error.is_some() {
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &screen.find(form, None)));
    }
    if posted.trimmed("viec") != "gui" {
        return match app::lookup::look_up(&web.house, &code, &digits, visitor.address).await {
            Ok(view) => match screen.closed(&ratings::at_kiosk(&web.house, view.dossier.id).await?) {
                None => Ok(html(&screen.questions(&code, &digits, &Typed::default(), &[]))),
                Some(said) => Ok(html_as(StatusCode::CONFLICT, &screen.page(KioskRating::Closed(said)))),
            },
            Err(why) => screen.refused(why, form),
        };
    }
    let typed = Typed {
        grade: posted.trimmed("muc").to_owned(),
        points: crate::citizen::rating::QUESTION_NAMES.map(|it| posted.trimmed(it).to_owned()),
        visits: posted.trimmed("so_lan").to_owned(),
        remark: posted.text(REMARK).chars().take(2 * REMARK_CHARS_MAX).collect(),
    };
    match ratings::rate_at_kiosk(&web.house, (&code, &digits), visitor.address, &typed).await {
        Ok(AtKiosk::Open(_)) => {
            let to = address(&web, &queue, "danh-gia", language);
            let mark = if to.contains('?') { '&' } else { '?' };
            Ok(Redirect::to(&format!("{to}{mark}xong=co")).into_response())
        }
        Ok(standing) => {
            let said = screen.closed(&standing).unwrap_or_default();
            Ok(html_as(StatusCode::CONFLICT, &screen.page(KioskRating::Closed(said))))
        }
        Err(AppError::Invalid(problems)) => {
            let page = screen.questions(&code, &digits, &typed, &problems);
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(why) => screen.refused(why, form),
    }
}
