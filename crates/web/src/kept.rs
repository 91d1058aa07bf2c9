//! What was typed into a form that could not be taken: kept, and sent again with one button.
//!
//! A session that ended, a form of the session before, a database that is away: the answer carries everything typed in hidden
//! fields, so that nobody types it twice. What is secret is never given back, and nothing is given back of a form that the browser
//! does not vouch for as ours.

use crate::Web;
use crate::citizen::views::ContinuePage;
use crate::frame;
use crate::paced::{Progress, paced};
use crate::page::Section;
use crate::posted::{self, Posted, TypedValue};
use crate::problem::Problem;
use crate::visitor::{self, Visitor};
use crate::{say, say_with};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::{Arc, Mutex, PoisonError};

/// The page a kept form is sent to, in a sign-in form that carries it.
const TARGET: &str = "giu-toi";
/// How it is sent: with files, or without.
const WITH_FILES: &str = "giu-tep";
/// What stands before the name of each of its fields.
const FIELD: &str = "giu.";
/// What stands before the field of a file that was chosen and did not come.
const LOST_FILE: &str = "thieu-tep.";
/// Parts of names that are never given back.
const SECRET: [&str; 3] = ["csrf", "mat_khau", "mat-khau"];

/// A form as far as it was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptForm {
    /// Where it was sent.
    pub action: String,
    /// True where it is a form with files.
    pub with_files: bool,
    /// Names and values, secrets left out.
    pub fields: Vec<(String, String)>,
    /// Files that were chosen and are not safe yet: the field and the name of each.
    pub lost_files: Vec<(String, String)>,
}

/// What a request typed so far: readers of forms write it down, whoever must refuse the request reads it.
#[derive(Clone, Debug, Default)]
pub struct Typed(Option<Arc<Mutex<KeptForm>>>);

impl Typed {
    /// Listens to a form, where the browser says that a page of ours sent it: otherwise somebody else could have typed.
    pub fn listening(headers: &HeaderMap, address: &str) -> Self {
        let kept = KeptForm { action: address.to_owned(), ..KeptForm::default() };
        Self(visitor::is_vouched_for(headers).then(|| Arc::new(Mutex::new(kept))))
    }

    /// One field was read.
    pub fn heard(&self, name: &str, value: &str) {
        let Some(kept) = &self.0 else { return };
        if !SECRET.iter().any(|it| name.contains(it)) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.fields.push((name.to_owned(), value.to_owned()));
        }
    }

    /// A file came for a field: it is lost unless somebody says that it is safe.
    pub fn heard_file(&self, field: &str, name: &str) {
        let Some(kept) = &self.0 else { return };
        if !name.is_empty() {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.lost_files.push((field.to_owned(), name.to_owned()));
        }
    }

    /// The file of a field is safe.
    pub fn is_safe(&self, field: &str) {
        let Some(kept) = &self.0 else { return };
        kept.lock().unwrap_or_else(PoisonError::into_inner).lost_files.retain(|it| it.0 != field);
    }

    /// The form turned out to be one with files.
    pub fn has_files(&self) {
        if let Some(kept) = &self.0 {
            kept.lock().unwrap_or_else(PoisonError::into_inner).with_files = true;
        }
    }

    /// Everything heard; none where nothing was.
    pub fn take(&self) -> Option<KeptForm> {
        let mut kept = std::mem::take(&mut *self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner));
        let lost = kept.lost_files.iter().map(|(field, name)| (format!("{LOST_FILE}{field}"), name.clone()));
        kept.fields.extend(lost.collect::<Vec<_>>());
        (!kept.fields.is_empty()).then_some(kept)
    }
}

/// Files that had been chosen before a form was kept and did not come with it again: the field and the words that ask for it. The
/// form must not be taken without asking.
pub fn files_to_choose_again(posted: &Posted, came: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let lost =
        posted.fields().iter().filter_map(|(name, values)| Some((name.strip_prefix(LOST_FILE)?, values.first()?)));
    lost.filter(|(field, _)| !came(field))
        .map(|(field, name)| {
            let shown: String = name.chars().filter(|it| !it.is_control()).take(80).collect();
            let words = say_with("kept-file", &[("shown", &shown)]);
            (field.to_owned(), words)
        })
        .collect()
}

/// Reads a form that will be refused, so that what was typed is heard. Files are read and forgotten; no more is kept of the rest
/// than of a form that is taken, for anybody may send one.
pub async fn hear(request: Request) {
    let is_multipart = request
        .headers()
        .get("content-type")
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.starts_with("multipart/form-data"));
    let Some(typed) = request.extensions().get::<Typed>().cloned() else { return };
    if is_multipart {
        typed.has_files();
        let (request, progress) = paced(request);
        if let Ok(parts) = Multipart::from_request(request, &()).await {
            hear_parts(parts, &typed, &progress).await;
        }
        return;
    }
    // What cannot be read was not typed into a form of ours.
    posted::read_body(request.into_body(), &typed).await.ok();
}

