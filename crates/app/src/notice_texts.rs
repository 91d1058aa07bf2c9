//! The texts notices are told with: the program's own, and those an office saved instead, each saving a revision.
//!
//! Every node keeps the texts that speak now in memory ([`NoticeTexts`]) and reads them again when another node saved one.

use crate::error::{AppError, FieldProblem};
use crate::house::House;
use domain::ids::PersonId;
use domain::notice::{Marks, NoticeChannel, NoticeKind, Template, TemplateRefusal, Values};
use domain::post::Post;
use domain::text_message::{Length, measured};
use std::collections::HashMap;
use std::sync::Arc;
use storage::notices;
pub use storage::notices::SavedTemplate;

/// Most revisions in a list.
const LIST_MAX: u32 = 50;
/// Longest name a template is registered under, in characters.
const REGISTERED_CHARS_MAX: usize = 60;

/// A text that speaks now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// As it was written.
    pub text: String,
    /// The same, to be filled.
    pub template: Template,
    /// Which revision: 0 is the program's own.
    pub number: u32,
    /// Whether its text messages keep their marks.
    pub marks: Marks,
    /// The name it is registered under with the operator; empty where it is not.
    pub registered_as: String,
}

/// The texts that speak now, by what they tell and how they travel.
#[derive(Clone, Debug)]
pub struct NoticeTexts(HashMap<(NoticeKind, NoticeChannel), Spoken>);

impl Default for NoticeTexts {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl NoticeTexts {
    /// The program's own, with what the office saved instead.
    pub(crate) fn new(saved: Vec<SavedTemplate>) -> Self {
        let mut texts = HashMap::new();
        for (kind, channel) in all() {
            if let Ok(template) = Template::parse(kind, usual(kind)) {
                let text = usual(kind).to_owned();
                let own = Spoken { text, template, number: 0, marks: Marks::Kept, registered_as: String::new() };
                texts.insert((kind, channel), own);
            }
        }
        for it in saved {
            let Some((kind, channel)) = NoticeKind::of_key(&it.kind).zip(NoticeChannel::of_key(&it.channel)) else {
                continue;
            };
            match Template::parse(kind, &it.text) {
                Ok(template) => {
                    let marks = if it.marks == 0 { Marks::TakenOff } else { Marks::Kept };
                    let registered_as = it.registered_as;
                    texts.insert(
                        (kind, channel),
                        Spoken { text: it.text, template, number: it.number, marks, registered_as },
                    );
                }
                Err(why) => {
                    tracing::error!(error = %why, notice = it.kind, "a saved text cannot be used; the usual one is")
                }
            }
        }
        Self(texts)
    }

