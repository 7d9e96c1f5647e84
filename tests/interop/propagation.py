"""Usage: propagation.py FOLDER. Holds our graph and our Poisson learning against the package graphlearning."""

import sys

import graphlearning as gl
import numpy as np
from scipy import sparse

ours = np.load(f"{sys.argv[1]}/ours.npz")
features = ours["features"].astype(np.float64)
n = len(features)

# Exact neighbours of some samples by hand. Equally far ones may come in any order.
for serial in range(0, n, 97):
    distances = np.sqrt(((features - features[serial]) ** 2).sum(1))
    distances[serial] = np.inf
    nearest = np.sort(distances)[:10]
    assert np.allclose(ours["distances"][serial], nearest, rtol=1e-4), serial
    assert np.allclose(distances[ours["neighbours"][serial]], nearest, rtol=1e-4), serial

# The graph: there a sample is its own first neighbour.
J = np.hstack([np.arange(n)[:, None], ours["neighbours"]]).astype(np.int64)
D = np.hstack([np.zeros((n, 1)), ours["distances"]]).astype(np.float64)
W = gl.weightmatrix.knn(None, 10, knn_data=(J, D))
mine = sparse.coo_matrix((ours["weights"], (ours["from"], ours["to"])), shape=(n, n)).tocsr()
assert W.nnz == mine.nnz, (W.nnz, mine.nnz)
worst = abs(W - mine).max()
assert worst < 1e-6, worst

# The solution of the paper's equation.
serials, classes = ours["labels"].T
model = gl.ssl.poisson(W, solver="conjugate_gradient", tol=1e-9)
u = model.fit(serials, classes)
present = np.unique(classes)
solution = ours["solution"][:, present]
largest = abs(u).max()
difference = abs(solution - u).max()
assert difference < 1e-3 * largest, (difference, largest)
ordered = np.sort(u, 1)
tied = ordered[:, -1] - ordered[:, -2] < 2 * difference
same = solution.argmax(1) == u.argmax(1)
assert same[~tied].all(), (~same & ~tied).sum()
print(f"weights differ by {worst:.1e}, solutions by {difference / largest:.1e} of the largest value; {(~same).sum()} of {n} classes, all ties")
