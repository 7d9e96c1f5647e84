"""Usage: theirs.py FOLDER. Writes a fresh, a trained and a resumed checkpoint of every configuration, and what Flax
answers with the trained one."""

import sys

import jax
import model
import numpy as np

folder = sys.argv[1]
data = np.load(f"{folder}/data.npz")
digits = {name: data[name] for name in data.files}
for name, config in model.configurations():
    data = model.data_of(config, digits)
    state = model.fresh(config, 7)
    model.save(state, f"{folder}/{name}_fresh.ckpt")
    step = model.step_function(config)
    key = jax.random.PRNGKey(3)
    epochs, size = model.beforehand(config)
    for _ in range(epochs):
        for images, labels in model.batches(data, len(data["images"]), size):
            key, now = jax.random.split(key)
            state, _ = step(state, images, labels, now)
    model.save(state, f"{folder}/{name}.ckpt")
    np.savez(f"{folder}/{name}.npz", **model.answers(config, state["params"], data))
    model.save(model.resume(config, state, data), f"{folder}/{name}_resumed.ckpt")
