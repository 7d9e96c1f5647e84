"""The network, objective and optimizer of the Python system, written for this test from its description.

Kernels, names and initialisation are Flax's own; images are `[n, pixels]` in the model's pixel scale, labels `[n]`
integers with -1 for unlabelled samples.
"""

import json
import os
from dataclasses import dataclass
from typing import Optional, Tuple

import flax.linen as nn
import flax.serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax.traverse_util import path_aware_map


@dataclass(frozen=True)
class Config:
    encoder: str = "dense"
    decoder: str = "dense"
    hidden_dims: Tuple[int, ...] = (256, 128, 64)
    latent_dim: int = 2
    classes: int = 10
    image: Tuple[int, int, int] = (28, 28, 1)
    recon_weight: float = 1000.0
    kl_weight: float = 0.1
    label_weight: float = 1.0
    learning_rate: float = 1e-3
    grad_clip_norm: Optional[float] = 1.0
    weight_decay: float = 1e-4
    dropout_rate: float = 0.2


class DenseEncoder(nn.Module):
    config: Config

    @nn.compact
    def __call__(self, x):
        for i, width in enumerate(self.config.hidden_dims):
            x = nn.leaky_relu(nn.Dense(width, name=f"hidden_{i}")(x), 0.01)
        latent = self.config.latent_dim
        return nn.Dense(latent, name="z_mean")(x), nn.Dense(latent, name="z_log")(x)


class ConvEncoder(nn.Module):
    config: Config

    @nn.compact
    def __call__(self, x):
        x = x.reshape(-1, *self.config.image)
        for i, (features, stride) in enumerate([(32, 2), (64, 2), (128, 1)]):
            layer = nn.Conv(features, (3, 3), (stride, stride), padding="SAME", name=f"conv_{i}")
            x = nn.leaky_relu(layer(x), 0.2)
        x = x.reshape(x.shape[0], -1)
        latent = self.config.latent_dim
        return nn.Dense(latent, name="z_mean")(x), nn.Dense(latent, name="z_log")(x)


class DenseDecoder(nn.Module):
    config: Config

    @nn.compact
    def __call__(self, z):
        for i, width in enumerate(reversed(self.config.hidden_dims)):
            z = nn.leaky_relu(nn.Dense(width, name=f"hidden_{i}")(z), 0.01)
        return nn.Dense(int(np.prod(self.config.image)), name="projection")(z)


