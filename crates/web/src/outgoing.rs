//! A file on its way out: piece by piece, never whole in memory.

use app::uploads::Opened;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_LENGTH;
use futures_util::stream::try_unfold;

/// The body of an answer that is this file. Where a later piece cannot be had, the answer breaks off: nobody takes half a file for
/// a whole one.
pub fn body(file: Opened) -> Body {
    let pieces = try_unfold(file, |mut file| async move {
        let piece = file.next().await.inspect_err(|error| {
            tracing::warn!(document.id = %file.document.id, error = %error, "a file broke off on its way out");
        })?;
        Ok::<_, app::AppError>(piece.map(|piece| (piece, file)))
    });
    Body::from_stream(pieces)
}

/// Tells how long the file is, so that a browser notices where it breaks off.
pub fn tell_length(headers: &mut HeaderMap, file_bytes: i64) {
    if let Ok(length) = HeaderValue::from_str(&file_bytes.to_string()) {
        headers.insert(CONTENT_LENGTH, length);
    }
}
