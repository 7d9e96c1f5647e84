"""Usage: npz.py FOLDER. Opens what `infer` wrote and holds it against Flax's answers for the same file."""

import sys
import zipfile

import jax
import model
import numpy as np

folder = sys.argv[1]
path = f"{folder}/data/output_latent.npz"
n, latent = 10_000, 3
expected = {
    "input": (np.float32, (n, 28, 28)),
    "tsne": (np.float32, (n, latent)),
    "latent": (np.float32, (n, latent)),
    "labels": (np.int32, (n,)),
    "reconstruted": (np.float32, (n, 28, 28)),
    "pred_classes": (np.int32, (n,)),
    "pred_certainty": (np.float32, (n,)),
}
arrays = np.load(path)
assert sorted(arrays.files) == sorted(expected), arrays.files
for name, (dtype, shape) in expected.items():
    array = arrays[name]
    assert array.dtype == dtype and array.shape == shape and array.flags.c_contiguous, (name, array.dtype, array.shape)
assert all(entry.compress_type == zipfile.ZIP_DEFLATED for entry in zipfile.ZipFile(path).infolist())

config = dict(model.configurations())["narrow"]
state = model.load(config, f"{folder}/weights.ckpt")
predict = jax.jit(lambda images: model.predict(config, state["params"], images))
images = arrays["input"].reshape(n, 784)
latents, reconstruction, classes, certainty = predict(images)
for name, theirs in [("latent", latents), ("tsne", latents), ("reconstruted", reconstruction), ("pred_certainty", certainty)]:
    difference = np.abs(arrays[name].reshape(theirs.shape) - theirs).max()
    assert difference < 1e-4, (name, difference)
assert (arrays["pred_classes"] == classes).all()
assert arrays["labels"][:5].tolist() == [7, 2, 1, 0, 4]
raw = np.load(f"{folder}/unscaled.npz")["input"]
assert (raw == np.load(f"{folder}/pixels.npz")["pixels"].astype(np.float32) / np.float32(255)).all()
