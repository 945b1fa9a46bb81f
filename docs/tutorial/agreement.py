"""Those cats caught a fish, ....., they were very happy.

At "they" the network must still know that "cats" was plural. This script trains a plain
recurrent network on sentences of a made-up language in which the first noun decides, shows how
much of the gradient reaches each word, mends the network, and shows it again.

    python docs/tutorial/agreement.py            # 60 words per sentence, about two minutes
    python docs/tutorial/agreement.py --words 100
"""

import argparse

import gradmend
from gradmend.gallery import memory
from gradmend.gallery._language import PRONOUNS, WORDS, agreement, sentence

SENTENCE = "cats caught a fish and then a big old dog near the quiet river slept by the garden"


def numbers_of(text, steps):
    """The sentence as word numbers, with fillers in front of its end to make it long enough."""
    words = text.split()
    x, _ = agreement(7, steps=steps, rows=1)
    x[0, : len(words)] = [WORDS.index(word) for word in words]
    return x


def main():
    """Train, check, mend, and show the strips of steps of both networks."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--words", type=int, default=60)
    options.add_argument("--budget", type=int, default=500, help="training steps per cure")
    given = options.parse_args()
    steps = given.words

    x, y = agreement(0, steps=steps)
    test = agreement(1, steps=steps, rows=500)
    model = memory.agreement_model(0, kind="short", steps=steps)
    model.fit(x, y, batch_size=50, epochs=3, verbose=0)
    print(f"trained: {model.evaluate(*test, verbose=0)[1]:.2f} of the pronouns are right\n")

    found = gradmend.check(model, x, y, lag=steps)
    print(found, "\n")

    mending = gradmend.mend(model, x, y, batch_size=50, lag=steps, budget=given.budget)
    print(mending, "\n")
    mended = mending.model
    print(f"mended: {mended.evaluate(*test, verbose=0)[1]:.2f} of the pronouns are right\n")

    asked = numbers_of(SENTENCE, steps)
    guess = float(mended.predict(asked, verbose=0)[0, 0])
    print(f'"Those {sentence(asked[0])}, {PRONOUNS[guess > 0.5]} were very happy."\n')
    words = sentence(asked[0]).split()
    once = gradmend.check(model, asked, y[:1] * 0 + 1, lag=steps)
    again = gradmend.check(mending.untrained(0), asked, y[:1] * 0 + 1, lag=steps)
    print(again.through_time(words, before=once))


if __name__ == "__main__":
    main()
