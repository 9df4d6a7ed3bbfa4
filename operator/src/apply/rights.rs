//! Asks the API server what the operator may do. It is a write in form alone: the answer is kept nowhere.

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::Client;
use kube::api::{Api, PostParams};

/// Something that may be listed, or not.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its API group; empty for the first one.
    pub group: &'a str,
    /// Plural of its kind.
    pub resource: &'a str,
    /// The one object of this name; `None` for all.
    pub name: Option<&'a str>,
}

/// Whether the operator may list this.
///
/// # Errors
/// When the API server does not answer.
pub async fn may_list(client: &Client, listed: Listed<'_>) -> kube::Result<bool> {
    let attributes = ResourceAttributes {
        namespace: Some(listed.namespace.to_owned()),
        verb: Some("list".to_owned()),
        group: Some(listed.group.to_owned()),
        resource: Some(listed.resource.to_owned()),
        name: listed.name.map(str::to_owned),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() };
    let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
    let review = Api::<SelfSubjectAccessReview>::all(client.clone()).create(&PostParams::default(), &review).await?;
    Ok(review.status.is_some_and(|status| status.allowed))
}
