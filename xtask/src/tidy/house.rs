//! The house: which crate may depend on which, and which files of a crate may import which. `cargo xtask tidy` holds it.
//!
//! Read a crate from top to bottom: imports go downward.
//!
//! ```text
//! wire    puts the program together: main, configuration, telemetry          may import everything below
//! story   tells a sequence from its first step to its last                   edge, pure
//! edge    talks to the world: Kubernetes, SQL, HTTP, disk, processes, time   pure
//! pure    data in, data out: names nothing of `IMPURE`                       pure
//! ```
//!
//! A room is a file with all files below its folder: `desired` is `src/desired.rs` and `src/desired/`. Where two rows
//! name a file, the more exact one counts. Rooms of one colour may import one another, as long as they make no circle.
//! A row with `imports` is narrower: it may import its own files and the rooms that it lists.
//! Tests may import what they like.

use std::fmt;

/// What a file does, and so what it may import: only its own colour and those before it in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colour {
    Pure,
    Edge,
    Story,
    Wire,
}

/// A crate of the workspace.
pub struct Crate {
    pub name: &'static str,
    /// Crates of the workspace that it may depend on.
    pub depends_on: &'static str,
    /// Those that only its tests may depend on.
    pub tests_depend_on: &'static str,
    pub rows: &'static [Row],
}

/// Rooms of one colour.
pub struct Row {
    pub colour: Colour,
    /// Their names; `*` is whatever has no row of its own.
    pub names: &'static str,
    /// If it is there, the only rooms besides themselves that they may import.
    pub imports: Option<&'static str>,
}

/// Something that pure rooms must not name.
pub struct Forbidden {
    /// Path of a crate, module, type or function. It stands for everything below it.
    pub name: &'static str,
    pub why: &'static str,
}

/// Something that has one place.
pub struct Only {
    pub thing: Thing,
    /// Beginnings of paths.
    pub places: &'static str,
    pub why: &'static str,
}

