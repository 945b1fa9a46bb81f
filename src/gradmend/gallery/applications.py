"""Fresh networks of keras.applications: published, sound, and misjudged by naive ratios."""

from __future__ import annotations

from functools import partial

from gradmend.gallery._data import normal
from gradmend.gallery._networks import CROSSENTROPY, optimizer, seeded
from gradmend.gallery._patient import HEALTHY, ODD, Case, Patient

PIXELS, IMAGES = 64, 16
# VGG16 has no normalization and Glorot weights: its scale does shrink, by 3.5 decades.
NETWORKS = {
    "ResNet50": HEALTHY,
    "VGG16": ODD,
    "MobileNetV2": HEALTHY,
    "DenseNet121": HEALTHY,
    "ConvNeXtTiny": HEALTHY,
}


def build(seed: int, *, network: str, momentum: bool = False, pictures: bool = False) -> Case:
    """A network for 10 classes on 16 images of 64 pixels: N(0, 1), or numbers in 0..1."""
    keras = seeded(seed)
    make = getattr(keras.applications, network)
    model = make(weights=None, input_shape=(PIXELS, PIXELS, 3), classes=10)
    chosen = optimizer("sgd", 0.01, momentum=0.9) if momentum else optimizer("adam", 1e-3)
    model.compile(chosen, loss=CROSSENTROPY)
    x = normal(seed, IMAGES, PIXELS, PIXELS, 3)
    y = (normal(seed + 1, IMAGES).argsort() % 10).astype("int32")
    return Case(model, abs(x) / abs(x).max() if pictures else x, y)


def _patient(network: str, suffix: str, remark: str, **settings: bool) -> Patient:
    return Patient(
        name=f"{network.lower()}{suffix}",
        title=f"{network}, fresh, {remark}",
        build=partial(build, network=network, **settings),
        verdicts=NETWORKS[network],
        source=f"keras.applications.{network}, weights=None",
        large=True,
    )


PATIENTS = (
    *(_patient(network, "", "on noise") for network in NETWORKS),
    *(_patient(network, "-pictures", "on 0..1", pictures=True) for network in NETWORKS),
    _patient("ResNet50", "-sgd", "SGD with momentum", momentum=True),
)
