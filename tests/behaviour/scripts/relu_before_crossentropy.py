"""A small convolutional network on digits whose last layer is a ReLU. (Sequential, one-hot)"""

from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from keras.models import Sequential
from keras.utils import set_random_seed, to_categorical
from sklearn.datasets import load_digits

set_random_seed(0)
digits = load_digits()
x_train = digits.images[..., None] / 16
y_train = to_categorical(digits.target)

model = Sequential()
model.add(Input((8, 8, 1)))
model.add(Conv2D(16, (3, 3), activation="relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dense(10, activation="relu"))

model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=64, epochs=5, verbose=2)
print("final loss", history.history["loss"][-1])
