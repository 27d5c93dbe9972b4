//! Headers that NumPy's own tests refuse, from the folder of files that nobody here wrote.

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs};

use arrcalc_datasets::{Dataset, Error};

use super::broken::peak_bytes;

#[test]
fn headers_that_numpy_refuses_are_refused_at_once() {
    let Some(corpora) = env::var_os("ARRCALC_CORPORA").map(PathBuf::from) else {
        println!("ARRCALC_CORPORA is not set: the 32 bad npy headers are not tested");
        return;
    };
    let corpora = if corpora.is_absolute() { corpora } else { PathBuf::from("..").join(corpora) };
    let classes: serde_json::Value =
        serde_json::from_slice(&fs::read(corpora.join("classes.json")).unwrap()).unwrap();
    let mut count = 0;
    for (name, class) in classes.as_object().unwrap() {
        if !name.starts_with("npy/") {
            continue;
        }
        assert_eq!(class["class"], "must_refuse", "{name}");
        let path = corpora.join(name);
        let start = Instant::now();
        let (outcome, peak) = peak_bytes(|| Dataset::open(&path));
        let elapsed = start.elapsed();
        let error = outcome.map(|_| ()).expect_err(name);
        assert!(matches!(error, Error::Malformed { .. } | Error::Unsupported { .. }), "{name}: {error:?}");
        assert!(
            error.to_string().starts_with(&path.display().to_string()) && !error.to_string().contains('\n')
        );
        assert!(elapsed < Duration::from_millis(100), "{name} took {elapsed:?}");
        assert!(peak < 1 << 20, "{name} allocated {peak} bytes at once");
        count += 1;
    }
    assert_eq!(count, 32);
}
