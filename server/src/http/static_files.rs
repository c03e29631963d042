//! The page at `/`, the npm package at `/keylatch/`, the documents at `/docs/`.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::percent_decode_str;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::config::Config;
use crate::state::App;

/// The kinds of file that the package publishes to a browser.
const PACKAGE_FILES: [&str; 4] = [".js", ".d.ts", ".wasm", ".json"];

/// Adds the files to the routes.
pub(crate) fn serve(routes: Router<App>, config: &Config) -> Router<App> {
    let mut routes = routes;
    if let Some(directory) = &config.pkg {
        let files = Router::new().fallback_service(ServeDir::new(directory));
        routes = routes.nest(
            "/keylatch",
            within(directory, files)
                .layer(from_fn(published_only))
                .layer(CompressionLayer::new())
                .layer(from_fn(as_file)),
        );
    }
    if let Some(directory) = &config.docs {
        let files = Router::new().fallback_service(ServeDir::new(directory));
        let files = within(directory, files).layer(CompressionLayer::new()).layer(from_fn(as_file));
        routes = routes.nest_service("/docs", files.layer(from_fn(with_slash)));
    }
    if let Some(directory) = &config.www {
        let files = Router::new().fallback_service(ServeDir::new(directory));
        routes = routes.fallback_service(
            within(directory, files).layer(CompressionLayer::new()).layer(from_fn(as_file)),
        );
    }
    routes
}

/// Only files whose real place is within the directory: ServeDir follows
/// symbolic links, and one may lead to what was never meant to be published.
fn within<S: Clone + Send + Sync + 'static>(directory: &Path, files: Router<S>) -> Router<S> {
    let root: Arc<Path> = std::fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned()).into();
    files.layer(from_fn(move |request: Request, next: Next| {
        let root = root.clone();
        async move {
            let asked = percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
            let place = root.join(asked.trim_start_matches('/'));
            match tokio::fs::canonicalize(&place).await {
                Ok(real) if !real.starts_with(&root) => StatusCode::NOT_FOUND.into_response(),
                Ok(_) | Err(_) => next.run(request).await,
            }
        }
    }))
}

/// Nothing hidden, the right type, and browsers ask each time whether the file
/// has changed. Nothing but files is compressed: what an answer of the API has of
/// a secret could be guessed from its length (BREACH).
async fn as_file(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_ascii_lowercase();
    if !may_be_file(&path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    if found {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(kind) = content_type(&path) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        weaken_compressed(headers);
    }
    response
}

/// Sends `/docs` to `/docs/`: the links of the page there are relative to it.
async fn with_slash(OriginalUri(asked): OriginalUri, request: Request, next: Next) -> Response {
    if asked.path() == "/docs" {
        return Redirect::permanent("/docs/").into_response();
    }
    next.run(request).await
}

/// The tag is of the file, not of the bytes that a compressed answer has, so it is
/// a weak one there (RFC 9110, 8.8.1). `If-None-Match` compares it all the same.
fn weaken_compressed(headers: &mut HeaderMap) {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return;
    }
    let Some(tag) = headers.get(header::ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")) else {
        return;
    };
    let weak = [b"W/", tag.as_bytes()].concat();
    if let Ok(weak) = HeaderValue::from_bytes(&weak) {
        headers.insert(header::ETAG, weak);
    }
}

async fn published_only(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let published = PACKAGE_FILES.iter().any(|ending| path.ends_with(ending));
    if published && !path.contains("/node_modules/") {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Refuses what is hidden (`.git`), what climbs (`..`), what hides a slash or a
/// dot behind an encoding, and the addresses of the API. ServeDir refuses the
/// second by itself; this does not rely on it.
fn may_be_file(lower_path: &str) -> bool {
    let is_hidden = |part: &str| part.starts_with('.') || part.starts_with("%2e");
    let is_api = lower_path == "/v1" || lower_path.starts_with("/v1/");
    let is_disguised = ["//", "\\", "%2f", "%5c", "%00"].iter().any(|text| lower_path.contains(text));
    !is_api && !is_disguised && !lower_path.split('/').any(is_hidden)
}

/// The types that the table of ServeDir has differently, or without charset.
fn content_type(lower_path: &str) -> Option<&'static str> {
    match lower_path.rsplit('.').next()? {
        "js" | "mjs" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "html" | "/" => Some("text/html; charset=utf-8"),
        "ts" | "md" | "txt" => Some("text/plain; charset=utf-8"),
        _ if lower_path.ends_with('/') => Some("text/html; charset=utf-8"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_and_disguised_paths_are_no_files() {
        for (path, may) in [
            ("/", true),
            ("/index.html", true),
            ("/js/app.mjs", true),
            ("/a.b/c%20d.css", true),
            ("/.env", false),
            ("/js/.git/config", false),
            ("/%2eenv", false),
            ("/..", false),
            ("/js/../../secret", false),
            ("/%2e%2e/secret", false),
            ("/..%2fsecret", false),
            ("/js%2f.env", false),
            ("/..\\secret", false),
            ("/..%5csecret", false),
            ("//example.com", false),
            ("/a%00.html", false),
            ("/v1", false),
            ("/v1/keys", false),
            ("/v1.html", true),
        ] {
            assert_eq!(may_be_file(path), may, "{path}");
        }
    }
}
