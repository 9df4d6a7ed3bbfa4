//! The folder outside the checkout where built things are kept.
