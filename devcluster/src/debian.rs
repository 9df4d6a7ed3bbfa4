//! Files from the machine's own Debian suite, unpacked and never installed.