    /// The text of a notice.
    ///
    /// # Errors
    /// There is none: a fault of the program.
    pub fn spoken(&self, kind: NoticeKind, channel: NoticeChannel) -> Result<&Spoken, AppError> {
        self.0.get(&(kind, channel)).ok_or_else(|| AppError::fault("looking for the text of a notice", kind.key()))
    }
}

/// Every text there is.
pub fn all() -> impl Iterator<Item = (NoticeKind, NoticeChannel)> {
    NoticeKind::ALL.iter().flat_map(|kind| NoticeChannel::ALL.iter().map(move |channel| (*kind, *channel)))
}

/// The text the program came with.
pub const fn usual(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Filed => "{don_vi} đã nhận được hồ sơ {ma} bạn gửi. Bộ phận Một cửa trả lời chậm nhất {han}.",
        NoticeKind::Received => "Hồ sơ {ma} đã được {don_vi} tiếp nhận. Hẹn trả kết quả: {han}.",
        NoticeKind::NotAccepted => "Hồ sơ {ma} không được tiếp nhận. Lý do: {ly_do}",
        NoticeKind::SupplementRequested => {
            "Hồ sơ {ma} cần bổ sung: {giay_to}. Hạn {han}, gửi qua mạng hoặc tại {don_vi}."
        }
        NoticeKind::Supplemented => "{don_vi} đã nhận giấy tờ bổ sung của hồ sơ {ma}.",
        NoticeKind::SupplementLapsed => {
            "Hồ sơ {ma} đã kết thúc vì quá hạn bổ sung giấy tờ. Bạn có thể nộp lại hồ sơ mới."
        }
        NoticeKind::ConfirmationAsked => {
            "Hồ sơ {ma} cần bạn xác nhận, chậm nhất hết {han}. Quá hạn mà bạn chưa trả lời thì coi như bạn đồng ý."
        }
        NoticeKind::Apologised => {
            "{don_vi} xin lỗi vì chưa trả kết quả hồ sơ {ma} đúng hẹn. Lý do: {ly_do} Ngày hẹn mới: {han}."
        }
        NoticeKind::ObligationNotified => "Hồ sơ {ma} cần nộp {so_tien}. Nộp xong, hồ sơ được giải quyết tiếp.",
        NoticeKind::Withdrawn => "Hồ sơ {ma} đã được rút theo yêu cầu của bạn.",
        NoticeKind::Discontinued => "Hồ sơ {ma} đã dừng giải quyết. Lý do: {ly_do}",
        NoticeKind::Issued => "Hồ sơ {ma} đã có kết quả. Nơi trả kết quả: Bộ phận Một cửa {noi_tra}.",
        NoticeKind::Transferred => {
            "Hồ sơ {ma} được chuyển giao theo {ly_do}. Mã và ngày hẹn trả giữ nguyên, không phải nộp lại. Nơi liên hệ: {noi_tra}."
        }
        NoticeKind::Routed => {
            "Hồ sơ {ma} nay do {don_vi} giải quyết. Mã và ngày hẹn trả giữ nguyên, không phải nộp lại. Nơi liên hệ: {noi_tra}."
        }
        NoticeKind::Answered => "{don_vi} đã trả lời tin nhắn của bạn về hồ sơ {ma}. Đăng nhập để đọc.",
        NoticeKind::Corrected => {
            "{don_vi} đã đính chính thông tin trong hồ sơ {ma}. Lý do: {ly_do} Ngày hẹn trả giữ nguyên: {han}. Giấy hẹn mới có ghi “bản thay thế”."
        }
        NoticeKind::Uncollected => {
            "Kết quả hồ sơ {ma} đang chờ bạn tại Bộ phận Một cửa {noi_tra}. Khi đến, mang giấy hẹn và giấy tờ tùy thân."
        }
        NoticeKind::Delivered => "Kết quả hồ sơ {ma} đã được trả. Cảm ơn bạn.",
    }
}

/// A text somebody writes, not saved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it tells.
    pub kind: NoticeKind,
    /// How it travels.
    pub channel: NoticeChannel,
    /// The text with its places.
    pub text: String,
    /// Whether its text messages keep their marks.
    pub marks: Marks,
    /// The name it is registered under with the operator; empty where it is not.
    pub registered_as: String,
}

/// A message as it would be sent, and what that costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Its text.
    pub text: String,
    /// Its length; that of a letter says nothing.
    pub length: Length,
    /// Its price, where the office set one for a part.
    pub price_vnd: Option<i64>,
}

impl Draft {
    /// The draft as a template, its text as it would be kept.
    fn checked(&self) -> Result<(Template, String), AppError> {
        let text = self.text.replace("\r\n", "\n").trim().to_owned();
        let template = Template::parse(self.kind, &text).map_err(|why| AppError::Invalid(vec![problem(&why)]))?;
        let named = &self.registered_as;
        if named.chars().count() > REGISTERED_CHARS_MAX || named.chars().any(char::is_control) {
            let problem = FieldProblem::new("registered_as", "gap-registered-name").with("max", REGISTERED_CHARS_MAX);
            return Err(AppError::Invalid(vec![problem]));
        }
        Ok((template, text))
    }

    /// The message it makes of some values.
    ///
    /// # Errors
    /// The text cannot be a template: [`AppError::Invalid`].
    pub fn preview(&self, house: &House, values: &Values) -> Result<Preview, AppError> {
        let (template, _) = self.checked()?;
        let text = match self.channel {
            NoticeChannel::Text => text_message(house, &template, values, self.marks),
            NoticeChannel::Mail => marked(house, &template.filled(values)),
        };
        let length = measured(&text);
        let part_vnd = house.rules.text_part_vnd.filter(|_| self.channel == NoticeChannel::Text);
        Ok(Preview { price_vnd: part_vnd.map(|it| length.price_vnd(it)), length, text })
    }
}

