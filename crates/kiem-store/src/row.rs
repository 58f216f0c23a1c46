//! Reading result rows of either database.

use std::str::FromStr;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::value::Value;

/// One result row.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads the column.
    ///
    /// # Errors
    /// When the column is missing or holds another type.
    fn read(row: &Row, name: &str) -> Result<Self>;
}

macro_rules! columns {
    ($($ty:ty),+) => { $(
        impl Column for $ty {
            fn read(row: &Row, name: &str) -> Result<Self> {
                match row {
                    Row::Sqlite(r) => r.try_get(name),
                    Row::Postgres(r) => r.try_get(name),
                }.map_err(|e| unreadable(name, &e))
            }
        }
        impl Column for Option<$ty> {
            fn read(row: &Row, name: &str) -> Result<Self> {
                match row {
                    Row::Sqlite(r) => r.try_get(name),
                    Row::Postgres(r) => r.try_get(name),
                }.map_err(|e| unreadable(name, &e))
            }
        }
    )+ };
}

columns!(Uuid, i64, String, bool, Vec<u8>);

fn unreadable(name: &str, problem: &dyn std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { column: name.to_owned(), problem: problem.to_string() }
}

impl Row {
    /// A plain column: `Uuid`, `i64`, `String`, `bool`, `Vec<u8>` or an `Option` of these.
    ///
    /// # Errors
    /// When the column is missing or holds another type.
    pub fn get<T: Column>(&self, name: &str) -> Result<T> {
        T::read(self, name)
    }

    /// A typed id.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn id<T: From<Uuid>>(&self, name: &str) -> Result<T> {
        self.get::<Uuid>(name).map(T::from)
    }

    /// A typed id that may be missing.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn opt_id<T: From<Uuid>>(&self, name: &str) -> Result<Option<T>> {
        self.get::<Option<Uuid>>(name).map(|id| id.map(T::from))
    }

    /// An instant.
    ///
    /// # Errors
    /// As [`Row::get`], or when the number is no instant.
    pub fn instant(&self, name: &str) -> Result<Timestamp> {
        Timestamp::from_microsecond(self.get::<i64>(name)?).map_err(|e| unreadable(name, &e))
    }

    /// An instant that may be missing.
    ///
    /// # Errors
    /// As [`Row::instant`].
    pub fn opt_instant(&self, name: &str) -> Result<Option<Timestamp>> {
        self.get::<Option<i64>>(name)?
            .map(|us| Timestamp::from_microsecond(us).map_err(|e| unreadable(name, &e)))
            .transpose()
    }

    /// All columns with their values, whatever they are: how a record is kept that a merge removes.
    ///
    /// # Errors
    /// When a column holds something that is never stored here (a floating point number, say).
    pub fn values(&self) -> Result<Vec<(String, Value)>> {
        match self {
            Row::Sqlite(row) => {
                let kinds = row.columns().iter().map(|column| {
                    let raw = row.try_get_raw(column.ordinal()).map_err(|e| unreadable(column.name(), &e))?;
                    let kind =
                        if raw.is_null() { "NULL".to_owned() } else { raw.type_info().name().to_owned() };
                    Ok((column.name().to_owned(), kind))
                });
                kinds.map(|found| found.and_then(|(name, kind)| self.value(name, &kind))).collect()
            }
            Row::Postgres(row) => {
                let kinds = row.columns().iter().map(|column| {
                    let raw = row.try_get_raw(column.ordinal()).map_err(|e| unreadable(column.name(), &e))?;
                    let kind =
                        if raw.is_null() { "NULL".to_owned() } else { raw.type_info().name().to_owned() };
                    Ok((column.name().to_owned(), kind))
                });
                kinds.map(|found| found.and_then(|(name, kind)| self.value(name, &kind))).collect()
            }
        }
    }

    fn value(&self, name: String, kind: &str) -> Result<(String, Value)> {
        let value = match kind {
            "NULL" => Value::Text(None),
            "INTEGER" | "INT8" => Value::Int(Some(self.get(&name)?)),
            "TEXT" => Value::Text(Some(self.get(&name)?)),
            "BOOLEAN" | "BOOL" => Value::Bool(Some(self.get(&name)?)),
            "BLOB" | "BYTEA" => Value::Bytes(Some(self.get(&name)?)),
            "UUID" => Value::Uuid(Some(self.get(&name)?)),
            other => return Err(unreadable(&name, &other)),
        };
        Ok((name, value))
    }

    /// A column that is parsed from text: enumerations, dates, addresses.
    ///
    /// # Errors
    /// As [`Row::get`], or when the text cannot be parsed.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Result<T>
    where
        T::Err: std::fmt::Display,
    {
        self.get::<String>(name)?.parse().map_err(|e: T::Err| unreadable(name, &e))
    }

    /// The same for a column that may be missing.
    ///
    /// # Errors
    /// As [`Row::parsed`].
    pub fn opt_parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        self.get::<Option<String>>(name)?
            .map(|text| text.parse().map_err(|e: T::Err| unreadable(name, &e)))
            .transpose()
    }
}
