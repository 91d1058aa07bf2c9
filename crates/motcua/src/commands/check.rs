//! `motcua check`: the settings, looked at before anything starts.

use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::partners;
use crate::settings::Settings;
use crate::tls::Certificates;
use crate::wiring::{Place, backup_plan, config_file, settings};

/// Prints every problem of the settings.
///
/// # Errors
/// Stdout cannot be written.
pub fn command(place: &Place) -> Outcome {
    let file = config_file(place);
    if let Err(problems) = Settings::load(file.as_deref(), std::env::vars()) {
        for problem in &problems {
            print(problem)?;
        }
        say(&format!("{} lỗi trong cài đặt.", problems.len()));
        return Ok(Ended::Wanting);
    }
    let settings = settings(place)?;
    if let Err(why) = partners::check(&settings) {
        print(&why)?;
        return Ok(Ended::Wanting);
    }
    backup_plan(&settings)?;
    if let Some(certificates) = Certificates::named(&settings) {
        certificates.map_err(|why| Stop::Usage(format!("server.tls_certificate: {why}")))?;
    }
    say(&format!(
        "Cài đặt đúng{}. Thư mục dữ liệu: {}. Địa chỉ: {}.",
        file.map_or_else(String::new, |it| format!(" ({})", it.display())),
        settings.data.dir.display(),
        settings.server.listen
    ));
    Ok(Ended::Done)
}
