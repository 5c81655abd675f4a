//! Conversion between domain types and columns. Ids and enums are text; times are `TIMESTAMPTZ` on PostgreSQL and RFC 3339 text
//! on SQLite.

use crate::domain::account::users::Role;
use crate::domain::connection::catalogue::{AuthType, Category};
use crate::domain::connection::disconnection::Revocation;
use crate::domain::connection::health::Responsible;
use crate::domain::connection::refused_call::RefusalReason;
use crate::domain::connection::{ConnectionStatus, Environment, SecretPurpose};
use crate::domain::contract::analysis::AnalysisStatus;
use crate::domain::contract::filing::FilingStatus;
use crate::domain::contract::link::LinkRole;
use crate::domain::contract::{NegotiationStatus, ScanStatus, SyncStatus};
use crate::domain::delivery::{DeliveryStatus, Origin};
use crate::domain::ids::{Id, Kind};
use crate::domain::record::{RecordId, RecordKind};
use crate::domain::time::Timestamp;
use chrono::{DateTime, Utc};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

/// Implements the sqlx traits for a type, by conversion to and from a type that sqlx supports.
macro_rules! stored_as {
    ([$($generics:tt)*] $type:ty as $stored:ty, $encode:expr, $decode:expr) => {
        impl<$($generics)* DB: Database> Type<DB> for $type
        where
            $stored: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$stored>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$stored>::compatible(ty)
            }
        }

        impl<'q, $($generics)* DB: Database> Encode<'q, DB> for $type
        where
            $stored: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let encode: fn(&Self) -> Result<$stored, BoxDynError> = $encode;
                encode(self)?.encode(buf)
            }
        }

        impl<'r, $($generics)* DB: Database> Decode<'r, DB> for $type
        where
            $stored: Decode<'r, DB>,
        {
            fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let decode: fn($stored) -> Result<Self, BoxDynError> = $decode;
                decode(<$stored>::decode(value)?)
            }
        }
    };
}

stored_as!([K: Kind,] Id<K> as String, |id| Ok(id.as_str().to_owned()), |text| Ok(text.parse()?));
stored_as!([] RecordId as String, |id| Ok(id.as_str().to_owned()), |text| Ok(RecordId::new(text)));
stored_as!(
    [] Timestamp as DateTime<Utc>,
    |time| DateTime::from_timestamp_millis(time.millis()).ok_or_else(|| "a time outside the calendar".into()),
    |time| Ok(Timestamp::from_millis(time.timestamp_millis()))
);

/// Stores enums as text, by `into_str` and `FromStr`. A `CHECK` constraint of the schema lists the values of each column.
macro_rules! enum_text {
    ($($type:ty),* $(,)?) => {$(
        stored_as!(
            [] $type as String,
            |value| Ok(value.into_str().to_owned()),
            |text| text.parse().map_err(|_| format!("`{text}` is not a known {}", stringify!($type)).into())
        );
    )*};
}

enum_text!(
    AnalysisStatus,
    AuthType,
    Category,
    ConnectionStatus,
    DeliveryStatus,
    Environment,
    FilingStatus,
    LinkRole,
    NegotiationStatus,
    Origin,
    RecordKind,
    RefusalReason,
    Responsible,
    Revocation,
    Role,
    ScanStatus,
    SecretPurpose,
    SyncStatus,
);
