import jax as j
import jax.numpy as np_
from jax.nn import gelu

class MLP:
    def __init__(self, seed, dims):
        self.layer_sizes = dims
        subkeys = j.random.split(seed, len(dims) - 1)
        self.weights = [j.random.normal(s, (dims[q], dims[q + 1])) for q, s in enumerate(subkeys)]

    def forward(self, inp):
        z = inp
        for M in self.weights[:-1]:
            z = gelu(z @ M)
        return z @ self.weights[-1]

    def get_params(this):
        return np_.concatenate([M.ravel() for M in this.weights])

def calculate_hessian(net, theta):
    def phi(t):
        ptr, Ms = 0, []
        for M in net.weights:
            Ms.append(t[ptr:ptr + M.size].reshape(M.shape))
            ptr += M.size
        z = np_.ones((1, net.layer_sizes[0]))
        for M in Ms[:-1]:
            z = gelu(z @ M)
        return np_.sum(z @ Ms[-1])
    return j.hessian(phi)(theta)

def naive_hvp(A, b):
    return A @ b

def hvp(phi, point, direction):
    nabla = j.grad(phi)
    return j.grad(lambda q: np_.sum(nabla(q) * direction))(point)

def gd_loss(eta, start):
    z = start
    for e in eta:
        z = z - e * z
    return np_.sum(z ** 2) * 0.5

def tune_step_sizes(eta, start, lr=1e-3, n_iters=500):
    nabla = j.jit(j.grad(gd_loss))
    for _ in range(n_iters):
        eta = eta - lr * nabla(eta, start)
    return eta

def local_optimality(eta, start):
    nabla, second = j.grad(gd_loss)(eta, start), j.hessian(gd_loss)(eta, start)
    return np_.linalg.norm(nabla), np_.linalg.eigvalsh(second)
