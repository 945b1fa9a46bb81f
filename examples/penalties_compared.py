"""Five tanh layers with weights that are too wide: L2 on kernels, L2 on outputs, and the cause.

The penalty frees saturated units; too much of it keeps tanh in its linear part. Weights that fit
from the start need no penalty.
"""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    digits.data / 16.0, digits.target, test_size=0.2, random_state=0, stratify=digits.target
)
WIDE = keras.initializers.RandomNormal(stddev=0.5)


def accuracy(**settings: object) -> float:
    """Return the accuracy on the test images after fifteen epochs."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,))])
    for _ in range(5):
        model.add(keras.layers.Dense(64, activation="tanh", **settings))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(
        keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=0)
    return float(model.evaluate(x_test, y_test, verbose=0)[1])


wide = {"kernel_initializer": WIDE}
print(f"wide weights              {accuracy(**wide):.3f}")
for strength in (0.001, 0.01, 0.1):
    kernels = accuracy(kernel_regularizer=keras.regularizers.L2(strength), **wide)
    outputs = accuracy(activity_regularizer=keras.regularizers.L2(strength / 10), **wide)
    print(f"L2 {strength:<5} on kernels       {kernels:.3f}")
    print(f"L2 {strength / 10:<6.4f} on outputs      {outputs:.3f}")
print(f"weights that fit (Glorot) {accuracy():.3f}")
