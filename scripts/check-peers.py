"""Loads folders with dictionary_learning and sparsify and compares codes and reconstruction with those in their expected.json.

Prints one JSON document: per folder the largest absolute differences.
"""

import json
import os
import sys
from pathlib import Path

os.environ["SPARSIFY_DISABLE_TRITON"] = "1"  # it needs a graphics card

try:
    import torch
    from dictionary_learning.utils import load_dictionary
    from sparsify import SparseCoder
except ImportError as error:
    sys.exit(
        f"dictionary_learning and sparsify are required, got: {error}; "
        f"run: {sys.executable} -m pip install dictionary-learning==0.1.0 eai-sparsify==1.3.3"
    )


def learned(folder, x):
    dictionary, config = load_dictionary(str(folder), device="cpu")
    codes = dictionary.encode(x)
    if config["trainer"]["dict_class"] == "AutoEncoder":  # its loader scales the decoder to unit rows, and codes the other way
        weights = torch.load(folder / "ae.pt")["decoder.weight"]
        return codes / weights.norm(dim=0), dictionary.decode(codes)
    return codes, dictionary.decode(codes)


def sparse(folder, x):
    coder = SparseCoder.load_from_disk(folder)
    acts, latents, _ = coder.encode(x)
    out = coder.decode(acts, latents)
    codes = torch.zeros(len(x), coder.num_latents).scatter_(1, latents, acts)
    return codes, out if coder.W_skip is None else out + x @ coder.W_skip.mT


def compare(folder):
    expected = {key: torch.tensor(rows) for key, rows in json.loads((folder / "expected.json").read_text()).items()}
    with torch.no_grad():
        codes, reconstruction = (sparse if folder.name.startswith("sparsify") else learned)(folder, expected["x"])
    largest = lambda name, found: (found - expected[name]).abs().max().item()
    return {
        "name": folder.name,
        "codes": largest("codes", codes),
        "reconstruction": largest("reconstruction", reconstruction),
    }


print(json.dumps([compare(folder) for folder in sorted(Path(sys.argv[1]).iterdir())]))
