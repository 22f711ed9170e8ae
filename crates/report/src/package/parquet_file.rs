//! Parquet with snappy, columns by their kind. Written by the column, without Arrow, which would add minutes to every build.

use super::PackageError;
use super::table::{Kind, Table, Value};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::sync::Arc;

/// Rows of a row group.
const GROUP: usize = 100_000;

pub(super) fn write(table: &Table) -> Result<Vec<u8>, PackageError> {
    bytes(table).map_err(|error| PackageError::File { file: table.parquet_path(), what: error.to_string() })
}

fn bytes(table: &Table) -> Result<Vec<u8>, ParquetError> {
    let fields = table
        .columns
        .iter()
        .map(|column| {
            let (physical, converted, logical) = match column.kind {
                Kind::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8, Some(LogicalType::String)),
                Kind::Int => (Physical::INT64, ConvertedType::NONE, None),
                Kind::Real => (Physical::DOUBLE, ConvertedType::NONE, None),
                Kind::Flag => (Physical::BOOLEAN, ConvertedType::NONE, None),
                Kind::Day => (Physical::INT32, ConvertedType::DATE, Some(LogicalType::Date)),
            };
            let builder = Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL);
            builder.with_converted_type(converted).with_logical_type(logical).build().map(Arc::new)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder(&table.name).with_fields(fields).build()?);
    // No version or time of the writer in the file: the same table gives the same bytes.
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("bavn".to_owned()).build();
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
    for rows in table.rows.chunks(GROUP) {
        let mut group = writer.next_row_group()?;
        for (at, column) in table.columns.iter().enumerate() {
            let cell = |row: &Vec<Value>| row.get(at).cloned().unwrap_or(Value::Missing);
            match column.kind {
                Kind::Text => put::<ByteArrayType>(&mut group, rows, |row| match cell(row) {
                    Value::Text(text) => Some(ByteArray::from(text.into_bytes())),
                    _ => None,
                })?,
                Kind::Int => put::<Int64Type>(&mut group, rows, |row| match cell(row) {
                    Value::Int(number) => Some(number),
                    _ => None,
                })?,
                Kind::Real => put::<DoubleType>(&mut group, rows, |row| match cell(row) {
                    Value::Real(number) => Some(number),
                    _ => None,
                })?,
                Kind::Flag => put::<BoolType>(&mut group, rows, |row| match cell(row) {
                    Value::Flag(flag) => Some(flag),
                    _ => None,
                })?,
                Kind::Day => put::<Int32Type>(&mut group, rows, |row| match cell(row) {
                    Value::Day(day) => jiff::civil::date(1970, 1, 1).until(day).ok().map(|span| span.get_days()),
                    _ => None,
                })?,
            }
        }
        group.close()?;
    }
    writer.close()?;
    Ok(out)
}

fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    rows: &[Vec<Value>],
    of: impl Fn(&Vec<Value>) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let values: Vec<Option<T::T>> = rows.iter().map(of).collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    column.close()
}
