//! A file of Parquet, written row by row: rows are gathered until they make a group, and the group's
//! columns are encoded by Parquet's own writers, each on a thread.
//!
//! That crate would pack pages with a library that is C. So it is told that pages are not packed, and
//! what it hands on is packed on the way ([`Packed`]), by what reads packed modules already.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesPtr, WriterVersion,
};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type, TypePtr};
use rayon::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// Rows in a group: a reader's thread takes a group, and a writer has one in memory.
const GROUP: usize = 1 << 18;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// UTF-8; what is none has its bytes replaced.
    Text,
    /// A line's number: 32 bits.
    Number,
    /// A hash: 64 bits, signed, as every engine has such a type.
    Id,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) holds: Holds,
    /// Whether a row may have nothing there.
    pub(super) optional: bool,
}

/// What a row has in a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    /// Of a column that holds text.
    Text(&'a [u8]),
    /// Of a column that holds numbers.
    Number(u32),
    /// Of a column that holds ids.
    Id(u64),
    /// Of one that is optional.
    Nothing,
}

/// A file that is being written.
pub(super) struct Table<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    properties: WriterPropertiesPtr,
    columns: Vec<Column>,
    /// Rows of the group that is gathered, and of those before.
    gathered: usize,
    written: u64,
}

impl<W: Write + Send> Table<W> {
    /// A file without rows; `about` is what its footer says of it.
    pub(super) fn new(out: W, fields: &[Field], about: &[(&str, &str)]) -> Result<Table<W>> {
        let columns: Vec<TypePtr> =
            fields.iter().map(|field| field.schema().map(Arc::new)).collect::<Result<_>>()?;
        let schema = Type::group_type_builder("kgrep").with_fields(columns).build()?;
        let note = |(key, value): &(&str, &str)| KeyValue::new((*key).into(), (*value).to_owned());
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(Compression::UNCOMPRESSED)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_key_value_metadata(Some(about.iter().map(note).collect()))
            .set_created_by(concat!("kgrep ", env!("CARGO_PKG_VERSION")).to_owned());
        // A dictionary of hashes is as long as they are.
        for field in fields.iter().filter(|field| field.holds == Holds::Id) {
            properties =
                properties.set_column_dictionary_enabled(ColumnPath::from(field.name), false);
        }
        let properties = Arc::new(properties.build());
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::clone(&properties))?;
        let described = writer.schema_descr().columns();
        let columns = fields.iter().zip(described).map(|(f, d)| Column::new(f, d)).collect();
        Ok(Table { writer, properties, columns, gathered: 0, written: 0 })
    }

    /// Adds a row: a value for each column, in their order.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> Result<()> {
        if values.len() != self.columns.len() {
            return Err(misfit());
        }
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(*value)?;
        }
        self.gathered += 1;
        if self.gathered == GROUP { self.group() } else { Ok(()) }
    }

    /// Writes what was gathered.
    fn group(&mut self) -> Result<()> {
        if self.gathered == 0 {
            return Ok(());
        }
        let properties = &self.properties;
        let encoded: Vec<(Bytes, ColumnCloseResult)> =
            self.columns.par_iter_mut().map(|c| c.take(properties)).collect::<Result<_>>()?;
        let mut group = self.writer.next_row_group()?;
        for (bytes, closed) in encoded {
            group.append_column(&bytes, closed)?;
        }
        group.close()?;
        self.written += self.gathered as u64;
        self.gathered = 0;
        Ok(())
    }

    /// Writes the rest and the footer; how many rows there are.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.group()?;
        self.writer.into_inner()?.flush()?;
        Ok(self.written)
    }
}

