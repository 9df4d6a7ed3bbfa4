//! The outermost edge of a Level A cluster: pods become what a test says.
