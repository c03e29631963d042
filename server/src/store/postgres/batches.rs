//! Questions that are asked at the same moment, put together. To bind and to run a
//! statement costs PostgreSQL and this process several times what finding one more row
//! does. So while a statement is under way, whoever asks waits for the next one, which
//! takes all that have gathered, as a database commits several transactions by one write.
//!
//! A database that is far away would keep them waiting for as long as a question travels,
//! though nobody has anything to do meanwhile. So another statement begins behind one that
//! is under way, but no sooner than [`PACE`] after it.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::pipeline::Pipelines;
use crate::store::error::{Result, StoreError};
use crate::store::lookup::{Lookup, Question, arrays, by_question};
use crate::store::value::{Row, Statement, Value};

/// Questions of one statement at most: it is answered in milliseconds.
const MOST: usize = 256;
/// Statements under way at once at most, of each text: so that one of a database that is as
/// far away as another continent begins every few milliseconds.
const UNDER_WAY: usize = 32;
/// What a statement costs both sides, whatever it finds, is some 50 µs of a core. At this pace
/// that is a tenth of one.
const PACE: Duration = Duration::from_micros(500);

type Answers = Vec<Vec<Row>>;
type Asked = Pin<Box<dyn Future<Output = Result<Vec<Row>>> + Send>>;
/// Runs a statement.
type Run = dyn Fn(Statement, Vec<Value>) -> Asked + Send + Sync;

/// What waits for statements.
#[derive(Clone)]
pub(super) struct Batches {
    run: Arc<Run>,
    /// By the text of the statement. There are four: to compare them takes less than to hash one.
    waiting: Arc<Mutex<BTreeMap<&'static str, Waiting>>>,
}

/// What waits for statements of one text.
#[derive(Default)]
struct Waiting {
    askers: VecDeque<Asker>,
    /// How many statements are under way.
    asking: usize,
    /// When the last one began.
    begun: Option<Instant>,
}

struct Asker {
    questions: Vec<Question>,
    answer: oneshot::Sender<Result<Answers>>,
}

impl Batches {
    /// On these connections.
    pub(super) fn over(pipelines: Arc<Pipelines>) -> Self {
        Self::new(move |statement, values| {
            let pipelines = pipelines.clone();
            Box::pin(async move { pipelines.run(statement, &values).await })
        })
    }

    fn new(run: impl Fn(Statement, Vec<Value>) -> Asked + Send + Sync + 'static) -> Self {
        Batches { run: Arc::new(run), waiting: Arc::default() }
    }

    /// The rows of each question.
    pub(super) async fn answer(&self, lookup: Lookup, questions: Vec<Question>) -> Result<Answers> {
        let (answer, answered) = oneshot::channel();
        let begins = {
            let mut all = self.lock();
            let waiting = all.entry(lookup.postgres).or_default();
            waiting.askers.push_back(Asker { questions, answer });
            waiting.begins()
        };
        if begins {
            // By itself: whoever asked may give up, and others wait for the same statement.
            tokio::spawn(self.clone().ask(lookup));
        }
        answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".into())))
    }

    /// Asks for all that wait, until another statement does.
    async fn ask(self, lookup: Lookup) {
        loop {
            // Requests that have arrived run up to here first, and have their questions in it.
            tokio::task::yield_now().await;
            if let Some(askers) = self.next(lookup) {
                self.ask_for(lookup, askers).await;
            }
            let mut all = self.lock();
            let waiting = all.entry(lookup.postgres).or_default();
            waiting.asking -= 1;
            if waiting.askers.is_empty() || !waiting.begins() {
                return;
            }
        }
    }

    async fn ask_for(&self, lookup: Lookup, mut askers: Vec<Asker>) {
        let counts: Vec<usize> = askers.iter().map(|asker| asker.questions.len()).collect();
        let questions: Vec<_> =
            askers.iter_mut().flat_map(|asker| std::mem::take(&mut asker.questions)).collect();
        let total = questions.len();
        let found = (self.run)(lookup.statement(), arrays(questions.into_iter())).await;
        match found.and_then(|rows| by_question(rows, total)) {
            Ok(found) => {
                let mut found = found.into_iter();
                for (asker, count) in askers.into_iter().zip(counts) {
                    // Whoever has given up needs none.
                    let _ = asker.answer.send(Ok(found.by_ref().take(count).collect()));
                }
            }
            Err(error) => askers.into_iter().for_each(|asker| drop(asker.answer.send(Err(error.clone())))),
        }
    }

