//! The start of a node, in order: which component starts when, and what must be true before the next one.

use std::path::Path;
use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use k8s_openapi::api::core::v1::{Node, ServiceAccount};
use kube::api::{Api, GetParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::Request;
use kube::{Client, Config};

use super::components::{self, ETCD_ADDRESS, PROXY_HEALTH};
use super::config::{CONTAINERD_SOCKET, DNS_READY};
use super::error::{NodeError, chain};
use super::instance::Settings;
use super::keeper::Keeper;
use super::layout::Layout;
use super::network::bridges_are_filtered;
use super::policies::Enforcer;
use super::progress::{Event, Progress};
use super::{addons, images, plugin, volumes};
use crate::health::is_ok;

/// A request that an API server refuses just after its start is repeated after this pause.
const PAUSE: Duration = Duration::from_millis(100);
/// How often it is repeated: for ten seconds and the time that the requests take.
const RETRIES: usize = 100;

/// Starts every component and serves volumes. `plugin` is the command of the last plugin of the pod network. Does not
/// return while the node lives.
pub async fn components(layout: &Layout, plugin: &str) -> Result<(), NodeError> {
    let settings = Settings::load(layout)?;
    let progress = Progress::new(layout, settings.started_at_ms);
    match start(layout, &settings, plugin, &progress).await {
        Ok(client) => {
            progress.report(Event::Ready);
            volumes::serve(client, layout, &settings).await
        }
        Err(error) => {
            let component = error.component().map(str::to_owned);
            progress.report(Event::Failed { message: chain(&error), component });
            // The process that waits for this node reads the logs first, then ends it.
            std::future::pending().await
        }
    }
}

async fn start(layout: &Layout, settings: &Settings, plugin: &str, progress: &Progress) -> Result<Client, NodeError> {
    let keeper = Keeper::new(layout, settings);
    let (client, ()) = tokio::try_join!(
        start_control_plane(&keeper, layout, settings, progress),
        start_runtime(&keeper, layout, settings, progress),
    )?;
    enforce_policies(&keeper, layout, &client, plugin, progress).await?;

    let kubelet = keeper.keep(components::kubelet(layout, settings));
    let controllers = keeper.keep(components::controller_manager(layout));
    let _scheduler = keeper.keep(components::scheduler(layout));
    let patience = ConstantBuilder::new().with_delay(PAUSE).with_max_times(RETRIES);
    let applied = (|| addons::apply(&client)).retry(patience).await;
    applied.map_err(NodeError::kube("make the cluster's own objects"))?;
    let nodes: Api<Node> = Api::all(client.clone());
    kubelet.ready("the node registered", async || matches!(nodes.get_opt(&settings.name).await, Ok(Some(_)))).await?;
    // If it starts before the node is registered, it waits half a minute and binds to the loopback address.
    let proxy = keeper.keep(components::proxy(layout));
    let dns = keeper.keep(components::dns(layout));
    kubelet.ready("the node Ready", async || nodes.get(&settings.name).await.is_ok_and(|node| is_ready(&node))).await?;
    progress.step("The node is Ready");
    let _metrics = keeper.keep(components::metrics_server(layout));

    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "default");
    let has_account = async || matches!(accounts.get_opt("default").await, Ok(Some(_)));
    controllers.ready("the default service account", has_account).await?;
    proxy.ready("the rules of kube-proxy", async || is_ok(PROXY_HEALTH, "/healthz").await).await?;
    dns.ready("the cluster's DNS", async || is_ok(DNS_READY, "/ready").await).await?;
    progress.step("Services and DNS work");
    Ok(client)
}

async fn start_control_plane(
    keeper: &Keeper,
    layout: &Layout,
    settings: &Settings,
    progress: &Progress,
) -> Result<Client, NodeError> {
    let etcd = keeper.keep(components::etcd(layout, settings));
    etcd.ready("etcd healthy", async || is_ok(ETCD_ADDRESS, "/health").await).await?;
    progress.step("etcd answers");
    let api_server = keeper.keep(components::api_server(layout));
    let client = connect(&layout.component_kubeconfig("admin")).await?;
    let answers = async || {
        let request = Request::new("").get("readyz", &GetParams::default()).expect("the path is a valid one");
        client.request_text(request).await.is_ok()
    };
    api_server.ready("the API server ready", answers).await?;
    progress.step("The API server is ready");
    Ok(client)
}

async fn start_runtime(
    keeper: &Keeper,
    layout: &Layout,
    settings: &Settings,
    progress: &Progress,
) -> Result<(), NodeError> {
    let containerd = keeper.keep(components::containerd(layout));
    containerd.ready("containerd answering", async || keeper.succeeds("ctr", &["version"]).await).await?;
    progress.step("containerd answers");
    for archive in std::iter::once(&settings.programs.pause).chain(&settings.images) {
        images::import(&settings.programs.ctr(), CONTAINERD_SOCKET, archive).await?;
        let name = archive.file_name().map(|name| name.display().to_string()).unwrap_or_default();
        progress.step(format!("Imported {name}"));
    }
    Ok(())
}

/// Before the first pod, which would otherwise wait for it.
async fn enforce_policies(
    keeper: &Keeper,
    layout: &Layout,
    client: &Client,
    plugin: &str,
    progress: &Progress,
) -> Result<(), NodeError> {
    if !bridges_are_filtered() {
        progress.step("Network policies are not enforced: this kernel has no br_netfilter");
        return Ok(());
    }
    plugin::install(&layout.own_plugins(), plugin)?;
    Enforcer::new(client, layout, keeper).start().await?;
    progress.step("Network policies are enforced");
    Ok(())
}

/// A client of the API server with the rights of the kubeconfig's user.
pub async fn connect(kubeconfig: &Path) -> Result<Client, NodeError> {
    let failed = |source| NodeError::Kubeconfig(Box::new(source));
    let kubeconfig = Kubeconfig::read_from(kubeconfig).map_err(failed)?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.map_err(failed)?;
    Client::try_from(config).map_err(NodeError::kube("connect to the API server"))
}

fn is_ready(node: &Node) -> bool {
    let conditions = node.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
