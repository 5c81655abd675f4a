//! Data of an account that a connector reads and writes, as static data for the fact sheet of a connection.

use crate::domain::connection::Settings;
use crate::domain::connection::fact_sheet::ObjectAccess;

/// An object at the provider.
pub struct ObjectUse {
    pub object: &'static str,
    /// What the product needs the object for, as a sentence.
    pub purpose: &'static str,
    pub reads: &'static [Field],
    pub writes: &'static [Field],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Named(&'static str),
    /// The field of the settings to which the status is written.
    Status,
    /// The field of the settings that contains the stage, if it is not the provider's standard field.
    Stage,
}

impl ObjectUse {
    /// Returns the object with the fields that a connection with these settings reads and writes.
    pub fn access(&self, settings: &Settings) -> ObjectAccess {
        let names = |fields: &[Field]| {
            let mut names: Vec<String> = Vec::new();
            for name in fields.iter().filter_map(|field| field.name(settings)) {
                if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                    names.push(name);
                }
            }
            names
        };
        let (object, purpose) = (self.object.to_owned(), self.purpose.to_owned());
        ObjectAccess { object, purpose, reads: names(self.reads), writes: names(self.writes) }
    }
}

impl Field {
    fn name(self, settings: &Settings) -> Option<String> {
        match self {
            Self::Named(name) => Some(name.to_owned()),
            Self::Status => Some(settings.status_field().to_owned()),
            Self::Stage => settings.trigger_rule().field,
        }
    }
}
