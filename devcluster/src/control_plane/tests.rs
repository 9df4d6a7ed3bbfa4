use std::net::{Ipv4Addr, TcpListener};

use super::*;

#[tokio::test]
async fn a_port_that_was_taken_meanwhile_is_replaced() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let taken = taken.local_addr().map(|address| (taken, address.port())).unwrap();
    let mut attempts = 0;
    let choose = || {
        attempts += 1;
        let ports = Ports::choose()?;
        Ok(match attempts {
            1 => Ports { etcd: taken.1, ..ports },
            2 => Ports { api_server: taken.1, ..ports },
            _ => ports,
        })
    };
    let plane = control_plane(&[], choose).await.unwrap();
    assert!(ready(plane.client()).await);
    drop(plane);
    assert_eq!(attempts, 3);
}

#[tokio::test]
async fn a_process_that_fails_for_good_is_named_with_the_end_of_its_log() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let choose = || Ok(Ports { etcd: port, ..Ports::choose()? });
    let error = control_plane(&[], choose).await.err().unwrap().to_string();
    assert!(error.starts_with(ETCD) && error.contains(PORT_TAKEN), "{error}");
    assert!(error.lines().count() <= 31, "{error}");
}
