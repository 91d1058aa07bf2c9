//! `motcua person check`: a personal number or a card's QR code, read as the counter reads it.

use crate::ended::{Ended, Outcome, Stop, print};
use domain::person::{
    CardDisagreement, CardError, CardField, CardQr, NameError, NumberError, NumberWarning, PersonalNumber, Sex,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// Prints what a number or a card says, as JSON.
///
/// # Errors
/// Why it cannot be right.
pub fn check(number: Option<&str>, card_qr: Option<&str>) -> Outcome {
    let today = app::clock::Clock::system().now().day();
    let said = match (number, card_qr) {
        (Some(number), _) => of_number(number, today)?,
        (None, Some(text)) => of_card(text, today)?,
        (None, None) => return Err(Stop::Usage("--number N hoặc --card-qr TEXT".to_owned())),
    };
    print(Value::Object(said))?;
    Ok(Ended::Done)
}

fn of_number(text: &str, today: Date) -> Result<Map<String, Value>, Stop> {
    let (number, warnings) = PersonalNumber::parse(text, today).map_err(|why| Stop::Refused(number_words(&why)))?;
    Ok(number_fields(&number, &warnings))
}

fn number_fields(number: &PersonalNumber, warnings: &[NumberWarning]) -> Map<String, Value> {
    let words: Vec<String> = warnings
        .iter()
        .map(|NumberWarning::PlaceNotListed { place_code }| {
            format!("Mã nơi đăng ký khai sinh {place_code:03} không có trong danh mục tỉnh, thành phố.")
        })
        .collect();
    let sex = match number.sex() {
        Sex::Male => "male",
        Sex::Female => "female",
    };
    let mut fields = Map::new();
    fields.insert("number".to_owned(), json!(number.as_str()));
    fields.insert("place_code".to_owned(), json!(format!("{:03}", number.place_code())));
    fields.insert("place".to_owned(), json!(number.place_name()));
    fields.insert("sex".to_owned(), json!(sex));
    fields.insert("birth_year".to_owned(), json!(number.birth_year()));
    fields.insert("warnings".to_owned(), json!(warnings));
    if let Some(first) = words.first() {
        fields.insert("warning".to_owned(), json!(first));
    }
    fields
}

fn of_card(text: &str, today: Date) -> Result<Map<String, Value>, Stop> {
    let card = CardQr::parse(text, today).map_err(|why| Stop::Refused(card_words(&why)))?;
    let mut fields = number_fields(&card.number, &card.warnings);
    fields.insert("old_number".to_owned(), json!(card.old_number));
    fields.insert("name".to_owned(), json!(card.name.as_str()));
    fields.insert("birth".to_owned(), json!(card.birth));
    fields.insert("address".to_owned(), json!(card.address));
    fields.insert("issued_on".to_owned(), json!(card.issued_on.map(|it| it.to_string())));
    fields.insert("extras".to_owned(), json!(card.extras));
    Ok(fields)
}

fn number_words(why: &NumberError) -> String {
    match why {
        NumberError::ForeignDigit { found } => {
            format!("Số định danh có chữ số {found:?} của bộ chữ khác; chỉ dùng các chữ số 0-9.")
        }
        NumberError::NotDigit { found } => format!("Số định danh có ký tự {found:?} không phải chữ số."),
        NumberError::Length { digits } => format!("Số định danh có {digits} chữ số; phải có đúng 12."),
        NumberError::UnassignedPlace { place_code } => {
            format!("Mã nơi đăng ký khai sinh {place_code:03} chưa cấp cho tỉnh, thành phố nào.")
        }
        NumberError::BirthYearAhead { birth_year, current_year } => {
            format!("Năm sinh {birth_year} trong số định danh chưa tới (năm nay là {current_year}).")
        }
    }
}

fn card_words(why: &CardError) -> String {
    match why {
        CardError::TooLong { chars_max } => format!("Nội dung mã QR dài hơn {chars_max} ký tự."),
        CardError::ControlCharacter { found } => format!("Nội dung mã QR có ký tự điều khiển {found:?}."),
        CardError::TooFewFields { found, fields_min } => {
            format!("Mã QR chỉ có {found} trường; thẻ căn cước có ít nhất {fields_min}.")
        }
        CardError::Number(why) => number_words(why),
        CardError::Name(why) => name_words(why),
        CardError::Unreadable { field, text } => {
            let field = match field {
                CardField::Birth => "Ngày sinh",
                CardField::Sex => "Giới tính",
                CardField::IssuedOn => "Ngày cấp",
            };
            format!("{field} {text:?} trên thẻ không đọc được hoặc không có thật.")
        }
        CardError::BirthAhead { birth } => format!("Ngày sinh {birth} trên thẻ chưa tới."),
        CardError::Disagrees(CardDisagreement::Birth { card, number_year }) => {
            format!("Năm sinh trên thẻ ({}) khác năm sinh trong số định danh ({number_year}).", card.year())
        }
        CardError::Disagrees(CardDisagreement::Sex { .. }) => {
            "Giới tính trên thẻ khác giới tính trong số định danh.".to_owned()
        }
    }
}

fn name_words(why: &NameError) -> String {
    match why {
        NameError::Empty => "Họ tên trên thẻ để trống.".to_owned(),
        NameError::TooLong { chars_max } => format!("Họ tên dài hơn {chars_max} ký tự."),
        NameError::Character { found } => {
            format!("Họ tên có ký tự {found:?}; chỉ có chữ cái, dấu cách và ' - . được dùng.")
        }
    }
}
