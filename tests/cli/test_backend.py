"""The backend is chosen before Keras, and never against the user's word."""

from pathlib import Path

import pytest

from gradmend.cli._backend import choose_backend
from gradmend.errors import BackendError


def chosen(environ: dict[str, str], *present: str) -> str:
    return choose_backend(environ, present.__contains__)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"KERAS_HOME": str(tmp_path)}


def test_the_word_of_the_user_stands(home: dict[str, str]) -> None:
    environ = {**home, "KERAS_BACKEND": "torch"}
    assert chosen(environ, "jax", "torch") == "torch"
    assert environ["KERAS_BACKEND"] == "torch"


def test_what_keras_takes_by_itself_is_left_alone(home: dict[str, str]) -> None:
    assert chosen(home, "tensorflow", "jax") == "tensorflow"
    assert "KERAS_BACKEND" not in home


def test_keras_json_is_read(home: dict[str, str]) -> None:
    Path(home["KERAS_HOME"], "keras.json").write_text('{"backend": "torch"}')
    assert chosen(home, "tensorflow", "torch") == "torch"
    assert "KERAS_BACKEND" not in home


@pytest.mark.parametrize("text", ["", "[]", '{"backend": 3}', "\x00"])
def test_a_broken_keras_json_is_no_trouble(home: dict[str, str], text: str) -> None:
    Path(home["KERAS_HOME"], "keras.json").write_text(text)
    assert chosen(home, "jax", "torch") == "jax"


@pytest.mark.parametrize(
    ("present", "expected"), [(("torch", "jax"), "jax"), (("torch",), "torch")]
)
def test_an_installed_one_is_taken(
    home: dict[str, str], present: tuple[str, ...], expected: str
) -> None:
    assert chosen(home, *present) == expected
    assert home["KERAS_BACKEND"] == expected


@pytest.mark.parametrize(
    ("wanted", "present", "words"),
    [
        (
            "torch",
            ("jax",),
            ["'torch' is not installed", "installed here: jax", "pip install 'gradmend[torch]'"],
        ),
        ("torch", (), ["installed here: none", "gradmend[jax]"]),
        ("openvino", ("jax",), ["cannot measure on the Keras backend 'openvino'", "=jax"]),
        ("tensroflow", ("jax",), ["'tensroflow'", "typing error"]),
    ],
)
def test_an_absent_backend_is_refused(
    wanted: str, present: tuple[str, ...], words: list[str]
) -> None:
    with pytest.raises(BackendError) as caught:
        chosen({"KERAS_BACKEND": wanted}, *present)
    for word in [*words, f"Received: KERAS_BACKEND={wanted}", "Try: "]:
        assert word in str(caught.value)


def test_no_backend_at_all(home: dict[str, str]) -> None:
    with pytest.raises(BackendError, match="no Keras backend is installed"):
        chosen(home)