async fn hear_parts(mut parts: Multipart, typed: &Typed, progress: &Progress) {
    let mut typed_bytes = 0;
    for _ in 0..posted::FIELDS_MAX {
        let Ok(Some(mut field)) = parts.next_field().await else { return };
        progress.made();
        let (name, file) = (posted::cut_name(field.name().unwrap_or("")), field.file_name().map(posted::cut_name));
        let mut value = TypedValue::default();
        loop {
            let Ok(piece) = field.chunk().await else { return };
            progress.made();
            let Some(piece) = piece else { break };
            if file.is_none() {
                typed_bytes += value.hold(&piece);
            }
            if typed_bytes > posted::TYPED_BYTES_MAX {
                return;
            }
        }
        match (file, value.text()) {
            (Some(file), _) => typed.heard_file(&name, &file),
            (None, Some(value)) => typed.heard(&name, &value),
            (None, None) => return,
        }
    }
}

impl KeptForm {
    /// The hidden fields with which a sign-in form carries it.
    pub fn carried(&self) -> Vec<(String, String)> {
        let mut fields = vec![(TARGET.to_owned(), self.action.clone())];
        if self.with_files {
            fields.push((WITH_FILES.to_owned(), "1".to_owned()));
        }
        fields.extend(self.fields.iter().map(|(name, value)| (format!("{FIELD}{name}"), value.clone())));
        fields
    }

    /// What a sign-in form carried; none where it carried nothing.
    pub fn carried_by(posted: &Posted) -> Option<Self> {
        let action = frame::safe_return(posted.text(TARGET), "");
        if action.is_empty() {
            return None;
        }
        let fields = posted
            .fields()
            .iter()
            .filter_map(|(name, values)| Some((name.strip_prefix(FIELD)?, values)))
            .flat_map(|(name, values)| values.iter().map(move |value| (name.to_owned(), value.clone())))
            .collect();
        Some(Self { action, with_files: posted.has(WITH_FILES), fields, lost_files: Vec::new() })
    }

    /// True where a file was chosen that did not come.
    pub fn lost_a_file(&self) -> bool {
        self.fields.iter().any(|it| it.0.starts_with(LOST_FILE))
    }

    /// What reads like prose, to be copied: a reason, a note, an explanation.
    pub fn prose(&self) -> impl Iterator<Item = &str> {
        let is_prose = |it: &&str| it.chars().count() >= 8 && it.trim().contains(char::is_whitespace);
        self.fields.iter().map(|(_, value)| value.as_str()).filter(is_prose)
    }
}

/// What the sign-in form says above its boxes.
pub fn session_ended(kept: Option<&KeptForm>) -> String {
    match kept {
        Some(_) => say("kept-session-ended"),
        None => say("kept-session-ended-empty"),
    }
    .to_owned()
}

/// The page after signing in again: one button sends what was typed before.
///
/// # Errors
/// The house failed.
pub fn go_on(web: &Web, visitor: &Visitor, token: &str, kept: KeptForm) -> Result<Response, Problem> {
    let now = visitor::signed_in_as(web, visitor, token)?;
    let title = say("kept-one-step");
    let page = if now.is_staff() {
        frame::staff(web, &now, title, "")
    } else {
        frame::citizen(web, &now, title, Section::Elsewhere)
    };
    Ok(frame::html(&ContinuePage { page, kept }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn vouched() -> HeaderMap {
        HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), HeaderValue::from_static("same-origin"))])
    }

    #[test]
    fn a_form_travels_through_signing_in_without_its_secrets() {
        let typed = Typed::listening(&vouched(), "/quay/tiep-nhan");
        for (name, value) in
            [("csrf", "x"), ("ten", "Đặng Thị Mẫu"), ("mat_khau", "bí mật"), ("giay", "a"), ("giay", "b")]
        {
            typed.heard(name, value);
        }
        typed.has_files();
        let kept = typed.take().unwrap();
        let posted = Posted::from_pairs(kept.carried());
        assert_eq!(KeptForm::carried_by(&posted), Some(KeptForm { fields: sorted(&kept), ..kept.clone() }));
        assert!(!format!("{kept:?}").contains("bí mật"));
        assert_eq!(kept.prose().collect::<Vec<_>>(), ["Đặng Thị Mẫu"]);
    }

    fn sorted(kept: &KeptForm) -> Vec<(String, String)> {
        let mut fields = kept.fields.clone();
        fields.sort();
        fields
    }

    #[test]
    fn nothing_is_kept_of_a_form_nobody_vouches_for_nor_carried_elsewhere() {
        let typed = Typed::listening(&HeaderMap::new(), "/");
        typed.heard("ten", "x");
        assert_eq!(typed.take(), None);
        let posted = Posted::from_pairs([("giu-toi".to_owned(), "//evil.example".to_owned())]);
        assert_eq!(KeptForm::carried_by(&posted), None);
    }
}
