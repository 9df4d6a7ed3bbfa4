use super::*;
use crate::node::policies::ports::Protocol;

fn address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 244, 0, last)
}

fn span(protocol: Protocol, first: u16, last: u16) -> Span {
    Span { protocol, first, last }
}

#[test]
fn pods_that_may_do_the_same_share_a_chain_that_ends_with_a_refusal() {
    let block = |first: u8, bits| Block { address: Ipv4Addr::new(first, 0, 0, 0), bits };
    let web = Allowed {
        peers: Peers::Pods([address(2), address(3)].into()),
        ports: Ports::Some(vec![span(Protocol::Tcp, 5432, 5432), span(Protocol::Udp, 53, 60)]),
    };
    let range =
        Allowed { peers: Peers::Block { block: block(192, 8), except: vec![block(10, 16)] }, ports: Ports::All };
    let anybody = Allowed {
        peers: Peers::Block { block: block(0, 0), except: Vec::new() },
        ports: Ports::Some(vec![span(Protocol::Sctp, 0, u16::MAX)]),
    };
    let guarded = [
        Guarded { address: address(2), ingress: Some([web.clone()].into()), egress: None },
        Guarded { address: address(3), ingress: Some([web].into()), egress: Some([range, anybody].into()) },
        Guarded { address: address(4), ingress: Some([].into()), egress: None },
    ];
    let rules = ruleset("10.244.0.0/24", &(2..=5).map(address).collect(), &guarded);
    let expected = "  set pods { type ipv4_addr; elements = { 10.244.0.2, 10.244.0.3, 10.244.0.4, 10.244.0.5 } }
  set itself { type ipv4_addr . ipv4_addr; elements = { 10.244.0.2 . 10.244.0.2, 10.244.0.3 . 10.244.0.3, 10.244.0.4 . 10.244.0.4 } }
  chain incoming-0 {
    drop
  }
  chain incoming-1 {
    ip saddr { 10.244.0.2, 10.244.0.3 } meta l4proto tcp th dport 5432 return
    ip saddr { 10.244.0.2, 10.244.0.3 } meta l4proto udp th dport 53-60 return
    drop
  }
  chain outgoing-0 {
    meta l4proto sctp return
    ip daddr 192.0.0.0/8 ip daddr != 10.0.0.0/16 return
    drop
  }
  map incoming { type ipv4_addr : verdict; elements = { 10.244.0.4 : jump incoming-0, 10.244.0.2 : jump incoming-1, 10.244.0.3 : jump incoming-1 } }
  map outgoing { type ipv4_addr : verdict; elements = { 10.244.0.3 : jump outgoing-0 } }
";
    assert!(rules.contains(expected), "{rules}");
}

#[test]
fn sets_without_elements_have_no_list_of_them() {
    let rules = ruleset("10.244.0.0/24", &BTreeSet::new(), &[]);
    assert!(!rules.contains("elements"), "{rules}");
    assert!(rules.contains("map incoming { type ipv4_addr : verdict; }"), "{rules}");
}
