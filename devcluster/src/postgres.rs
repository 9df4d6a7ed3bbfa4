//! A PostgreSQL server unpacked from Debian's packages.
