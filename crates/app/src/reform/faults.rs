//! What is wrong with the file of a plan, in words of the office: one table for the pages and the command line. For programs the
//! reader's own English stays.

use domain::procedure::ImportProblem;

/// What a reader of plans expects, and how the office says it. Where the English ends with a blank, what follows is data.
const EXPECTED: &[(&str, &str)] = &[
    ("the number of a resolution such as 1232/NQ-UBTVQH15", "số của nghị quyết, ghi như 1232/NQ-UBTVQH15"),
    ("a day before the plan takes effect", "ngày ký trước ngày phương án có hiệu lực"),
    ("a moment not before ", "một thời điểm chưa qua; bây giờ là "),
    ("a unit that begins, changes or ends", "ít nhất một đơn vị thành lập, thay đổi hoặc kết thúc"),
    ("a unit that has not ended before", "đơn vị còn hoạt động tới ngày đó; đơn vị này đã kết thúc từ trước"),
    ("a unit there is on that day", "khóa của một đơn vị đang hoạt động vào ngày đó"),
    ("a unit that does not end the same day", "đơn vị nhận không kết thúc cùng ngày"),
    ("a key no other unit of the plan has", "khóa chưa dùng cho đơn vị khác trong phương án"),
    ("a key no unit that stands on has", "khóa không trùng với đơn vị còn hoạt động tiếp"),
    ("a name no other unit below the same one bears", "tên chưa có ở đơn vị nào khác cùng cấp trên"),
    ("a code no other unit has then", "mã chưa có ở đơn vị nào khác vào ngày đó"),
    ("the day of the plan, or nothing", "đúng ngày phương án có hiệu lực, hoặc bỏ dòng này"),
    ("a unit that is not below it", "đơn vị cấp trên không nằm dưới chính đơn vị này"),
    ("a unit that stands on, once", "đơn vị hoạt động tiếp, mỗi đơn vị ghi một lần"),
    ("something that changes", "ít nhất một điều thay đổi: tên, trụ sở, cấp trên hoặc mã"),
    ("one edge between two units", "chỉ một dòng giữa hai đơn vị"),
    ("no cycle: what a unit gives comes back to it", "không đi vòng: phần đơn vị giao đi lại quay về chính nó"),
    ("a unit that somebody inherits from", "nơi kế thừa: đơn vị kết thúc phải có đơn vị nhận"),
    (
        "a new parent for each unit below one that ends: ",
        "kết thúc cùng, hoặc ghi cấp trên mới ([[change]], parent) cho từng đơn vị bên dưới không được xếp lại của đơn vị thôi hoạt động: ",
    ),
    ("a unit that ends, where the whole of it goes", "đơn vị có trong danh sách ends, vì toàn bộ được giao đi"),
    ("one default successor of a split unit", "một đơn vị nhận mặc định (extent = \"default\") cho đơn vị bị chia"),
    ("a part: what is left stays with the unit", "extent = \"part\": phần còn lại vẫn ở đơn vị này"),
    ("one default successor, not several", "chỉ một đơn vị nhận mặc định"),
    ("one successor of the whole, or parts", "hoặc một đơn vị nhận toàn bộ, hoặc nhiều đơn vị nhận từng phần"),
    ("a territory rule that says which part", "quy tắc địa bàn [[territory]] nói rõ là phần nào"),
    (
        "wards, groups or streets that can match: this one never does",
        "phường, tổ dân phố hoặc đường phố đọc được: quy tắc này không bao giờ khớp",
    ),
    (
        "a unit there is or was: this one never matches",
        "tên một đơn vị đang có hoặc từng có: tên này không bao giờ khớp",
    ),
    (
        "an edge with a part between the two: this rule never matches",
        "một dòng [[edge]] giao từng phần giữa hai đơn vị: quy tắc này không bao giờ khớp",
    ),
    ("ground no other rule gives away: ", "địa bàn chưa quy tắc nào giao: "),
    (
        "one place for the same people: another line sends them elsewhere",
        "một nơi đến cho cùng những người đó: một dòng khác đã đưa họ sang nơi khác",
    ),
    ("an id that no other plan has", "khóa chưa dùng cho phương án nào khác"),
    (
        "a plan that is not prepared yet: this one waits for its instant",
        "phương án chưa bắt đầu: chính phương án này đã chuẩn bị xong và đang chờ thời điểm của nó; muốn thay thì bỏ nó trước",
    ),
    ("a login of the staff", "tài khoản của một cán bộ"),
    (
        "what it is about: a person, a procedure, or a unit and a post",
        "nói rõ về ai hay việc gì: một người, một thủ tục, hoặc một đơn vị và vị trí",
    ),
    ("a unit no other plan is about: ", "đơn vị chưa nằm trong phương án nào khác; đã có trong "),
    ("a day such as ", "ngày ghi như "),
    ("a moment of local time such as 2025-01-01T00:00", "thời điểm theo giờ địa phương, ghi như 2025-01-01T00:00"),
    ("spans such as 07:30-11:30,13:30-17:30", "giờ làm việc ghi như 07:30-11:30,13:30-17:30"),
    ("a list of units", "danh sách khóa đơn vị"),
    ("a list of texts", "danh sách các đoạn chữ"),
    ("a list of tables", "các mục, mỗi mục mở bằng dấu [[ ]]"),
    ("a table", "một mục"),
    ("a procedure such as dang-ky-khai-sinh@ward", "mã thủ tục ghi như dang-ky-khai-sinh@ward"),
    ("text without control characters", "chữ không có ký tự điều khiển"),
    (
        "units this house has: found the missing ones first (motcua import units), or take their lines out of the plan",
        "các đơn vị hệ thống này đã có: lập những đơn vị còn thiếu trước (motcua import units TỆP), hoặc bỏ các dòng nói về chúng khỏi phương án",
    ),
    ("text", "chữ trong dấu nháy kép"),
    ("TOML", "đúng cú pháp TOML"),
    ("one of the keys ", "một trong các khóa "),
    ("at most ", "nhiều nhất "),
];
/// Words within what follows.
const WITHIN: &[(&str, &str)] = &[
    ("the rule on line ", "quy tắc ở dòng "),
    (" does", " đã giao"),
    (" is", ""),
    (" characters", " ký tự"),
    (" bytes", " byte"),
    (" entries", " mục"),
];

