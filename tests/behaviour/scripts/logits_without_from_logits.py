"""Wine, with a last layer that has no activation. (subclassed, wants from_logits=True)"""

import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

keras.utils.set_random_seed(0)
data = load_wine()
x, y = scale(data.data), keras.utils.to_categorical(data.target, 3)


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.features = keras.Sequential(
            [layers.Dense(32, activation="relu"), layers.Dense(16, activation="relu")]
        )
        self.logits = layers.Dense(3)

    def call(self, inputs):
        return self.logits(self.features(inputs))


model = Classifier()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.CategoricalCrossentropy(),
    metrics=["accuracy"],
)
model.fit(x, y, epochs=20, batch_size=16, verbose=0)
print("accuracy", model.evaluate(x, y, verbose=0)[1])
