//! Guesses what a row writes next, so that one pass can read several tokens: what the constraint leaves, or what followed
//! the last time the text went like this.
//!
//! A draft changes no completion. After each of its tokens the next one is drawn as ever; the first that is drawn
//! otherwise ends it, and the rest is taken back.

/// Last tokens of the text that must have been there before: the more, the surer is what followed.
const NEEDLES: [usize; 2] = [3, 2];
/// Most tokens of one draft.
const LONGEST: usize = 8;
/// Steps without a draft after one of which nothing was drawn; they double with every further one.
const PAUSE: u32 = 2;
/// Most steps without a draft.
const PAUSE_MAX: u32 = 64;

/// How far the drafts of one row can be trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    /// Tokens of the next draft.
    length: usize,
    /// Steps before the next draft.
    wait: u32,
    /// Steps to wait after the next failure.
    pause: u32,
}

impl Default for Trust {
    fn default() -> Self {
        Self { length: 2, wait: 0, pause: PAUSE }
    }
}

impl Trust {
    /// Tokens to draft in the next step.
    pub(super) fn length(&mut self) -> usize {
        if self.wait > 0 {
            self.wait -= 1;
            return 0;
        }
        self.length
    }

    /// Notes that `drawn` of `drafted` tokens were drawn.
    pub(super) fn learn(&mut self, drafted: usize, drawn: usize) {
        if drafted == 0 {
            return;
        }
        if drawn == drafted {
            *self = Self { length: (self.length * 2).min(LONGEST), wait: 0, pause: PAUSE };
        } else if drawn > 0 {
            *self = Self { length: (drawn + 1).min(LONGEST), wait: 0, pause: PAUSE };
        } else {
            *self = Self { length: 1, wait: self.pause, pause: (self.pause * 2).min(PAUSE_MAX) };
        }
    }
}

/// What followed the last place before the end where the text, `prompt` and then `written`, had the same last tokens.
pub(super) fn lookup(prompt: &[u32], written: &[u32], most: usize) -> Vec<u32> {
    let text: Vec<u32> = prompt.iter().chain(written).copied().collect();
    let found = NEEDLES.iter().find_map(|needle| {
        let (earlier, end) = (text.len().checked_sub(1)?, text.len().checked_sub(*needle)?);
        let place = text[..earlier].windows(*needle).rposition(|tokens| tokens == &text[end..])?;
        Some(place + needle)
    });
    found.map_or_else(Vec::new, |place| text[place..].iter().take(most).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_last_time_is_looked_up() {
        let check = |prompt: &[u32], written: &[u32], most, expect: &[u32]| {
            assert_eq!(lookup(prompt, written, most), expect, "{prompt:?} {written:?}");
        };
        check(&[1, 2, 3, 4, 5, 6], &[9, 2, 3], 2, &[4, 5]);
        check(&[1, 2, 3, 4, 1, 2, 3, 7], &[1, 2, 3], 4, &[7, 1, 2, 3]);
        check(&[8, 2, 3, 4, 2, 3, 9], &[8, 2, 3], 1, &[4]);
        check(&[1, 2], &[3], 4, &[]);
        check(&[], &[5, 5, 5], 4, &[5]);
        check(&[], &[], 4, &[]);
    }

    #[test]
    fn drafts_grow_while_they_are_drawn_and_pause_when_they_are_not() {
        let mut trust = Trust::default();
        for expect in [2, 4, 8, 8] {
            let length = trust.length();
            assert_eq!(length, expect);
            trust.learn(length, length);
        }
        trust.learn(8, 3);
        assert_eq!(trust.length(), 4);
        let mut drafts = 0;
        for _ in 0..300 {
            let length = trust.length();
            trust.learn(length, 0);
            drafts += length;
        }
        assert!(drafts < 16, "{drafts} tokens were drafted in vain");
    }
}
