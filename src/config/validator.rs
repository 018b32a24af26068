//! Reads typed values from merged layers, checks their ranges and collects every fault.

use std::fmt::Display;
use std::path::PathBuf;

use super::error::SettingFault;
use super::layers::Layers;
use crate::model::{InvalidTimestamp, Site, Timestamp, printable};

/// Validates the values of merged layers. A faulty value is replaced by a valid one, so that all faults are found in
/// one pass. [`Validator::into_faults`] returns them.
pub(super) struct Validator<'a> {
    layers: &'a Layers,
    faults: Vec<SettingFault>,
}

impl<'a> Validator<'a> {
    /// Starts with the faults that merging found.
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self {
            layers,
            faults: layers.faults().to_vec(),
        }
    }

    /// Every fault that was found.
    pub(super) fn into_faults(self) -> Vec<SettingFault> {
        self.faults
    }

    /// Records a fault of a key.
    pub(super) fn fault(&mut self, key: &str, what: impl Display) {
        let message = format!("{} {what}", self.layers.origin(key));
        self.faults.push(SettingFault::of_key(key, message));
    }

    /// Where a key was set, for messages.
    pub(super) fn origin(&self, key: &str) -> String {
        self.layers.origin(key)
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.layers.text(key)
    }

    /// A path; `None` if the text is empty.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.layers.text(key);
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    /// A list of texts, without empty ones.
    pub(super) fn texts(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let texts = self.layers.texts(key).map(str::trim);
        texts.filter(|text| !text.is_empty())
    }

    /// The boolean of a key.
    pub(super) fn truth(&self, key: &str) -> bool {
        self.layers.truth(key)
    }

    /// A list of sites.
    pub(super) fn sites(&mut self, key: &str) -> Vec<Site> {
        let mut sites = Vec::new();
        for name in self.layers.texts(key).filter(|name| !name.is_empty()) {
            match Site::parse(name) {
                Ok(site) => sites.push(site),
                Err(e) => self.fault(key, format!("contains an invalid site: {e}")),
            }
        }
        sites
    }

    /// A number from `low` to `high`.
    pub(super) fn number(&mut self, key: &str, low: f64, high: f64) -> f64 {
        let number = self.layers.number(key);
        if !(low..=high).contains(&number) {
            // Very large and very small numbers are shorter with an exponent than with a hundred digits.
            let is_plain = number == 0.0 || (1e-6..1e15).contains(&number.abs());
            let number = if is_plain {
                number.to_string()
            } else {
                format!("{number:e}")
            };
            self.fault(key, format!("is {number}; it must be from {low} to {high}"));
        }
        number
    }

    /// A whole number from `low` to `high`.
    pub(super) fn whole(&mut self, key: &str, low: u64, high: u64) -> u64 {
        let number = self.layers.whole(key);
        match u64::try_from(number) {
            Ok(n) if (low..=high).contains(&n) => n,
            _ => {
                self.fault(key, format!("is {number}; it must be from {low} to {high}"));
                low
            }
        }
    }

    /// A whole number from `low` to `high` that counts things in memory.
    pub(super) fn count(&mut self, key: &str, low: u64, high: u64) -> usize {
        usize::try_from(self.whole(key, low, high)).unwrap_or(usize::MAX)
    }

    /// A date, read by `parse`; `None` if the text is empty.
    pub(super) fn date(
        &mut self,
        key: &str,
        parse: fn(&str) -> Result<Timestamp, InvalidTimestamp>,
    ) -> Option<Timestamp> {
        let text = self.layers.text(key);
        if text.is_empty() {
            return None;
        }
        parse(text)
            .map_err(|e| self.fault(key, format!("is not valid: {e}")))
            .ok()
    }
}

/// A user's text for a message: at most 40 characters, without control characters.
pub(super) fn shown(text: &str) -> String {
    printable(text, 40)
}
