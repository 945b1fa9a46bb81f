"""Two circles, nine sigmoid layers, as a subclass of Model. (AUTOTRAINER's demo)"""

import keras
from keras import layers
from sklearn.datasets import make_circles


class Net(keras.Model):
    def __init__(self, depth=9, width=5):
        super().__init__()
        self.hidden = [layers.Dense(width, activation="sigmoid") for _ in range(depth)]
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.out(x)


keras.utils.set_random_seed(1)
X, y = make_circles(n_samples=1000, noise=0.1, factor=0.4, random_state=1)
net = Net()
net.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
net.fit(X.astype("float32"), y.astype("float32"), batch_size=64, epochs=10, verbose=0)
print("accuracy", net.evaluate(X, y, verbose=0)[1])
