//! The service put together, and its end.

use keylatch_format::Secret;

use crate::auth::password::Passwords;
use crate::auth::users::UserError;
use crate::clock::SteadyClock;
use crate::config::Config;
use crate::jobs;
use crate::start_error::StartError;
use crate::state::{App, Shared};
use crate::store::Store;

/// The account that [`Config::demo`] makes, with [`DEMO_PASSWORD`].
pub const DEMO_USER: &str = "demo@example.com";
/// The password of [`DEMO_USER`], known to everyone: for one's own computer only.
pub const DEMO_PASSWORD: &str = "reveal-once";

impl App {
    /// Opens the database, brings its tables up to date, and makes the demo
    /// account if it is wanted and not there. Starts the jobs.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        let app = Self::open_without_jobs(config).await?;
        jobs::start(&app);
        Ok(app)
    }

    /// The same for a program that does one thing and closes it: a job would be at work then, and
    /// complain that the database is gone.
    ///
    /// # Errors
    /// As for [`App::open`].
    pub async fn open_without_jobs(config: Config) -> Result<Self, StartError> {
        for directory in config.www.iter().chain(&config.pkg).chain(&config.docs) {
            if !directory.is_dir() {
                let text = format!(
                    "there is no directory {} to serve. Check --www, --pkg and --docs.",
                    directory.display()
                );
                return Err(StartError::new(text));
            }
        }
        let passwords = Passwords::new(config.password_cost).ok_or_else(|| {
            StartError::new("argon2 does not take this cost of a password: at least 8 KiB and 1 pass.")
        })?;
        let store = Store::open(&config).await?;
        let app = App::from(Shared {
            clock: SteadyClock::new(config.clock.clone()),
            config,
            store,
            passwords,
            throttle: Default::default(),
            noted: Default::default(),
            limits: Default::default(),
            searched: Default::default(),
            quota: Default::default(),
            readiness: Default::default(),
            metrics: Default::default(),
            is_draining: Default::default(),
        });
        if app.config().demo {
            app.create_demo_user().await?;
        }
        Ok(app)
    }

    /// Writes down what was noted, gives back what was leased of quotas, and closes
    /// the database. Requests that come later get 503.
    pub async fn close(&self) {
        self.flush().await;
        self.move_uses().await;
        self.close_limits().await;
        self.store().close().await;
    }

    async fn create_demo_user(&self) -> Result<(), StartError> {
        match self.store().user_by_email(DEMO_USER).await {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => {}
            Err(error) => {
                return Err(StartError::new(format!("the demo account could not be looked up: {error}.")));
            }
        }
        match self.create_user(DEMO_USER, Secret::from(DEMO_PASSWORD)).await {
            Ok(_) | Err(UserError::Taken) => Ok(()),
            Err(error) => Err(StartError::new(format!("the demo account could not be made: {error}"))),
        }
    }
}
