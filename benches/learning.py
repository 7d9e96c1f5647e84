"""Usage: learning.py SSVAE DATA_DIR. See learning.sh."""

import json
import subprocess
import sys
import tempfile
import time

import graphlearning as gl
import numpy as np
from pynndescent import NNDescent

ROUNDS = 3
ssvae, data = sys.argv[1:]


def seconds(work):
    begun = time.time()
    answer = work()
    return time.time() - begun, answer


with tempfile.TemporaryDirectory() as folder:
    command = [ssvae, "bench", "learning", "--data-dir", data, "--export", folder]
    ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    arrays = np.load(f"{folder}/features.npz")
features, truth = arrays["features"], arrays["labels"]

# The first call compiles.
NNDescent(features[:2000], n_neighbors=11).neighbor_graph
times, recalls, propagated = [], [], []
asked = np.random.default_rng(0).integers(0, len(features), 200)
for _ in range(ROUNDS):
    taken, (J, D) = seconds(lambda: NNDescent(features, n_neighbors=16).neighbor_graph)
    times.append(taken)
    right = 0
    for serial in asked:
        distances = ((features - features[serial]) ** 2).sum(1)
        distances[serial] = np.inf
        right += len(set(np.argpartition(distances, 10)[:10]) & set(J[serial, 1:11]))
    recalls.append(right / (10 * len(asked)))
    graph = gl.graph(gl.weightmatrix.knn(None, 10, knn_data=(J[:, :11], D[:, :11])))
    labelled = np.random.default_rng(1).choice(len(truth), 100, replace=False)

    def poisson():
        model = gl.ssl.poisson(graph, solver="gradient_descent")
        model.fit(labelled, truth[labelled])
        return model.predict()

    propagated.append(seconds(poisson)[0])

graph = ours["components"]["median"] + ours["neighbours"]["median"] + ours["graph"]["median"]
peer = 1e3 * np.median(times)
print(f"{len(features)} samples, {features.shape[1]} components")
print(f"components, exact neighbours and graph {graph:.0f} ms (recall {ours['recall']:.3f}); pynndescent, compiled, neighbours alone {peer:.0f} ms (recall {np.mean(recalls):.3f}); ratio {graph / peer:.2f}")
anew, peer = ours["propagated_anew"]["median"], 1e3 * np.median(propagated)
print(f"propagation of 100 labels anew {anew:.0f} ms, calibration included; graphlearning {peer:.0f} ms; ratio {anew / peer:.2f}")
for name, key in [("after one more label", "propagated_after_one_more"), ("scores of the default strategy", "scores"), ("scores of all strategies on the graph", "all_scores")]:
    print(f"{name}: {ours[key]['median']:.0f} ms (95 %: {ours[key]['p95']:.0f})")
print(f"peak memory {ours['peak_mib']} MiB")
testing = ours["testing"]
print(f"a test after an epoch {testing['test']['median']:.0f} ms, an epoch {testing['epoch']['median']:.0f} ms; share {100 * testing['share']:.1f} %")
