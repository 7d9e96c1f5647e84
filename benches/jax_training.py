"""The Python system's training on MNIST, a line per epoch: started by training.py.

An epoch is training, the evaluation of both splits, and the prediction of all samples, as the Python system does it;
the best epoch's checkpoint is saved.
"""

import argparse
import csv
import gzip
import json
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "tests/interop"))

import jax
import jax.numpy as jnp
import numpy as np

import model

BATCH = 256

parser = argparse.ArgumentParser()
parser.add_argument("--labels", required=True)
parser.add_argument("--kind", choices=["dense", "conv"], required=True)
parser.add_argument("--epochs", type=int, required=True)
parser.add_argument("--seed", type=int, required=True)
parser.add_argument("--save", required=True)
arguments = parser.parse_args()


def idx(name, header):
    with gzip.open(root / "data/mnist" / f"{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def images(name):
    return idx(name, 16).reshape(-1, 784).astype(np.float32) / np.float32(255)


train_images, test_images = images("train-images-idx3-ubyte"), images("t10k-images-idx3-ubyte")
low, high = train_images.min(0), train_images.max(0)
span = np.where(high > low, high - low, 1).astype(np.float32)
x, x_test = (train_images - low) / span, (test_images - low) / span
labels = np.full(len(x), -1, np.int32)
with open(arguments.labels) as file:
    for row in csv.DictReader(file):
        labels[int(row["Serial"])] = int(row["label"])

config = model.Config(encoder=arguments.kind, decoder=arguments.kind)
random = np.random.default_rng(arguments.seed)
order = random.permutation(len(x))
train, validation = order[6000:], order[:6000]
state = model.fresh(config, arguments.seed)
state["step"] = jnp.asarray(0, jnp.int32)
step = model.step_function(config)
evaluate = jax.jit(lambda params, x, y: model.objective(config, params, x, y)[1])
predict = jax.jit(lambda params, x: model.predict(config, params, x))


def batches(serials):
    return (serials[i : i + BATCH] for i in range(0, len(serials), BATCH))


def losses(params, serials):
    sums = sum(np.asarray(evaluate(params, x[b], labels[b]), np.float64) * len(b) for b in batches(serials))
    return sums / len(serials)


def predictions(params, x):
    parts = [predict(params, x[b]) for b in batches(np.arange(len(x)))]
    return [np.concatenate([np.asarray(part[i]) for part in parts]) for i in (0, 2, 3)]


key = jax.random.PRNGKey(arguments.seed)
best, best_params = np.inf, None
for epoch in range(1, arguments.epochs + 1):
    for b in batches(random.permutation(train)):
        key, noise = jax.random.split(key)
        state, _ = step(state, x[b], labels[b], noise)
    _, held_out = losses(state["params"], train), losses(state["params"], validation)
    predictions(state["params"], x)
    print("epoch", epoch, flush=True)
    if held_out[3] < best:
        best, best_params = held_out[3], state["params"]
        model.save(state, arguments.save)

reconstructed = np.concatenate([np.asarray(predict(best_params, x_test[b])[1]) for b in batches(np.arange(len(x_test)))])
accuracy = float((predictions(best_params, x_test)[1] == idx("t10k-labels-idx1-ubyte", 8)).mean())
print(json.dumps({"accuracy": accuracy, "mse": float(((reconstructed - x_test) ** 2).mean())}), flush=True)