/// A text message as it is sent, no longer than the office pays for: the same in a preview and on its way.
pub(crate) fn text_message(house: &House, template: &Template, values: &Values, marks: Marks) -> String {
    marks.put_on(&marked(house, &template.filled_within(values, marks, house.rules.text_parts_max)))
}

/// In a demonstration every message says so.
pub(crate) fn marked(house: &House, text: &str) -> String {
    if house.rules.demo { format!("[MẪU] {text}") } else { text.to_owned() }
}

fn problem(why: &TemplateRefusal) -> FieldProblem {
    match why {
        TemplateRefusal::TemplateEmpty => FieldProblem::new("text", "refusal-template-empty"),
        TemplateRefusal::TemplateTooLong { max } => {
            FieldProblem::new("text", "refusal-template-too-long").with("max", max)
        }
        TemplateRefusal::PlaceholderUnknown { name } => {
            FieldProblem::new("text", "refusal-placeholder-unknown").with("name", name)
        }
        TemplateRefusal::BraceOpen => FieldProblem::new("text", "refusal-brace-open"),
        TemplateRefusal::CodeMissing => FieldProblem::new("text", "refusal-code-missing"),
    }
}

/// Saves a draft as the next revision; from now on it speaks. `seen` is the revision its writer saw.
///
/// # Errors
/// Neither control officer nor administrator, a text that cannot be a template, or somebody saved another one meanwhile
/// ([`AppError::Invalid`] with the field `seen`).
pub async fn save(house: &Arc<House>, person: PersonId, draft: Draft, seen: u32) -> Result<u32, AppError> {
    assert_may_write(house, person)?;
    let (_, text) = draft.checked()?;
    let it = SavedTemplate {
        kind: draft.kind.key().to_owned(),
        channel: draft.channel.key().to_owned(),
        number: seen.saturating_add(1),
        text,
        marks: i64::from(draft.marks == Marks::Kept),
        registered_as: draft.registered_as.trim().to_owned(),
        saved_at: house.clock.now(),
        saved_by: person,
    };
    let number = it.number;
    house
        .db
        .write(move |tx| {
            if !notices::add(tx, &it)? {
                return Err(AppError::invalid("seen", "gap-text-changed"));
            }
            let subject = format!("{}.{}#{}", it.kind, it.channel, it.number);
            storage::house::audit(tx, it.saved_at, Some(person), "notice text saved", &subject, "")?;
            storage::house::next_edition(tx, storage::house::NOTICES)?;
            Ok(())
        })
        .await?;
    house.refresh()?;
    Ok(number)
}

/// The revisions of a text, newest first, without the program's own.
///
/// # Errors
/// Neither control officer nor administrator, or the house failed.
pub async fn revisions(
    house: &Arc<House>,
    person: PersonId,
    kind: NoticeKind,
    channel: NoticeChannel,
) -> Result<Vec<SavedTemplate>, AppError> {
    assert_may_write(house, person)?;
    Ok(house.db.read(move |tx| notices::revisions(tx, kind.key(), channel.key(), LIST_MAX)).await?)
}

