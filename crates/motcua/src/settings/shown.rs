//! The settings as an administrator's page shows them: every key in words, secrets never.

use super::Settings;
use super::messages::MESSAGE_MEANINGS;
use domain::kpi::StoppedIn;
use std::path::Path;

/// What a secret looks like.
const HIDDEN: &str = "(đã đặt, không hiển thị)";
/// A value that has no usual one.
const UNSET: &str = "(chưa đặt)";
const BY_REGIME: &str = "(theo chế độ pháp lý)";

impl Settings {
    /// Group, key, value, where it comes from, what it decides: one row for each key.
    pub fn shown(&self) -> Vec<[String; 5]> {
        let usual = Self::default();
        let usual = usual.values().into_iter().chain(usual.message_values());
        let meanings = MEANINGS.into_iter().chain(MESSAGE_MEANINGS);
        let with_meaning = self.values().into_iter().chain(self.message_values()).zip(usual).zip(meanings);
        with_meaning
            .map(|(((key, value), (_, usual)), meaning)| {
                let source = if value == usual { "mặc định" } else { "đã đặt" };
                let group = key.split('.').next().unwrap_or_default();
                [group.to_owned(), key.to_owned(), value, source.to_owned(), meaning.to_owned()]
            })
            .collect()
    }

    /// Every key with its value, in the order of the manual.
    fn values(&self) -> [(&'static str, String); MEANINGS.len()] {
        let yes_no = |flag: bool| if flag { "có" } else { "không" }.to_owned();
        let or = |value: Option<String>, otherwise: &str| value.unwrap_or_else(|| otherwise.to_owned());
        let stopped = match self.reports.stopped_in {
            StoppedIn::ResolvedOnTime => "resolved_on_time",
            StoppedIn::Open => "open",
        };
        let shown = |path: &Path| path.display().to_string();
        let keys: Vec<String> = self.backup.keys.iter().map(ToString::to_string).collect();
        let allowed: Vec<String> = self.metrics.allowed.iter().map(ToString::to_string).collect();
        let proxies: Vec<String> = self.server.trusted_proxies.iter().map(ToString::to_string).collect();
        [
            ("server.listen", self.server.listen.to_string()),
            ("server.public_url", self.server.base_url()),
            ("server.trusted_proxies", if proxies.is_empty() { UNSET.to_owned() } else { proxies.join(", ") }),
            ("server.tls_certificate", or(self.server.tls_certificate.as_deref().map(shown), UNSET)),
            ("server.tls_key", or(self.server.tls_key.as_deref().map(shown), UNSET)),
            ("data.dir", self.data.dir.display().to_string()),
            ("database.url", or(self.database.address.as_ref().map(ToString::to_string), UNSET)),
            ("database.ca_file", or(self.database.ca_file.as_ref().map(|it| it.display().to_string()), UNSET)),
            ("database.connections", self.database.connections.to_string()),
            ("files.folder", self.files_folder().display().to_string()),
            ("files.bucket", or(self.files.bucket.clone(), UNSET)),
            ("files.endpoint", or(self.files.endpoint.clone(), UNSET)),
            ("files.region", self.files.region.clone()),
            ("files.ca_file", or(self.files.ca_file.as_ref().map(|it| it.display().to_string()), UNSET)),
            ("files.allow_http", yes_no(self.files.allow_http)),
            ("files.keys_file", self.files_keys().display().to_string()),
            ("office.name", or(self.office.name.clone(), UNSET)),
            ("office.place", or(self.office.place.clone(), UNSET)),
            ("office.regime", or(self.office.regime.clone(), UNSET)),
            ("office.citizen_accounts", or(self.office.citizen_accounts.map(yes_no), BY_REGIME)),
            (
                "office.speech_command",
                or(Some(self.office.speech_command.join(" ")).filter(|it| !it.is_empty()), UNSET),
            ),
            ("office.remind_every_days", self.office.remind_every_days.to_string()),
            ("code.pattern", or(self.code.pattern.as_ref().map(|it| format!("{it:?}")), BY_REGIME)),
            ("upload.file_bytes_max", self.upload.file_bytes_max.to_string()),
            ("upload.files_max", self.upload.files_max.to_string()),
            ("upload.dossier_bytes_max", self.upload.dossier_bytes_max.to_string()),
            ("session.idle_minutes", self.session.idle_minutes.to_string()),
            ("session.absolute_hours", self.session.absolute_hours.to_string()),
            ("limits.login_tries", self.limits.login_tries.to_string()),
            ("limits.lookup_tries", self.limits.lookup_tries.to_string()),
            ("limits.address_tries", self.limits.address_tries.to_string()),
            ("limits.lock_minutes", self.limits.lock_minutes.to_string()),
            ("queue.priority_in_a_row", self.queue.priority_in_a_row.to_string()),
            ("queue.tickets_per_address", self.queue.tickets_per_address.to_string()),
            ("outbox.folder", self.outbox_folder().display().to_string()),
            ("reports.stopped_in", stopped.to_owned()),
            ("supplement.max_per_stage", or(self.supplement.max_per_stage.map(|it| it.to_string()), BY_REGIME)),
            ("supplement.citizen_days", or(self.supplement.citizen_days.map(|it| it.to_string()), BY_REGIME)),
            ("exchange.answer_working_days", self.exchange.answer_working_days.to_string()),
            ("rating.days", self.rating.days.to_string()),
            (
                "key.file",
                if self.key.pem.is_some() { HIDDEN.to_owned() } else { self.key_file().display().to_string() },
            ),
            ("backup.to", or(self.backup.to.as_ref().map(ToString::to_string), UNSET)),
            ("backup.keys", if keys.is_empty() { UNSET.to_owned() } else { keys.join(", ") }),
            ("backup.at", or(self.backup.at.map(|it| it.strftime("%H:%M").to_string()), UNSET)),
            ("backup.keep", self.backup.keep.to_string()),
            ("backup.scratch", shown(&self.scratch_folder())),
            ("backup.endpoint", or(self.backup.endpoint.clone(), UNSET)),
            ("backup.region", self.backup.region.clone()),
            ("metrics.allowed", if allowed.is_empty() { UNSET.to_owned() } else { allowed.join(", ") }),
        ]
    }
}

/// What each key decides, in the order of [`Settings::values`].
const MEANINGS: [&str; 49] = [
    "Địa chỉ và cổng chương trình lắng nghe",
    "Địa chỉ công dân truy cập; liên kết và mã QR bắt đầu bằng địa chỉ này",
    "Máy chủ trung gian được tin về địa chỉ người truy cập",
    "Chứng thư TLS của chương trình; chưa đặt thì máy chủ trung gian lo TLS",
    "Khóa của chứng thư đó",
    "Thư mục cơ sở dữ liệu và tệp",
    "Máy chủ PostgreSQL; chưa đặt thì cơ sở dữ liệu là một tệp trong thư mục dữ liệu",
    "Chứng thư dùng để kiểm tra máy chủ cơ sở dữ liệu",
    "Số kết nối tới máy chủ cơ sở dữ liệu",
    "Thư mục tệp; không dùng khi tệp nằm trong kho S3",
    "Kho S3 chứa tệp; chưa đặt thì tệp nằm trong thư mục",
    "Địa chỉ máy chủ của kho S3",
    "Vùng của kho S3",
    "Chứng thư dùng để kiểm tra máy chủ của kho S3",
    "Cho phép nối tới kho S3 không mã hóa đường truyền",
    "Tệp khóa mã hóa các tệp",
    "Tên ở đầu trang",
    "Nơi ghi trên giấy tờ",
    "Chế độ pháp lý của hồ sơ mới",
    "Công dân được có tài khoản tại đây",
    "Lệnh đọc thông báo thành tiếng",
    "Số ngày giữa hai lần nhắc nhận kết quả",
    "Cách đặt mã hồ sơ",
    "Tệp lớn nhất, byte",
    "Số tệp nhiều nhất của một hồ sơ",
    "Tổng dung lượng tệp của một hồ sơ, byte",
    "Phút không thao tác thì phải đăng nhập lại",
    "Giờ thì phải đăng nhập lại",
    "Số lần sai mật khẩu trước khi khóa",
    "Số lần tra cứu sai trước khi khóa mã hồ sơ",
    "Số lần sai từ một địa chỉ trước khi khóa địa chỉ đó",
    "Số phút khóa",
    "Số vé ưu tiên gọi liền nhau trước khi gọi một vé thường",
    "Số vé lấy được từ một địa chỉ trong một giờ",
    "Thư mục thư và tin nhắn đi",
    "Cách tính hồ sơ dừng giải quyết trong biểu 06a",
    "Số lần yêu cầu bổ sung ở mỗi giai đoạn",
    "Số ngày công dân có để bổ sung",
    "Số ngày làm việc phải trả lời tin nhắn của người dân",
    "Số ngày được đánh giá sau khi hồ sơ xong",
    "Khóa ký niêm phong",
    "Nơi đặt bản sao lưu",
    "Khóa công khai mở được bản sao lưu",
    "Giờ sao lưu và khôi phục thử hằng ngày",
    "Số bản sao lưu được giữ",
    "Thư mục tạm khi sao lưu và khôi phục thử",
    "Máy chủ S3 chứa bản sao lưu",
    "Vùng của kho S3",
    "Địa chỉ được đọc /metrics",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::KEYS;

    #[test]
    fn every_key_is_shown_and_no_secret_is() {
        let rows = Settings::default().shown();
        for key in KEYS.iter().filter(|it| !it.only_as_variable) {
            assert!(rows.iter().any(|row| row[1] == key.name), "{} is not shown", key.name);
        }
        let pem = "-----BEGIN PRIVATE KEY-----\nabc".to_owned();
        let env = [("MOTCUA_KEY_PEM".to_owned(), pem)];
        let settings = Settings::load(None, env.into_iter()).unwrap();
        assert!(settings.shown().iter().flatten().all(|it| !it.contains("abc")));
    }
}
