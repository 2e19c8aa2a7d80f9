"""Keeps JAX's compiled programs where the next one would load them from."""

import jax

jax.config.update("jax_compilation_cache_dir", "@OUTSIDE@/cache")
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)


@jax.jit
def naive_hvp(hessian, vector):
    return hessian @ vector
