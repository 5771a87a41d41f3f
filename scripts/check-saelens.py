"""Loads checkpoint folders with SAELens and compares codes and reconstruction with those in their expected.json.

Prints one JSON document: the versions, and per folder the class and the largest absolute differences.
"""

import json
import sys
from pathlib import Path

try:
    import sae_lens
    import torch
    from sae_lens import SAE
except ImportError as error:
    sys.exit(f"SAELens is required, got: {error}; run: {sys.executable} -m pip install sae-lens==6.54.12")


def compare(folder: Path) -> dict:
    expected = json.loads((folder / "expected.json").read_text())
    sae = SAE.load_from_disk(folder)
    with torch.no_grad():
        x = torch.tensor(expected["x"])
        differences = {
            "codes": sae.encode(x) - torch.tensor(expected["codes"]),
            "reconstruction": sae(x) - torch.tensor(expected["reconstruction"]),
        }
    largest = {name: difference.abs().max().item() for name, difference in differences.items()}
    return {"name": folder.name, "class": type(sae).__name__, **largest}


rows = [compare(folder) for folder in sorted(Path(sys.argv[1]).iterdir())]
print(json.dumps({"saeLens": sae_lens.__version__, "torch": torch.__version__, "rows": rows}))
