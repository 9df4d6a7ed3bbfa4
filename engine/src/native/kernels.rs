//! The arithmetic of a network: the same bits by every instruction set, on any number of threads.
//!
//! ```text
//! weight   how a matrix lies in memory          isa       what this processor can do
//! operand  what it is multiplied with           lanes     sixteen numbers at a time, by every instruction set
//! matmul   the multiplication                   dispatch  one function body for every instruction set
//! attention, rope, layers                       pool      threads
//! ```

pub mod attention;
mod dispatch;
pub mod isa;
pub mod lanes;
pub mod layers;
pub mod matmul;
pub mod operand;
pub mod pool;
pub mod rope;
pub mod weight;

use isa::Isa;
use pool::Pool;

/// What computes.
pub struct Machine {
    /// Instructions to use.
    pub isa: Isa,
    /// Threads to use.
    pub pool: Pool,
}
