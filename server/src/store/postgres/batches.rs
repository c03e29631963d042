//! Questions that are asked at the same moment, put together. To bind and to run a
//! statement costs PostgreSQL and this process several times what finding one more row
//! does. So while two statements are under way, whoever asks waits for the next one, which
//! takes all that have gathered. Nobody waits for others to come.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::pipeline::Pipelines;
use crate::store::error::{Result, StoreError};
use crate::store::value::{Lookup, Row, Statement, Value};

/// Questions of one statement at most: it is answered in milliseconds.
const MOST: usize = 256;
/// How many statements are under way at once. With more, each has fewer questions, and
/// PostgreSQL works longer for each; with one, every question that comes meanwhile waits for a
/// whole answer.
const UNDER_WAY: usize = 2;

type Answers = Vec<Vec<Row>>;
type Asked = Pin<Box<dyn Future<Output = Result<Vec<Row>>> + Send>>;
/// Runs a statement.
type Run = dyn Fn(Statement, Vec<Value>) -> Asked + Send + Sync;

/// What waits for statements.
#[derive(Clone)]
pub(super) struct Batches {
    run: Arc<Run>,
    /// How many statements are under way at once, of each text.
    most_asking: usize,
    /// By the text of the statement.
    waiting: Arc<Mutex<HashMap<&'static str, Waiting>>>,
}

#[derive(Default)]
struct Waiting {
    askers: Vec<Asker>,
    /// How many statements are under way.
    asking: usize,
}

struct Asker {
    questions: Vec<Vec<String>>,
    answer: oneshot::Sender<Result<Answers>>,
}

impl Batches {
    /// On these connections.
    pub(super) fn over(pipelines: Arc<Pipelines>) -> Self {
        Self::new(UNDER_WAY, move |statement, values| {
            let pipelines = pipelines.clone();
            Box::pin(async move { pipelines.run(statement, &values).await })
        })
    }

    fn new(most_asking: usize, run: impl Fn(Statement, Vec<Value>) -> Asked + Send + Sync + 'static) -> Self {
        Batches { run: Arc::new(run), most_asking, waiting: Arc::default() }
    }

    /// The rows of each question.
    pub(super) async fn answer(&self, lookup: Lookup, questions: Vec<Vec<String>>) -> Result<Answers> {
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = waiting.entry(lookup.postgres).or_default();
            waiting.askers.push(Asker { questions, answer });
            let is_free = waiting.asking < self.most_asking;
            waiting.asking += usize::from(is_free);
            is_free
        };
        if is_first {
            // By itself: whoever asked may give up, and others wait for the same statement.
            tokio::spawn(self.clone().ask_all(lookup));
        }
        answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".into())))
    }

    /// Asks until nobody waits.
    async fn ask_all(self, lookup: Lookup) {
        while let Some(askers) = self.next(lookup) {
            let counts: Vec<usize> = askers.iter().map(|asker| asker.questions.len()).collect();
            let (answers, questions): (Vec<_>, Vec<_>) =
                askers.into_iter().map(|Asker { questions, answer }| (answer, questions)).unzip();
            let questions: Vec<_> = questions.into_iter().flatten().collect();
            let total = questions.len();
            let found = (self.run)(lookup.statement(), arrays(questions)).await;
            match found.and_then(|rows| by_question(rows, total)) {
                Ok(found) => {
                    let mut found = found.into_iter();
                    for (answer, count) in answers.into_iter().zip(counts) {
                        // Whoever has given up needs none.
                        let _ = answer.send(Ok(found.by_ref().take(count).collect()));
                    }
                }
                Err(error) => answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone())))),
            }
        }
    }

    /// Those whose questions the next statement has. Of one who has given up nothing is asked.
    fn next(&self, lookup: Lookup) -> Option<Vec<Asker>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = waiting.entry(lookup.postgres).or_default();
        waiting.askers.retain(|asker| !asker.answer.is_closed());
        let mut total = 0;
        let fits = |asker: &&Asker| {
            total += asker.questions.len();
            total <= MOST
        };
        // One asker has a statement alone, however many questions they have.
        let count = waiting.askers.iter().take_while(fits).count().max(1).min(waiting.askers.len());
        if count == 0 {
            waiting.asking -= 1;
            return None;
        }
        Some(waiting.askers.drain(..count).collect())
    }
}

/// The first texts of all questions, the second, …
fn arrays(questions: Vec<Vec<String>>) -> Vec<Value> {
    let mut arrays = vec![Vec::with_capacity(questions.len()); questions.first().map_or(0, Vec::len)];
    for question in questions {
        for (array, text) in arrays.iter_mut().zip(question) {
            array.push(text);
        }
    }
    arrays.into_iter().map(Value::from).collect()
}

/// The rows of each question, without its number.
fn by_question(rows: Vec<Row>, total: usize) -> Result<Answers> {
    let mut answers: Answers = std::iter::repeat_with(Vec::new).take(total).collect();
    for mut row in rows {
        let number = row.int()?;
        let answer = usize::try_from(number - 1).ok().and_then(|number| answers.get_mut(number));
        answer.ok_or_else(|| StoreError::failed("a row is of no question"))?.push(row);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;
    use crate::store::value::Cell;

    const BY_TEXT: Lookup = Lookup { sqlite: "", postgres: "SELECT" };

    /// A database that has a row for each text, and as many answers as there are permits.
    struct Database {
        batches: Batches,
        permits: Arc<Semaphore>,
        sizes: Arc<Mutex<Vec<usize>>>,
    }

    fn database(most_asking: usize) -> Database {
        let (permits, sizes) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (mine, told) = (permits.clone(), sizes.clone());
        let batches = Batches::new(most_asking, move |_, values| {
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

    #[tokio::test]
    async fn what_gathers_while_a_statement_is_under_way_is_asked_by_the_next_one() {
        let database = database(1);
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

    #[tokio::test]
    async fn no_more_statements_are_under_way_than_may_be() {
        let database = database(2);
        let all: Vec<_> = ["a", "b", "c"].map(|text| (text, database.ask(&[text]))).into();
        settled().await;
        // Three have asked before the first statement began.
        assert_eq!(database.sizes().iter().sum::<usize>(), 3);
        assert!(database.sizes().len() <= 2);
        database.permits.add_permits(3);
        for (text, asked) in all {
            assert_eq!(asked.await.unwrap().unwrap(), [[text]]);
        }
    }

    #[tokio::test]
    async fn one_who_gives_up_takes_no_other_answer_away() {
        let database = database(1);
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

    #[tokio::test]
    async fn all_of_a_statement_that_fails_are_told_and_the_next_one_is_run() {
        let database = database(1);
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

    #[tokio::test]
    async fn a_statement_has_a_bounded_number_of_questions() {
        let database = database(1);
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

    #[tokio::test]
    async fn a_row_of_no_question_is_an_error() {
        let asked = AtomicUsize::new(0);
        let batches = Batches::new(1, move |_, _| {
            let number = asked.fetch_add(1, Ordering::Relaxed) as i64 * 2;
            Box::pin(async move { Ok(vec![Row::new(vec![Cell::Int(number)])]) })
        });
        for _ in 0..2 {
            let answer = batches.answer(BY_TEXT, vec![vec!["a".to_owned()]]).await;
            assert!(matches!(answer, Err(StoreError::Failed(_))));
        }
    }
}
