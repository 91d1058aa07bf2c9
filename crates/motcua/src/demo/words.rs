//! What people of the demo say: reasons, requests, notes. All of it invented.

/// Why the desk does not take an application.
pub const REFUSED: [&str; 4] = [
    "Yêu cầu không thuộc thẩm quyền giải quyết của đơn vị này.",
    "Giấy tờ đính kèm không đọc được và không liên lạc được với người nộp.",
    "Người nộp không phải là người có yêu cầu và không có văn bản ủy quyền.",
    "Hồ sơ trùng với một hồ sơ đang được giải quyết.",
];
/// The law it names.
pub const REFUSED_LAW: &str = "NĐ 61/2018/NĐ-CP Điều 17";
/// Why papers are asked for.
pub const ASKED: [&str; 4] = [
    "Giấy tờ chụp bị mờ, không đọc được.",
    "Thông tin trong tờ khai chưa khớp với giấy tờ kèm theo.",
    "Còn thiếu một giấy tờ trong thành phần hồ sơ.",
    "Giấy tờ đã hết giá trị sử dụng.",
];
/// What is wrong with the paper asked for.
pub const WHAT: [&str; 3] = ["Nộp lại bản rõ nét.", "Nộp bản còn giá trị.", "Nộp đủ các trang."];
/// The law where something outside the list is asked for.
pub const ASKED_LAW: &str = "Văn bản quy định của ngành (bản trình diễn)";
/// What it is then called.
pub const ASKED_NAME: &str = "Giấy tờ chứng minh thông tin đã khai";
/// What the citizen writes.
pub const SUPPLIED: [&str; 3] =
    ["Tôi gửi bổ sung giấy tờ theo yêu cầu.", "Tôi đã chụp lại cho rõ.", "Tôi nộp thêm giấy tờ còn thiếu."];
/// What the pleased add to a rating.
pub const PLEASED: [&str; 4] = [
    "Nộp ở nhà, nhận tin nhắn từng bước, rất tiện.",
    "Cán bộ hướng dẫn rõ ràng, trả sớm hơn hẹn.",
    "Lần đầu nộp qua mạng mà làm được hết, cảm ơn.",
    "Biết hồ sơ đang ở đâu nên không phải gọi hỏi.",
];
/// What the displeased add.
pub const DISPLEASED: [&str; 4] = [
    "Phải đến thêm một lần chỉ để nộp lại bản chụp rõ hơn.",
    "Phần khai trên điện thoại hơi dài, nên cho lưu giữa chừng dễ thấy hơn.",
    "Chờ ở quầy lâu dù đã có giấy hẹn.",
    "Không rõ vì sao phải nộp giấy tờ đã có trong dữ liệu.",
];
/// Why a citizen takes it back.
pub const WITHDRAWN: [&str; 3] =
    ["Tôi không còn nhu cầu.", "Tôi nộp nhầm thủ tục.", "Tôi sẽ nộp lại sau khi có đủ giấy tờ."];
/// Why the office stops.
pub const STOPPED: [&str; 2] =
    ["Đối tượng của hồ sơ không còn.", "Có tranh chấp đang được Tòa án giải quyết về nội dung của hồ sơ."];
/// The law it names.
pub const STOPPED_LAW: &str = "NĐ 61/2018/NĐ-CP Điều 19";
/// Why a draft comes back.
pub const SENT_BACK: [&str; 3] =
    ["Sửa lại căn cứ pháp lý của dự thảo.", "Kiểm tra lại họ tên trong dự thảo.", "Bổ sung ý kiến thẩm định."];
/// Why an officer takes a draft back.
pub const RECALLED: &str = "Dự thảo còn lỗi chính tả, xin sửa lại.";
/// Why an apology is due.
pub const APOLOGISED: &str = "Lãnh đạo có thẩm quyền ký đi công tác, chưa ký kịp kết quả.";
/// What goes with a draft that grants.
pub const GRANTED: &str = "Hồ sơ đủ điều kiện, đề nghị ký.";
/// What goes with a draft that declines.
pub const DECLINED: [&str; 3] = [
    "Không đủ điều kiện theo quy định: thông tin đề nghị không có trong sổ gốc.",
    "Không đủ điều kiện hưởng chính sách theo quy định hiện hành.",
    "Nội dung đề nghị không phù hợp với quy hoạch được duyệt.",
];
/// What a duty is for.
pub const DUTY: [&str; 2] = ["Nghĩa vụ tài chính về đất đai", "Lệ phí trước bạ"];
/// Why a dossier that no rule placed belongs where it lies.
pub const ROUTED: &str = "Đã gọi người nộp hỏi tổ dân phố: nhà thuộc địa bàn của phường này (số liệu mẫu).";
/// What a leader says with naming an officer.
pub const ASSIGNED: &str = "Giao thụ lý, báo cáo khi có vướng mắc.";
