//! Lists of words that several rules use.

use crate::words::list;

list!(pub(super) TOOLS = "checks/tools");
list!(pub(super) SMALL = "checks/small");
list!(pub(super) GENERIC = "checks/generic");
list!(pub(super) WEAK = "checks/weak");
list!(pub(super) CREDENTIALS = "checks/credentials");
list!(pub(super) QUANTITIES = "checks/quantities");
list!(pub(super) TIMES = "checks/times_given");
