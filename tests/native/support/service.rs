//! A service of its own for every test: SQLite in a directory of its own, and
//! a clock that the test moves.

use std::fs;
use std::sync::Arc;

use keylatch::lifecycle::{Client, Credential, KeyInfo, NewKey, Options};
use keylatch::{Secret, format, provider};
use keylatch_server::{App, Config, Database, ManualClock, PasswordCost};
use sqlx::AnyPool;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::faulty::Faulty;
use super::transport::{BASE_URL, InProcess};

/// When every test begins.
const START: &str = "2026-11-20T10:00:00Z";
/// Whose keys the tests are about.
pub const KIM: &str = "kim@example.com";
/// Somebody else.
pub const LEE: &str = "lee@example.com";
/// The password of both.
pub const PASSWORD: &str = "correct horse battery";
/// The database in its directory.
const FILE: &str = "keys.db";

/// The file of a database with its tables and the two users: to make one takes
/// longer than all that a test asks of it.
static BEGINNING: OnceCell<Vec<u8>> = OnceCell::const_new();

/// The service.
pub struct Service {
    app: App,
    /// To its router, which takes longer to make than a call takes.
    line: InProcess,
    clock: Arc<ManualClock>,
    /// Looks into the database past the service.
    database: AnyPool,
    directory: TempDir,
}

impl Service {
    /// A new one, with two users and no keys.
    pub async fn start() -> Service {
        let directory = directory();
        fs::write(directory.path().join(FILE), BEGINNING.get_or_init(Service::beginning).await).unwrap();
        Service::open(clock(), directory).await
    }

    async fn beginning() -> Vec<u8> {
        let Service { app, database, directory, .. } = Service::open(clock(), directory()).await;
        app.create_user(KIM, PASSWORD).await.unwrap();
        app.create_user(LEE, PASSWORD).await.unwrap();
        database.close().await;
        // What stands in SQLite's log gets into the file.
        app.close().await;
        fs::read(directory.path().join(FILE)).unwrap()
    }

    /// The same one after its program ended and was started again: what it kept in
    /// memory is gone.
    pub async fn restart(self) -> Service {
        let Service { clock, directory, .. } = self;
        Service::open(clock, directory).await
    }

    async fn open(clock: Arc<ManualClock>, directory: TempDir) -> Service {
        let path = directory.path().join(FILE);
        let mut config = Config::new(Database::Sqlite(path.clone()));
        config.clock = clock.clone();
        config.password_cost = PasswordCost { memory_kib: 64, passes: 1 };
        let app = App::open(config).await.unwrap();
        sqlx::any::install_default_drivers();
        let database = AnyPool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        Service { line: InProcess::new(app.router()), app, clock, database, directory }
    }

    /// Moves the clock to a time.
    pub fn at(&self, time: &str) {
        self.clock.set(time.parse().unwrap());
    }

    /// A transport to it on which nothing goes wrong yet.
    pub fn line(&self) -> Faulty {
        Faulty::new(self.line.clone())
    }

    /// A client with this credential.
    pub fn client(&self, credential: Credential) -> Client {
        Client::new(&self.line(), options(credential)).unwrap()
    }

    /// A client with this key.
    pub fn with_key(&self, key: &Secret) -> Client {
        self.client(Credential::Key(key.clone()))
    }

    /// A client that has signed in.
    pub async fn signed_in(&self, user: &str) -> Client {
        self.client(Credential::None).sign_in(&self.line(), user, PASSWORD.into()).await.unwrap()
    }

    /// A new key of Kim's, and its text.
    pub async fn key(&self, new: &NewKey) -> (KeyInfo, Secret) {
        let made = self.signed_in(KIM).await.create(&self.line(), new).await.unwrap();
        (made.key, made.secret.reveal().unwrap())
    }

    /// Whether a program that holds this key gets through.
    pub async fn lets_in(&self, key: &Secret) -> bool {
        match self.with_key(key).whoami(&self.line()).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.code().as_str(), "unauthorized", "{error}");
                false
            }
        }
    }

    /// Kim's keys in the database that are not deleted, oldest first.
    pub async fn rows(&self) -> Vec<Row> {
        let rows = sqlx::query(
            "SELECT name, expires_at, revoked_at FROM keys JOIN users ON users.id = user_id \
             WHERE email = $1 AND deleted_at IS NULL ORDER BY seq",
        );
        let rows = rows.bind(KIM).fetch_all(&self.database).await.unwrap();
        let row = |row: &AnyRow| Row {
            name: row.get("name"),
            expires_at: row.get("expires_at"),
            revoked_at: row.get("revoked_at"),
        };
        rows.iter().map(row).collect()
    }

    /// The names of Kim's keys that would authenticate, oldest first.
    pub async fn alive(&self) -> Vec<String> {
        let now = self.app.now().as_millisecond();
        let lives = |row: &Row| row.revoked_at.is_none() && row.expires_at.is_none_or(|end| end > now);
        self.rows().await.into_iter().filter(lives).map(|row| row.name).collect()
    }

    /// Whether the database still knows the hash of this key.
    pub async fn knows(&self, key: &Secret) -> bool {
        let found = sqlx::query("SELECT id FROM keys WHERE hash = $1").bind(format::hash(key));
        found.fetch_optional(&self.database).await.unwrap().is_some()
    }
}

/// In memory where there is such a place: no test is about the disk.
fn directory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(START.parse().unwrap()))
}

/// A key in the database.
pub struct Row {
    pub name: String,
    /// Milliseconds since 1970.
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

fn options(credential: Credential) -> Options {
    Options {
        provider: provider::builtin("keylatch").unwrap().into(),
        base_url: Some(BASE_URL.into()),
        credential,
        scheme: None,
        retries: 2,
        allow_insecure: false,
    }
}
