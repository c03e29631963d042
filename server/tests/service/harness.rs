//! A service of its own for every test, with a clock that the test moves.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use keylatch_format::Secret;
use keylatch_server::{App, Config, Database, Facade, ManualClock, PasswordCost};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::postgres;

/// When every test begins.
pub const START: &str = "2026-11-20T10:00:00Z";
pub const KIM: &str = "kim@example.com";
pub const LEE: &str = "lee@example.com";
pub const PASSWORD: &str = "correct horse battery";

/// The service, in process.
pub struct Service {
    pub app: App,
    pub clock: Arc<ManualClock>,
    /// Looks into the database past the service.
    pub database: AnyPool,
    router: Router,
    _directory: Option<TempDir>,
}

/// A configuration for tests: password hashing costs next to nothing, and all
/// facades stand beside our own API.
pub fn config(database: Database, clock: &Arc<ManualClock>) -> Config {
    let mut config = Config::new(database);
    config.clock = clock.clone();
    config.facades = Facade::ALL.to_vec();
    config.issuer = true;
    config.password_cost = PasswordCost { memory_kib: 64, passes: 1 };
    config
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(START.parse().unwrap()))
}

impl Service {
    pub async fn on_sqlite() -> Service {
        Service::with(|_| {}).await
    }

    /// On a PostgreSQL that must be there; see [`postgres`].
    pub async fn on_postgres() -> Service {
        let database = Database::Postgres(Secret::new(postgres::take_database().await));
        Service::open(config(database, &clock()), clock(), None).await
    }

    /// On SQLite, with a configuration that the test changes.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Service {
        let directory = tempfile::tempdir().unwrap();
        let mut config = config(Database::Sqlite(directory.path().join("keys.db")), &clock());
        change(&mut config);
        Service::open(config, clock(), Some(directory)).await
    }

    /// For the next test, or so that nothing is left on a PostgreSQL that goes on after the tests.
    pub async fn give_database_back(self) {
        self.app.close().await;
        self.database.close().await;
        if let Database::Postgres(url) = &self.app.config().database {
            postgres::give_database_back(url.expose()).await;
        }
    }

    async fn open(mut config: Config, clock: Arc<ManualClock>, directory: Option<TempDir>) -> Service {
        config.clock = clock.clone();
        let app = App::open(config).await.unwrap();
        app.create_user(KIM, PASSWORD).await.unwrap();
        app.create_user(LEE, PASSWORD).await.unwrap();
        Service { _directory: directory, ..Service::of(app, clock).await }
    }

    /// A service whose app is open already.
    pub async fn of(app: App, clock: Arc<ManualClock>) -> Service {
        let database = look_into(&app.config().database).await;
        Service { router: app.router(), app, clock, database, _directory: None }
    }

    /// Another server on the same database, with the same clock.
    pub async fn another_process(&self) -> Service {
        self.another_process_with(|_| {}).await
    }

    /// The same, with a configuration that the test changes.
    pub async fn another_process_with(&self, change: impl FnOnce(&mut Config)) -> Service {
        let mut config = self.app.config().clone();
        change(&mut config);
        Service::of(App::open(config).await.unwrap(), self.clock.clone()).await
    }

    pub fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }

    /// The same service by another name than `kl.test`.
    pub fn named(&self, host: &str, method: Method, path: &str) -> Call<'_> {
        let mut call = self.call(method, path);
        call.headers.insert(header::HOST, host.parse().unwrap());
        call
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(Method::PUT, path)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "kl.test".parse().unwrap());
        Call { service: self, method, path: path.to_owned(), headers, body: Body::empty(), address: None }
    }

    /// Signs in and gives the cookie back, as `keylatch_session=…`.
    pub async fn sign_in(&self, user: &str) -> String {
        let answer = self.post("/v1/session").json(json!({"user": user, "password": PASSWORD})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.cookie()
    }

    /// Creates a key with these members besides its name.
    pub async fn create(&self, cookie: &str, more: Value) -> NewKey {
        let mut order = json!({"name": "test key"});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.post("/v1/keys").cookie(cookie).json(order).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.new_key()
    }

    /// One column of a key's row, as text; an absent value is empty.
    pub async fn stored(&self, id: &str, column: &str) -> String {
        let sql = format!("SELECT COALESCE(CAST({column} AS TEXT), '') FROM keys WHERE id = $1");
        self.text(&sql, id).await
    }

    /// The number of rows that the statement counts.
    pub async fn count(&self, sql: &str) -> i64 {
        self.app.flush().await;
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::query(sql).fetch_one(&self.database).await.unwrap().get(0)
    }

    /// Changes the database past the service.
    pub async fn execute(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&self.database).await.unwrap();
    }

    async fn text(&self, sql: &str, parameter: &str) -> String {
        self.app.flush().await;
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::query(sql).bind(parameter).fetch_one(&self.database).await.unwrap().get(0)
    }
}

