//! Volumes that an app keeps data on: sizes and classes that the cluster can follow.

use crds::app::Storage;
use k8s_openapi::api::core::v1::PersistentVolumeClaimSpec;

use super::violation::Violations;
use crate::names::ChildName;
use crate::observed::Observed;
use crate::quantity::Quantity;

/// A volume that an app keeps data on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Size of a new volume, more than nothing.
    pub size: Quantity,
    /// Storage class of a new volume; `None` for the cluster's own.
    pub class: Option<String>,
    /// What the cluster has of it already.
    pub stored: Stored,
}

/// What the cluster has of a volume already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Storage class of the volume.
    pub class: Option<String>,
    /// Size that the volume has or is growing to.
    pub size: Option<Quantity>,
}

impl Volume {
    /// The volume that `given` asks for in the field `field`.
    pub(super) fn parse(given: &Storage, field: &str, stored: Stored, violations: &mut Violations) -> Option<Self> {
        let size = Quantity::parse(&given.size).filter(|size| !size.is_zero());
        let size = violations.require(size, || format!("`{field}.size` must be a positive quantity such as 2Gi"));
        if let (Some(size), Some(volume)) = (&size, &stored.size)
            && size < volume
        {
            violations.add_partial(format!(
                "`{field}.size` must be at least {volume}, as the volume is: a volume cannot shrink"
            ));
        }
        if let (Some(given), Some(kept)) = (&given.storage_class_name, &stored.class)
            && given != kept
        {
            violations.add_partial(format!(
                "`{field}.storageClassName` must stay {kept}: a volume cannot move to another class"
            ));
        }
        Some(Self { size: size?, class: given.storage_class_name.clone(), stored })
    }

    /// The volume as the cluster has it, which nothing asks for any more.
    pub(super) fn kept(stored: Stored) -> Option<Self> {
        Some(Self { size: stored.size.clone()?, class: stored.class.clone(), stored })
    }

    /// Size to which the volume should grow.
    #[must_use]
    pub fn grows_to(&self) -> Option<&Quantity> {
        self.stored.size.as_ref().filter(|size| **size < self.size).map(|_| &self.size)
    }

    /// Size to ask for: that of a volume that is there, unless it should grow.
    #[must_use]
    pub fn wanted(&self) -> &Quantity {
        self.grows_to().or(self.stored.size.as_ref()).unwrap_or(&self.size)
    }
}

impl Stored {
    pub(super) fn of(observed: &Observed, claim: &ChildName) -> Self {
        let claim = observed.children.claim(claim).and_then(|claim| claim.spec.as_ref());
        Self { class: claim.and_then(|claim| claim.storage_class_name.clone()), size: claim.and_then(size) }
    }
}

fn size(claim: &PersistentVolumeClaimSpec) -> Option<Quantity> {
    Quantity::parse(&claim.resources.as_ref()?.requests.as_ref()?.get("storage")?.0)
}
