//! Many files as one table: columns matched by name, and the common type of a column that several files hold in
//! different ones (semantics.md, "Many files").

mod cast;

use std::collections::HashMap;

use self::cast::{Cast, Converted};
use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::schema::{DataType, Field, Schema, TimeUnit};
use crate::source::{Flow, ReadRequest, Source, SourceFacts, Unit};

/// How one source becomes the common table.
#[derive(Debug)]
pub(crate) struct Adapter {
    /// The source's column of each column of the table.
    to_source: Vec<usize>,
    /// The table's column of each column of the source.
    to_dataset: Vec<usize>,
    /// By column of the table; `None` where the type is the common one.
    casts: Vec<Option<Cast>>,
    /// The common names, for errors.
    schema: Schema,
}

impl Adapter {
    /// The table that all `sources` make, and how each becomes it.
    ///
    /// # Errors
    /// `Error::Request` where names differ or types have no join.
    pub(crate) fn join<'a>(sources: &[Box<dyn Source + 'a>]) -> Result<(Schema, Vec<Self>)> {
        let Some(first) = sources.first() else { return Ok((Schema::default(), Vec::new())) };
        let mut schema = Schema { fields: unique(first.schema()) };
        let mut orders = Vec::with_capacity(sources.len());
        for source in sources {
            let refuse = |reason: String| Error::Request { path: source.path().to_path_buf(), reason };
            let own = unique(source.schema());
            let index: HashMap<&str, usize> =
                own.iter().enumerate().map(|(at, field)| (&*field.name, at)).collect();
            let mut order = Vec::with_capacity(own.len());
            for field in &mut schema.fields {
                let name = &field.name;
                let Some(&at) = index.get(name.as_str()) else {
                    let first = first.path().display();
                    return Err(refuse(format!(
                        "column '{name}' of {first} is missing; open the files apart"
                    )));
                };
                let Some(joined) = join(&field.data_type, &own[at].data_type) else {
                    return Err(refuse(format!(
                        "column '{name}' is {} here and {} in the files before; convert one of them",
                        own[at].data_type, field.data_type
                    )));
                };
                field.data_type = joined;
                order.push(at);
            }
            if own.len() > order.len() {
                let names: HashMap<&str, ()> = schema.fields.iter().map(|field| (&*field.name, ())).collect();
                let extra = own.iter().find(|field| !names.contains_key(&*field.name));
                let (name, first) = (extra.map_or("", |field| &field.name), first.path().display());
                return Err(refuse(format!("column '{name}' is not in {first}; open the files apart")));
            }
            orders.push(order);
        }
        let adapter = |own: &Schema, to_source: Vec<usize>| {
            let own = &own.fields;
            let mut to_dataset = vec![0; own.len()];
            to_source.iter().enumerate().for_each(|(common, &at)| to_dataset[at] = common);
            let types = to_source.iter().zip(&schema.fields);
            let casts =
                types.map(|(&at, field)| Cast::between(&own[at].data_type, &field.data_type)).collect();
            Self { to_source, to_dataset, casts, schema: schema.clone() }
        };
        let adapters =
            sources.iter().zip(orders).map(|(source, order)| adapter(source.schema(), order)).collect();
        Ok((schema, adapters))
    }

    /// Columns of the source for columns of the table.
    pub(crate) fn to_source(&self, columns: &[usize]) -> Vec<usize> {
        columns.iter().map(|&column| self.to_source[column]).collect()
    }

    /// The facts of the source with its columns in the order of the table's.
    pub(crate) fn facts(&self, facts: SourceFacts) -> SourceFacts {
        let columns = self.to_source.iter().filter_map(|&own| facts.columns.get(own).cloned()).collect();
        SourceFacts { columns, ..facts }
    }

    /// The column of the source for a column of the table; `None` where its values are converted.
    pub(crate) fn source_column_as_is(&self, column: usize) -> Option<usize> {
        let own = self.to_source[column];
        self.casts[column].is_none().then_some(own)
    }

    /// Columns of the table for columns of the source.
    pub(crate) fn to_dataset(&self, columns: &[usize]) -> Vec<usize> {
        columns.iter().map(|&column| self.to_dataset[column]).collect()
    }

    /// Reads `unit` of `source`, whose columns are `columns` of the table and whose row 0 is row `start` of it.
    pub(crate) fn read(
        &self,
        source: &dyn Source,
        columns: &[usize],
        unit: &Unit,
        start: u64,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let casts: Vec<Option<&Cast>> = columns.iter().map(|&column| self.casts[column].as_ref()).collect();
        if start == 0 && casts.iter().all(Option::is_none) {
            return source.read(unit, request, sink);
        }
        let mut buffers: Vec<Converted> = Vec::new();
        buffers.resize_with(columns.len(), Converted::default);
        let mut failed = None;
        source.read(unit, request, &mut |chunk| {
            // As with any wrong row: the rows before it are lent, then the lowest one, its first column, is the error.
            let mut fault: Option<(usize, String, usize)> = None;
            for (at, ((column, cast), buffer)) in
                chunk.columns.iter().zip(&casts).zip(&mut buffers).enumerate()
            {
                if let Some(cast) = cast
                    && let Err((row, reason)) = cast.convert(column, buffer)
                    && fault.as_ref().is_none_or(|(lowest, ..)| row < *lowest)
                {
                    fault = Some((row, reason, columns[at]));
                }
            }
            let row_count = fault.as_ref().map_or(chunk.row_count, |(row, ..)| *row);
            let lent =
                |((column, cast), buffer)| -> Column<'_> { cast::lend(column, cast, buffer, row_count) };
            let lent = chunk.columns.iter().zip(casts.iter().copied()).zip(&buffers).map(lent).collect();
            let flow = match row_count {
                0 => Flow::Continue(()),
                _ => sink(&Chunk { first_row: chunk.first_row + start, row_count, columns: lent }),
            };
            match fault {
                Some((row, reason, column)) if flow.is_continue() => {
                    failed = Some((chunk.first_row + row as u64, reason, column));
                    Flow::Break(())
                }
                _ => flow,
            }
        })?;
        match failed {
            None => Ok(()),
            Some((row, reason, column)) => Err(Error::Malformed {
                path: source.path().to_path_buf(),
                column: Some(self.schema.fields[column].name.clone()),
                rows: Some((row, row + 1)),
                reason,
            }),
        }
    }
}

