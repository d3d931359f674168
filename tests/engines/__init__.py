"""Real engines for tests, the demo and the bench: private, unpacked from packages, never installed."""
