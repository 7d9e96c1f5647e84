"""Compares our training with JAX's: started by training.sh, see there."""

import argparse
import csv
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

root = Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser()
parser.add_argument("--ssvae", required=True)
parser.add_argument("--only", choices=["dense", "conv", "quality"])
parser.add_argument("--backend", choices=["cpu", "gpu"], default="cpu", help="ours; JAX takes what it finds")
parser.add_argument("--rounds", type=int, help="default: 5 of dense, 1 of conv")
parser.add_argument("--epochs", type=int, help="per round; default: 6 of dense, 2 of conv")
arguments = parser.parse_args()
folder = Path(tempfile.mkdtemp(prefix="ssvae-bench."))
labels = folder / "labels.csv"


def true_labels(name):
    with gzip.open(root / "data/mnist" / f"{name}-labels-idx1-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=8)


def watched(command):
    """Seconds from the start to each epoch's line, the largest memory in MB, the last line."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
    ends, last = [], ""
    for line in process.stdout:
        words = line.replace("epoch ", "").split()
        if words and words[0].isdigit() and int(words[0]) == len(ends) + 1:
            ends.append(time.monotonic() - started)
        last = line
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return ends, usage.ru_maxrss / 1024, last


def ours(kind, epochs, seed, weights):
    ends, memory, _ = watched(
        [arguments.ssvae, "train", "--backend", arguments.backend, "--labels", labels, "--weights", weights]
        + ["--encoder-type", kind, "--decoder-type", kind, "--max-epochs", str(epochs), "--seed", str(seed)]
        + ["--runs", folder / "runs"]
    )
    return ends, memory


def theirs(kind, epochs, seed):
    command = [sys.executable, root / "benches/jax_training.py", "--labels", labels, "--kind", kind]
    command += ["--epochs", str(epochs), "--seed", str(seed), "--save", folder / "jax.ckpt"]
    return watched(command)


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def compare(kind, rounds, epochs):
    print(f"{kind}: {rounds} rounds of {epochs} epochs each, in turn; medians (smallest to largest)", flush=True)
    sides = ([], [])
    for _ in range(rounds):
        sides[0].append(ours(kind, epochs, 42, folder / "ours.ckpt"))
        sides[1].append(theirs(kind, epochs, 42)[:2])
    seconds = [[b - a for run in side for a, b in zip(run[0], run[0][1:])] for side in sides]
    first = [[run[0][0] for run in side] for side in sides]
    memory = [[run[1] for run in side] for side in sides]
    per_round = [
        statistics.median(np.diff(a[0])) / statistics.median(np.diff(b[0])) for a, b in zip(*sides)
    ]
    for name, (a, b) in {"epoch, s": seconds, "start to first epoch's end, s": first, "memory, MB": memory}.items():
        ratio = statistics.median(a) / statistics.median(b)
        print(f"  {name}: ours {spread(a)}, JAX {spread(b)}, ratio {ratio:.3f}")
    print(f"  ratio per epoch, round by round: {spread(per_round)}", flush=True)


def quality():
    print("quality on the 10,000 test images, best of 30 epochs, three seeds: accuracy, mean squared error", flush=True)
    truth = true_labels("t10k")
    for seed in (42, 1, 2):
        weights, answers = folder / "quality.ckpt", folder / "quality.npz"
        ours("dense", 30, seed, weights)
        infer = [arguments.ssvae, "infer", "--split", "test", "--weights", weights, "--output", answers]
        subprocess.run(infer + ["--backend", arguments.backend], check=True, stdout=subprocess.DEVNULL, cwd=root)
        answers = np.load(answers)
        accuracy = (answers["pred_classes"] == truth).mean()
        error = ((answers["reconstruted"] - answers["input"]) ** 2).mean()
        jax = json.loads(theirs("dense", 30, seed)[2])
        print(f"  seed {seed}: ours {accuracy:.3f} {error:.4f}, JAX {jax['accuracy']:.3f} {jax['mse']:.4f}", flush=True)


with open(labels, "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["Serial", "label"])
    truth = true_labels("train")
    writer.writerows([serial, truth[serial]] for serial in range(0, 60_000, 136))
processor = [line for line in open("/proc/cpuinfo") if line.startswith("model name")] if os.path.exists("/proc/cpuinfo") else []
name = processor[0].split(":")[1].strip() if processor else platform.processor()
print(f"{name}, {len(os.sched_getaffinity(0))} cores")
if arguments.only in (None, "dense"):
    compare("dense", arguments.rounds or 5, arguments.epochs or 6)
if arguments.only in (None, "conv"):
    compare("conv", arguments.rounds or 1, arguments.epochs or 2)
if arguments.only in (None, "quality"):
    quality()