/// The columns with names that differ: the second `x` is `x_1`, the third `x_2`, past names that are taken.
fn unique(schema: &Schema) -> Vec<Field> {
    let mut fields = schema.fields.clone();
    let mut taken: HashMap<String, usize> = HashMap::with_capacity(fields.len());
    for field in &fields {
        *taken.entry(field.name.clone()).or_insert(0) += 1;
    }
    if taken.len() == fields.len() {
        return fields;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for field in &mut fields {
        let next = seen.entry(field.name.clone()).or_insert(0);
        if *next == 0 {
            *next = 1;
            continue;
        }
        let name = loop {
            let name = format!("{}_{next}", field.name);
            *next += 1;
            if !taken.contains_key(&name) {
                break name;
            }
        };
        taken.insert(name.clone(), 1);
        field.name = name;
    }
    fields
}

/// The type that holds the values of both.
fn join(a: &DataType, b: &DataType) -> Option<DataType> {
    use DataType::*;
    if a == b {
        return Some(a.clone());
    }
    let is_signed = |t: &DataType| matches!(t, Int8 | Int16 | Int32 | Int64);
    let is_unsigned = |t: &DataType| matches!(t, UInt8 | UInt16 | UInt32 | UInt64);
    let is_integer = |t: &DataType| is_signed(t) || is_unsigned(t);
    let is_number = |t: &DataType| is_integer(t) || t.is_float();
    Some(match (a, b) {
        (Null, other) | (other, Null) => other.clone(),
        (a, b) if is_unsigned(a) && is_unsigned(b) => UInt64,
        (a, b) if is_integer(a) && is_integer(b) => Int64,
        (a, b) if is_number(a) && is_number(b) => Float64,
        (Decimal128 { precision: p, scale: s }, Decimal128 { precision: q, scale: t }) if s == t => {
            Decimal128 { precision: *p.max(q), scale: *s }
        }
        (Time(u), Time(v)) => Time(finer(*u, *v)),
        (Duration(u), Duration(v)) => Duration(finer(*u, *v)),
        (Timestamp(u, zone), Timestamp(v, other)) if zone == other => Timestamp(finer(*u, *v), zone.clone()),
        (Date, Timestamp(u, None)) | (Timestamp(u, None), Date) => Timestamp(*u, None),
        _ => return None,
    })
}

fn finer(u: TimeUnit, v: TimeUnit) -> TimeUnit {
    if u.ticks_per_second() >= v.ticks_per_second() { u } else { v }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        let field = |name: &&str| Field { name: (*name).into(), data_type: DataType::Bool };
        let schema = Schema { fields: names.iter().map(field).collect() };
        unique(&schema).into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn names_that_occur_twice_get_numbers_that_are_free() {
        assert_eq!(names(&["x", "y", "x", "x"]), ["x", "y", "x_1", "x_2"]);
        assert_eq!(names(&["x", "x_1", "x", "x_1"]), ["x", "x_1", "x_2", "x_1_1"]);
        assert_eq!(names(&["", ""]), ["", "_1"]);
    }

    #[test]
    fn a_join_is_symmetric_idempotent_and_holds_both() {
        use DataType::*;
        let day = Timestamp(TimeUnit::Second, None);
        let types = [
            Null,
            Bool,
            Int8,
            Int16,
            Int32,
            Int64,
            UInt8,
            UInt16,
            UInt32,
            UInt64,
            Float16,
            Float32,
            Float64,
            Date,
            String,
            day.clone(),
            Timestamp(TimeUnit::Nanosecond, None),
            Timestamp(TimeUnit::Second, Some("UTC".into())),
            Duration(TimeUnit::Second),
            Duration(TimeUnit::Millisecond),
            Time(TimeUnit::Second),
            Decimal128 { precision: 10, scale: 2 },
            Decimal128 { precision: 12, scale: 2 },
        ];
        for a in &types {
            assert_eq!(join(a, a).as_ref(), Some(a));
            for b in &types {
                assert_eq!(join(a, b), join(b, a));
            }
        }
        assert_eq!(join(&Int8, &UInt64), Some(Int64));
        assert_eq!(join(&UInt8, &UInt16), Some(UInt64));
        assert_eq!(join(&Int64, &Float32), Some(Float64));
        assert_eq!(join(&Date, &day), Some(day));
        assert_eq!(join(&Bool, &Int8), None);
        assert_eq!(join(&Int64, &String), None);
    }
}
