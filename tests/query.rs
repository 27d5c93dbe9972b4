//! Queries through the library: the same answer for any threads, level and chunks, errors included.

use arrcalc::answer::{Scalar, Table};
use arrcalc::datasets::Dataset;
use arrcalc::expression::build::{col, count_rows, cumsum, diff, lag, lead, max, mean, quantile, sum};
use arrcalc::kernels::Level;
use arrcalc::{Engine, Query, QueryText, Queryable};

/// Rows enough for several units and blocks, of no round number.
const ROWS: usize = 70_001;

struct Data {
    x: Vec<f64>,
    y: Vec<f64>,
    k: Vec<i64>,
}

fn data() -> Data {
    let mut state = 7u64;
    let mut word = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let number = |word: u64| (word as f64 - 1e9) * 2f64.powi((word % 80) as i32 - 40);
    let x = (0..ROWS).map(|_| number(word())).collect();
    let y = (0..ROWS).map(|_| word() as f64 / 2e9).collect();
    let k = (0..ROWS).map(|_| word() as i64 % 1_009 - 500).collect();
    Data { x, y, k }
}

fn dataset(data: &Data) -> Dataset<'_> {
    let arrays = vec![
        ("x".to_owned(), data.x.as_slice().into()),
        ("y".to_owned(), data.y.as_slice().into()),
        ("k".to_owned(), data.k.as_slice().into()),
    ];
    Dataset::from_arrays(arrays).expect("arrays of one length")
}

/// Engines of several schedules, a one-thread baseline first.
fn engines() -> Vec<Engine> {
    let mut engines = Vec::new();
    for level in Level::available() {
        for (threads, chunk_rows) in [(1, 0), (2, 1_000), (5, 333), (3, 0)] {
            engines.push(Engine::builder().threads(threads).level(level).chunk_rows(chunk_rows).build());
        }
    }
    engines
}

fn said(answer: Result<Table, arrcalc::Error>) -> String {
    match answer {
        Ok(table) => (0..table.row_count()).map(|row| format!("{:?}\n", table.row(row))).collect(),
        Err(error) => format!("exit {}: {error}", error.exit_code()),
    }
}

#[test]
fn no_schedule_changes_an_answer_or_an_error() {
    let data = data();
    let dataset = dataset(&data);
    let text = |select: &str, predicate: &str, by: &str| QueryText {
        select: select.into(),
        predicate: predicate.into(),
        by: by.into(),
        ..QueryText::default()
    };
    let questions = [
        text("sum(x), mean(x * y), var(x), corr(x, y), argmax(x), first(x), last(k)", "y > 0.5", ""),
        text("sum(x) filter (where k > 0), count(*), argmin(y) filter (where k = 3), median(x)", "", ""),
        text("sum(x), mean(x), var(y), min(x), quantile(x, 0.9), first(x)", "y < 0.9", "k"),
        text(
            "count(*), sum(x) filter (where y > 0.3), argmax(x) filter (where y > 0.6)",
            "",
            "k % 7, y > 0.5",
        ),
        text("x + y, k", "k between 3 and 9 and exp(y) > 1.5", ""),
        // Functions over the order of rows: of all rows in a filter, else of those that it keeps.
        text("cumsum(k), lag(x, 3) + lead(y), diff(lag(k + 1) * 2)", "diff(y) > 0.4 and k > lag(k)", ""),
        text(
            "max(cumsum(k)), argmax(diff(x)), mean(lag(y, 10000)), sum(k) filter (where lead(k) = 3)",
            "",
            "",
        ),
        text("sum(x), argmin(diff(y)) filter (where lag(k) > 3), first(lag(k))", "lag(y) < 0.1", ""),
        text("count(*), sum(x)", "lead(k, 2) > 7", "cumsum(k) // 100000, k"),
        text("cumsum(k) as total", "k % 1000 = 7", ""),
        // Faults of arguments, of the functions themselves, of one within another.
        text("cumsum(k * 10000000000000000)", "", ""),
        text("max(cumsum(k * 2000000000000000))", "y > 0.5", ""),
        text("x", "cumsum(k + cumsum(k * 1000000000)) * 1000000 > 0", ""),
        // Faults in a predicate and in arguments: the lowest row is told.
        text("sum(k * 10000000000000000)", "", ""),
        text("sum(k)", "k * 1000000000000000000 > 0", ""),
        text("sum(k * 20000000000000000)", "k * 19000000000000000 < 0", "k"),
    ];
    for question in questions {
        let mut answers = engines()
            .into_iter()
            .map(|engine| said(Query::parse(&dataset, &question).and_then(|query| query.run(&engine))));
        let first = answers.next().expect("an engine");
        for (index, answer) in answers.enumerate() {
            assert!(answer == first, "{question:?}, engine {}:\n{answer}\n{first}", index + 1);
        }
    }
}

