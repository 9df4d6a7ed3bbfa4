//! The `CustomResourceDefinition`s as they are applied to a cluster.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt as _;

use crate::{CoverLetterApp, CoverLetterRequest};

/// Both definitions, in the order in which they should be applied.
#[must_use]
pub fn custom_resource_definitions() -> [CustomResourceDefinition; 2] {
    [without_nullable(CoverLetterApp::crd()), without_nullable(CoverLetterRequest::crd())]
}

/// Optional fields are left out, never null: a stored null would count as present in the validation rules.
fn without_nullable(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        if let Some(schema) = version.schema.as_mut().and_then(|validation| validation.open_api_v3_schema.as_mut()) {
            clear_nullable(schema);
        }
    }
    crd
}

fn clear_nullable(schema: &mut JSONSchemaProps) {
    schema.nullable = None;
    for property in schema.properties.iter_mut().flat_map(|properties| properties.values_mut()) {
        clear_nullable(property);
    }
    match &mut schema.items {
        Some(JSONSchemaPropsOrArray::Schema(item)) => clear_nullable(item),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => items.iter_mut().for_each(clear_nullable),
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(value)) = &mut schema.additional_properties {
        clear_nullable(value);
    }
}
