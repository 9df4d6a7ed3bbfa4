//! The smallest set of likely tokens with enough probability (nucleus sampling, Holtzman and others, 2019).
//!
//! Sorting the hundred thousand tokens of a large vocabulary takes nearly as long as the network does. So tokens are put
//! into classes of similar logits, and only the class in which the nucleus ends and the one that is drawn from are sorted.

/// Tokens less likely than the likeliest by this factor (e^-20) are never drawn.
const NEGLIGIBLE: f64 = 20.0;
/// Classes of equal width in logits, the likeliest tokens first.
const CLASSES: usize = 512;

/// The tokens that are not negligible, with weights that are relative to the likeliest.
pub struct Nucleus {
    /// In the order of their ids.
    candidates: Vec<Candidate>,
    /// Weight of each class.
    sums: [f64; CLASSES],
}

#[derive(Clone, Copy)]
struct Candidate {
    id: u32,
    class: u32,
    weight: f64,
}

impl Nucleus {
    /// Weighs `logits`, whose largest is `highest`, at a temperature above 0. What is less likely than the likeliest by more
    /// than the factor `min_p` is left out.
    pub fn new(logits: &[f32], highest: f32, temperature: f64, min_p: f64) -> Self {
        let mut nucleus = Self { candidates: Vec::new(), sums: [0.0; CLASSES] };
        let farthest = -min_p.clamp(0.0, 1.0).ln();
        // Nearly all tokens of a large vocabulary are negligible: one comparison of 32 bits tells it of most.
        let least = ((f64::from(highest) - NEGLIGIBLE * temperature) as f32).next_down();
        for (id, logit) in (0u32..).zip(logits).filter(|(_, logit)| **logit >= least) {
            let distance = (f64::from(highest) - f64::from(*logit)) / temperature;
            if distance < NEGLIGIBLE && distance <= farthest {
                let (class, weight) = ((distance / NEGLIGIBLE * CLASSES as f64) as usize, (-distance).exp());
                nucleus.sums[class] += weight;
                nucleus.candidates.push(Candidate { id, class: class as u32, weight });
            }
        }
        nucleus
    }

    /// Draws from the smallest set of tokens with at least the share `top_p` of all weight; `uniform` is in [0, 1).
    pub fn draw(&self, top_p: f64, uniform: f64) -> Option<u32> {
        let enough = top_p * self.sums.iter().sum::<f64>();
        let mut before = 0.0;
        let ends = |sum: &f64| {
            let ends = before + sum >= enough;
            before += if ends { 0.0 } else { *sum };
            ends
        };
        // Only rounding can leave something over; then all classes are in.
        let end = self.sums.iter().position(ends).unwrap_or(CLASSES);
        let tail = self.tail(end, enough - before);
        let mut left = uniform * (before + tail.iter().map(|candidate| candidate.weight).sum::<f64>());
        for class in 0..end {
            if left < self.sums[class] {
                return pick(&self.sorted(class), left);
            }
            left -= self.sums[class];
        }
        pick(&tail, left).or_else(|| self.sorted(end.checked_sub(1)?).last().map(|candidate| candidate.id))
    }

    /// The likeliest tokens of a class that together weigh `enough`.
    fn tail(&self, class: usize, enough: f64) -> Vec<Candidate> {
        let mut tail = self.sorted(class);
        let mut sum = 0.0;
        let kept = tail.iter().take_while(|candidate| {
            let more = sum < enough;
            sum += candidate.weight;
            more
        });
        let count = kept.count();
        tail.truncate(count);
        tail
    }

    /// A class, the likeliest first, of equally likely ones the smaller id.
    fn sorted(&self, class: usize) -> Vec<Candidate> {
        let of_class = |candidate: &&Candidate| candidate.class as usize == class;
        let mut sorted: Vec<Candidate> = self.candidates.iter().filter(of_class).copied().collect();
        sorted.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        sorted
    }
}

/// The token in whose weight `left` ends, or the last.
fn pick(candidates: &[Candidate], mut left: f64) -> Option<u32> {
    let found = candidates.iter().find(|candidate| {
        left -= candidate.weight;
        left < 0.0
    });
    found.or(candidates.last()).map(|candidate| candidate.id)
}