#[test]
fn built_queries_are_the_typed_ones() {
    let data = data();
    let dataset = dataset(&data);
    let engine = Engine::new();
    let built = dataset
        .query()
        .filter(col("y").gt(0.25))
        .by(["k"])
        .select([sum(col("x") * 2).alias("double"), count_rows().alias("n")])
        .having(col("n").ge(60))
        .limit(20)
        .run(&engine);
    let text = QueryText {
        select: "sum(x * 2) as double, count(*) as n".into(),
        predicate: "y > 0.25".into(),
        by: "k".into(),
        having: "n >= 60".into(),
        limit: Some(20),
        ..QueryText::default()
    };
    let typed = Query::parse(&dataset, &text).and_then(|query| query.run(&engine));
    let statement = QueryText {
        statement: "select k, sum(x * 2) as double, count(*) n from t where y > 0.25 group by k \
                    having count(*) >= 60 order by k limit 20"
            .into(),
        ..QueryText::default()
    };
    let stated = Query::parse(&dataset, &statement).and_then(|query| query.run(&engine));
    let built = said(built);
    assert!(built.lines().count() == 20, "{built}");
    assert_eq!(built, said(typed));
    assert_eq!(built, said(stated));
}

#[test]
fn answers_are_those_of_plain_loops() {
    let data = data();
    let dataset = dataset(&data);
    let table = dataset
        .query()
        .by(["k"])
        .select([sum(col("k")), quantile(col("y"), 0.5)])
        .run(&Engine::new())
        .expect("an answer");
    assert_eq!(table.row_count(), 1_009);
    for row in (0..table.row_count()).step_by(97) {
        let key = row as i64 - 500;
        let mut values: Vec<f64> =
            data.k.iter().zip(&data.y).filter(|(k, _)| **k == key).map(|(_, y)| *y).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median =
            if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 };
        assert_eq!(table.value(row, 0), Scalar::Integer(key.into()));
        assert_eq!(table.value(row, 1), Scalar::Integer(i128::from(key) * values.len() as i128));
        assert_eq!(table.value(row, 2), Scalar::Float64(median));
    }
}

#[test]
fn functions_over_the_order_of_rows_are_those_of_plain_loops() {
    let data = data();
    let dataset = dataset(&data);
    let engine = Engine::new();
    let built = dataset
        .query()
        .filter(diff(col("k"), 1).gt(0))
        .select([
            lag(col("y"), 2).alias("before"),
            cumsum(col("k") * 2).alias("total"),
            lead(col("k"), 1).alias("after"),
        ])
        .run(&engine)
        .expect("an answer");
    let text = QueryText {
        select: "lag(y, 2) as before, cumsum(k * 2) as total, lead(k) as after".into(),
        predicate: "diff(k) > 0".into(),
        ..QueryText::default()
    };
    let typed = Query::parse(&dataset, &text).and_then(|query| query.run(&engine)).expect("an answer");
    assert_eq!(built, typed);
    let rows: Vec<usize> = (1..ROWS).filter(|&row| data.k[row] > data.k[row - 1]).collect();
    assert_eq!(built.row_count(), rows.len());
    let mut total = 0;
    for (at, &row) in rows.iter().enumerate() {
        total += i128::from(data.k[row]) * 2;
        let before = if at < 2 { Scalar::Null } else { Scalar::Float64(data.y[rows[at - 2]]) };
        let after = rows.get(at + 1).map_or(Scalar::Null, |&row| Scalar::Integer(data.k[row].into()));
        assert_eq!(built.row(at), [before, Scalar::Integer(total), after], "row {row}");
    }
    let answer = dataset
        .query()
        .select([max(cumsum(col("k"))), mean(diff(col("k"), 7))])
        .run(&engine)
        .expect("an answer");
    let running = data.k.iter().scan(0, |sum, k| {
        *sum += i128::from(*k);
        Some(*sum)
    });
    let differences: Vec<i64> = data.k.windows(8).map(|rows| rows[7] - rows[0]).collect();
    let mean = differences.iter().sum::<i64>() as f64 / differences.len() as f64;
    assert_eq!(answer.row(0), [Scalar::Integer(running.max().expect("a row")), Scalar::Float64(mean)]);
}

