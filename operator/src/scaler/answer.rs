//! What is answered to a call of KEDA, by the letters that an app has at hand.

use std::ops::Deref;

use crds::request::State;
use crds::{CoverLetterApp, CoverLetterRequest};
use kube::ResourceExt as _;
use kube::core::DeserializeGuard;

use super::grpc::{Code, Failure};
use super::messages::{
    GetMetricSpecResponse, GetMetricsRequest, GetMetricsResponse, IsActiveResponse, MetricSpec, MetricValue,
    ScaledObjectRef,
};

/// The one metric: letters that wait or are being written.
pub const METRIC: &str = "letters";
/// What a trigger names its app by.
const NAMESPACE: &str = "namespace";
const NAME: &str = "name";

/// The app that a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What the number of pods of an app follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Letters that wait or are being written.
    pub letters: usize,
    /// Letters that one pod writes at the same time.
    pub slots: i32,
}

impl Asked {
    /// The app that the trigger names; what it leaves out is as the `ScaledObject` is called.
    #[must_use]
    pub fn by(reference: &ScaledObjectRef) -> Self {
        let named = |key: &str, other: &str| {
            let value = reference.scaler_metadata.get(key).filter(|value| !value.is_empty());
            value.map_or(other, String::as_str).to_owned()
        };
        Self { namespace: named(NAMESPACE, &reference.namespace), name: named(NAME, &reference.name) }
    }

    /// Its work.
    ///
    /// # Errors
    /// When there is no such app.
    pub fn work<A, R>(&self, apps: &[A], requests: &[R]) -> Result<Work, Failure>
    where
        A: Deref<Target = DeserializeGuard<CoverLetterApp>>,
        R: Deref<Target = CoverLetterRequest>,
    {
        let Self { namespace, name } = self;
        let is_it = |app: &&CoverLetterApp| app.namespace().as_ref() == Some(namespace) && app.name_any() == *name;
        let app = apps.iter().filter_map(|app| app.0.as_ref().ok()).find(is_it);
        let none = || Failure::new(Code::NotFound, format!("no CoverLetterApp `{name}` in namespace `{namespace}`"));
        let slots = app.ok_or_else(none)?.spec.inference.slots;
        Ok(Work { letters: requests.iter().filter(|request| self.is_work(request)).count(), slots })
    }

    fn is_work(&self, request: &CoverLetterRequest) -> bool {
        let is_its =
            request.spec.app_ref.name == self.name && request.metadata.namespace.as_ref() == Some(&self.namespace);
        is_its
            && match request.state() {
                State::Queued => !request.spec.cancel_requested,
                State::Running => true,
                State::Succeeded | State::Failed | State::Cancelled => false,
            }
    }
}

impl Work {
    /// Whether a pod is needed. One that writes is: it must not end before its letter does.
    #[must_use]
    pub fn is_active(self) -> IsActiveResponse {
        IsActiveResponse { result: self.letters > 0 }
    }

    /// One pod for as many letters as it has slots.
    #[must_use]
    pub fn spec(self) -> GetMetricSpecResponse {
        let slots = self.slots.max(1);
        let spec =
            MetricSpec { metric_name: METRIC.to_owned(), target_size: slots.into(), target_size_float: slots.into() };
        GetMetricSpecResponse { metric_specs: vec![spec] }
    }

