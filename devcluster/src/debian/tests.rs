use super::{filter, packages};
use crate::arch::Arch;

const ANSWER: &str = "\
'http://mirror.invalid/pool/libg/libgmp10_6.2.1+dfsg1-1.1_amd64.deb' libgmp10_2%3a6.2.1+dfsg1-1.1_amd64.deb 562588 MD5Sum:0
W: a warning
'http://mirror.invalid/pool/libc6.deb' libc6_2.36-9+deb12u14_amd64.deb 2759320 SHA256:0
'http://mirror.invalid/pool/perl.deb' perl-base_5.36.0-7_amd64.deb 1609596 SHA256:0
";

#[test]
fn answer_of_apt_is_read_with_epochs_and_sorted() {
    let packages = packages::parse(ANSWER);
    let shown: Vec<String> = packages.iter().map(|p| format!("{}={} {}", p.name, p.version, p.bytes)).collect();
    assert_eq!(
        shown,
        ["libc6=2.36-9+deb12u14 2759320", "libgmp10=2:6.2.1+dfsg1-1.1 562588", "perl-base=5.36.0-7 1609596"]
    );
}

#[test]
fn c_library_is_left_out_where_programs_run_on_this_machine() {
    let check = |purpose, expect: &[&str]| {
        let needed = filter::needed(packages::parse(ANSWER), purpose);
        assert_eq!(needed.iter().map(|package| package.name.as_str()).collect::<Vec<_>>(), expect);
    };
    check(filter::Purpose::Run, &["libgmp10"]);
    check(filter::Purpose::Image(Arch::OWN), &["libc6", "libgmp10"]);
}