#[test]
fn a_limit_takes_the_first_rows_of_what_all_rows_make() {
    let data = data();
    let dataset = dataset(&data);
    let ask = |limit| {
        let text = QueryText {
            select: "k, lead(k, 3), cumsum(k), y".into(),
            predicate: "lag(y) > y".into(),
            limit,
            offset: 5,
            ..QueryText::default()
        };
        Query::parse(&dataset, &text).and_then(|query| query.run(&Engine::new())).expect("an answer")
    };
    let all = ask(None);
    for limit in [0, 1, 2047, 30_000] {
        let some = ask(Some(limit));
        assert_eq!(some.row_count() as u64, limit);
        (0..some.row_count()).for_each(|row| assert_eq!(some.row(row), all.row(row)));
    }
}

#[test]
fn columns_of_row_functions_are_within_the_budget() {
    let data = data();
    let dataset = dataset(&data);
    let ask = |select: &str, memory_bytes: u64| {
        let engine = Engine::builder().memory_bytes(memory_bytes).build();
        let text = QueryText { select: select.into(), ..QueryText::default() };
        Query::parse(&dataset, &text).and_then(|query| query.run(&engine))
    };
    let error = ask("max(cumsum(k))", 500_000).expect_err("a column of 560 kB");
    assert_eq!(error.exit_code(), 5);
    assert!(error.to_string().contains("order of rows") && error.to_string().contains("--memory"), "{error}");
    assert!(ask("max(cumsum(k))", 4_000_000).is_ok());
}

#[test]
fn explanations_name_the_passes_of_row_functions() {
    let data = data();
    let dataset = dataset(&data);
    let text = QueryText {
        select: "max(cumsum(diff(x))), max(lag(x))".into(),
        predicate: "lag(y) > 0.5".into(),
        ..QueryText::default()
    };
    let query = Query::parse(&dataset, &text).expect("a query");
    let plan = query.explain(&Engine::new()).expect("a plan");
    assert_eq!(plan.get("columns"), Some("x, y"));
    assert_eq!(
        plan.get("row order"),
        Some("lag(y) over all rows; diff(x), cumsum(diff(x)), lag(x) over those that the filter keeps")
    );
    assert_eq!(plan.get("passes"), Some("3 for functions over the order of rows, then 1"));
}

