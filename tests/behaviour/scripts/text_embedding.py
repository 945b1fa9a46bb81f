"""Good or bad, from a handful of words. (Embedding, pooling, padded sequences)"""

import keras
import numpy as np
from keras import layers
from keras.utils import pad_sequences

keras.utils.set_random_seed(0)
good = ["great", "lovely", "fine", "superb", "good"]
bad = ["awful", "dull", "poor", "weak", "bad"]
filler = ["the", "film", "was", "story", "of", "actors", "who", "play", "in", "it", "and", "then"]
words = {word: i for i, word in enumerate([*good, *bad, *filler], start=1)}

rng = np.random.default_rng(0)
texts, labels = [], []
for _ in range(800):
    label = int(rng.integers(2))
    text = [*rng.choice(filler, rng.integers(4, 9)), *rng.choice(good if label else bad, 2)]
    rng.shuffle(text)
    texts.append([words[word] for word in text])
    labels.append(label)
x, y = pad_sequences(texts, maxlen=12), np.array(labels)

model = keras.Sequential(
    [
        keras.Input((12,), dtype="int32"),
        layers.Embedding(len(words) + 1, 16, mask_zero=True),
        layers.GlobalAveragePooling1D(),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=32, verbose=0)
print("accuracy", round(model.evaluate(x, y, verbose=0)[1], 2))