class ConvDecoder(nn.Module):
    config: Config

    @nn.compact
    def __call__(self, z):
        height, width, channels = self.config.image
        grid = (height // 4, width // 4, 128)
        x = nn.Dense(int(np.prod(grid)), name="projection")(z).reshape(-1, *grid)
        for i, features in enumerate([64, 32]):
            layer = nn.ConvTranspose(features, (3, 3), (2, 2), padding="SAME", name=f"deconv_{i}")
            x = nn.leaky_relu(layer(x), 0.2)
        return nn.Conv(channels, (3, 3), padding="SAME", name="recon")(x).reshape(len(x), -1)


class Classifier(nn.Module):
    config: Config

    @nn.compact
    def __call__(self, z, training):
        for i in range(2):
            z = nn.leaky_relu(nn.Dense(self.config.hidden_dims[-1], name=f"hidden_{i}")(z), 0.01)
            z = nn.Dropout(self.config.dropout_rate, deterministic=not training)(z)
        return nn.Dense(self.config.classes, name="logits")(z)


class Network(nn.Module):
    config: Config

    def setup(self):
        dense = {"dense": True, "conv": False}
        self.encoder = (DenseEncoder if dense[self.config.encoder] else ConvEncoder)(self.config)
        self.decoder = (DenseDecoder if dense[self.config.decoder] else ConvDecoder)(self.config)
        self.classifier = Classifier(self.config)

    def __call__(self, x, training=False):
        """`[n, pixels]` -> z_mean, z_log `[n, latent]`, reconstruction `[n, pixels]`, logits `[n, classes]`."""
        z_mean, z_log = self.encoder(x)
        z = z_mean
        if training:
            z = z + jnp.exp(0.5 * z_log) * jax.random.normal(self.make_rng("sample"), z.shape)
        return z_mean, z_log, self.decoder(z), self.classifier(z, training)


def objective(config, params, images, labels, key=None):
    """Total and (total, reconstruction, KL, classification): the middle two weighted, the last one not.

    With a key, the latent is sampled and dropout is on.
    """
    rngs = None
    if key is not None:
        sample, dropout = jax.random.split(key)
        rngs = {"sample": sample, "dropout": dropout}
    z_mean, z_log, reconstruction, logits = Network(config).apply(
        {"params": params}, images, training=key is not None, rngs=rngs
    )
    recon = config.recon_weight * jnp.mean(jnp.mean((images - reconstruction) ** 2, axis=1))
    kl = config.kl_weight * jnp.mean(jnp.sum(-0.5 * (1 + z_log - z_mean**2 - jnp.exp(z_log)), axis=1))
    labelled = (labels >= 0).astype(jnp.float32)
    entropy = optax.softmax_cross_entropy_with_integer_labels(logits, jnp.maximum(labels, 0))
    classification = jnp.sum(entropy * labelled) / jnp.maximum(jnp.sum(labelled), 1.0)
    total = recon + kl + config.label_weight * classification
    return total, jnp.stack([total, recon, kl, classification])


def predict(config, params, images):
    """Latents, reconstructions, classes and certainties of `[n, pixels]` images."""
    z_mean, _, reconstruction, logits = Network(config).apply({"params": params}, images)
    probabilities = jax.nn.softmax(logits, axis=-1)
    return z_mean, reconstruction, jnp.argmax(probabilities, axis=-1), jnp.max(probabilities, axis=-1)


def optimizer(config):
    if config.weight_decay > 0:
        kernels = lambda params: path_aware_map(lambda path, _: path[-1] == "kernel", params)
        adam = optax.adamw(config.learning_rate, weight_decay=config.weight_decay, mask=kernels)
    else:
        adam = optax.adam(config.learning_rate)
    if config.grad_clip_norm is None:
        return adam
    return optax.chain(optax.clip_by_global_norm(config.grad_clip_norm), adam)


def fresh(config, seed):
    """The template of `from_bytes`, and the state before the first step."""
    params = Network(config).init(jax.random.PRNGKey(seed), jnp.zeros((1, int(np.prod(config.image)))))["params"]
    return {"params": params, "opt_state": optimizer(config).init(params), "step": 0}


def step_function(config):
    """A compiled `(state, images, labels, key) -> (state, parts)`; key None: no sampling, no dropout."""
    transformation = optimizer(config)

    def step(state, images, labels, key=None):
        gradient = jax.grad(lambda params: objective(config, params, images, labels, key), has_aux=True)
        gradients, parts = gradient(state["params"])
        updates, opt_state = transformation.update(gradients, state["opt_state"], state["params"])
        params = optax.apply_updates(state["params"], updates)
        return {"params": params, "opt_state": opt_state, "step": state["step"] + 1}, parts

    return jax.jit(step)


def load(config, path):
    with open(path, "rb") as file:
        return flax.serialization.from_bytes(fresh(config, 0), file.read())


def save(state, path):
    with open(path, "wb") as file:
        file.write(flax.serialization.to_bytes(state))


def configurations():
    """(name, Config) of every configuration under test."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "configurations.json")) as file:
        for entry in json.load(file):
            name = entry.pop("name")
            lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
            yield name, Config(**{**entry, **lists})


def data_of(config, data):
    """The data with images of the configuration's shape, and the digits' labels spread over its classes; see `Data::of`
    on the Rust side."""
    spread = lambda labels: np.where(labels < 0, labels, labels * (config.classes - 1) // 9)
    images = "images" if config.image == (28, 28, 1) else "images_" + "x".join(map(str, config.image))
    return {"images": data[images], "labels": spread(data["labels"]), "truth": spread(data["truth"])}


def beforehand(config):
    """Epochs and batch size, see `Configuration::beforehand` on the Rust side."""
    return (2, 16) if "conv" in (config.encoder, config.decoder) else (3, 64)


def batches(data, count, size=64):
    """The first `count` samples in batches."""
    for i in range(0, count, size):
        yield data["images"][i : i + size], data["labels"][i : i + size]


def resume(config, state, data):
    """Ten further steps without sampling and dropout."""
    step = step_function(config)
    for images, labels in batches(data, 1280, 128):
        state, _ = step(state, images, labels)
    return state


def losses(config, params, data):
    """Parts on the first 256 samples with no, some and all labels `[3, 4]`, and one epoch's evaluation `[4]`."""
    evaluate = jax.jit(lambda images, labels: objective(config, params, images, labels)[1])
    images, some = data["images"][:256], data["labels"][:256]
    parts = [evaluate(images, labels) for labels in (jnp.full_like(some, -1), some, data["truth"][:256])]
    epoch, n = 0.0, len(data["images"])
    for images, labels in batches(data, n, 256):
        epoch = epoch + np.asarray(evaluate(images, labels), np.float64) * len(images)
    return np.stack(parts), epoch / n


def answers(config, params, data):
    """What this system says of the first 256 images and of the objective, as arrays for a `.npz`."""
    latent, reconstruction, classes, certainty = jax.jit(lambda x: predict(config, params, x))(data["images"][:256])
    parts, epoch = losses(config, params, data)
    return {
        "latent": latent,
        "reconstruted": reconstruction,
        "pred_classes": classes.astype(jnp.int32),
        "pred_certainty": certainty,
        "parts": parts,
        "epoch": epoch.astype(np.float32),
    }