fn assert_may_write(house: &House, person: PersonId) -> Result<(), AppError> {
    let today = house.clock.now().day();
    let writes = |post| matches!(post, Post::ControlOfficer | Post::Administrator);
    let may = house.now_known().mandates.of(person, today).any(|it| writes(it.post));
    if may { Ok(()) } else { Err(AppError::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestHouse, run, staff_id};
    use domain::notice::Placeholder;
    use domain::text_message::Alphabet;

    fn draft(text: &str, marks: Marks) -> Draft {
        let (kind, channel) = (NoticeKind::Received, NoticeChannel::Text);
        Draft { kind, channel, text: text.to_owned(), marks, registered_as: "MC-01".to_owned() }
    }

    #[test]
    fn every_notice_has_a_text_of_the_program() {
        let texts = NoticeTexts::new(Vec::new());
        assert!(all().all(|(kind, channel)| texts.spoken(kind, channel).unwrap().text == usual(kind)));
    }

    #[test]
    fn a_saved_text_speaks_from_then_on_and_the_old_one_stays() {
        run(async {
            let test = TestHouse::with_catalogue();
            let officer = staff_id("kiem.soat");
            let text = "Một cửa {don_vi}: hồ sơ {ma} hẹn trả {han}";
            let saved = save(&test.house, officer, draft(text, Marks::TakenOff), 0).await.unwrap();
            assert_eq!(saved, 1);
            save(&test.house, staff_id("quan.tri"), draft(&format!("{text}."), Marks::TakenOff), 1).await.unwrap();
            let filed = test.file_at_desk(|_| {}).await;
            let messages = test.house.db.read_now(|tx| storage::outbox::latest(tx, 10)).unwrap();
            let sent = messages.iter().find(|it| it.channel == "sms").unwrap();
            assert!(
                sent.body.starts_with(&format!("Mot cua Phuong Mot: ho so {} hen tra ", filed.code)),
                "{}",
                sent.body
            );
            assert_eq!(sent.template, "received#2");
            assert!(sent.details.contains("\"MC-01\"") && sent.details.contains("\"don_vi\":\"Phường Một\""));
            let letter = messages.iter().find(|it| it.channel == "email").unwrap();
            assert!(letter.body.contains("đã được Phường Một tiếp nhận"), "the letter has a text of its own");
            let found = revisions(&test.house, officer, NoticeKind::Received, NoticeChannel::Text).await.unwrap();
            let by: Vec<_> = found.iter().map(|it| (it.number, it.saved_by)).collect();
            assert_eq!(by, [(2, staff_id("quan.tri")), (1, officer)]);
            assert_eq!(found[1].text, text);
        });
    }

    #[test]
    fn of_two_who_write_the_second_is_told_and_strangers_may_not() {
        run(async {
            let test = TestHouse::new();
            let officer = staff_id("kiem.soat");
            save(&test.house, officer, draft("{ma} một", Marks::Kept), 0).await.unwrap();
            let second = save(&test.house, officer, draft("{ma} hai", Marks::Kept), 0).await;
            assert!(matches!(second, Err(AppError::Invalid(ref it)) if it[0].key == "gap-text-changed"), "{second:?}");
            let known = test.house.now_known();
            let text = &known.notices.spoken(NoticeKind::Received, NoticeChannel::Text).unwrap().text;
            assert_eq!(text, "{ma} một");
            for login in ["tiep.nhan", "lanh.dao"] {
                let refused = save(&test.house, staff_id(login), draft("{ma}", Marks::Kept), 1).await;
                assert!(matches!(refused, Err(AppError::Forbidden)), "{refused:?}");
            }
            let wrong = save(&test.house, officer, draft("không có mã", Marks::Kept), 1).await;
            assert!(
                matches!(wrong, Err(AppError::Invalid(ref it)) if it[0].key == "refusal-code-missing"),
                "{wrong:?}"
            );
        });
    }

    #[test]
    fn a_preview_has_length_parts_and_price() {
        let test = TestHouse::with_rules(|rules| rules.text_part_vnd = Some(850));
        let values = [(Placeholder::Code, "H99.30.01-250331-0001".to_owned())].into();
        let seen = |marks| {
            draft("Hồ sơ {ma} đã được tiếp nhận, hẹn trả kết quả vào ngày ghi trên giấy hẹn.", marks)
                .preview(&test.house, &values)
                .unwrap()
        };
        let (with, without) = (seen(Marks::Kept), seen(Marks::TakenOff));
        assert_eq!((with.length.parts, with.price_vnd), (2, Some(1_700)));
        assert_eq!((without.length.parts, without.price_vnd), (1, Some(850)));
        assert!(without.text.starts_with("Ho so H99.30.01-250331-0001 da duoc"), "{}", without.text);
    }

    #[test]
    fn without_marks_means_the_mark_of_a_demonstration_too() {
        let test = TestHouse::with_rules(|rules| rules.demo = true);
        let seen = |marks| draft("Hồ sơ {ma}", marks).preview(&test.house, &Values::new()).unwrap();
        assert_eq!(seen(Marks::Kept).text, "[MẪU] Hồ sơ ");
        let without = seen(Marks::TakenOff);
        assert_eq!((without.text.as_str(), without.length.alphabet), ("[MAU] Ho so ", Alphabet::Gsm7));
    }
}