async fn look_into(database: &Database) -> AnyPool {
    sqlx::any::install_default_drivers();
    let url = match database {
        Database::Sqlite(path) => format!("sqlite://{}", path.display()),
        Database::Postgres(url) => url.expose().to_owned(),
    };
    sqlx::any::AnyPoolOptions::new().max_connections(2).connect(&url).await.unwrap()
}

/// An application of Kim's with a management key that may do everything.
pub struct Application<'s> {
    pub service: &'s Service,
    pub id: String,
    /// The secret of the management key.
    pub manager: String,
    /// Kim's session.
    pub cookie: String,
}

impl Service {
    /// Makes an application with these members besides name and formats.
    pub async fn application(&self, more: Value) -> Application<'_> {
        let cookie = self.sign_in(KIM).await;
        let mut order = json!({"name": "Acme API", "formats": [
            {"environment": "live", "prefix": "acme_live_"}, {"environment": "test", "prefix": "acme_test_"},
        ]});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.post("/v1/applications").cookie(&cookie).json(order).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let mut application = Application { service: self, id, manager: String::new(), cookie };
        application.manager =
            application.management_key(&["verify", "keys:create", "keys:read", "keys:revoke"]).await;
        application
    }
}

impl Application<'_> {
    /// The address of something in the application, such as `/keys`.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/applications/{}{rest}", self.id)
    }

    /// The secret of a new management key with these scopes.
    pub async fn management_key(&self, scopes: &[&str]) -> String {
        let order = json!({"name": "server", "scopes": scopes, "expires_in": "never"});
        let answer = self.service.post(&self.path("/management-keys")).cookie(&self.cookie).json(order).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["secret"].as_str().unwrap().to_owned()
    }

    /// Issues a key to `cust_7`, unless these members say otherwise.
    pub async fn issue(&self, more: Value) -> NewKey {
        let mut order = json!({"owner": "cust_7"});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.service.post(&self.path("/keys")).bearer(&self.manager).json(order).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let key = answer.json();
        let member = |name: &str| key[name].as_str().unwrap().to_owned();
        NewKey { id: member("id"), secret: member("secret"), key: key.clone() }
    }

    /// What is said of a key, asked with these members besides it.
    pub async fn verify(&self, key: &str, more: Value) -> Value {
        let mut order = json!({"key": key});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.service.post("/v1/verify").bearer(&self.manager).json(order).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// The code of a key.
    pub async fn code(&self, key: &str) -> String {
        self.verify(key, json!({})).await["code"].as_str().unwrap().to_owned()
    }
}

/// What a create or rotate told.
pub struct NewKey {
    pub id: String,
    pub secret: String,
    pub key: Value,
}

/// A request in the making; it is sent when it is awaited.
pub struct Call<'a> {
    service: &'a Service,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    address: Option<SocketAddr>,
}

impl Call<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub fn bearer(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// As if from this IP address.
    pub fn from(mut self, address: &str) -> Self {
        self.address = Some(SocketAddr::new(address.parse().unwrap(), 50_000));
        self
    }

    async fn send(self) -> Answer {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let response = self.service.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // What is compressed is no text; how long it is, this still tells roughly.
        let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl<'a> IntoFuture for Call<'a> {
    type Output = Answer;
    type IntoFuture = std::pin::Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    pub fn new_key(&self) -> NewKey {
        let json = self.json();
        NewKey {
            id: json["key"]["id"].as_str().unwrap().to_owned(),
            secret: json["secret"].as_str().unwrap().to_owned(),
            key: json["key"].clone(),
        }
    }

    /// The ids of a page of keys.
    pub fn ids(&self) -> Vec<String> {
        let json = self.json();
        json["items"].as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Asserts a problem of this status and code, and gives its sentence back.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        assert_eq!(json["type"], format!("/problems/{code}"), "{}", self.text);
        assert_eq!(json["status"], status);
        assert_eq!(json["request_id"], self.header("x-request-id"));
        assert!(json["title"].as_str().is_some_and(|title| !title.is_empty()));
        json["detail"].as_str().unwrap().to_owned()
    }

    /// The same, with the member at fault.
    #[track_caller]
    pub fn problem_at(&self, status: u16, code: &str, field: &str) -> String {
        let detail = self.problem(status, code);
        assert_eq!(self.json()["field"], field, "{}", self.text);
        detail
    }
}