/// What should stand there, in words of the office; the reader's own words where it says something new.
fn in_words(english: &str) -> String {
    if let Some((_, words)) = EXPECTED.iter().find(|(known, _)| *known == english) {
        return (*words).to_owned();
    }
    let found = EXPECTED.iter().filter(|(known, _)| known.ends_with(' ')).find_map(|(known, words)| {
        let rest = english.strip_prefix(known)?;
        Some(format!("{words}{}", WITHIN.iter().fold(rest.to_owned(), |text, (from, to)| text.replace(from, to))))
    });
    found.unwrap_or_else(|| {
        if english.contains(" | ") {
            format!("một trong: {}", english.replace(" | ", ", "))
        } else {
            english.to_owned()
        }
    })
}

/// What should stand there.
pub fn expected(problem: &ImportProblem) -> String {
    in_words(&problem.expected)
}

/// What stands there; empty where that needs no words.
pub fn found(problem: &ImportProblem) -> String {
    match problem.found.as_str() {
        "nothing" => "đang để trống".to_owned(),
        "" => String::new(),
        found => format!("đang là “{found}”"),
    }
}

/// All of it in one line, beginning with the place as editors read it: "plan.toml:7: edge.to: cần …; đang là “…”".
pub fn line(problem: &ImportProblem) -> String {
    let found = found(problem);
    let found = if found.is_empty() { found } else { format!("; {found}") };
    format!("{}:{}: {}: cần {}{found}", problem.file, problem.line, problem.field, expected(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_readers_of_plans_expect_has_words() {
        // Every text the checker of plans notes, taken from its own source: a new one needs words here.
        let source = include_str!("../../../domain/src/organisation/reform/check.rs");
        let mut known = 0;
        for line in source.lines().map(str::trim) {
            let quoted: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            for text in
                quoted.iter().filter(|it| it.split(' ').count() > 2 && !it.contains("{}") && !it.contains("unit."))
            {
                let text = text.split('{').next().unwrap_or_default();
                let said = EXPECTED.iter().any(|(it, _)| *it == text || (text.ends_with(' ') && it == &text));
                assert!(said, "{text:?} has no words");
                known += 1;
            }
        }
        assert!(known >= 25, "only {known} were found");
    }

    #[test]
    fn data_within_is_said_too() {
        assert_eq!(
            in_words("ground no other rule gives away: the rule on line 12 does"),
            "địa bàn chưa quy tắc nào giao: quy tắc ở dòng 12 đã giao"
        );
        assert_eq!(in_words("at most 300 characters"), "nhiều nhất 300 ký tự");
        assert_eq!(in_words("whole | part | default"), "một trong: whole, part, default");
    }
}
