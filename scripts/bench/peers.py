"""Times one training step of the same TopK SAE in PyTorch, several ways.

python peers.py '{"batch": 1024, "dim": 768, "latents": 16000, "k": 32, "threads": 1, "steps": 5, "seconds": 1}'

Each way takes at least so many steps and seconds. Prints one JSON document: {"torch": version, "rows": [{"name", "ms": [...],
"losses": [...]}]}, the losses of the first steps. All rows start from the same weights and batch: x [B, d] less b_dec -> encoder with b_enc -> ReLU, k largest -> decoder plus b_dec; squared error summed over dimensions, mean over
samples; Adam on W_E, b_E, W_D, b_D.
"""

import contextlib
import json
import sys
import time

import torch
import torch.nn.functional as F

options = json.loads(sys.argv[1])
B, d, N, k = (options[name] for name in ("batch", "dim", "latents", "k"))
torch.set_num_threads(options["threads"])
WARM_UP = 2
LEARNING_RATE = 1e-4


def start():
    """The batch [B, d], and W_E [N, d], b_E [N], W_D [d, N], b_D [d]."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(B, d, generator=generator)
    rows = F.normalize(torch.randn(N, d, generator=generator), dim=1)
    values = (rows.clone(), torch.zeros(N), rows.t().contiguous(), torch.zeros(d))
    return x, [torch.nn.Parameter(value) for value in values]


def dense_step(adam=None, as_dictionary_learning=False, autocast=False):
    """Autograd over the dense codes; with what dictionary_learning adds: gradient projection, clipping, unit-norm decoder."""
    x, parameters = start()
    encoder, encoder_bias, decoder, decoder_bias = parameters
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, **(adam or {}))
    half = lambda: torch.autocast("cpu", dtype=torch.bfloat16) if autocast else contextlib.nullcontext()

    def step():
        with half():
            pre = F.relu(F.linear(x - decoder_bias, encoder, encoder_bias))
            top = pre.topk(k, dim=-1, sorted=False)
            codes = torch.zeros_like(pre).scatter_(-1, top.indices, top.values)
            reconstruction = F.linear(codes, decoder) + decoder_bias
        loss = (x - reconstruction).pow(2).sum(-1).mean()
        loss.backward()
        if as_dictionary_learning:
            with torch.no_grad():
                unit = F.normalize(decoder, dim=0)
                decoder.grad -= (decoder.grad * unit).sum(0, keepdim=True) * unit
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if as_dictionary_learning:
            with torch.no_grad():
                decoder.copy_(F.normalize(decoder, dim=0))
        return loss.item()

    return step


def sparse_step(adam=None):
    """The gradients written by hand over the B k selected entries."""
    x, (encoder, encoder_bias, decoder, decoder_bias) = start()
    rows = torch.nn.Parameter(decoder.detach().t().contiguous())  # [N, d]
    parameters = [encoder, encoder_bias, rows, decoder_bias]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, **(adam or {}))
    samples = torch.arange(B).repeat_interleave(k)
    pre = torch.empty(B, N)

    @torch.no_grad()
    def step():
        centred = x - decoder_bias
        torch.addmm(encoder_bias, centred, encoder.t(), out=pre)
        values, indices = pre.topk(k, dim=-1, sorted=False)
        values = values.relu()
        residual = F.embedding_bag(indices, rows, per_sample_weights=values, mode="sum") + decoder_bias - x
        loss = residual.pow(2).sum(-1).mean()
        error = residual * (2 / B)
        d_codes = torch.bmm(rows[indices], error.unsqueeze(-1)).squeeze(-1) * (values > 0)
        places = torch.stack([indices.reshape(-1), samples])
        by_latent = lambda entries: torch.sparse_coo_tensor(places, entries.reshape(-1), (N, B))
        encoder_bias.grad = torch.zeros(N).index_add_(0, indices.reshape(-1), d_codes.reshape(-1))
        rows.grad = torch.sparse.mm(by_latent(values), error)
        encoder.grad = torch.sparse.mm(by_latent(d_codes), centred)
        decoder_bias.grad = error.sum(0) - encoder_bias.grad @ encoder
        optimizer.step()
        return loss.item()

    return step


def timed(name, make, *arguments):
    step = make(*arguments)
    losses = [step() for _ in range(WARM_UP)]
    times = []
    while len(times) < options["steps"] or sum(times) < options["seconds"] * 1e3:
        began = time.perf_counter()
        losses.append(step())
        times.append((time.perf_counter() - began) * 1e3)
    return {"name": name, "ms": times, "losses": losses[: options["steps"]]}


fused = {"fused": True}
rows = [
    timed("PyTorch dense", dense_step),
    timed("PyTorch dense, fused Adam", dense_step, fused),
    timed("PyTorch as dictionary_learning", dense_step, {}, True),
    timed("PyTorch hand-sparse, fused Adam", sparse_step, fused),
    timed("PyTorch dense bf16 autocast, fused Adam", dense_step, fused, False, True),
]
print(json.dumps({"torch": torch.__version__, "rows": rows}))
