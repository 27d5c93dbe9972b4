//! Branches that are not taken cannot fail; the lowest row that does is the one reported.

use arrcalc_datasets::{DataType, Values};

use super::tree::{binary, call, case, column, integer, results};
use crate::expression::BinaryOperator::*;

#[test]
fn the_lowest_selected_row_that_fails_is_reported() {
    let rows = 3000;
    let mut values = vec![1i64; rows];
    for row in [700, 650, 2500] {
        values[row] = i64::MAX - row as i64 + 600;
    }
    values[640] = i64::MAX;
    let table = [("x", DataType::Int64, Values::Int64(&values), None)];
    let expression = binary(Add, column("x"), integer(2000));
    let fault = results(&expression, &table, None).unwrap_err();
    assert_eq!(fault.row, 640);
    assert_eq!(fault.reason, "9223372036854775807 + 2000 overflows int64");
    let mut selected = vec![true; rows];
    selected[640] = false;
    assert_eq!(results(&expression, &table, Some(&selected)).unwrap_err().row, 650);
    selected[650] = false;
    selected[700] = false;
    assert_eq!(results(&expression, &table, Some(&selected)).unwrap_err().row, 2500);
    selected[2500] = false;
    assert!(results(&expression, &table, Some(&selected)).is_ok());
    // A null does not overflow.
    let valid: Vec<bool> = values.iter().map(|value| *value == 1).collect();
    let table = [("x", DataType::Int64, Values::Int64(&values), Some(&valid[..]))];
    assert!(results(&expression, &table, None).is_ok());
}

#[test]
fn a_branch_that_is_not_taken_cannot_fail() {
    let values = [i64::MAX, 1, i64::MIN, 5];
    let table = [("x", DataType::Int64, Values::Int64(&values), None)];
    let double = || binary(Add, column("x"), column("x"));
    let small = || binary(Less, call("greatest", vec![column("x"), integer(0)]), integer(1000));
    let guarded = call("if", vec![binary(Equal, column("x"), integer(1)), double(), integer(0)]);
    assert_eq!(results(&guarded, &table, None).unwrap().1, ["0", "2", "0", "0"]);
    let guarded = case(vec![(binary(Equal, column("x"), integer(5)), double())], None);
    assert_eq!(results(&guarded, &table, None).unwrap().1, ["null", "null", "null", "10"]);
    let positive = binary(Greater, double(), integer(3));
    let below = || binary(And, small(), binary(Greater, column("x"), integer(0)));
    let guarded = binary(And, below(), positive.clone());
    assert_eq!(results(&guarded, &table, None).unwrap().1, ["false", "false", "false", "true"]);
    // The other way round the failure comes first.
    assert_eq!(results(&binary(And, positive.clone(), below()), &table, None).unwrap_err().row, 0);
    // `or` too, and the same node guarded here may still fail there.
    let far =
        binary(Or, binary(GreaterOrEqual, column("x"), integer(1000)), binary(Less, column("x"), integer(0)));
    let guarded = binary(Or, far.clone(), positive.clone());
    assert_eq!(results(&guarded, &table, None).unwrap().1, ["true", "false", "true", "true"]);
    let both = binary(Or, guarded, positive);
    assert_eq!(results(&both, &table, None).unwrap().1, ["true", "false", "true", "true"]);
}