/// What [`Only`] is about.
#[derive(Clone, Copy)]
pub enum Thing {
    /// `unsafe` code.
    Unsafe,
    /// Calls that change objects in the API server.
    Writes,
    /// What this path names, and everything below it.
    Named(&'static str),
}

/// Crates from the bottom to the top.
pub const HOUSE: &[Crate] = &[
    Crate { name: "crds", depends_on: "", tests_depend_on: "devcluster", rows: &[pure("*")] },
    Crate {
        name: "engine",
        depends_on: "",
        tests_depend_on: "",
        rows: &[
            wire("lib"),
            story("engine").imports("load schedule chat tokens sampling constraint"),
            edge("load"),
            edge("schedule").imports("backend tokens sampling constraint"),
            edge("native").imports("native weights folder config options error"),
            edge("native/backend").imports("native/network backend"),
            edge("native/network").imports("native/format native/kernels native/shape"),
            edge("native/format").imports("native/kernels native/shape weights tensor options error"),
            edge("native/shape").imports("native/kernels config"),
            edge("native/kernels").imports(""),
            edge("candle").imports("weights tensor folder config backend error"),
            edge("weights").imports("folder gguf tensor error"),
            edge("gguf").imports("tensor tokens"),
            edge("folder chat tokens").imports("tokens constraint error"),
            pure("sampling").imports("backend constraint"),
            pure("config options backend error tensor constraint").imports("backend error"),
        ],
    },
    Crate {
        name: "letters",
        depends_on: "crds",
        tests_depend_on: "",
        rows: &[
            pure("lib"),
            pure("asked").imports("evidence facts words"),
            pure("notes").imports("facts"),
            pure("write")
                .imports("plan guided instructions compose letter evidence facts complete style phrases checks"),
            pure("letter").imports("compose checks plain complete"),
            pure("guided").imports("plan complete phrases facts words"),
            pure("instructions").imports("facts complete"),
            pure("plan").imports("evidence facts complete words"),
            pure("evidence").imports("facts words pattern"),
            pure("checks compose plain").imports("facts words pattern"),
            pure("facts").imports("allowed words pattern"),
            pure("complete").imports("phrases"),
            pure("phrases").imports("allowed"),
            pure("words pattern style allowed").imports(""),
        ],
    },
    Crate { name: "cluster", depends_on: "crds", tests_depend_on: "", rows: &[edge("*")] },
    Crate {
        name: "operator",
        depends_on: "cluster crds",
        tests_depend_on: "devcluster fixtures",
        rows: &[
            wire("main lib config controller offline telemetry generate"),
            story("reconcile requests dispatcher leader"),
            edge(
                "status_writer apply observe world context decisions definitions scope admin scaler error sight readiness",
            ),
            pure(
                "desired status credentials scaling dispatch simulate validate objects observed live refusal triage readings leader/turn",
            ),
            pure("scaler/answer scaler/grpc scaler/messages"),
            pure("containers settings quantity names kinds schedule"),
        ],
    },
    Crate {
        name: "plugin",
        depends_on: "crds",
        tests_depend_on: "devcluster operator",
        rows: &[
            wire("main lib"),
            story("status requests logs backup"),
            edge("connection job terminal"),
            pure("health line dumps speaker sheet arguments"),
            pure("rights style table words").imports(""),
        ],
    },
    Crate {
        name: "webapp",
        depends_on: "cluster crds letters",
        tests_depend_on: "devcluster fixtures",
        rows: &[
            wire("main lib router present administer background state config"),
            story("accounts letters profiles"),
            edge(
                "accounts/session accounts/password accounts/state accounts/oidc letters/state letters/seats letters/line profiles/reader cluster db web admin telemetry clock",
            ),
            pure("accounts/oidc/failure accounts/oidc/id_token accounts/oidc/keys accounts/oidc/metadata"),
            pure("accounts/oidc/person accounts/oidc/request"),
            pure("letter place profile profiles/cv profiles/forms profiles/import profiles/pages"),
            pure("accounts/forms accounts/pages accounts/passkey accounts/password/policy accounts/token"),
            pure(
                "accounts/device accounts/reset_link letters/forms letters/pages letters/document letters/progress cluster/pod_stream/events",
            ),
            pure("web/fields web/form_state web/negotiate web/error_page web/typed_page web/waiting web/openapi"),
        ],
    },
    Crate {
        name: "inference",
        depends_on: "cluster crds letters engine",
        tests_depend_on: "devcluster fixtures",
        rows: &[
            wire("main lib run command admin"),
            story("worker source"),
            edge(
                "claim lease retirement dispatcher crowd view stream model reader server metrics telemetry config token",
            ),
            pure("queue report identity generation limit"),
        ],
    },
    Crate { name: "devcluster", depends_on: "", tests_depend_on: "", rows: &[wire("main lib cli"), edge("*")] },
    Crate { name: "fixtures", depends_on: "devcluster", tests_depend_on: "", rows: &[wire("main lib"), edge("*")] },
    Crate {
        name: "rehearsal",
        depends_on: "crds inference operator",
        tests_depend_on: "devcluster",
        rows: &[
            wire("lib"),
            story("schedule").imports("actor checker leader server worker"),
            edge("leader worker").imports("actor server"),
            edge("checker").imports("server worker"),
            pure("actor").imports("server"),
            pure("server").imports("admission cel"),
            pure("admission").imports("cel"),
            pure("cel").imports(""),
        ],
    },
    Crate { name: "e2e", depends_on: "crds devcluster fixtures", tests_depend_on: "", rows: &[edge("*")] },
    Crate {
        name: "xtask",
        depends_on: "",
        tests_depend_on: "",
        rows: &[
            wire("main"),
            story("tidy bench test up compose model smollm2 reader generate image sbom deny soak"),
            edge("cluster shell compose/bases compose/engine tidy/checkout tidy/crates"),
            pure("tidy/house tidy/tree tidy/syntax tidy/modules tidy/imports tidy/rooms tidy/circles tidy/only_here"),
            pure("tidy/size tidy/text tidy/dead_files tidy/documents"),
        ],
    },
];

/// What pure rooms must not name.
pub const IMPURE: &[Forbidden] = &[
    forbidden("kube::Client", "requests belong in an edge"),
    forbidden("kube::Api", "requests belong in an edge"),
    forbidden("kube::api::Api", "requests belong in an edge"),
    forbidden("kube::client", "requests belong in an edge"),
    forbidden("kube::runtime", "requests belong in an edge"),
    forbidden("sqlx", "queries belong in an edge"),
    forbidden("axum", "HTTP belongs in a handler"),
    forbidden("reqwest", "requests belong in an edge"),
    forbidden("tokio", "a decision has nothing to wait for"),
    forbidden("std::fs", "files belong in an edge"),
    forbidden("std::net", "connections belong in an edge"),
    forbidden("std::process", "programs belong in an edge"),
    forbidden("std::thread", "threads belong in an edge"),
    forbidden("std::env", "configuration is passed in"),
    forbidden("std::time::Instant::now", "the time is passed in"),
    forbidden("std::time::SystemTime::now", "the time is passed in"),
    forbidden("jiff::Timestamp::now", "the time is passed in"),
    forbidden("jiff::Zoned::now", "the time is passed in"),
    forbidden("rand::rng", "the source of randomness is passed in"),
    forbidden("rand::random", "the source of randomness is passed in"),
    forbidden("uuid::Uuid::new_v4", "the source of randomness is passed in"),
    forbidden("tracing", "what there is to say is in the value that is returned"),
];

/// What has one place in the whole house.
pub const ONLY_HERE: &[Only] = &[
    Only {
        thing: Thing::Unsafe,
        places: "engine/src/native/kernels engine/src/native/format engine/src/weights.rs engine/examples/bench/machine.rs",
        why: "vector instructions and mapped files need it, nothing else does",
    },
    Only {
        thing: Thing::Writes,
        places: "operator/src/apply operator/src/leader.rs webapp/src/cluster/requests.rs inference/src/claim.rs \
                 inference/src/lease.rs plugin/src/job.rs devcluster/ e2e/",
        why: "one writer a program, so that conflicts are answered in one place",
    },
    Only { thing: Thing::Named("sqlx"), places: "webapp/src/db", why: "one place for SQL" },
];

pub const fn wire(names: &'static str) -> Row {
    Row { colour: Colour::Wire, names, imports: None }
}

pub const fn story(names: &'static str) -> Row {
    Row { colour: Colour::Story, names, imports: None }
}

pub const fn edge(names: &'static str) -> Row {
    Row { colour: Colour::Edge, names, imports: None }
}

pub const fn pure(names: &'static str) -> Row {
    Row { colour: Colour::Pure, names, imports: None }
}

pub const fn forbidden(name: &'static str, why: &'static str) -> Forbidden {
    Forbidden { name, why }
}

impl Row {
    /// The same rooms, which may import nothing but themselves and `rooms`.
    pub const fn imports(self, rooms: &'static str) -> Self {
        Self { imports: Some(rooms), ..self }
    }

    pub fn rooms(&self) -> impl Iterator<Item = &'static str> {
        self.names.split_whitespace()
    }

    pub fn may_import(&self) -> impl Iterator<Item = &'static str> {
        self.imports.unwrap_or_default().split_whitespace()
    }
}

/// Whether `name` is `path` or something below it.
pub fn is_below(path: &str, name: &str) -> bool {
    name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl Only {
    pub fn places(&self) -> impl Iterator<Item = &'static str> {
        self.places.split_whitespace()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pure => "pure",
            Self::Edge => "edge",
            Self::Story => "story",
            Self::Wire => "wire",
        })
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unsafe => formatter.write_str("`unsafe`"),
            Self::Writes => formatter.write_str("writes to the API server"),
            Self::Named(name) => write!(formatter, "`{name}`"),
        }
    }
}
