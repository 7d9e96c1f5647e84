"""Usage: optimizers.py write FOLDER | optimizers.py read FOLDER. Checkpoints of optimizers that the Python system does not
use: two steps are taken here, three in between, and then each template must take its own again and go on."""

import sys

import flax.serialization
import jax
import jax.numpy as jnp
import model
import numpy as np
import optax

mode, folder = sys.argv[1:]
config = model.Config(hidden_dims=(64,), latent_dim=3)
data = np.load(f"{folder}/data.npz")
images, labels = data["images"][:64], data["labels"][:64]
schedule = optax.cosine_decay_schedule(1e-3, 1000)
kernels = lambda params: jax.tree_util.tree_map_with_path(lambda path, _: path[-1].key == "kernel", params)
OPTIMIZERS = {
    "sgd": optax.sgd(1e-3),
    "momentum": optax.sgd(schedule, momentum=0.9),
    "lion": optax.lion(1e-4),
    "schedule": optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule)),
    "inject": optax.inject_hyperparams(optax.adamw)(learning_rate=1e-3),
    "several": optax.MultiSteps(optax.adam(schedule), every_k_schedule=2),
    "amsgrad": optax.amsgrad(1e-3),
    "masked": optax.chain(optax.masked(optax.adam(1e-3), kernels), optax.scale_by_schedule(schedule)),
    "rmsprop": optax.rmsprop(1e-3),
}


def step(optimizer, state):
    loss = lambda params: model.objective(config, params, images, labels)[0]
    updates, opt_state = optimizer.update(jax.grad(loss)(state["params"]), state["opt_state"], state["params"])
    return {
        "params": optax.apply_updates(state["params"], updates),
        "opt_state": opt_state,
        "step": state["step"] + 1,
    }


def fresh(optimizer):
    params = model.fresh(config, 5)["params"]
    return {"params": params, "opt_state": optimizer.init(params), "step": jnp.zeros((), jnp.int32)}


def counters(tree, path=()):
    """Every counter by its path."""
    for key, value in tree.items():
        if key in ("count", "gradient_step") and np.ndim(value) == 0:
            yield (*path, key), int(value)
        elif isinstance(value, dict) and key not in ("mu", "nu", "trace", "acc_grads"):
            yield from counters(value, (*path, key))


failures = []
for name, optimizer in OPTIMIZERS.items():
    state = fresh(optimizer)
    for _ in range(2):
        state = step(optimizer, state)
    path = f"{folder}/{name}.ckpt"
    if mode == "write":
        with open(path, "wb") as file:
            file.write(flax.serialization.to_bytes(state))
        continue
    before = flax.serialization.to_state_dict(state)
    with open(path, "rb") as file:
        read = flax.serialization.from_bytes(fresh(optimizer), file.read())
    after = flax.serialization.to_state_dict(read)
    shapes = lambda tree: jax.tree_util.tree_map(lambda leaf: (np.shape(leaf), np.asarray(leaf).dtype), tree)
    if shapes(before) != shapes(after):
        failures.append(f"{name}: another tree")
    if int(read["step"]) != 5:
        failures.append(f"{name}: step {read['step']}")
    then = dict(counters(before["opt_state"]))
    for place, count in counters(after["opt_state"]):
        if count != then[place] + 3:
            failures.append(f"{name}: {place} went from {then[place]} to {count}")
    later = step(optimizer, read)
    if not all(np.isfinite(leaf).all() for leaf in jax.tree_util.tree_leaves(later)):
        failures.append(f"{name}: does not go on")
sys.exit("\n".join(failures) or 0)
