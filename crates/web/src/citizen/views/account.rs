//! Signing in, registering, one's own account.

use super::{Fact, FieldView};
use crate::page::{FieldLink, Icon, Page};
use askama::Template;

/// Signing in, for citizens and staff.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub page: Page,
    /// Where to go afterwards, sent as `ve`.
    pub then: String,
    /// Said above when somebody came here from a page that needs it ("Đăng nhập để gửi thêm giấy tờ.").
    pub why: Option<String>,
    /// The name typed; sent as `ten`.
    pub login: String,
    /// The same words for every wrong pair, or how long to wait.
    pub error: Option<String>,
    /// Hidden fields of a form that waits for somebody to be signed in.
    pub carried: Vec<(String, String)>,
    /// Where to register, when local citizen accounts are allowed.
    pub register: Option<String>,
    /// What to do about a forgotten password, when local citizen accounts are allowed.
    pub forgotten: Option<&'static str>,
    /// Who may sign in to the demonstration.
    pub demo_accounts: Vec<DemoAccount>,
}

/// An account of the demonstration.
#[derive(Debug, Clone, Default)]
pub struct DemoAccount {
    /// Name to type.
    pub login: String,
    /// Password to type.
    pub password: String,
    /// Who it is, in which post.
    pub who: String,
}

/// A new local citizen account.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/register.html")]
pub struct RegisterPage {
    /// The frame.
    pub page: Page,
    /// Where to go afterwards, sent as `ve`.
    pub then: String,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// The questions.
    pub fields: Vec<FieldView>,
}

/// A forgotten password: first whom the code is for, then the code.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/forgotten.html")]
pub struct ForgottenPage {
    /// The frame.
    pub page: Page,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// Where one is.
    pub step: ForgottenStep,
    /// Where the form goes.
    pub action: &'static str,
    /// The questions.
    pub fields: Vec<FieldView>,
}

/// How far somebody is who forgot the password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ForgottenStep {
    /// Whom the code is for.
    #[default]
    Whom,
    /// A code was sent, if there is such an account.
    Code {
        /// The name typed; sent along as `ten`.
        login: String,
        /// The code itself: in a demonstration no message leaves the house.
        demo_code: Option<String>,
    },
}

impl ForgottenPage {
    /// Key of the words on the button.
    fn button(&self) -> &'static str {
        if self.step == ForgottenStep::Whom { "forgotten-send" } else { "forgotten-save" }
    }
}

/// One's own account.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/account.html")]
pub struct AccountPage {
    /// The frame.
    pub page: Page,
    /// Who one is; personal number and phone masked.
    pub facts: Vec<Fact>,
    /// Where one is signed in.
    pub sessions: Vec<SessionView>,
    /// What must be corrected about the password.
    pub errors: Vec<FieldLink>,
    /// The questions of a change of password; empty when that is done elsewhere.
    pub password_fields: Vec<FieldView>,
    /// The questions of how one is reached; empty for staff.
    pub contact_fields: Vec<FieldView>,
    /// One is signed in elsewhere too.
    pub has_others: bool,
    /// Where one sees who read one's data; none for staff.
    pub readers: Option<String>,
}

/// A place where one is signed in.
#[derive(Debug, Clone, Default)]
pub struct SessionView {
    /// Browser and system, in words.
    pub device: String,
    /// Since when.
    pub since: String,
    /// Last seen.
    pub last_seen: String,
    /// True for the one showing this page.
    pub current: bool,
    /// What the button that ends it sends as `phien`.
    pub key: String,
}

/// Who read one's dossiers.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/readers.html")]
pub struct ReadersPage {
    /// The frame.
    pub page: Page,
    /// The dossier asked for; empty for all.
    pub code: String,
    /// By day, the latest first.
    pub days: Vec<ReadDay>,
    /// There is more than is shown.
    pub is_cut: bool,
}

/// A day of readings.
#[derive(Debug, Clone, Default)]
pub struct ReadDay {
    /// In words.
    pub day: String,
    /// Who read what.
    pub lines: Vec<ReadLine>,
}

/// Who read what of a dossier on a day.
#[derive(Debug, Clone, Default)]
pub struct ReadLine {
    /// Post and unit, or the name of somebody who follows.
    pub who: String,
    /// What was shown.
    pub what: String,
    /// How often, and when last.
    pub when: String,
    /// Code of the dossier.
    pub code: String,
    /// The dossier.
    pub href: String,
    /// Its procedure.
    pub procedure: String,
    /// Outside the reader's task, with a reason written down.
    pub outside_task: bool,
}
