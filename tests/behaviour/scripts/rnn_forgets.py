"""Is the first token of sixty a one? A SimpleRNN with small recurrent weights. (keras.utils)"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
STEPS = 60

random = np.random.default_rng(0)
x = random.normal(0, 0.3, size=(1024, STEPS, 2)).astype("float32")
y = random.integers(0, 2, size=1024)
x[:, 0, 0] = 2.0 * y - 1.0

inputs = keras.Input((STEPS, 2))
h = layers.SimpleRNN(
    24, recurrent_initializer=keras.initializers.RandomNormal(stddev=0.05), name="reader"
)(inputs)
outputs = layers.Dense(1, activation="sigmoid", name="answer")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=4, batch_size=32, verbose=0)
print("accuracy", model.evaluate(x, y, verbose=0)[1])