impl Field {
    fn schema(&self) -> Result<Type> {
        let (physical, logical) = match self.holds {
            Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Holds::Number => (Physical::INT32, None),
            Holds::Id => (Physical::INT64, None),
        };
        let repetition = if self.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        Type::primitive_type_builder(self.name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()
    }
}

/// What a row has is not what its table holds.
fn misfit() -> ParquetError {
    ParquetError::General("a row doesn't fit its table".to_owned())
}

/// A column's values of the group that is gathered.
struct Column {
    described: ColumnDescPtr,
    values: Values,
    /// Of an optional one, whether each row has a value: 1 or 0.
    levels: Option<Vec<i16>>,
}

enum Values {
    /// All texts one after the other, and where each ends.
    Texts(Vec<u8>, Vec<usize>),
    Numbers(Vec<i32>),
    Ids(Vec<i64>),
}

impl Column {
    fn new(field: &Field, described: &ColumnDescPtr) -> Column {
        let values = match field.holds {
            Holds::Text => Values::Texts(Vec::new(), Vec::new()),
            Holds::Number => Values::Numbers(Vec::new()),
            Holds::Id => Values::Ids(Vec::new()),
        };
        let levels = field.optional.then(Vec::new);
        Column { described: Arc::clone(described), values, levels }
    }

    fn push(&mut self, value: Value<'_>) -> Result<()> {
        match (&mut self.values, value) {
            (Values::Texts(bytes, ends), Value::Text(text)) => {
                bytes.extend_from_slice(String::from_utf8_lossy(text).as_bytes());
                ends.push(bytes.len());
            }
            (Values::Numbers(all), Value::Number(one)) => {
                all.push(i32::try_from(one).unwrap_or(i32::MAX));
            }
            (Values::Ids(all), Value::Id(one)) => all.push(one.cast_signed()),
            (_, Value::Nothing) if self.levels.is_some() => {}
            _ => return Err(misfit()),
        }
        if let Some(levels) = &mut self.levels {
            levels.push(i16::from(!matches!(value, Value::Nothing)));
        }
        Ok(())
    }

    /// The values as a part of a file, and what its footer says of them; then there are none.
    fn take(&mut self, properties: &WriterPropertiesPtr) -> Result<(Bytes, ColumnCloseResult)> {
        let mut sink = TrackedWrite::new(Vec::new());
        let pages = Packed(SerializedPageWriter::new(&mut sink));
        let (described, properties) = (Arc::clone(&self.described), Arc::clone(properties));
        let mut writer = get_column_writer(described, properties, Box::new(pages));
        let levels = self.levels.as_deref();
        match (&mut writer, &mut self.values) {
            (ColumnWriter::ByteArrayColumnWriter(writer), Values::Texts(bytes, ends)) => {
                let bytes = Bytes::from(std::mem::take(bytes));
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let text = |(start, end): (usize, &usize)| bytes.slice(start..*end);
                let texts: Vec<ByteArray> =
                    starts.zip(&*ends).map(|range| ByteArray::from(text(range))).collect();
                writer.write_batch(&texts, levels, None)?;
                ends.clear();
            }
            (ColumnWriter::Int32ColumnWriter(writer), Values::Numbers(all)) => {
                writer.write_batch(all, levels, None)?;
                all.clear();
            }
            (ColumnWriter::Int64ColumnWriter(writer), Values::Ids(all)) => {
                writer.write_batch(all, levels, None)?;
                all.clear();
            }
            _ => return Err(misfit()),
        }
        let mut closed = writer.close()?;
        let packed = Compression::ZSTD(ZstdLevel::default());
        closed.metadata = closed.metadata.into_builder().set_compression(packed).build()?;
        self.levels.iter_mut().for_each(Vec::clear);
        Ok((Bytes::from(sink.into_inner()?), closed))
    }
}

/// Packs each page before it is written.
struct Packed<'a>(SerializedPageWriter<'a, Vec<u8>>);

impl PageWriter for Packed<'_> {
    fn write_page(&mut self, page: CompressedPage) -> Result<PageWriteSpec> {
        let size = page.uncompressed_size();
        let mut packed = page.compressed_page().clone();
        match &mut packed {
            Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => {
                *buf = compress_to_vec(&buf[..], CompressionLevel::Fastest).into();
            }
            // The writer makes none: its version is 1.
            Page::DataPageV2 { .. } => return Err(misfit()),
        }
        self.0.write_page(CompressedPage::new(packed, size))
    }

    fn close(&mut self) -> Result<()> {
        self.0.close()
    }
}
