"""Search engines; each is known to `search_index.engine` alone."""
