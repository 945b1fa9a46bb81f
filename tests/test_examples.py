"""Every script in examples/ runs, and shows what it says it shows; smaller than as shipped."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
# Deep comparisons train many networks, and what they show is no matter of the backend: PyTorch
# compiles nothing, and runs them in a third of the time.
TRAINS_MUCH = pytest.mark.backend("torch")
CHANCE = 0.2  # of ten digits, 0.1 with what a small test set adds to it


def run(name: str, *replaced: tuple[str, str], **constants: object) -> dict[str, Any]:
    """Return what is left in a script's namespace, run with other constants at its top."""
    source = (EXAMPLES / f"{name}.py").read_text()
    for old, new in replaced:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    for constant, value in constants.items():
        source, found = re.subn(
            rf"^{constant} = .*$", f"{constant} = {value}", source, flags=re.MULTILINE
        )
        assert found == 1, constant
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, f"{name}.py", "exec"), namespace)  # noqa: S102 - our own script
    return namespace


def test_every_example_is_tested_and_told() -> None:
    here = Path(__file__).read_text()
    page = (EXAMPLES / "README.md").read_text()
    for script in EXAMPLES.glob("*.py"):
        assert f'"{script.stem}"' in here, f"{script.name} is not run by a test"
        assert f"({script.name})" in page, f"examples/README.md does not know {script.name}"


@pytest.mark.parametrize(
    ("name", "epochs"),
    [("deep_sigmoid_digits", "epochs=6"), ("plain_relu_50", "epochs=4")],
)
def test_sick_networks_stay_at_chance(name: str, epochs: str) -> None:
    assert run(name, (epochs, "epochs=1"))["accuracy"] < CHANCE


@TRAINS_MUCH
def test_relu_with_he_learns_where_sigmoid_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    found = run("sigmoid_to_relu", SEEDS=(0,), DEPTH=12, EPOCHS=4)["results"]
    assert found["sigmoid", "glorot_uniform"][0] < CHANCE
    assert found["relu", "he_normal"][0] > 0.7
    assert f"he_normal        {found['relu', 'he_normal'][0]:.2f}" in capsys.readouterr().out


@TRAINS_MUCH
@pytest.mark.parametrize("name", ["identity_blocks_dense", "identity_blocks_convolutional"])
def test_identity_blocks_learn_where_plain_layers_do_not(name: str) -> None:
    blocks = {"identity_blocks_dense": 15, "identity_blocks_convolutional": 6}[name]
    found = run(name, SEEDS=(0,), EPOCHS=3, BLOCKS=blocks)["results"]
    assert found["plain"][0] < CHANCE
    assert found["identity blocks"][0] > 0.6


@TRAINS_MUCH
def test_an_initializer_that_fits_learns_where_narrow_weights_do_not() -> None:
    found = run("initializers_compared", SEEDS=(0,), DEPTH=12, EPOCHS=3)["results"]
    assert len(found) == 8
    for activation, fitting in (("relu", "He"), ("tanh", "Glorot"), ("tanh", "orthogonal")):
        assert found[activation, "N(0, 0.01)"][0] < CHANCE
        assert found[activation, fitting][0] > 0.5


@TRAINS_MUCH
def test_clipping_keeps_an_exploding_recurrence_finite() -> None:
    done = run("clipping_compared", SEEDS=(0,), EPOCHS=6)
    found = done["results"]
    assert list(found) == ["none", "clipvalue=0.5", "clipnorm=1.0", "global_clipnorm=1.0"]
    assert not math.isfinite(found["none"][0])
    assert all(math.isfinite(found[clipping][0]) for clipping in list(found)[1:])
    assert found["clipvalue=0.5"][0] < 0.5 * done["trivial"]


@TRAINS_MUCH
def test_a_penalty_on_kernels_frees_what_wide_weights_saturate() -> None:
    found = run("penalties_compared", SEEDS=(0,), EPOCHS=5)["results"]
    wide = found["N(0, 1)", "none"][0]
    assert wide + 0.04 < found["N(0, 1)", "L2 0.01 kernels"][0] < found["N(0, 0.125)", "none"][0]
