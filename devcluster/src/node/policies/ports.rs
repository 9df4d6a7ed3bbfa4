//! Ports of a policy's rule, and what they are at a pod that gives some of them names.

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::NetworkPolicyPort;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// A protocol with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    Tcp,
    Udp,
    Sctp,
}

impl Protocol {
    /// The protocol of this name; TCP when none is named.
    #[must_use]
    pub fn parse(name: Option<&str>) -> Option<Self> {
        match name.unwrap_or("TCP") {
            "TCP" => Some(Self::Tcp),
            "UDP" => Some(Self::Udp),
            "SCTP" => Some(Self::Sctp),
            _ => None,
        }
    }

    /// As nft writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

/// Ports of a pod by the names that it gives them.
pub type Names = BTreeMap<(String, Protocol), u16>;

/// Some ports of a protocol that follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub protocol: Protocol,
    pub first: u16,
    pub last: u16,
}

/// What a rule says about ports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ports {
    /// Nothing: every port, and protocols without ports.
    All,
    /// These.
    Some(Vec<Span>),
}

impl Ports {
    /// The ports of a rule that are numbers. None when it has ports, and all have names.
    #[must_use]
    pub fn numbered(rule: Option<&[NetworkPolicyPort]>) -> Option<Self> {
        Self::collect(rule, |port| match &port.port {
            Some(IntOrString::String(_)) => None,
            Some(IntOrString::Int(first)) => {
                let first = u16::try_from(*first).ok()?;
                span(port, first, port.end_port.map_or(Some(first), |last| u16::try_from(last).ok())?)
            }
            None => span(port, u16::MIN, u16::MAX),
        })
    }

    /// The ports of a rule that a pod with these `names` knows. None when there are none.
    #[must_use]
    pub fn named(rule: Option<&[NetworkPolicyPort]>, names: &Names) -> Option<Self> {
        rule.filter(|ports| !ports.is_empty())?;
        Self::collect(rule, |port| {
            let Some(IntOrString::String(name)) = &port.port else { return None };
            let protocol = Protocol::parse(port.protocol.as_deref())?;
            let number = *names.get(&(name.clone(), protocol))?;
            span(port, number, number)
        })
    }

    fn collect(
        rule: Option<&[NetworkPolicyPort]>,
        spans: impl FnMut(&NetworkPolicyPort) -> Option<Span>,
    ) -> Option<Self> {
        match rule {
            None | Some([]) => Some(Self::All),
            Some(ports) => {
                let spans: Vec<Span> = ports.iter().filter_map(spans).collect();
                (!spans.is_empty()).then_some(Self::Some(spans))
            }
        }
    }
}

fn span(port: &NetworkPolicyPort, first: u16, last: u16) -> Option<Span> {
    Some(Span { protocol: Protocol::parse(port.protocol.as_deref())?, first, last })
}
