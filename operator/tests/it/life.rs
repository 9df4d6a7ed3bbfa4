//! What is kept and what is deleted with an app.

use crds::CoverLetterApp;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret};
use kube::api::DeleteParams;
use serde_json::json;

use crate::cluster::{Cluster, uid};

async fn delete_app(cluster: &Cluster) {
    cluster.api::<CoverLetterApp>().delete("letters", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.is_gone::<Deployment>("letters-web").await;
    cluster.is_gone::<StatefulSet>("letters-db").await;
    cluster.is_gone::<Secret>("letters-web").await;
}

#[tokio::test]
async fn the_database_outlives_its_app_and_is_found_again() {
    let cluster = Cluster::start("retain").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    let secret = cluster.exists::<Secret>("letters-database").await;
    let claim = cluster.exists::<PersistentVolumeClaim>("data-letters-db-0").await;
    delete_app(&cluster).await;
    assert_eq!(cluster.exists::<Secret>("letters-database").await.data, secret.data);
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    let adopted = cluster.exists::<Secret>("letters-database").await;
    assert_eq!((uid(&adopted), adopted.data), (uid(&secret), secret.data));
    assert_eq!(uid(&cluster.exists::<PersistentVolumeClaim>("data-letters-db-0").await), uid(&claim));
}

#[tokio::test]
async fn the_database_goes_with_its_app_when_asked_to() {
    let cluster = Cluster::start("delete").await;
    cluster.create_app(json!({"deletionPolicy": "Delete"})).await;
    cluster.ready().await;
    cluster.exists::<PersistentVolumeClaim>("data-letters-db-0").await;
    delete_app(&cluster).await;
    cluster.is_gone::<Secret>("letters-database").await;
    cluster.is_gone::<PersistentVolumeClaim>("data-letters-db-0").await;
}
