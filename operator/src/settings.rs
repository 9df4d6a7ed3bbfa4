//! What all apps of a cluster share: the images of their pods, and the way out of the cluster.

/// Settings of the operator that apps depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Images that apps run.
    pub images: Images,
    /// How pods reach what is outside the cluster.
    pub outside: Outside,
}

/// Images that apps run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The programs and the built-in model.
    pub coverletter: String,
    /// Postgres, unless an app names its own.
    pub postgres: String,
}

/// How pods reach what is outside the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Proxy for `http://`.
    pub http_proxy: Option<String>,
    /// Proxy for `https://`.
    pub https_proxy: Option<String>,
    /// Hosts that are reached without a proxy, as in `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// Hub that models come from, unless an app names its own.
    pub hub: Option<String>,
}
