//! What a worker is told about its app: one value that the operator writes as JSON and the worker reads.
//!
//! Addresses, identity, paths and secrets belong to the process and are arguments of their own.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::app::{Backend, CoverLetterAppSpec, Generation, Quantization};
use crate::limits;
use crate::names::BUILT_IN_MODEL;

/// Settings of one worker. What is left out has the default of the `CoverLetterApp`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct WorkerSettings {
    /// Name of the model, as statuses and metrics give it.
    pub model_name: String,
    /// What computes the model.
    pub backend: Backend,
    /// How its weights are held in memory.
    pub quantization: Quantization,
    /// Letters written at the same time.
    pub slots: i32,
    /// How tokens are chosen.
    pub generation: Generation,
    /// Attempts that may fail before a request fails.
    pub max_attempts: i32,
    /// Seconds after its creation by which a request must be finished.
    pub active_deadline_seconds: i64,
}

/// Why a text is not the settings of a worker.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is no JSON, or holds something that this version does not know.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A number is beyond the limits of the schema.
    #[error("`{name}` must be {} to {}, not {value}", limits.start(), limits.end())]
    OutOfRange {
        /// The field.
        name: &'static str,
        /// Its value.
        value: i64,
        /// What the schema permits.
        limits: RangeInclusive<i64>,
    },
}

impl WorkerSettings {
    /// The settings of an app whose model is called `model_name`.
    #[must_use]
    pub fn new(spec: &CoverLetterAppSpec, model_name: &str) -> Self {
        Self {
            model_name: model_name.to_owned(),
            backend: spec.inference.backend,
            quantization: spec.inference.quantization,
            slots: spec.inference.slots,
            generation: spec.inference.generation.clone(),
            max_attempts: spec.requests.max_attempts,
            active_deadline_seconds: spec.requests.active_deadline_seconds,
        }
    }

    /// Holds the numbers against the limits of the schema, for settings that no API server has seen.
    fn check(&self) -> Result<(), SettingsError> {
        let generation = &self.generation;
        let numbers = [
            ("slots", Some(self.slots), limits::SLOTS),
            ("maxNewTokens", Some(generation.max_new_tokens), limits::MAX_NEW_TOKENS),
            ("temperatureMilli", Some(generation.temperature_milli), limits::TEMPERATURE_MILLI),
            ("topPMilli", Some(generation.top_p_milli), limits::TOP_P_MILLI),
            ("candidates", generation.candidates, limits::CANDIDATES),
            ("maxTokensPerSecond", generation.max_tokens_per_second, limits::MAX_TOKENS_PER_SECOND),
            ("maxAttempts", Some(self.max_attempts), limits::MAX_ATTEMPTS),
        ];
        let numbers = numbers.into_iter().filter_map(|(name, value, limits)| {
            Some((name, i64::from(value?), i64::from(*limits.start())..=i64::from(*limits.end())))
        });
        let deadline = ("activeDeadlineSeconds", self.active_deadline_seconds, limits::ACTIVE_DEADLINE_SECONDS);
        match numbers.chain([deadline]).find(|(_, value, limits)| !limits.contains(value)) {
            Some((name, value, limits)) => Err(SettingsError::OutOfRange { name, value, limits }),
            None => Ok(()),
        }
    }
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self::new(&CoverLetterAppSpec::default(), BUILT_IN_MODEL)
    }
}

impl fmt::Display for WorkerSettings {
    /// JSON in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for WorkerSettings {
    type Err = SettingsError;

    fn from_str(json: &str) -> Result<Self, SettingsError> {
        let settings: Self = serde_json::from_str(json)?;
        settings.check()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::{SettingsError, WorkerSettings};
    use crate::app::{Backend, CoverLetterAppSpec, Quantization};

    fn refused(json: &str) -> SettingsError {
        json.parse::<WorkerSettings>().expect_err("these are no settings")
    }

    #[test]
    fn what_the_operator_writes_is_what_the_worker_reads() {
        let mut spec = CoverLetterAppSpec::default();
        spec.inference.backend = Backend::Candle;
        spec.inference.quantization = Quantization::Q4;
        spec.inference.generation.candidates = Some(2);
        let settings = WorkerSettings::new(&spec, "owner/writer@7ae5576");
        assert_eq!(settings.to_string().parse::<WorkerSettings>().expect("it is read"), settings);
    }

    #[test]
    fn what_is_left_out_has_the_default_of_the_app() {
        assert_eq!("{}".parse::<WorkerSettings>().expect("it is read"), WorkerSettings::default());
        let json = r#"{"modelName":"built-in","backend":"Auto","quantization":"Auto","slots":8,"generation":{"maxNewTokens":600,"temperatureMilli":700,"topPMilli":900},"maxAttempts":3,"activeDeadlineSeconds":900}"#;
        assert_eq!(WorkerSettings::default().to_string(), json);
    }

    #[test]
    fn numbers_beyond_the_schema_and_unknown_names_are_refused() {
        assert_eq!(refused(r#"{"slots":0}"#).to_string(), "`slots` must be 1 to 64, not 0");
        let pace = refused(r#"{"generation":{"maxTokensPerSecond":0}}"#).to_string();
        assert_eq!(pace, "`maxTokensPerSecond` must be 1 to 100000, not 0");
        let deadline = refused(r#"{"activeDeadlineSeconds":9}"#).to_string();
        assert_eq!(deadline, "`activeDeadlineSeconds` must be 10 to 86400, not 9");
        assert!(matches!(refused(r#"{"slot":4}"#), SettingsError::Json(_)));
        assert!(matches!(refused(r#"{"backend":"cuda"}"#), SettingsError::Json(_)));
    }
}
