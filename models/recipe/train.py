"""Trains the network for a given time.

    python train.py run --minutes 75                      on a CPU
    python train.py run --minutes 8 --batch-tokens 32768  on a GPU, which is used when there is one

One letter a row, positions from zero; only the letter's tokens count. Matrices are trained with Muon
(in 32 bits: its usual 16 bits are slow without hardware for them), everything else with AdamW.
"""

import argparse
import math
import time

import numpy as np
import torch
from torch.nn import functional

from model import fresh

IGNORED = -100
BATCH_TOKENS = 3072
LEARNING_RATE = 3e-3
WARM_UP_STEPS = 60
# Rows are sorted by length within this many samples, so that little is padding.
BUCKET = 2000
VALIDATE_EVERY_SECONDS = 150


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal by Newton-Schulz steps."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.02):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum"] = torch.zeros_like(weight)
                average = state["momentum"]
                average.lerp_(weight.grad, 1 - group["momentum"])
                update = weight.grad.lerp(average, group["momentum"])
                shape = (min(update.shape), max(update.shape))
                by_shape.setdefault(shape, []).append((weight, update))
            for pairs in by_shape.values():
                self._apply(group, pairs)

    @staticmethod
    def _apply(group, pairs):
        wide = torch.stack([u if u.shape[0] <= u.shape[1] else u.t() for _, u in pairs])
        wide = wide / (wide.norm(dim=(1, 2), keepdim=True) + 1e-7)
        for _ in range(5):
            square = wide @ wide.mT
            polynomial = torch.baddbmm(square, square, square, beta=-4.7750, alpha=2.0315)
            wide = torch.baddbmm(wide, polynomial, wide, beta=3.4445)
        for (weight, _), update in zip(pairs, wide, strict=True):
            update = update if weight.shape[0] <= weight.shape[1] else update.t()
            weight.mul_(1 - group["lr"] * group["weight_decay"])
            weight.add_(update, alpha=-group["lr"] * 0.2 * math.sqrt(max(weight.shape)))


class Samples:
    """Packed samples, and the batches made of them."""

    def __init__(self, path, batch_tokens=BATCH_TOKENS, device="cpu"):
        data = np.load(path)
        self.batch_tokens, self.device = batch_tokens, device
        self.ids, self.offsets, self.prompts = data["ids"], data["offsets"], data["prompts"]
        self.lengths = np.diff(self.offsets)

    def batches(self, rng):
        """Endless batches of samples of similar length."""
        while True:
            order = rng.permutation(len(self.lengths))
            for start in range(0, len(order), BUCKET):
                bucket = order[start : start + BUCKET]
                bucket = bucket[np.argsort(self.lengths[bucket], kind="stable")]
                batches = self._cut(bucket)
                for index in rng.permutation(len(batches)):
                    yield batches[index]

    def _cut(self, bucket):
        batches, batch = [], []
        for sample in bucket:
            length = padded(self.lengths[sample])
            if batch and length * (len(batch) + 1) > self.batch_tokens:
                batches.append(batch)
                batch = []
            batch.append(sample)
        return [*batches, batch] if len(batch) > 3 else batches

    def tensors(self, batch):
        """Inputs and targets; targets of the prompt and of padding are ignored."""
        length = padded(max(int(self.lengths[sample]) for sample in batch))
        inputs = np.zeros((len(batch), length + 1), np.int64)
        targets = np.full((len(batch), length), IGNORED, np.int64)
        for row, sample in enumerate(batch):
            ids = self.ids[self.offsets[sample] : self.offsets[sample + 1]]
            inputs[row, : len(ids)] = ids
            targets[row, : len(ids) - 1] = ids[1:]
            targets[row, : self.prompts[sample] - 1] = IGNORED
        return torch.from_numpy(inputs[:, :length]).to(self.device), torch.from_numpy(targets).to(self.device)


def padded(length):
    """Lengths are multiples of 16, so that few different shapes are compiled."""
    return (length + 15) // 16 * 16


def loss_of(network, body, inputs, targets):
    """Mean loss over the tokens that count."""
    hidden = body(input_ids=inputs, use_cache=False).last_hidden_state
    counts = targets.reshape(-1) >= 0
    hidden = hidden.reshape(-1, hidden.shape[-1])[counts]
    logits = hidden @ network.model.embed_tokens.weight.t()
    return functional.cross_entropy(logits, targets.reshape(-1)[counts])


@torch.no_grad()
def validate(network, samples, count=48):
    """Loss on held-out samples."""
    network.eval()
    total = tokens = 0
    for start in range(0, count, 16):
        inputs, targets = samples.tensors(range(start, start + 16))
        counted = int((targets >= 0).sum())
        total += loss_of(network, network.model, inputs, targets).item() * counted
        tokens += counted
    network.train()
    return total / tokens


def optimisers(network):
    """Muon for the matrices, AdamW for the rest; each group remembers its full rate."""
    named = list(network.named_parameters())
    matrices = [weight for name, weight in named if weight.ndim == 2 and "embed" not in name]
    vectors = [weight for _, weight in named if weight.ndim != 2]
    embedding = [network.model.embed_tokens.weight]
    both = [
        Muon(matrices, lr=LEARNING_RATE * 1.6),
        torch.optim.AdamW(
            [{"params": vectors, "lr": LEARNING_RATE}, {"params": embedding, "lr": LEARNING_RATE}],
            betas=(0.9, 0.97),
            weight_decay=0.0,
            fused=True,
        ),
    ]
    for optimiser in both:
        for group in optimiser.param_groups:
            group["full_lr"] = group["lr"]
    return both


def schedule(step, done):
    """Share of the full rate: warm-up, a fifth of the time flat, then a cosine down to 2 %."""
    cosine = 0.5 * (1 + math.cos(math.pi * max(0, (done - 0.2) / 0.8)))
    return min(1, (step + 1) / WARM_UP_STEPS) * (0.02 + 0.98 * cosine)


def main():
    """Trains until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch-tokens", type=int, default=BATCH_TOKENS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = fresh().to(device)
    body = torch.compile(network.model, dynamic=True)
    both = optimisers(network)
    samples = Samples("train.npz", arguments.batch_tokens, device)
    held_out = Samples("validation.npz", device=device)
    batches = samples.batches(np.random.default_rng(0))
    network.train()
    start = time.time()
    step = tokens = 0
    next_validation = VALIDATE_EVERY_SECONDS
    while (seconds := time.time() - start) < arguments.minutes * 60:
        rate = schedule(step, seconds / (arguments.minutes * 60))
        for optimiser in both:
            for group in optimiser.param_groups:
                group["lr"] = group["full_lr"] * rate
        inputs, targets = samples.tensors(next(batches))
        loss = loss_of(network, body, inputs, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimiser in both:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        tokens += inputs.numel()
        if step % 25 == 0:
            print(f"{step} {seconds:.0f} s, {tokens} tokens, loss {loss.item():.4f}", flush=True)
        if seconds > next_validation:
            next_validation += VALIDATE_EVERY_SECONDS
            print(f"held out {validate(network, held_out):.4f}", flush=True)
            network.save_pretrained(arguments.out)
    print(f"{step} steps, {tokens} tokens, held out {validate(network, held_out):.4f}")
    network.save_pretrained(arguments.out)


if __name__ == "__main__":
    main()
