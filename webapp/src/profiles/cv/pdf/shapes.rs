//! Shapes that a page paints. The marks of a list are among them where its writer has no letters for them.

use super::objects::Matrix;

/// A path that is being made.
#[derive(Default)]
pub struct Shape {
    around: Option<Bounds>,
}

/// What a shape takes up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub left: f64,
    pub right: f64,
    pub foot: f64,
    pub head: f64,
}

impl Shape {
    /// Goes on with the path: `operator` is one of those that do, and its numbers are in this plane.
    pub fn go_on(&mut self, operator: &[u8], numbers: &[f64], plane: Matrix) {
        if let (b"re", &[x, y, width, height]) = (operator, numbers) {
            self.reach(x, y, plane);
            self.reach(x + width, y + height, plane);
            return;
        }
        for point in numbers.chunks_exact(2) {
            self.reach(point[0], point[1], plane);
        }
    }

    /// Ends the path, and says what it takes up.
    pub const fn end(&mut self) -> Option<Bounds> {
        self.around.take()
    }

    fn reach(&mut self, x: f64, y: f64, plane: Matrix) {
        let (x, y) = (plane[0] * x + plane[2] * y + plane[4], plane[1] * x + plane[3] * y + plane[5]);
        let around = self.around.get_or_insert(Bounds { left: x, right: x, foot: y, head: y });
        around.left = around.left.min(x);
        around.right = around.right.max(x);
        around.foot = around.foot.min(y);
        around.head = around.head.max(y);
    }
}

impl Bounds {
    /// Whether it is as large as a mark of letters of this size, and as wide as it is high.
    #[must_use]
    pub fn is_mark_of(&self, size: f64) -> bool {
        let (width, height) = (self.right - self.left, self.head - self.foot);
        let is_square = width < height * 1.5 && height < width * 1.5;
        is_square && height > size * 0.08 && height < size * 0.7
    }

    /// Half of its height.
    #[must_use]
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.foot, self.head)
    }
}
