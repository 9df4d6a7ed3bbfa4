//! What policies look at: the pods of the node's pod network and the labels of their namespaces.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use k8s_openapi::api::core::v1::{Container, Namespace, Pod};
use k8s_openapi::api::networking::v1::NetworkPolicy;

use super::ports::{Names, Protocol};

/// Labels of a pod or of a namespace.
pub type Labels = BTreeMap<String, String>;

/// Everything that decides who reaches whom.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The labels of each namespace.
    pub namespaces: BTreeMap<String, Labels>,
    /// Whoever has an address in the pod network. At most one has a given address.
    pub members: BTreeMap<Ipv4Addr, Member>,
    /// Servers of the node that stand in for pods: policies may name them, and none applies to them.
    pub stand_ins: BTreeMap<Ipv4Addr, Member>,
    /// All policies of the cluster.
    pub policies: Vec<NetworkPolicy>,
}

/// A pod with an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub namespace: String,
    pub labels: Labels,
    /// Ports that its containers name.
    pub ports: Names,
}

impl World {
    /// The world of these objects. `announced` has the addresses of pods, by uid, that their status may not show yet.
    #[must_use]
    pub fn new(
        namespaces: &[Namespace],
        pods: &[Pod],
        policies: Vec<NetworkPolicy>,
        announced: &BTreeMap<String, Ipv4Addr>,
    ) -> Self {
        let labels = |namespace: &Namespace| {
            let metadata = &namespace.metadata;
            Some((metadata.name.clone()?, metadata.labels.clone().unwrap_or_default()))
        };
        let known = pods.iter().filter_map(|pod| Some((status_address(pod)?, member(pod)?)));
        let new = pods.iter().filter_map(|pod| {
            let address = announced.get(pod.metadata.uid.as_ref()?)?;
            Some((*address, member(pod)?))
        });
        // An address that was just given to a pod is no longer that of another one, whatever the other's status says.
        let members = known.filter(|(address, _)| !announced.values().any(|new| new == address)).chain(new).collect();
        Self {
            namespaces: namespaces.iter().filter_map(labels).collect(),
            members,
            stand_ins: BTreeMap::new(),
            policies,
        }
    }

    /// The same world with one more server that stands in for a pod.
    #[must_use]
    pub fn with_stand_in(mut self, address: Ipv4Addr, namespace: &str, labels: &[(&str, &str)]) -> Self {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let member = Member { namespace: namespace.to_owned(), labels, ports: Names::new() };
        self.stand_ins.insert(address, member);
        self
    }
}

fn status_address(pod: &Pod) -> Option<Ipv4Addr> {
    pod.status.as_ref()?.pod_ip.as_deref()?.parse().ok()
}

/// The pod, unless it uses the node's network or has ended and so lost its address.
fn member(pod: &Pod) -> Option<Member> {
    let spec = pod.spec.as_ref()?;
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    if spec.host_network == Some(true) || matches!(phase, Some("Succeeded" | "Failed")) {
        return None;
    }
    let sidecars = spec.init_containers.iter().flatten().filter(|it| it.restart_policy.as_deref() == Some("Always"));
    Some(Member {
        namespace: pod.metadata.namespace.clone()?,
        labels: pod.metadata.labels.clone().unwrap_or_default(),
        ports: spec.containers.iter().chain(sidecars).flat_map(named_ports).collect(),
    })
}

fn named_ports(container: &Container) -> impl Iterator<Item = ((String, Protocol), u16)> {
    container.ports.iter().flatten().filter_map(|port| {
        let protocol = Protocol::parse(port.protocol.as_deref())?;
        Some(((port.name.clone()?, protocol), u16::try_from(port.container_port).ok()?))
    })
}
