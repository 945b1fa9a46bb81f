"""Wine in its own units, through a torch DataLoader. (DataLoader, raw columns, SGD)"""

import keras
import torch
from sklearn.datasets import load_wine
from torch.utils.data import DataLoader, TensorDataset

keras.utils.set_random_seed(0)
data = load_wine()
x = torch.tensor(data.data, dtype=torch.float32)
y = torch.tensor(data.target)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)

model = keras.Sequential(
    [
        keras.Input((13,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(loader, epochs=10, verbose=0)
print("accuracy", model.evaluate(x.numpy(), y.numpy(), verbose=0)[1])