    /// Those whose questions the next statement has. Of one who has given up nothing is asked.
    fn next(&self, lookup: Lookup) -> Option<Vec<Asker>> {
        let mut all = self.lock();
        let waiting = all.entry(lookup.postgres).or_default();
        waiting.askers.retain(|asker| !asker.answer.is_closed());
        let mut total = 0;
        let fits = |asker: &&Asker| {
            total += asker.questions.len();
            total <= MOST
        };
        // One asker has a statement alone, however many questions they have.
        let count = waiting.askers.iter().take_while(fits).count().max(1).min(waiting.askers.len());
        (count > 0).then(|| waiting.askers.drain(..count).collect())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Whether one more statement begins now: then it is counted.
    fn begins(&mut self) -> bool {
        let now = Instant::now();
        let is_due = self.begun.is_none_or(|begun| now.duration_since(begun) >= PACE);
        let begins = self.asking == 0 || (is_due && self.asking < UNDER_WAY);
        if begins {
            self.asking += 1;
            self.begun = Some(now);
        }
        begins
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;
    use crate::store::value::Cell;

    // The clock stands still in all of these: a statement that is under way for PACE lets another begin.

    const BY_TEXT: Lookup = Lookup { sqlite: "", postgres: "SELECT" };

    /// A database that has a row for each text, and as many answers as there are permits.
    struct Database {
        batches: Batches,
        permits: Arc<Semaphore>,
        sizes: Arc<Mutex<Vec<usize>>>,
    }

    fn database() -> Database {
        let (permits, sizes) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (mine, told) = (permits.clone(), sizes.clone());
        let batches = Batches::new(move |_, values| {
            let (permits, sizes) = (mine.clone(), told.clone());
            Box::pin(async move {
                let [Value::Texts(texts)] = &values[..] else { panic!("one array") };
                sizes.lock().unwrap().push(texts.len());
                permits.acquire().await.unwrap().forget();
                if texts.iter().any(|text| text == "broken") {
                    return Err(StoreError::Lost("it is gone".into()));
                }
                let known = texts.iter().enumerate().filter(|(_, text)| *text != "unknown");
                Ok(known
                    .map(|(number, text)| {
                        Row::new(vec![Cell::Int(number as i64 + 1), Cell::Text(text.clone())])
                    })
                    .collect())
            })
        });
        Database { batches, permits, sizes }
    }

    impl Database {
        /// Asks for each, and tells what was found, when all have been asked.
        fn ask(&self, questions: &[&str]) -> tokio::task::JoinHandle<Result<Vec<Vec<String>>>> {
            let questions = questions.iter().map(|text| vec![(*text).to_owned()]).collect();
            let batches = self.batches.clone();
            tokio::spawn(async move {
                let answers = batches.answer(BY_TEXT, questions).await?;
                Ok(answers
                    .into_iter()
                    .map(|rows| rows.into_iter().map(|mut row| row.text().unwrap()).collect())
                    .collect())
            })
        }

        fn sizes(&self) -> Vec<usize> {
            self.sizes.lock().unwrap().clone()
        }
    }

    /// Until nothing can go on without an answer: there is one thread.
    async fn settled() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_gathers_while_a_statement_is_under_way_is_asked_by_the_next_one() {
        let database = database();
        let first = database.ask(&["a"]);
        settled().await;
        let others: Vec<_> = ["b", "unknown", "c", "b"].map(|text| database.ask(&[text])).into();
        settled().await;
        assert_eq!(database.sizes(), [1], "the others wait");
        database.permits.add_permits(2);
        assert_eq!(first.await.unwrap().unwrap(), [["a"]]);
        let mut found = Vec::new();
        for other in others {
            found.push(other.await.unwrap().unwrap().remove(0));
        }
        assert_eq!(found, [vec!["b"], vec![], vec!["c"], vec!["b"]], "each has its own answer");
        assert_eq!(database.sizes(), [1, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_arrives_together_is_asked_together() {
        let database = database();
        let all: Vec<_> = ["a", "b", "c"].map(|text| (text, database.ask(&[text]))).into();
        settled().await;
        assert_eq!(database.sizes(), [3], "before the first statement begins, three have asked");
        database.permits.add_permits(1);
        for (text, asked) in all {
            assert_eq!(asked.await.unwrap().unwrap(), [[text]]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn behind_a_slow_statement_others_begin_at_their_pace() {
        let database = database();
        let mut all = vec![database.ask(&["a"])];
        settled().await;
        for number in 2..=UNDER_WAY {
            all.push(database.ask(&["b"]));
            settled().await;
            assert_eq!(database.sizes().len(), number - 1, "it is too soon");
            tokio::time::advance(PACE).await;
            all.push(database.ask(&["c"]));
            settled().await;
            assert_eq!(database.sizes().last(), Some(&2), "one asks for both");
            assert_eq!(database.sizes().len(), number);
        }
        tokio::time::advance(PACE).await;
        all.push(database.ask(&["d"]));
        settled().await;
        assert_eq!(database.sizes().len(), UNDER_WAY, "no more are under way");
        database.permits.add_permits(UNDER_WAY + 1);
        for asked in all {
            assert_eq!(asked.await.unwrap().unwrap().len(), 1);
        }
        assert_eq!(database.sizes().len(), UNDER_WAY + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_does_not_let_the_next_statement_begin_too_soon_behind_others() {
        let database = database();
        let first = database.ask(&["a"]);
        settled().await;
        tokio::time::advance(PACE).await;
        let second = database.ask(&["b"]);
        settled().await;
        let third = database.ask(&["c"]);
        settled().await;
        database.permits.add_permits(1);
        first.await.unwrap().unwrap();
        settled().await;
        assert_eq!(database.sizes(), [1, 1], "the second is under way, and began just now");
        database.permits.add_permits(2);
        for asked in [second, third] {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(database.sizes(), [1, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_gives_up_takes_no_other_answer_away() {
        let database = database();
        let first = database.ask(&["a"]);
        settled().await;
        let (gone, stays) = (database.ask(&["b"]), database.ask(&["c"]));
        settled().await;
        first.abort();
        gone.abort();
        settled().await;
        database.permits.add_permits(2);
        assert_eq!(stays.await.unwrap().unwrap(), [["c"]]);
        assert_eq!(database.sizes(), [1, 1], "nothing is asked for who is gone");
        database.permits.add_permits(1);
        assert_eq!(database.ask(&["d"]).await.unwrap().unwrap(), [["d"]], "the next is asked");
    }

    #[tokio::test(start_paused = true)]
    async fn all_of_a_statement_that_fails_are_told_and_the_next_one_is_run() {
        let database = database();
        let first = database.ask(&["a"]);
        settled().await;
        let (one, other) = (database.ask(&["b", "broken"]), database.ask(&["c"]));
        settled().await;
        database.permits.add_permits(3);
        assert!(first.await.unwrap().is_ok());
        for failed in [one, other] {
            assert!(matches!(failed.await.unwrap(), Err(StoreError::Lost(_))));
        }
        assert_eq!(database.ask(&["b", "c"]).await.unwrap().unwrap(), [["b"], ["c"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_statement_has_a_bounded_number_of_questions() {
        let database = database();
        let first = database.ask(&["a"]);
        settled().await;
        let many: Vec<_> = (0..MOST + 1).map(|_| database.ask(&["b"])).collect();
        let one = vec!["c"; MOST + 1];
        let alone = database.ask(&one);
        settled().await;
        database.permits.add_permits(4);
        first.await.unwrap().unwrap();
        for asked in many {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(alone.await.unwrap().unwrap().len(), MOST + 1);
        assert_eq!(database.sizes(), [1, MOST, 1, MOST + 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_of_no_question_is_an_error() {
        let asked = AtomicUsize::new(0);
        let batches = Batches::new(move |_, _| {
            let number = asked.fetch_add(1, Ordering::Relaxed) as i64 * 2;
            Box::pin(async move { Ok(vec![Row::new(vec![Cell::Int(number)])]) })
        });
        for _ in 0..2 {
            let answer = batches.answer(BY_TEXT, vec![vec!["a".to_owned()]]).await;
            assert!(matches!(answer, Err(StoreError::Failed(_))));
        }
    }
}
