"""Real engines for tests, the demo and the bench: private, unpacked, never installed."""
