"""What PyTorch computes at some places of a model: check-models.py KIND PATH FOLDER, windows.json in FOLDER.

KIND llama: PATH is a GGUF file; bert: a folder of Hugging Face. Writes reference.safetensors, a tensor `<window>/<hook>` each.
"""

import json
import os
import sys

try:
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModel, AutoModelForCausalLM
except ImportError as error:
    sys.exit(f"torch and transformers are required, got: {error}; run: {sys.executable} -m pip install torch transformers accelerate gguf")


def llama(path: str):
    folder, file = os.path.split(path)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).eval()
    layers = model.model.layers
    return model, {
        "blocks.0.hook_resid_post": (layers[0], False),
        "blocks.14.hook_resid_post": (layers[14], False),
        "blocks.14.ln2.hook_normalized": (layers[14].post_attention_layernorm, False),
        "blocks.14.hook_mlp_out": (layers[14].mlp, False),
        "ln_final.hook_normalized": (model.model.norm, False),
    }


def bert(path: str):
    model = AutoModel.from_pretrained(path, dtype=torch.float32).eval()
    layers = model.encoder.layer
    return model, {
        "blocks.0.hook_resid_pre": (layers[0], True),
        "blocks.3.mlp.hook_post": (layers[3].output.dense, True),
        "blocks.5.hook_mlp_out": (layers[5].output.dense, False),
        "blocks.5.hook_normalized_resid_post": (layers[5].output.LayerNorm, False),
    }


kind, path, folder = sys.argv[1:]
model, places = {"llama": llama, "bert": bert}[kind](path)
seen = {}
for name, (module, reads_input) in places.items():

    def keep(_, inputs, output, name=name, reads_input=reads_input):
        value = inputs[0] if reads_input else output
        seen[name] = value[0] if isinstance(value, tuple) else value

    module.register_forward_hook(keep)

reference = {}
with open(os.path.join(folder, "windows.json")) as file:
    windows = json.load(file)
for index, window in enumerate(windows):
    with torch.no_grad():
        model(torch.tensor([window]))
    for name, value in seen.items():
        reference[f"{index}/{name}"] = value[0].contiguous().clone()
save_file(reference, os.path.join(folder, "reference.safetensors"))
