//! The native network behind the trait of all backends.

use std::collections::BTreeMap;

use super::network::Network;
use super::network::activations::room;
use super::network::cache::Cache;
use super::network::token::Token;
use crate::backend::{Backend, BackendError, RowId, Span, check};

/// A model on the CPU.
pub struct Native {
    network: Network,
    rows: BTreeMap<RowId, Cache>,
    /// Caches of closed rows. Their memory is in place already.
    spare: Vec<Cache>,
    next: u64,
    /// What the last step returned, and room for more.
    logits: Vec<f32>,
}

impl Native {
    /// Serves `network`.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self { network, rows: BTreeMap::new(), spare: Vec::new(), next: 0, logits: Vec::new() }
    }

    fn add(&mut self, cache: Cache) -> RowId {
        let id = RowId(self.next);
        self.next += 1;
        self.rows.insert(id, cache);
        id
    }

    fn empty(&mut self) -> Cache {
        let mut cache = self.spare.pop().unwrap_or_else(|| self.network.cache());
        cache.set_length(0);
        cache
    }
}

impl Backend for Native {
    fn context_length(&self) -> usize {
        self.network.shape().context
    }

    fn vocabulary(&self) -> usize {
        self.network.shape().vocabulary
    }

    fn open(&mut self) -> RowId {
        let cache = self.empty();
        self.add(cache)
    }

    fn fork(&mut self, row: RowId) -> Result<RowId, BackendError> {
        let mut copy = self.empty();
        copy.copy_from(self.rows.get(&row).ok_or(BackendError::UnknownRow(row.0))?);
        Ok(self.add(copy))
    }

    fn close(&mut self, row: RowId) {
        self.spare.extend(self.rows.remove(&row));
    }

    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], BackendError> {
        let rows = &self.rows;
        check(spans, self.context_length(), self.vocabulary(), |row| rows.get(&row).map(Cache::length))?;
        let mut tokens = Vec::new();
        let mut wanted = Vec::new();
        for (row, span) in spans.iter().enumerate() {
            let first = self.rows[&span.row].length();
            tokens.extend((first..).zip(span.tokens).map(|(position, id)| Token { row, position, id: *id }));
            wanted.extend(tokens.len() - span.wants.count(span.tokens.len())..tokens.len());
        }

        let mut borrowed: BTreeMap<RowId, &mut Cache> = self.rows.iter_mut().map(|(id, cache)| (*id, cache)).collect();
        let mut caches: Vec<&mut Cache> = spans.iter().filter_map(|span| borrowed.remove(&span.row)).collect();
        let vocabulary = self.network.shape().vocabulary;
        let logits = room(&mut self.logits, wanted.len() * vocabulary);
        let mut rest = &mut *logits;
        let most = self.network.most_tokens();
        for (pass, tokens) in tokens.chunks(most).enumerate() {
            let range = pass * most..pass * most + tokens.len();
            let here: Vec<usize> =
                wanted.iter().filter(|token| range.contains(token)).map(|token| token - range.start).collect();
            let (out, others) = rest.split_at_mut(here.len() * vocabulary);
            self.network.pass(tokens, &mut caches, &here, out);
            rest = others;
        }
        for (cache, span) in caches.into_iter().zip(spans) {
            cache.set_length(cache.length() + span.tokens.len());
        }
        Ok(logits)
    }

    fn takes_drafts(&self) -> bool {
        true
    }

    fn forget(&mut self, row: RowId, length: usize) {
        if let Some(cache) = self.rows.get_mut(&row) {
            cache.set_length(cache.length().min(length));
        }
    }
}
