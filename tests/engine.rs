//! Jobs, cancelling, deadlines, progress, errors: what a run looks like from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use arrcalc::datasets::{Dataset, Layout};
use arrcalc::execute::Pass;
use arrcalc::{CancelToken, Control, Describe, Engine, Error, Progress, Scope, Task};

/// A task that goes on until it is stopped.
struct Endless;

impl Task for Endless {
    type Answer = ();

    fn run(&self, scope: &Scope<'_>) -> Result<(), Error> {
        loop {
            scope.check()?;
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

struct Panics;

impl Task for Panics {
    type Answer = ();

    fn run(&self, _: &Scope<'_>) -> Result<(), Error> {
        panic!("the dog ate it");
    }
}

fn penguins() -> Dataset<'static> {
    Dataset::open("datasets/samples/penguins.csv").unwrap()
}

#[test]
fn a_job_gives_the_answer_of_a_run() {
    let engine = Engine::builder().threads(2).build();
    let expected = engine.run(&Describe::new(penguins())).unwrap();
    let job = engine.submit(Describe::new(penguins()));
    assert!(job.wait_timeout(Duration::from_secs(60)) && job.is_done());
    assert_eq!(job.progress().rows_total, 344);
    assert_eq!(job.wait().unwrap(), expected);
}

#[test]
fn a_cancelled_job_ends_and_its_engine_lives_on() {
    let engine = Engine::builder().threads(2).build();
    let job = engine.submit(Endless);
    assert!(!job.wait_timeout(Duration::from_millis(20)) && !job.is_done());
    job.cancel();
    let started = Instant::now();
    assert!(matches!(job.wait(), Err(Error::Cancelled)));
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(engine.run(&Describe::new(penguins())).is_ok());
}

#[test]
fn the_engines_token_stops_its_jobs_too() {
    let token = CancelToken::new();
    let engine = Engine::builder().cancel_token(token.clone()).build();
    let job = engine.submit(Endless);
    token.cancel();
    assert!(matches!(job.wait(), Err(Error::Cancelled)));
    assert_eq!(engine.run(&Describe::new(penguins())).unwrap_err().exit_code(), 130);
}

#[test]
fn a_deadline_ends_a_run_with_its_own_error() {
    let engine = Engine::builder().deadline(Duration::from_millis(30)).build();
    let error = engine.run(&Endless).unwrap_err();
    assert_eq!((error.exit_code(), error.to_string()), (124, "stopped after 30ms; raise --timeout".into()));
    let control = Control::new().with_deadline(Duration::ZERO);
    assert!(matches!(engine.run_with(&Describe::new(penguins()), &control), Err(Error::Deadline { .. })));
    assert!(Engine::builder().deadline(Duration::MAX).build().run(&Describe::new(penguins())).is_ok());
}

#[test]
fn a_panic_in_a_job_is_a_bug_and_not_an_abort() {
    let error = Engine::new().submit(Panics).wait().unwrap_err();
    assert_eq!(error.exit_code(), 70);
    assert!(error.to_string().contains("the dog ate it"), "{error}");
}

#[test]
fn a_job_is_a_future() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut job = Engine::new().submit(Describe::new(penguins()));
    let until = Instant::now() + Duration::from_secs(60);
    let answer = loop {
        match std::pin::Pin::new(&mut job).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => break answer.unwrap(),
            Poll::Pending => {
                while count.0.load(SeqCst) == 0 {
                    assert!(Instant::now() < until, "nobody woke the future");
                    std::thread::yield_now();
                }
            }
        }
    };
    assert_eq!(answer.rows, 344);
}

#[test]
fn progress_is_read_from_another_thread() {
    let progress = Arc::new(Progress::new());
    let engine = Engine::builder().threads(2).progress(Arc::clone(&progress)).build();
    let values: Vec<f64> = (0..300_000).map(f64::from).collect();
    let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())]).unwrap();
    engine.run(&Describe::new(&dataset)).unwrap();
    let shown = progress.snapshot();
    assert_eq!((shown.pass, shown.rows_done, shown.rows_total), (2, 300_000, 300_000));
    assert_eq!((shown.bytes_done, shown.fraction()), (2 * 8 * 300_000, 1.0));
}

/// Fails at every row from `rows` on that it meets.
struct Fails<'a>(&'a Dataset<'a>, Vec<u64>);

impl Task for Fails<'_> {
    type Answer = ();

    fn run(&self, scope: &Scope<'_>) -> Result<(), Error> {
        let pass = Pass { dataset: self.0, columns: &[0], layout: Layout::Together };
        let step = |_: &mut (), _: &_, chunk: &arrcalc::datasets::Chunk<'_>| {
            let rows = chunk.first_row..chunk.first_row + chunk.row_count as u64;
            match self.1.iter().filter(|row| rows.contains(row)).min() {
                None => Ok(()),
                Some(&row) => {
                    let (file, column, reason) = ("array".into(), "x".into(), "overflow".into());
                    Err(Error::Evaluation { file, column, row, reason })
                }
            }
        };
        scope.pass(&pass, || Ok(()), step).map(drop)
    }
}

#[test]
fn the_lowest_row_is_reported_whatever_the_schedule() {
    let values = vec![0.0f64; 3_000_000];
    let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())]).unwrap();
    let rows = vec![2_999_999, 1_700_000, 1_200_345, 2_000_000, 2_500_000];
    for threads in [1, 2, 5] {
        for chunk_rows in [777, 100_000] {
            for _ in 0..5 {
                let engine = Engine::builder().threads(threads).chunk_rows(chunk_rows).build();
                let error = engine.run(&Fails(&dataset, rows.clone())).unwrap_err();
                assert_eq!(
                    error.to_string(),
                    "array: column 'x', row 1200345: overflow",
                    "{threads} threads"
                );
                assert_eq!(error.exit_code(), 4);
            }
        }
    }
}

#[test]
fn requests_that_do_not_fit_are_usage_errors() {
    let engine = Engine::new();
    let error = engine.run(&Describe::new(penguins()).columns(["wings"])).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("'wings'"), "{error}");
    let error = engine.open(&["no such file.csv"], &Default::default()).unwrap_err();
    assert_eq!(error.exit_code(), 3, "{error}");
    let chosen = engine.run(&Describe::new(penguins()).columns(["year", "species", "year"])).unwrap();
    let names: Vec<&str> = chosen.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["year", "species", "year"]);
}

#[test]
fn opening_stops_with_the_token_and_the_deadline() {
    use arrcalc::datasets::{Dataset, Executor};

    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), format!("x\n{}", "1.5\n".repeat(1_000_000))).unwrap();
    let token = CancelToken::new();
    token.cancel();
    let engine = Engine::builder().cancel_token(token).build();
    assert!(matches!(engine.open(&[file.path()], &Default::default()), Err(Error::Cancelled)));
    let late = Engine::builder().deadline(Duration::from_nanos(1)).build();
    assert!(matches!(late.open(&[file.path()], &Default::default()), Err(Error::Deadline { .. })));

    /// Stops within the survey: after its third task.
    struct Impatient(AtomicUsize);

    impl Executor for Impatient {
        fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
            assert!(count > 3, "a survey of several tasks");
            (0..count).for_each(|index| {
                self.0.fetch_add(1, SeqCst);
                task(index);
            });
        }

        fn is_stopped(&self) -> bool {
            self.0.load(SeqCst) > 3
        }
    }

    let opened = Dataset::open_with(&[file.path()], &Default::default(), &Impatient(0.into()));
    assert!(matches!(opened, Err(arrcalc::datasets::Error::Stopped { .. })));
}
