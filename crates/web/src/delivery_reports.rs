//! Where the gateway of text messages says how far they came: a call of a machine's, believed for its signature alone.

use crate::Web;
use crate::door::Routes;
use app::AppError;
use app::outbox;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

/// Where reports are posted.
pub const ADDRESS: &str = "/api/v1/bao-phat-tin";
/// Largest report, in bytes.
const BYTES_MAX: usize = 16 << 10;

/// Its route.
pub fn routes(routes: Routes) -> Routes {
    routes.machine_post(ADDRESS, take, BYTES_MAX)
}

/// Takes one report. 204 says that it is kept; from 500 on it should come again.
async fn take(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !outbox::gateway_reports(&web.house) {
        return StatusCode::NOT_FOUND;
    }
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let signature = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    match outbox::report_of_gateway(&web.house, signature, &body).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(AppError::Forbidden) => StatusCode::UNAUTHORIZED,
        Err(AppError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(AppError::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
        Err(error) => {
            tracing::error!(error = %error, "a delivery report could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
