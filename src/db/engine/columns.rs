//! How our own types stand in columns: ids and words as text, times as `TIMESTAMPTZ` or RFC 3339 text.

use crate::domain::{
    account::users::Role,
    connection::{
        ConnectionStatus, Environment,
        catalogue::{AuthType, Category},
        disconnection::Revocation,
        health::Responsible,
        record::{RecordId, RecordKind},
    },
    contract::{NegotiationStatus, ScanStatus, SyncStatus, analysis::AnalysisStatus, link::LinkRole},
    delivery::{DeliveryStatus, Origin},
    ids::{Id, Kind},
    time::Timestamp,
};
use chrono::{DateTime, Utc};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

impl<K, DB: Database> Type<DB> for Id<K>
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        String::compatible(ty)
    }
}

impl<'q, K: Kind, DB: Database> Encode<'q, DB> for Id<K>
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.as_str().to_owned().encode(buf)
    }
}

impl<'r, K: Kind, DB: Database> Decode<'r, DB> for Id<K>
where
    String: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(String::decode(value)?.parse()?)
    }
}

impl<DB: Database> Type<DB> for Timestamp
where
    DateTime<Utc>: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        DateTime::<Utc>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        DateTime::<Utc>::compatible(ty)
    }
}

impl<'q, DB: Database> Encode<'q, DB> for Timestamp
where
    DateTime<Utc>: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let time = DateTime::from_timestamp_millis(self.millis()).ok_or("a time outside the calendar")?;
        time.encode(buf)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Timestamp
where
    DateTime<Utc>: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::from_millis(DateTime::<Utc>::decode(value)?.timestamp_millis()))
    }
}

/// A closed set of words, stored as text with a `CHECK`.
pub trait Word: Sized + Copy {
    /// The stored word.
    fn word(self) -> &'static str;
    /// The value of a stored word.
    fn from_word(word: &str) -> Option<Self>;
}

macro_rules! words {
    ($($word:ty),*) => {$(
        impl Word for $word {
            fn word(self) -> &'static str {
                self.as_str()
            }

            fn from_word(word: &str) -> Option<Self> {
                Self::parse(word)
            }
        }

        impl<DB: Database> Type<DB> for $word
        where
            String: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                String::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                String::compatible(ty)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $word
        where
            String: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.word().to_owned().encode(buf)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $word
        where
            String: Decode<'r, DB>,
        {
            fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let word = String::decode(value)?;
                Self::from_word(&word).ok_or_else(|| format!("`{word}` is not a known {}", stringify!($word)).into())
            }
        }
    )*};
}

words!(
    AnalysisStatus,
    AuthType,
    Category,
    ConnectionStatus,
    DeliveryStatus,
    Environment,
    Responsible,
    LinkRole,
    NegotiationStatus,
    Origin,
    RecordKind,
    Revocation,
    Role,
    ScanStatus,
    SyncStatus
);

impl<DB: Database> Type<DB> for RecordId
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        String::compatible(ty)
    }
}

impl<'q, DB: Database> Encode<'q, DB> for RecordId
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.as_str().to_owned().encode(buf)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for RecordId
where
    String: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::new(String::decode(value)?))
    }
}
