"""Times SAELens' synthetic data: python samples.py '{"setting": {...}, "threads": 2, "batch": 1024, "seconds": 3}'

The setting is a configuration of SyntheticModel without orthogonalisation, which changes no time per sample. Takes the faster of its dense
and its sparse way. The last line is {"samplesPerSecond": ...}.
"""

import json
import sys
import time

import torch
from sae_lens.synthetic import SyntheticModel, SyntheticModelConfig

options = json.loads(sys.argv[1])
torch.set_num_threads(options["threads"])
torch.manual_seed(0)
config = SyntheticModelConfig.from_dict({**options["setting"], "seed": 42})


@torch.no_grad()
def rate(sparse):
    """Samples a second after one batch that does not count."""
    model = SyntheticModel(config)
    model.use_sparse_tensors = sparse
    model.sample(options["batch"])
    start = time.perf_counter()
    batches = 0
    while time.perf_counter() - start < options["seconds"]:
        model.sample(options["batch"])
        batches += 1
    return batches * options["batch"] / (time.perf_counter() - start)


print(json.dumps({"samplesPerSecond": max(rate(False), rate(True))}))
