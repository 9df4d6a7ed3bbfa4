//! Packages unpacked for this machine: their programs run with the unpacked libraries.

use devcluster::debian;

#[tokio::test]
async fn unpacked_programs_run_on_this_machine() {
    let unpacked = debian::unpack(&["runc", "nftables"]).await.unwrap();
    for (program, expect) in [("runc", "runc version"), ("nft", "nftables v")] {
        let output = unpacked.command(program).unwrap().arg("--version").output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains(expect), "{output:?}");
    }
    assert_eq!(unpacked.program("no such program"), None);
}

#[tokio::test]
async fn unknown_package_is_named_in_one_line() {
    let error = debian::unpack(&["no-such-package-anywhere"]).await.unwrap_err().to_string();
    assert!(error.contains("no-such-package-anywhere") && error.lines().count() == 1, "{error}");
}