    /// The letters.
    ///
    /// # Errors
    /// When another metric is asked for.
    pub fn metrics(self, asked: &GetMetricsRequest) -> Result<GetMetricsResponse, Failure> {
        let name = &asked.metric_name;
        if name != METRIC {
            return Err(Failure::new(Code::InvalidArgument, format!("the only metric is `{METRIC}`, not `{name}`")));
        }
        let value = MetricValue { name: METRIC.to_owned(), whole: self.letters as i64, float: self.letters as f64 };
        Ok(GetMetricsResponse { metric_values: vec![value] })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn reference(metadata: &[(&str, &str)]) -> ScaledObjectRef {
        let pairs = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        ScaledObjectRef { name: "scaled".into(), namespace: "here".into(), scaler_metadata: pairs.collect() }
    }

    fn asked(namespace: &str, name: &str) -> Asked {
        Asked { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    fn request(namespace: &str, app: &str, state: &str, cancelled: bool) -> Arc<CoverLetterRequest> {
        let mut request: CoverLetterRequest = serde_json::from_value(json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest",
            "metadata": {"name": "one", "namespace": namespace},
            "spec": {"appRef": {"name": app}, "job": {"title": "Nurse", "company": "Charité"}, "cancelRequested": cancelled},
        }))
        .expect("a request");
        request.status = serde_json::from_value(json!({"state": state})).expect("a status");
        Arc::new(request)
    }

    #[test]
    fn a_trigger_names_its_app_or_is_called_like_it() {
        assert_eq!(Asked::by(&reference(&[])), asked("here", "scaled"));
        assert_eq!(Asked::by(&reference(&[("name", "letters")])), asked("here", "letters"));
        assert_eq!(Asked::by(&reference(&[("namespace", "there"), ("name", "")])), asked("there", "scaled"));
    }

    #[test]
    fn letters_that_wait_or_are_written_are_the_work_of_their_app() {
        let app: CoverLetterApp = serde_json::from_value(json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp",
            "metadata": {"name": "letters", "namespace": "here"}, "spec": {"inference": {"slots": 4}},
        }))
        .expect("an app");
        let apps = [Arc::new(DeserializeGuard(Ok(app)))];
        let requests = [
            request("here", "letters", "Queued", false),
            request("here", "letters", "Queued", true),
            request("here", "letters", "Running", true),
            request("here", "letters", "Succeeded", false),
            request("here", "letters", "Failed", false),
            request("here", "other", "Queued", false),
            request("there", "letters", "Queued", false),
        ];
        let work = asked("here", "letters").work(&apps, &requests).expect("it is there");
        assert_eq!(work, Work { letters: 2, slots: 4 });
        let missing = asked("there", "letters").work(&apps, &requests).map_err(|failure| failure.code);
        assert_eq!(missing, Err(Code::NotFound));
    }

    #[test]
    fn a_pod_is_for_as_many_letters_as_it_has_slots() {
        let work = Work { letters: 9, slots: 4 };
        let spec = &work.spec().metric_specs[0];
        assert_eq!((spec.metric_name.as_str(), spec.target_size, spec.target_size_float), (METRIC, 4, 4.0));
        let ask = |name: &str| GetMetricsRequest { metric_name: name.to_owned(), ..GetMetricsRequest::default() };
        let values = work.metrics(&ask(METRIC)).expect("it is the metric").metric_values;
        assert_eq!((values[0].whole, values[0].float), (9, 9.0));
        assert_eq!(work.metrics(&ask("words")).map_err(|failure| failure.code), Err(Code::InvalidArgument));
        assert!(work.is_active().result && !Work { letters: 0, slots: 4 }.is_active().result);
    }

    #[test]
    fn the_messages_have_the_bytes_of_the_protocol() {
        let mut metadata = BTreeMap::new();
        metadata.insert("name".to_owned(), "letters".to_owned());
        let reference = ScaledObjectRef { name: "a".into(), namespace: "b".into(), scaler_metadata: metadata };
        let bytes = prost::Message::encode_to_vec(&reference);
        assert_eq!(bytes, b"\x0a\x01a\x12\x01b\x1a\x0f\x0a\x04name\x12\x07letters");
        let spec = prost::Message::encode_to_vec(&Work { letters: 0, slots: 8 }.spec());
        assert_eq!(spec, b"\x0a\x14\x0a\x07letters\x10\x08\x19\0\0\0\0\0\0\x20\x40");
    }
}
