"""Usage: ours.py FOLDER. Reads our checkpoints with Flax's template of every configuration, and holds Flax's answers
and its further training against ours."""

import sys

import flax.serialization
import jax
import model
import numpy as np

folder = sys.argv[1]
data = np.load(f"{folder}/data.npz")
digits = {name: data[name] for name in data.files}
failures = []
largest = {}


def hold(name, what, difference, limit):
    largest[what] = max(largest.get(what, 0.0), float(difference))
    if not difference <= limit:
        failures.append(f"{name}: {what} differs by {difference}")


def like_template(name, state, template):
    """`from_bytes` looks at names alone, so that wrong shapes would be told much later."""
    found = jax.tree_util.tree_leaves_with_path(state)
    expected = jax.tree_util.tree_leaves_with_path(template)
    for (path, leaf), (other, wanted) in zip(found, expected, strict=True):
        if path != other or np.shape(leaf) != np.shape(wanted) or np.result_type(leaf) != np.result_type(wanted):
            if jax.tree_util.keystr(path) != "['step']":
                failures.append(f"{name}: {jax.tree_util.keystr(path)}: {np.shape(leaf)} {np.result_type(leaf)}")


for name, config in model.configurations():
    data = model.data_of(config, digits)
    template = model.fresh(config, 0)
    untrained = model.load(config, f"{folder}/{name}_ours_fresh.ckpt")
    like_template(name, untrained, template)
    state = model.load(config, f"{folder}/{name}_ours.ckpt")
    like_template(name, state, template)
    with open(f"{folder}/{name}_ours.ckpt", "rb") as file:
        raw = flax.serialization.msgpack_restore(file.read())
    if list(raw) != ["params", "opt_state", "step"] or raw["step"].dtype != np.int32:
        failures.append(f"{name}: top level is {list(raw)}, step {raw['step']!r}")
    epochs, size = model.beforehand(config)
    # All samples but the one that validates.
    if untrained["step"] != 0 or state["step"] != epochs * -(-(len(data["images"]) - 1) // size):
        failures.append(f"{name}: steps {untrained['step']}, {state['step']}")

    told, got = np.load(f"{folder}/{name}_ours.npz"), model.answers(config, state["params"], data)
    for what in ("latent", "reconstruted", "pred_certainty"):
        hold(name, what, np.abs(told[what].reshape(got[what].shape) - got[what]).max(), 1e-4)
    hold(name, "pred_classes", (told["pred_classes"] != got["pred_classes"]).sum(), 0)
    for what in ("parts", "epoch"):
        hold(name, what, (np.abs(told[what] - got[what]) / np.maximum(np.abs(got[what]), 1e-30)).max(), 1e-5)

    theirs = model.resume(config, state, data)
    ours = model.load(config, f"{folder}/{name}_ours_resumed.ckpt")
    if theirs["step"] != ours["step"]:
        failures.append(f"{name}: {ours['step']} steps, expected {theirs['step']}")
    # A leaky ReLU that rounding puts on the other side of its kink shows in single moments long before the parameters.
    for tree, scaled in (("params", False), ("opt_state", True)):
        for a, b in zip(jax.tree_util.tree_leaves(theirs[tree]), jax.tree_util.tree_leaves(ours[tree]), strict=True):
            scale = np.abs(a).max() if scaled else 1.0
            hold(name, f"resumed {tree}", np.abs(np.asarray(a) - np.asarray(b)).max() / max(scale, 1e-30), 1e-2 if scaled else 1e-4)

print(", ".join(f"{what} {difference:.2g}" for what, difference in largest.items()))
sys.exit("\n".join(failures) or 0)
