"""Usage: evaluation.py FOLDER. Holds our figures on predictions against scikit-learn, and the calibration error against its
definition (Guo et al. 2017: 15 bins ((m - 1) / 15, m / 15])."""

import sys

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

ours = np.load(f"{sys.argv[1]}/ours.npz")
truth, predicted, certainty = ours["truth"], ours["predicted"], ours["certainty"]
classes = np.arange(10)
assert (ours["matrix"] == confusion_matrix(truth, predicted, labels=classes)).all()
figures = precision_recall_fscore_support(truth, predicted, labels=classes, zero_division=0)[:3]
worst = abs(ours["figures"] - np.stack(figures, 1)).max()
assert worst < 1e-6, worst
edges = (np.arange(16) / np.float32(15)).astype(np.float32)
error = 0.0
for low, high in zip(edges[:-1], edges[1:]):
    members = (certainty > low) & (certainty <= high)
    if members.any():
        right = (truth == predicted)[members].mean()
        error += members.mean() * abs(right - certainty[members].astype(np.float64).mean())
assert abs(ours["whole"] - [accuracy_score(truth, predicted), error]).max() < 1e-5, (ours["whole"], error)
print(f"figures differ by {worst:.1e}; calibration error {error:.4f}")
