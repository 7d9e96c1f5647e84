"""Usage: odd.py write FOLDER | odd.py read FOLDER. Files that Flax writes and reads, but this system's training does
not write: other dtypes, numpy scalars, small chunks, entries that belong to nobody."""

import sys

import flax.serialization
import jax.numpy as jnp
import model
import numpy as np

mode, folder = sys.argv[1:]
config = model.Config(hidden_dims=(64,), latent_dim=3)
data = np.load(f"{folder}/data.npz")
images, labels = data["images"][:64], data["labels"][:64]


def write(name, tree, params):
    latent, reconstruction, _, certainty = model.predict(config, params, images)
    with open(f"{folder}/{name}.ckpt", "wb") as file:
        file.write(flax.serialization.to_bytes(tree))
    np.savez(f"{folder}/{name}.npz", latent=latent, reconstruted=reconstruction, pred_certainty=certainty)


def trained():
    state, _ = model.step_function(config)(model.fresh(config, 5), images, labels)
    return flax.serialization.to_state_dict(state)


def as_f32(params):
    return {key: as_f32(value) if isinstance(value, dict) else np.asarray(value).astype(np.float32) for key, value in params.items()}


if mode == "write":
    for dtype in ("float16", "bfloat16", "float64"):
        tree = trained()
        for part in tree["params"].values():
            for layer in part.values():
                # A kernel in another dtype beside a bias in float32.
                layer["kernel"] = np.asarray(layer["kernel"]).astype(jnp.dtype(dtype))
        write(dtype, tree, as_f32(tree["params"]))

    tree = trained()
    params = as_f32(tree["params"])
    tree["step"] = np.int32(1)
    tree["opt_state"]["1"]["0"]["count"] = np.int64(1)
    tree["notes"] = {"text": "kept", "number": 1.5, "scalar": np.float64(2.5), "none": None, "complex": 1 + 2j}
    tree["params"]["encoder"]["temperature"] = np.asarray(0.25, np.float32)
    tree["params"]["encoder"]["remark"] = "no array"
    tree["params"]["ema"] = {"kernel": np.zeros((2, 0), np.float32)}
    write("unknown", tree, params)

    tree = trained()
    tree["step"] = 1
    write("plain_step", tree, as_f32(tree["params"]))

    tree = trained()
    flax.serialization.MAX_CHUNK_SIZE = 5000
    write("chunked", tree, as_f32(tree["params"]))
else:
    failures = []
    for name in ("float16", "bfloat16", "float64", "unknown", "plain_step", "chunked"):
        state = model.load(config, f"{folder}/{name}_ours.ckpt")
        if state["step"] != 2 or state["opt_state"][1][0].count != 2:
            failures.append(f"{name}: step {state['step']}")
        _, _, _, certainty = model.predict(config, state["params"], images)
        told = np.load(f"{folder}/{name}_ours.npz")["pred_certainty"]
        if not np.abs(certainty - told).max() < 1e-4:
            failures.append(f"{name}: certainty differs by {np.abs(certainty - told).max()}")
    with open(f"{folder}/unknown_ours.ckpt", "rb") as file:
        tree = flax.serialization.msgpack_restore(file.read())
    kept = {"text": "kept", "number": 1.5, "scalar": 2.5, "none": None, "complex": 1 + 2j}
    encoder = tree["params"]["encoder"]
    if tree["notes"] != kept or encoder["remark"] != "no array" or encoder["temperature"].shape != ():
        failures.append(f"unknown entries were lost: {tree.get('notes')}")
    if tree["params"]["ema"]["kernel"].shape != (2, 0):
        failures.append("an empty array was lost")
    sys.exit("\n".join(failures) or 0)