/// The answer of a small table: names, then rows, each with commas; or the error.
fn small(text: &QueryText) -> String {
    let columns = vec![
        ("a".to_owned(), [1_i64, 2, 3, 4].as_slice().into()),
        ("y".to_owned(), [10_i64, 20, 30, 40].as_slice().into()),
        ("inf".to_owned(), [0.5_f64, 1.5, 2.5, 3.5].as_slice().into()),
    ];
    let dataset = Dataset::from_arrays(columns).expect("columns of one length");
    let table = match Query::parse(&dataset, text).and_then(|query| query.run(&Engine::new())) {
        Ok(table) => table,
        Err(error) => return format!("{}: {error}", error.exit_code()),
    };
    let names: Vec<&str> = table.fields().iter().map(|field| field.name.as_str()).collect();
    let shown = |scalar: &Scalar| match scalar {
        Scalar::Integer(value) => value.to_string(),
        Scalar::Float64(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    let row = |row| table.row(row).iter().map(shown).collect::<Vec<_>>().join(",");
    let rows = (0..table.row_count()).map(row);
    std::iter::once(names.join(",")).chain(rows).collect::<Vec<_>>().join(" ")
}

/// Clauses: select, by, order by.
fn clauses(select: &str, by: &str, order_by: &str) -> QueryText {
    QueryText { select: select.into(), by: by.into(), order_by: order_by.into(), ..QueryText::default() }
}

fn statement(text: &str) -> QueryText {
    QueryText { statement: text.into(), ..QueryText::default() }
}

#[test]
fn columns_are_called_by_words_of_floats_where_they_have_such_names() {
    assert_eq!(small(&clauses("sum(inf), sum(Inf)", "", "")), "sum(inf),sum(Inf) 8,8");
    assert_eq!(small(&clauses("inf + a as v", "", "-inf")), "v 7.5 5.5 3.5 1.5");
    assert_eq!(small(&clauses("count(*)", "inf > 2", "")), "inf > 2,count(*) Bool(false),2 Bool(true),2");
    // No column is called so: the number.
    assert_eq!(small(&clauses("max(nan)", "", "")), "max(nan) NaN");
    assert!(small(&clauses("\"nan\"", "", "")).starts_with("2: select: there is no column 'nan'"));
    // What is built says which it is.
    let columns = vec![("inf".to_owned(), [1.0_f64].as_slice().into())];
    let dataset = Dataset::from_arrays(columns).expect("a column");
    let built = dataset.query().select([(col("inf") - f64::INFINITY).alias("v")]).run(&Engine::new());
    assert_eq!(built.expect("an answer").row(0), [Scalar::Float64(f64::NEG_INFINITY)]);
}

#[test]
fn bare_aggregates_have_aliases_and_quoted_ones_are_columns() {
    assert_eq!(small(&clauses("sum as m", "", "")), "m,m_1,m_2 10,100,8");
    assert_eq!(small(&clauses("max", "a", "")), "a,max(y),max(inf) 1,10,0.5 2,20,1.5 3,30,2.5 4,40,3.5");
    let quoted = small(&clauses("\"mean\"", "", ""));
    assert_eq!(quoted, "2: select: there is no column 'mean' at column 1: '\"mean\"'");
    assert_eq!(small(&clauses("count(*), *", "", "")), {
        let reason = "column 'a' has many values beside an aggregate: aggregate it, or group by it";
        format!("2: select: {reason} at column 11: 'count(*), *'")
    });
}

#[test]
fn keys_are_aliases_and_numbers_of_the_select_list() {
    let expected = "p,sum(y) 0,60 1,40";
    assert_eq!(small(&clauses("p, sum(y)", "a % 2 as p", "")), expected);
    assert_eq!(small(&clauses("sum(y)", "a % 2 as p", "")), expected);
    assert_eq!(small(&clauses("a % 2 as p, sum(y)", "p", "")), expected);
    assert_eq!(small(&clauses("a % 2 as p, sum(y)", "1", "")), expected);
    assert_eq!(small(&clauses("a % 2 as p, sum(y)", "-1", "")), "p,sum(y) 1,40 0,60");
    for by in ["p", "1", "a % 2"] {
        let text = statement(&format!("select a % 2 as p, sum(y) from t group by {by} order by {by}"));
        assert_eq!(small(&text), expected, "{by}");
    }
    // A column is meant before an alias: groups of one row.
    let text = "select y % 20 as a, count(*) as n from t group by y % 20, a order by n limit 1";
    assert_eq!(small(&statement(text)), "a,n 0,1");
    // Numbers that stand for nothing.
    let error = small(&clauses("a, y", "", "9"));
    assert_eq!(error, "2: order by: the answer has 2 columns: 9 stands for none of them at column 1: '9'");
    assert!(small(&clauses("a, y", "", "0")).contains("0 stands for none"));
    assert_eq!(small(&clauses("a", "", "-1")), "a 4 3 2 1");
    let error = small(&clauses("a % 2 as p, sum(y)", "3", ""));
    assert_eq!(error, "2: by: the select list has 2 values: 3 stands for none of them at column 1: '3'");
    assert!(small(&clauses("", "1", "")).contains("there is none"));
    assert!(small(&clauses("*", "1", "")).contains("several values"));
    assert!(small(&clauses("sum(y) as s", "s", "")).contains("no aggregate here"));
    assert_eq!(small(&clauses("sum(y)", "1 as one", "")), "one,sum(y) 1,100");
}

#[test]
fn patterns_of_columns_are_all_named() {
    assert_eq!(
        small(&QueryText { limit: Some(1), ..clauses("columns('a|y') * 2 + columns('a|y')", "", "") }),
        "a * 2 + a,y * 2 + y 3,30"
    );
}

#[test]
fn errors_name_the_clause_the_column_and_the_type() {
    let x = [1.5, f64::NAN];
    let big = [i64::MAX, i64::MAX];
    let columns = vec![("x".to_owned(), x.as_slice().into()), ("big".to_owned(), big.as_slice().into())];
    let dataset = Dataset::from_arrays(columns).expect("columns of one length");
    let ask = |text: QueryText| {
        let answer = Query::parse(&dataset, &text).and_then(|query| query.run(&Engine::new()));
        answer.expect_err("no answer").to_string()
    };
    let error = ask(clauses("big", "", "cast(x as int8)"));
    assert!(error.contains("column 'cast(x as int8)', row 1: NaN does not fit int8"), "{error}");
    let error = ask(clauses("sum(big)", "", ""));
    assert!(
        error.contains("column 'big': sum: the exact result 18446744073709551614 does not fit int64"),
        "{error}"
    );
    let error = ask(clauses("sum(big // 1)", "1 as one", ""));
    assert!(error.contains("column 'big // 1': sum: the exact result 18446744073709551614"), "{error}");
    let error = ask(clauses("cumsum(big)", "", ""));
    assert!(error.contains("row 1: the exact result 18446744073709551614 does not fit int64"), "{error}");
    let error = ask(clauses("move_sum(big, 2)", "", ""));
    assert!(error.contains("the exact result 18446744073709551614 does not fit"), "{error}");
    let error = ask(clauses("cumprod(big // 1000000000)", "", ""));
    assert!(error.contains("the exact result 85070591") && error.contains(" does not fit int64"), "{error}");
    let error = ask(clauses("diff(big * if(x > 1, -1, 1))", "", ""));
    assert!(error.contains("the exact result 18446744073709551614 does not fit"), "{error}");
}

#[test]
fn a_nan_that_comes_out_of_an_expression_is_the_canonical_one() {
    let wide = [1.0, f64::from_bits(0xfff8_0000_0000_0123), 2.0];
    let narrow = [1.0, f32::from_bits(0xffc0_0123), 2.0];
    let columns = vec![("x".to_owned(), wide.as_slice().into()), ("z".to_owned(), narrow.as_slice().into())];
    let dataset = Dataset::from_arrays(columns).expect("columns of one length");
    for name in ["x", "z"] {
        let forms = [
            "case when #=# then 1 else # end",
            "lag(#, 0)",
            "coalesce(#, 1)",
            "abs(#)",
            "-#",
            "# + 1",
            "cummax(#)",
        ];
        let forms = forms.map(|form| form.replace('#', name));
        let text = clauses(&forms.join(", "), "", "");
        let table =
            Query::parse(&dataset, &text).and_then(|query| query.run(&Engine::new())).expect("an answer");
        for (form, value) in forms.iter().zip(table.row(1)) {
            let is_canonical = match value {
                Scalar::Float64(value) => value.to_bits() == 0x7ff8_0000_0000_0000,
                Scalar::Float32(value) => value.to_bits() == 0x7fc0_0000,
                _ => false,
            };
            assert!(is_canonical, "{form}: {value:?}");
        }
    }
}
