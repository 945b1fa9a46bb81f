"""A whole training program in parts that can be exchanged: model, loss, optimizer, data, fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gradmend.gallery._networks import optimizer, seeded
from gradmend.gallery._patient import Case
from gradmend.gallery._skill import skill_of


class Loss(NamedTuple):
    """A loss by the name Keras gives it, and whether it applies the softmax or sigmoid.

    `negated` turns it round: what should be made small is made large.
    """

    name: str
    from_logits: bool = False
    negated: bool = False

    def made(self) -> Any:
        """What `compile` takes."""
        import keras

        if self.negated:
            return _turned_round(self.name)
        if not self.from_logits:
            return self.name
        kind = type(keras.losses.get({"class_name": _class_name(self.name), "config": {}}))
        return kind(from_logits=True)


def _turned_round(name: str) -> Any:
    """The loss as a function of the user's own that forgets a minus."""
    import keras

    usual = keras.losses.get(name)

    def likelihood(truth: Any, said: Any) -> Any:
        return -usual(truth, said)

    return likelihood


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What a training script does, before it is run.

    `model` is built and not compiled; its last layers are called "head...". `optimizer`
    holds the name and the settings of one. `truth` are the targets that the model should
    have learned from `x`, and `task` how to compare: "classes" (whole numbers), "binary",
    "labels" (several yes or no) or "numbers"; with several outputs, `y`, `truth`, `loss` and
    `task` are dicts by the name of the output. `faulty` names the layers that a fault was put into.
    """

    seed: int
    model: Any
    x: Any
    y: Any
    truth: Any
    task: Any
    loss: Any
    optimizer: dict[str, Any] = field(
        default_factory=lambda: {"name": "adam", "learning_rate": 1e-3}
    )
    batch_size: int = 32
    epochs: int = 8
    fit: dict[str, Any] = field(default_factory=dict)
    faulty: tuple[str, ...] = ()

    def compiled(self) -> Case:
        """Compile the model and return it with its data, as `gradmend.check` takes them."""
        seeded(self.seed)
        settings = dict(self.optimizer)
        chosen = optimizer(settings.pop("name"), settings.pop("learning_rate"), **settings)
        loss = self.loss
        made = {k: v.made() for k, v in loss.items()} if isinstance(loss, dict) else loss.made()
        self.model.compile(chosen, loss=made)
        return Case(self.model, self.x, self.y)

    @property
    def fit_arguments(self) -> dict[str, Any]:
        """What `fit` is called with beside the data."""
        return {"batch_size": self.batch_size, "epochs": self.epochs, "verbose": 0, **self.fit}

    def skill(self) -> float:
        """How well the model answers: 0.0 like a constant, 1.0 perfect; the worst output counts."""
        said = self.model.predict(self.x, batch_size=512, verbose=0)
        if not isinstance(self.task, dict):
            return skill_of(said, self.truth, self.task)
        return min(skill_of(said[k], self.truth[k], task) for k, task in self.task.items())
